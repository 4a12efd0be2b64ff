"""The folder of the data files of this package, and the versions of ATT&CK in it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SHIPPED_VERSIONS: Final = ("18.1", "19.1")
DEFAULT_VERSION: Final = "18.1"
FOLDER: Final = Path(__file__).resolve().parent / "knowledge"
