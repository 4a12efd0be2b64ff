"""The folder of the data files of this package."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SHIPPED_VERSION: Final = "18.1"
FOLDER: Final = Path(__file__).resolve().parent / "knowledge"
