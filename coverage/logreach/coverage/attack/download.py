"""Downloads a release of ATT&CK through mitreattack-python, which checks its SHA-256."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from logreach.inventories.files.faults import Fault, InputError

_STIX: Final = "2.0"
_DOMAIN: Final = "enterprise"


def fetch(version: str, folder: Path) -> Path:
    """Download a release into `folder` and return the bundle's path.

    InputError where mitreattack-python knows no such release, the network fails or the digest
    differs.
    """
    from mitreattack import release_info
    from mitreattack.download_stix import download_stix

    digests: dict[str, str] = release_info.STIX20[_DOMAIN]
    if version not in digests:
        raise InputError(
            Fault(f"ATT&CK has no release {version}", hint=f"Known: {', '.join(digests)}.")
        )
    try:
        download_stix(_STIX, _DOMAIN, str(folder), version, digests[version])
    except (OSError, ValueError) as error:
        first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            Fault(
                f"ATT&CK {version} cannot be downloaded: {first_line}",
                hint="Without a network, import a bundle from a file.",
            )
        ) from error
    return folder / f"v{version}" / f"{_DOMAIN}-attack.json"
