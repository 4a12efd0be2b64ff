"""Assess an inventory through the command line, and read what `assessment.json` says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from golden.catalogue import WINDOWS_RULES, Inventory

# Answers are frozen by ids of one version, so that they stay comparable whatever the default is.
_ATTACK = "18.1"
# The console script may move; the entry point's name does not.
_LOGREACH = (
    "import sys\n"
    "from importlib.metadata import entry_points\n"
    "sys.argv[0] = 'logreach'\n"
    "(script,) = {*entry_points(group='console_scripts', name='logreach')}\n"
    "sys.exit(script.load()())\n"
)

WITHOUT_RULES = "bare"
WITH_WINDOWS_RULES = "sigma"
WITH_OWN_RULES = "own-rules"


@dataclass(frozen=True)
class Run:
    """What one assessment ended with: exit code, document (None without one), error output."""

    exit_code: int
    document: dict[str, Any] | None
    errors: str


def variants_of(inventory: Inventory) -> tuple[str, ...]:
    """The ways in which an inventory is assessed."""
    own = (WITH_OWN_RULES,) if inventory.rules else ()
    return (WITHOUT_RULES, WITH_WINDOWS_RULES, *own)


def assess(inventory: Inventory, variants: Iterable[str], cache: Path) -> dict[str, Run]:
    """Assess an inventory once a variant.

    `cache` stands in for the user's cache folder, lest answers that other code kept there be read.
    """
    with tempfile.TemporaryDirectory(prefix="logreach-golden-") as workspace:
        folder = inventory.assemble(Path(workspace))
        out = Path(workspace) / "out"
        return {
            variant: _run(folder, out / variant, _rules(inventory, variant), cache)
            for variant in variants
        }


def _rules(inventory: Inventory, variant: str) -> list[str]:
    if variant == WITHOUT_RULES:
        return []
    return ["--rules", str(WINDOWS_RULES if variant == WITH_WINDOWS_RULES else inventory.rules)]


def _run(folder: Path, out: Path, rules: list[str], cache: Path) -> Run:
    command = [sys.executable, "-c", _LOGREACH, "assess", str(folder)]
    command += ["--out", str(out), "--format", "json", "--attack", _ATTACK, *rules]
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONHASHSEED": "0"}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    written = out / "assessment.json"
    document = json.loads(written.read_bytes()) if written.exists() else None
    return Run(ended.returncode, document, ended.stderr.replace(str(folder), "INVENTORY"))
