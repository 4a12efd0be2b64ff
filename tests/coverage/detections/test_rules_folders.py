"""Folders of rules that the system refuses to list are told, not passed over."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from logreach.coverage.detections.load import load_rules


def test_a_folder_that_cannot_be_listed_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = tmp_path / "rules"
    (rules / "a" / "closed").mkdir(parents=True)
    (rules / "b").mkdir()
    (rules / "b" / "one.yml").write_text("title: one\n")
    listing = os.scandir

    def scandir(path: Any = ".") -> Any:
        if str(path).endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return listing(path)

    monkeypatch.setattr(os, "scandir", scandir)
    told = [str(fault) for fault in load_rules([rules]).faults]
    assert "folder cannot be read: Permission denied in rules/a/closed" in told
    assert sum("closed" in one for one in told) == 1
