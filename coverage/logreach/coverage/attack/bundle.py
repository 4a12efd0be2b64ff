"""Reads a STIX bundle of ATT&CK for Enterprise: size, form, domain and version are checked here.

mitreattack-python takes whatever it is given; what is not such a bundle must be told before.
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
_WANTED: Final = "Give an enterprise-attack bundle, such as enterprise-attack-18.1.json."
_TELL: Final = "Import it with its version: logreach attack import FILE --as 18.1."

StixObject = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A checked bundle: its objects as JSON has them, and the SHA-256 of its text."""

    source: str
    sha256: str
    objects: tuple[StixObject, ...]


def read_bytes(path: Path) -> bytes:
    """A file's bytes, decompressed where it is gzip; InputError beyond MAX_BYTES."""
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
    """The bundle in `data`; InputError where it is none, or of another domain."""
    try:
        document: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _fault(source, f"not JSON: {error}") from None
    if not isinstance(document, dict) or document.get("type") != "bundle":
        raise _fault(source, "JSON, but not a STIX bundle")
    objects = document.get("objects")
    if not isinstance(objects, list):
        raise _fault(source, "a STIX bundle without objects")
    for number, one in enumerate(objects):
        if not isinstance(one, dict) or not _named(one):
            raise _fault(source, "no STIX object (type and id)", f"objects[{number}]")
    _check_domain(objects, source)
    return Bundle(source, hashlib.sha256(data).hexdigest(), tuple(objects))


def _named(one: StixObject) -> bool:
    return isinstance(one.get("type"), str) and isinstance(one.get("id"), str)


def _check_domain(objects: list[StixObject], source: str) -> None:
    chains: Counter[str] = Counter()
    for one in objects:
        phases = one.get("kill_chain_phases") if one["type"] == "attack-pattern" else None
        for phase in phases if isinstance(phases, list) else ():
            if isinstance(phase, dict):
                chains[str(phase.get("kill_chain_name"))] += 1
    if chains[_ENTERPRISE]:
        return
    for chain, name in _DOMAINS.items():
        if chains[chain]:
            raise _fault(source, f"{name}, not ATT&CK for Enterprise")
    raise _fault(source, "a STIX bundle without any technique of ATT&CK for Enterprise")


def version_of(bundle: Bundle, told: str | None, released: Mapping[str, str]) -> str:
    """The version of a bundle, such as '18.1'.

    In this order: what the user `told`; MITRE's hash list (`released`: SHA-256 to version); the
    collection that STIX 2.1 bundles carry; the file's name. STIX 2.0 bundles do not say it
    themselves. InputError where nothing tells, or the version is before OLDEST, or the content
    contradicts it.
    """
    version = told
    if version is None:
        version = (
            released.get(bundle.sha256) or _collection_version(bundle) or _version_in_name(bundle)
        )
    if version is None or not VERSION.fullmatch(version):
        found = "" if version is None else f" ('{version}')"
        message = f"no telling which ATT&CK version this is{found}"
        raise InputError(Fault(message, bundle.source, hint=_TELL))
    _check_version(bundle, version)
    return version


def _version_in_name(bundle: Bundle) -> str | None:
    match = _IN_NAME.search(Path(bundle.source).name)
    return match[1] if match else None


def _collection_version(bundle: Bundle) -> str | None:
    for one in bundle.objects:
        if one["type"] == "x-mitre-collection":
            version = one.get("x_mitre_version")
            return version if isinstance(version, str) else None
    return None


def _check_version(bundle: Bundle, version: str) -> None:
    major = int(version.split(".")[0])
    if major < OLDEST:
        raise _fault(bundle.source, f"ATT&CK {version}; {OLDEST} is the oldest that can be read")
    has_strategies = any(one["type"] == "x-mitre-detection-strategy" for one in bundle.objects)
    if has_strategies != (major >= 18):
        holds = "holds" if has_strategies else "holds no"
        message = f"said to be ATT&CK {version}, but {holds} detection strategies (new in 18)"
        raise InputError(
            Fault(
                message,
                bundle.source,
                hint=_TELL,
            )
        )


def _fault(source: str, message: str, where: str = "") -> InputError:
    return InputError(Fault(message, source, where, hint=_WANTED))
