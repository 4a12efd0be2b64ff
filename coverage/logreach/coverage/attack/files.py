"""The cache folder, and writing a file in one step so that no reader sees part of it."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import stat
import sys
import time
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

_LONGEST_RUN = 24 * 60 * 60  # seconds


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
    _write_in_one_step(path, content, 0o666)


def write_checked(path: Path, key: str, text: str) -> None:
    """Keep a text for this user alone, under a digest over it, a key and this program's version.

    OSError where it cannot be kept, or the folder is another user's or open to others.
    """
    _make_private(path.parent)
    if not _is_private(path.parent):
        raise PermissionError(
            errno.EPERM, "belongs to others, or they may write to it", path.parent
        )
    _write_in_one_step(path, f"{_digest(key, text)}\n{text}", 0o600)


def read_checked(path: Path, key: str) -> str | None:
    """A text kept under this key; None where there is none, or it is not as it was written.

    Links are not followed, and nothing waits for a pipe to speak.
    """
    try:
        if not _is_private(path.parent):
            return None
        # os.O_BINARY exists on Windows only, the others do not exist there.
        flags = os.O_RDONLY | _flag("O_NOFOLLOW") | _flag("O_NONBLOCK") | _flag("O_BINARY")
        descriptor = os.open(path, flags)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return None
        digest, _, content = file.read().partition(b"\n")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if digest == _digest(key, text).encode() else None


def _make_private(folder: Path) -> None:
    """Create a folder and those above it that are not there, all for this user alone."""
    if not folder.is_dir():
        _make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _digest(key: str, text: str) -> str:
    total = hashlib.sha256(f"{version('logreach')}\0{key}\0".encode("utf-8", "surrogatepass"))
    total.update(text.encode("utf-8", "surrogatepass"))
    return total.hexdigest()


def _flag(name: str) -> int:
    return int(getattr(os, name, 0))


def _is_private(folder: Path) -> bool:
    """Whether only this user may write to a folder; Windows keeps a user's profile so by itself."""
    if sys.platform == "win32":
        return True
    facts = folder.stat()
    return facts.st_uid == os.geteuid() and not facts.st_mode & 0o022


def _write_in_one_step(path: Path, text: str, mode: int) -> None:
    clear_leftovers(path.parent, re.compile(rf"\.{re.escape(path.name)}\.(\d+)\.part"))
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # A file or link of that name is nobody's but a killed run's: it is never written through.
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _flag("O_BINARY"), mode)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def clear_leftovers(folder: Path, name: re.Pattern[str]) -> None:
    """Remove what runs that were killed left in a folder; the name's group is the run's process.

    What another run may still be writing stays. Links are removed, not followed.
    """
    with suppress(OSError):
        for path in folder.iterdir():
            match = name.fullmatch(path.name)
            if match is None or _runs(int(match[1]), path):
                continue
            with suppress(OSError):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink()


def _runs(process: int, path: Path) -> bool:
    """Whether another run with this number may be at work on a file."""
    if process == os.getpid():
        return False
    if time.time() - path.lstat().st_mtime > _LONGEST_RUN:
        return False
    if sys.platform == "win32":
        return True  # there is no harmless question
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True  # it runs, for another user
    return True
