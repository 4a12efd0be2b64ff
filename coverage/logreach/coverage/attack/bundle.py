"""Reads a STIX bundle of ATT&CK for Enterprise and checks its size, form, domain and version.

mitreattack-python does not check them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from logreach.inventories.files.faults import Fault, InputError

MAX_BYTES: Final = 96 * 1024 * 1024
OLDEST: Final = 13
NEWEST: Final = 20
_CHUNK: Final = 1024 * 1024
_GZIP: Final = b"\x1f\x8b"
_DOMAINS: Final = {
    "mitre-mobile-attack": "ATT&CK for Mobile",
    "mitre-ics-attack": "ATT&CK for ICS",
    "mitre-pre-attack": "PRE-ATT&CK",
}
_ENTERPRISE: Final = "mitre-attack"
_IN_NAME: Final = re.compile(r"(?<![\d.])(\d{1,2}\.\d{1,2})(?![\d])")
VERSION: Final = re.compile(r"\d{1,2}\.\d{1,2}")
_GIVE_BUNDLE: Final = "Give an enterprise-attack bundle, such as enterprise-attack-18.1.json."
_STATE_VERSION: Final = "Import it with its version: logreach attack import FILE --as 18.1."

StixObject = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A checked bundle: its objects as parsed JSON, and the SHA-256 of the decompressed file."""

    source: str
    sha256: str
    objects: tuple[StixObject, ...]


def read_bytes(path: Path) -> bytes:
    """A file's bytes, decompressed if it is gzip; InputError if they exceed MAX_BYTES."""
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == _GZIP
            raw.seek(0)
            data = bytearray()
            stream = gzip.GzipFile(fileobj=raw) if zipped else raw
            while chunk := stream.read(_CHUNK):
                data += chunk
                if len(data) > MAX_BYTES:
                    raise _fault(str(path), f"larger than {MAX_BYTES >> 20} MiB, decompressed")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _fault(str(path), f"damaged gzip: {error}") from None
    except OSError as error:
        raise _fault(str(path), f"cannot be read: {error.strerror or error}") from None
    return bytes(data)


def parse_bundle(data: bytes, source: str) -> Bundle:
    """The bundle in `data`; InputError where it is no bundle, or of another ATT&CK domain."""
    try:
        document: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _fault(source, f"not JSON: {error}") from None
    if not isinstance(document, dict) or document.get("type") != "bundle":
        raise _fault(source, "JSON, but not a STIX bundle")
    objects = document.get("objects")
    if not isinstance(objects, list):
        raise _fault(source, "a STIX bundle without objects")
    for number, stix_object in enumerate(objects):
        if not isinstance(stix_object, dict) or not _has_type_and_id(stix_object):
            raise _fault(source, "STIX object without type and id", f"objects[{number}]")
    _check_domain(objects, source)
    return Bundle(source, hashlib.sha256(data).hexdigest(), tuple(objects))


def _has_type_and_id(stix_object: StixObject) -> bool:
    return isinstance(stix_object.get("type"), str) and isinstance(stix_object.get("id"), str)


def _check_domain(objects: list[StixObject], source: str) -> None:
    chains: Counter[str] = Counter()
    for stix_object in objects:
        phases = (
            stix_object.get("kill_chain_phases")
            if stix_object["type"] == "attack-pattern"
            else None
        )
        for phase in phases if isinstance(phases, list) else ():
            if isinstance(phase, dict):
                chains[str(phase.get("kill_chain_name"))] += 1
    if chains[_ENTERPRISE]:
        return
    for chain, name in _DOMAINS.items():
        if chains[chain]:
            raise _fault(source, f"{name}, not ATT&CK for Enterprise")
    raise _fault(source, "a STIX bundle without any technique of ATT&CK for Enterprise")


def version_of(bundle: Bundle, stated: str | None, released: Mapping[str, str]) -> str:
    """The version of a bundle, such as '18.1'.

    The first of these that names a version counts: the user (`stated`); the digest in MITRE's list
    (`released`: SHA-256 to version); the collection object of a STIX 2.1 bundle; the file's name.
    A STIX 2.0 bundle does not contain its version. InputError where none names a version, it is
    older than OLDEST, or the content contradicts it.
    """
    version = stated
    if version is None:
        version = (
            released.get(bundle.sha256) or _collection_version(bundle) or _version_in_name(bundle)
        )
    if version is None or not VERSION.fullmatch(version):
        candidate = "" if version is None else f" ('{version}')"
        message = f"the version of ATT&CK is unknown{candidate}"
        raise InputError(Fault(message, bundle.source, hint=_STATE_VERSION))
    _check_version(bundle, version)
    return version


def _version_in_name(bundle: Bundle) -> str | None:
    match = _IN_NAME.search(Path(bundle.source).name)
    return match[1] if match else None


def _collection_version(bundle: Bundle) -> str | None:
    for stix_object in bundle.objects:
        if stix_object["type"] == "x-mitre-collection":
            version = stix_object.get("x_mitre_version")
            return version if isinstance(version, str) else None
    return None


def _check_version(bundle: Bundle, version: str) -> None:
    major = int(version.split(".")[0])
    if major < OLDEST:
        raise _fault(bundle.source, f"ATT&CK {version}; {OLDEST} is the oldest that can be read")
    has_strategies = any(
        stix_object["type"] == "x-mitre-detection-strategy" for stix_object in bundle.objects
    )
    if has_strategies != (major >= 18):
        holds = "holds" if has_strategies else "holds no"
        message = f"is not ATT&CK {version}: it {holds} detection strategies, which are new in 18"
        raise InputError(
            Fault(
                message,
                bundle.source,
                hint=_STATE_VERSION,
            )
        )


def _fault(source: str, message: str, location: str = "") -> InputError:
    return InputError(Fault(message, source, location, hint=_GIVE_BUNDLE))
