"""What tests share: the way to reference data that is not part of the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from logreach.inventories.windows.facts import Ace
from logreach.inventories.windows.objects.sddl import read_sacl

ROOT = Path(__file__).resolve().parent.parent
_SHARED = ROOT.parent / "shared" / "data"


def shared(path: str) -> Path:
    """A reference file or folder beside the checkout; skips the test where it is absent."""
    found = _SHARED / path
    if not found.exists():
        pytest.skip(f"reference data not at hand: {path}")
    return found


def aces_of(sddl: str) -> tuple[Ace, ...]:
    """The audit entries of a descriptor that has an S: part."""
    sacl = read_sacl(sddl)
    assert sacl is not None, sddl
    return sacl.aces
