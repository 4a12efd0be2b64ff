"""Where files of ours go, and writing one so that no reader ever sees half of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """Where this user's programs keep what can be made again, then 'logreach'.

    A folder that the environment names counts only if it is absolute: the XDG specification
    wants that, and a relative one would be another in every working folder.
    """
    home = Path.home()
    if sys.platform == "win32":
        return _named("LOCALAPPDATA", home / "AppData" / "Local") / "logreach"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "logreach"
    return _named("XDG_CACHE_HOME", home / ".cache") / "logreach"


def _named(variable: str, otherwise: Path) -> Path:
    named = Path(os.environ.get(variable, ""))
    return named if named.is_absolute() else otherwise


def write_whole(path: Path, text: str) -> None:
    """Write a file in one step, its folder with it. OSError where it cannot be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
