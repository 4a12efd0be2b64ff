"""Fetches a release of ATT&CK through mitreattack-python's downloader, which checks its hash."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from logreach.inventories.files.faults import Fault, InputError

_STIX: Final = "2.0"
_DOMAIN: Final = "enterprise"


def fetch(version: str, folder: Path) -> Path:
    """Download a release into `folder` and return the bundle's path.

    InputError where MITRE has no such release, the network does not answer, or the hash differs.
    """
    from mitreattack import release_info
    from mitreattack.download_stix import download_stix

    known: dict[str, str] = release_info.STIX20[_DOMAIN]
    if version not in known:
        raise InputError(
            Fault(f"no release {version} of ATT&CK is known", hint=f"Known: {', '.join(known)}.")
        )
    try:
        download_stix(_STIX, _DOMAIN, str(folder), version, known[version])
    except (OSError, ValueError) as error:
        first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            Fault(
                f"ATT&CK {version} cannot be downloaded: {first_line}",
                hint="Without a network, import a bundle from a file.",
            )
        ) from error
    return folder / f"v{version}" / f"{_DOMAIN}-attack.json"
