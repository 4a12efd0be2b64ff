"""What an organisation has: hosts, their facts, and where each fact comes from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logreach.inventories.facts.host import Inventory

__all__ = ["load"]


def load(path: Path) -> Inventory:
    """Load an inventory folder; see `logreach.inventories.reading.folder.load`."""
    from logreach.inventories.reading.folder import load as load_folder

    return load_folder(path)
