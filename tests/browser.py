"""A headless browser for tests of the HTML page; they are skipped where it is absent."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from support import ROOT

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_POLICY = re.compile('<meta http-equiv="Content-Security-Policy"[^>]*>\n')
_TIMEOUT = 240


def browser() -> str:
    """Chromium's program; skips the test where there is none."""
    for name in (os.environ.get("LOGREACH_CHROMIUM", ""), *_NAMES):
        if name and (program := shutil.which(name)):
            return program
    pytest.skip("no Chromium at hand; LOGREACH_CHROMIUM names the program")


def axe() -> str:
    """The text of axe-core; skips the test where it is not installed outside of the repository."""
    named = os.environ.get("LOGREACH_AXE", "")
    folders = [parent / "node_modules/axe-core/axe.min.js" for parent in ROOT.parents]
    for path in (*([Path(named)] if named else []), *folders):
        if path.is_file():
            return path.read_text("utf-8")
    pytest.skip("no axe-core at hand; LOGREACH_AXE names its axe.min.js")


def dom(page: Path, *, dark: bool = False, width: int = 1280) -> str:
    """The page's elements once its scripts have run, as HTML."""
    command = [
        browser(),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={page.parent / 'browser'}",
        f"--window-size={width},900",
        f"--blink-settings=preferredColorScheme={0 if dark else 1}",
        "--virtual-time-budget=60000",
        "--dump-dom",
        page.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT, check=True)
    return done.stdout.decode("utf-8")


def answers(page: str, script: str, folder: Path, *, dark: bool = False, width: int = 1280) -> Any:
    """What a script that runs in a page answers: `script` is the body of an asynchronous function.

    The page's own policy would forbid the script, so the copy that is tested has none.
    """
    runner = (
        "<script>addEventListener('load', async () => {let answer; try { answer = await (async () "
        f"=> {{{script}}})(); }} catch (error) {{ answer = {{error: String(error.stack)}}; }} "
        "const holder = document.createElement('pre'); holder.id = 'answer'; "
        "holder.textContent = JSON.stringify(answer); document.body.append(holder); });</script>"
    )
    copy = folder / "page.html"
    text = _POLICY.sub("", page)
    assert text != page
    copy.write_text(text.replace("</body>", f"{runner}</body>"), "utf-8")
    shown = dom(copy, dark=dark, width=width)
    (answer,) = re.findall('<pre id="answer">(.*?)</pre>', shown, re.DOTALL)
    return json.loads(unescape(answer))
