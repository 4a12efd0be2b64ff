"""Compiled rules and filters' answers in the user's cache folder: plain JSON, by hash, safe to
delete."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from logreach.coverage.attack.files import read_checked, write_checked
from logreach.coverage.detections.documents import RuleFile

_MOST_KEPT = 8
_COMPILER = (
    *("detections", "detections/knowledge", "events", "engine/verdict.py"),
    *("platforms/windows", "platforms/windows/sacls", "platforms/windows/knowledge"),
    *("platforms/sysmon/engine", "platforms/sysmon/knowledge"),
)


def digest(rule_files: Iterable[RuleFile], conversion: str = "") -> str:
    """A hash of all that a compiled rule depends on: its file, how the site converts it (in a text
    of its own), and what places it in events."""
    compiler = hash_of(files_of(*_COMPILER))
    total = hashlib.sha256(
        f"{compiler} {version('pysigma')} {version('logreach')}\0{conversion}".encode()
    )
    for file in rule_files:
        total.update(f"\0{file.name}\0{file.problem}\0{len(file.content)}\0".encode())
        total.update(file.content)
    return total.hexdigest()


def files_of(*paths: str) -> list[Traversable]:
    """The files that lie in folders of `logreach.coverage`, or are meant themselves."""
    entries = [files("logreach.coverage").joinpath(*part.split("/")) for part in paths]
    return [file for entry in entries for file in _files(entry)]


def _files(entry: Traversable) -> list[Traversable]:
    if entry.is_file():
        return [entry]
    children = (child for child in entry.iterdir() if child.is_file())
    return sorted(children, key=lambda child: child.name)


def hash_of(entries: Iterable[Traversable]) -> str:
    """A hash of files by name and content."""
    total = hashlib.sha256()
    for file in entries:
        total.update(f"\0{file.name}\0".encode() + file.read_bytes())
    return total.hexdigest()


def load(folder: Path, name: str, kind: str = "rules") -> Any:
    """What was stored under a name; None where nothing readable is."""
    kept = read_checked(_path(folder, name, kind), f"{kind}-{name}")
    try:
        return None if kept is None else json.loads(kept)
    except (ValueError, RecursionError):
        return None


def store(folder: Path, name: str, content: Any, kind: str = "rules") -> None:
    """Keep something; a folder that cannot be written is no fault, only slower next time."""
    with contextlib.suppress(OSError):
        encoded = json.dumps(content, separators=(",", ":"))
        write_checked(_path(folder, name, kind), f"{kind}-{name}", encoded)
        _prune(folder, kind)


def _path(folder: Path, name: str, kind: str) -> Path:
    return folder / f"{kind}-{name}.json"


def _prune(folder: Path, kind: str) -> None:
    kept = sorted(
        folder.glob(f"{kind}-*.json"), key=lambda path: path.lstat().st_mtime, reverse=True
    )
    for path in kept[_MOST_KEPT:]:
        path.unlink(missing_ok=True)
