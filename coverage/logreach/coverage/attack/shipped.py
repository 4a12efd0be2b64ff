"""The folder of the data files of this package, and the versions of ATT&CK in it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

OLDER: Final = "18.1"
NEWER: Final = "19.1"
SHIPPED_VERSIONS: Final = (OLDER, NEWER)
DEFAULT_VERSION: Final = NEWER
FOLDER: Final = Path(__file__).resolve().parent / "knowledge"
