"""Finds a version of ATT&CK: shipped, from a file, or imported earlier."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from logreach.coverage.attack import compact
from logreach.coverage.attack.bundle import VERSION, parse_bundle, read_bytes, version_of
from logreach.coverage.attack.files import cache_folder, write_whole
from logreach.coverage.attack.links import with_borrowed_links
from logreach.coverage.attack.model import AttackModel
from logreach.coverage.attack.shipped import SHIPPED_VERSION
from logreach.inventories.files.faults import Fault, InputError


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import gave: the model as the bundle has it, and whether it was cached before.

    `cache_fault` says why the result could not be kept, where it could not.
    """

    model: AttackModel
    from_cache: bool
    cache_fault: Fault | None = None


def load_attack(choice: str | Path | None = None) -> AttackModel:
    """A version of ATT&CK: None for the shipped one, a file, or a version imported earlier.

    A file may be a STIX bundle (seconds, then cached by its hash) or the compact form. Versions
    from 18 on borrow 17.1's component links. InputError where there is no such file or version.
    """
    if choice is None or str(choice) == SHIPPED_VERSION:
        return _shipped()
    path = Path(choice)
    if path.is_file():
        return with_borrowed_links(_from_file(path))
    if VERSION.fullmatch(str(choice)):
        return with_borrowed_links(_imported_earlier(str(choice)))
    hint = "Give a STIX bundle, a file made by 'logreach attack import', or a version such as 18.1."
    raise InputError(Fault("no such file", str(choice), hint=hint))


@cache
def _shipped() -> AttackModel:
    return with_borrowed_links(compact.shipped_model())


def _from_file(path: Path) -> AttackModel:
    data = read_bytes(path)
    if data.startswith(compact.MARK.encode()):
        return _decoded(data, str(path))
    return import_bytes(data, str(path)).model


def _imported_earlier(version: str) -> AttackModel:
    path = _named(version)
    if not path.is_file():
        hint = f"Import it first: logreach attack import {version}"
        raise InputError(Fault(f"ATT&CK {version} is neither shipped nor imported", hint=hint))
    return _decoded(read_bytes(path), path.name)


def _decoded(data: bytes, name: str) -> AttackModel:
    try:
        return compact.decode(data.decode("utf-8"), name)
    except UnicodeDecodeError:
        raise InputError(Fault("not UTF-8", name)) from None


def import_file(path: Path, version: str | None = None) -> Imported:
    """The model of a STIX bundle; `version` where the file cannot tell it. See `import_bytes`."""
    return import_bytes(read_bytes(path), str(path), version)


def import_bytes(data: bytes, name: str, version: str | None = None) -> Imported:
    """The model of a STIX bundle's text, from the cache where the same text was read before.

    Raises InputError where it is no bundle of ATT&CK for Enterprise from 13 on.
    """
    cached = _cached(hashlib.sha256(data).hexdigest(), version)
    if cached is not None:
        return Imported(cached, from_cache=True, cache_fault=_keep(cached))
    bundle = parse_bundle(data, name)
    known = version_of(bundle, version, released())
    from logreach.coverage.attack.importer import make_model

    model = make_model(bundle, known)
    return Imported(model, from_cache=False, cache_fault=_keep(model))


def import_version(version: str) -> Imported:
    """Download a release from MITRE, check its hash, and make its model.

    Touches the network, and nothing else in the project does. InputError where there is no such
    release, the download fails, or its hash is not MITRE's.
    """
    from logreach.coverage.attack.download import fetch

    with tempfile.TemporaryDirectory() as folder:
        path = fetch(version, Path(folder))
        return import_bytes(read_bytes(path), path.name, version)


@cache
def released() -> dict[str, str]:
    """SHA-256 of every release of ATT&CK for Enterprise, to its version (mitreattack-python)."""
    from mitreattack import release_info

    tables = (release_info.STIX20["enterprise"], release_info.STIX21["enterprise"])
    return {digest: version for table in tables for version, digest in table.items()}


def _folder() -> Path:
    return cache_folder() / "attack"


def _named(version: str) -> Path:
    return _folder() / f"attack-{version}.json"


def _hashed(digest: str, version: str) -> Path:
    return _folder() / "by-hash" / f"{digest}-{version}-{compact.FORMAT_VERSION}.json"


def _cached(digest: str, version: str | None) -> AttackModel | None:
    """The model kept for a bundle; None where there is none, or more than one, or it is damaged."""
    if version is not None and not VERSION.fullmatch(version):
        return None
    found = sorted(_hashed(digest, "x").parent.glob(_hashed(digest, version or "*").name))
    if len(found) != 1:
        return None
    try:
        model = compact.decode(found[0].read_text(encoding="utf-8"), found[0].name)
    except (OSError, UnicodeDecodeError, InputError):
        return None
    return model if _hashed(model.sha256, model.version) == found[0] else None


def _keep(model: AttackModel) -> Fault | None:
    """Put a model into the cache, by hash and as the latest import of its version."""
    text = compact.encode(model)
    try:
        for target in (_hashed(model.sha256, model.version), _named(model.version)):
            write_whole(target, text)
    except OSError as error:
        return Fault(f"the result cannot be cached: {error.strerror or error}")
    return None
