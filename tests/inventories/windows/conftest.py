"""Hosts to which GPOs apply, for tests of what they set."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from logreach.inventories import load
from logreach.inventories.facts.host import Inventory


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[..., Inventory]:
    """Load a host with these GPOs (files by path), in order of application."""

    def load_with(*gpos: dict[str, bytes], os: str = "Windows 11 23H2") -> Inventory:
        for number, files in enumerate(gpos):
            for name, data in files.items():
                path = tmp_path / f"gpo{number}" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        names = ", ".join(f"gpo{number}" for number in range(len(gpos)))
        manifest = f"hosts: [{{name: H, os: {os}, gpo: [{names}]}}]"
        (tmp_path / "inventory.yaml").write_text(manifest)
        return load(tmp_path)

    return load_with
