"""The cache folder, and writing a file in one step so that no reader sees part of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """The folder for logreach's files in this user's cache.

    A relative path in XDG_CACHE_HOME is ignored, as the XDG specification demands: it would mean
    a different folder in every working directory.
    """
    home = Path.home()
    if sys.platform == "win32":
        return _environment_folder("LOCALAPPDATA", home / "AppData" / "Local") / "logreach"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "logreach"
    return _environment_folder("XDG_CACHE_HOME", home / ".cache") / "logreach"


def _environment_folder(variable: str, default: Path) -> Path:
    folder = Path(os.environ.get(variable, ""))
    return folder if folder.is_absolute() else default


def write_whole(path: Path, content: str) -> None:
    """Write a file in one step and create its folder; OSError where either fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(content, encoding="utf-8", newline="\n")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
