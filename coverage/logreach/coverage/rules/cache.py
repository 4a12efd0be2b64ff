"""Compiled rules and filters' answers in the user's cache folder: plain JSON, by hash, safe to
delete."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from logreach.coverage.filing import write_whole
from logreach.coverage.rules.documents import RuleFile

_FORM = 2  # of the records; a change makes older caches useless
_MOST_KEPT = 8


def digest(files: Iterable[RuleFile]) -> str:
    """A hash of all that a compiled rule depends on; log sources are placed afterwards."""
    total = hashlib.sha256(f"{_FORM} {version('pysigma')} {version('logreach')}".encode())
    for file in files:
        total.update(f"\0{file.name}\0{len(file.content)}\0".encode())
        total.update(file.content)
    return total.hexdigest()


def load(folder: Path, name: str, kind: str = "rules") -> Any:
    """What was stored under a name; None where nothing readable is."""
    try:
        return json.loads(_path(folder, name, kind).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def store(folder: Path, name: str, content: Any, kind: str = "rules") -> None:
    """Keep something; a folder that cannot be written is no fault, only slower next time."""
    with contextlib.suppress(OSError):
        write_whole(_path(folder, name, kind), json.dumps(content, separators=(",", ":")))
        _prune(folder, kind)


def _path(folder: Path, name: str, kind: str) -> Path:
    return folder / f"{kind}-{name}.json"


def _prune(folder: Path, kind: str) -> None:
    kept = sorted(
        folder.glob(f"{kind}-*.json"), key=lambda path: path.stat().st_mtime, reverse=True
    )
    for path in kept[_MOST_KEPT:]:
        path.unlink(missing_ok=True)
