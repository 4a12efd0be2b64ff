"""Loads a version of ATT&CK: a shipped one, one from a file, or one imported earlier."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from logreach.coverage.attack import compact
from logreach.coverage.attack.bundle import VERSION, parse_bundle, read_bytes, version_of
from logreach.coverage.attack.files import cache_folder, read_checked, write_checked, write_whole
from logreach.coverage.attack.links import with_borrowed_links
from logreach.coverage.attack.model import AttackModel
from logreach.coverage.attack.shipped import DEFAULT_VERSION, SHIPPED_VERSIONS
from logreach.inventories.files.faults import Fault, InputError


@dataclass(frozen=True, slots=True)
class Imported:
    """The model of an imported bundle.

    `from_cache`: the same bundle was imported before. `cache_fault` says why the model could not
    be cached; None if it was.
    """

    model: AttackModel
    from_cache: bool
    cache_fault: Fault | None = None


def load_attack(choice: str | Path | None = None) -> AttackModel:
    """A version of ATT&CK: `choice` is a file, a shipped or imported version, or None (default).

    A file is a STIX bundle (parsing takes seconds, so the model is cached by digest) or in compact
    form. Versions from 18 on borrow the component links of 17.1. InputError where there is no such
    file or version.
    """
    if choice is None or str(choice) in SHIPPED_VERSIONS:
        return _shipped(str(choice or DEFAULT_VERSION))
    path = Path(choice)
    if path.is_file():
        return with_borrowed_links(_from_file(path))
    if VERSION.fullmatch(str(choice)):
        return with_borrowed_links(_imported_earlier(str(choice)))
    hint = "Give a STIX bundle, a file made by 'logreach attack import', or a version such as 18.1."
    raise InputError(Fault("no such file", str(choice), hint=hint))


@cache
def _shipped(version: str) -> AttackModel:
    return with_borrowed_links(compact.shipped_model(version))


def _from_file(path: Path) -> AttackModel:
    data = read_bytes(path)
    if data.startswith(compact.MARK.encode()):
        return _decoded(data, str(path))
    return import_bytes(data, str(path)).model


def _imported_earlier(version: str) -> AttackModel:
    path = _path_of_version(version)
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
    """The model of a STIX bundle; `version` if the file does not name it. See `import_bytes`."""
    return import_bytes(read_bytes(path), str(path), version)


def import_bytes(data: bytes, name: str, version: str | None = None) -> Imported:
    """The model of a STIX bundle's bytes, from the cache if they were imported before.

    InputError where they are no bundle of ATT&CK for Enterprise 13 or later.
    """
    cached = _cached(hashlib.sha256(data).hexdigest(), version)
    if cached is not None:
        return Imported(cached, from_cache=True, cache_fault=_keep(cached))
    bundle = parse_bundle(data, name)
    bundle_version = version_of(bundle, version, released())
    from logreach.coverage.attack.importer import make_model

    model = make_model(bundle, bundle_version)
    return Imported(model, from_cache=False, cache_fault=_keep(model))


def import_version(version: str) -> Imported:
    """Download a release from MITRE, check its digest and import it.

    Nothing else in logreach uses the network. InputError where there is no such release, the
    download fails, or the digest differs from MITRE's.
    """
    from logreach.coverage.attack.download import fetch

    with tempfile.TemporaryDirectory() as folder:
        path = fetch(version, Path(folder))
        return import_bytes(read_bytes(path), path.name, version)


@cache
def released() -> dict[str, str]:
    """The version of every release of ATT&CK for Enterprise by SHA-256 (mitreattack-python)."""
    from mitreattack import release_info

    tables = (release_info.STIX20["enterprise"], release_info.STIX21["enterprise"])
    return {digest: version for table in tables for version, digest in table.items()}


def _folder() -> Path:
    return cache_folder() / "attack"


def _path_of_version(version: str) -> Path:
    return _folder() / f"attack-{version}.json"


def _path_of_digest(digest: str, version: str) -> Path:
    return _folder() / "by-hash" / f"{digest}-{version}-{compact.FORMAT_VERSION}.json"


def _cached(digest: str, version: str | None) -> AttackModel | None:
    """The cached model of a bundle; None if there is none, more than one, or it is damaged."""
    if version is not None and not VERSION.fullmatch(version):
        return None
    paths = sorted(
        _path_of_digest(digest, "x").parent.glob(_path_of_digest(digest, version or "*").name)
    )
    if len(paths) != 1:
        return None
    kept = read_checked(paths[0], paths[0].name)
    if kept is None:
        return None
    try:
        model = compact.decode(kept, paths[0].name)
    except InputError:
        return None
    return model if _path_of_digest(model.sha256, model.version) == paths[0] else None


def _keep(model: AttackModel) -> Fault | None:
    """Cache a model by digest and as the latest import of its version; a fault if it fails."""
    encoded = compact.encode(model)
    try:
        by_digest = _path_of_digest(model.sha256, model.version)
        write_checked(by_digest, by_digest.name, encoded)
        write_whole(_path_of_version(model.version), encoded)
    except OSError as error:
        return Fault(f"the result cannot be cached: {error.strerror or error}")
    return None
