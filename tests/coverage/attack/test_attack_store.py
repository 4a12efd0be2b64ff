"""Where a version of ATT&CK comes from: shipped, a file, the cache; and what is not there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from logreach.coverage.attack import download as downloads
from logreach.coverage.attack import load_attack, store
from logreach.coverage.attack.compact import encode
from logreach.coverage.attack.shipped import DEFAULT_VERSION, SHIPPED_VERSIONS
from logreach.coverage.attack.store import import_bytes, import_file, import_version
from logreach.inventories.files.faults import InputError

Make = Callable[..., Any]


@pytest.fixture
def bundle(tmp_path: Path, builder: Make) -> Path:
    b = builder()
    component = b.add("x-mitre-data-component", name="Process Creation")
    b.relate(component, "detects", b.technique("T1001"))
    path: Path = tmp_path / "enterprise-attack-17.1.json"
    path.write_bytes(b.data())
    return path


def refuse_import(*_: object) -> None:
    raise AssertionError("the bundle was read again")


def test_a_bundle_is_read_once_and_then_known_by_its_hash(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = import_file(bundle)
    copy = tmp_path / "other-name.json"
    copy.write_bytes(bundle.read_bytes())
    monkeypatch.setattr(store, "parse_bundle", refuse_import)
    second = import_file(copy)
    assert (first.from_cache, second.from_cache) == (False, True)
    assert second.model == first.model == load_attack(copy) == load_attack("17.1")


def test_a_changed_bundle_is_read_anew(bundle: Path) -> None:
    import_file(bundle)
    bundle.write_bytes(bundle.read_bytes().replace(b"T1001", b"T1002"))
    again = import_file(bundle)
    assert not again.from_cache
    assert [one.id for one in again.model.techniques] == ["T1002"]
    assert [one.id for one in load_attack("17.1").techniques] == ["T1002"]


@pytest.mark.parametrize("version", ["*", "../17.1", "[", ""])
def test_an_odd_version_told_never_reaches_the_cache(bundle: Path, version: str) -> None:
    import_file(bundle)
    with pytest.raises(InputError, match="the version of ATT&CK is unknown"):
        import_file(bundle, version)


def test_another_version_told_is_not_answered_from_the_cache(bundle: Path) -> None:
    import_file(bundle)
    assert import_file(bundle, "16.1").model.version == "16.1"


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff", b"[[["])
def test_a_damaged_cache_is_repaired(bundle: Path, own_cache: Path, damage: bytes) -> None:
    model = import_file(bundle).model
    (kept,) = (own_cache / "by-hash").iterdir()
    kept.write_bytes(damage)
    again = import_file(bundle)
    assert not again.from_cache
    assert again.model == model
    assert import_file(bundle).from_cache


def test_a_cache_entry_of_another_bundle_is_not_believed(bundle: Path, own_cache: Path) -> None:
    import_file(bundle)
    (kept,) = (own_cache / "by-hash").iterdir()
    kept.write_text(encode(load_attack()), encoding="utf-8")
    assert import_file(bundle).model.version == "17.1"


def test_a_cache_that_cannot_be_written_is_no_failure(bundle: Path, own_cache: Path) -> None:
    own_cache.parent.mkdir(parents=True)
    own_cache.write_text("a file where the folder should be", encoding="utf-8")
    imported = import_file(bundle)
    assert "cannot be cached" in str(imported.cache_fault)
    assert imported.model.technique_by_id.keys() == {"T1001"}


def test_a_compact_file_loads_as_what_it_was_made_from(bundle: Path, tmp_path: Path) -> None:
    path = tmp_path / "compact.json"
    model = import_file(bundle).model
    path.write_text(encode(model), encoding="utf-8")
    assert load_attack(path) == model


def test_the_shipped_versions_need_no_import() -> None:
    assert [load_attack(version).version for version in SHIPPED_VERSIONS] == ["18.1", "19.1"]
    assert load_attack().version == DEFAULT_VERSION


@pytest.mark.parametrize("version", SHIPPED_VERSIONS)
def test_the_compact_form_of_a_shipped_version_is_that_version(
    version: str, tmp_path: Path
) -> None:
    path = tmp_path / "compact.json"
    path.write_text(encode(load_attack(version)), encoding="utf-8")
    loaded, shipped = load_attack(path), load_attack(version)
    assert loaded.techniques == shipped.techniques
    assert loaded.analytics == shipped.analytics


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ("16.1", "neither shipped nor imported.*logreach attack import 16.1"),
        ("no/such.json", "no such file"),
        ("latest", "no such file"),
    ],
)
def test_what_is_not_there_is_told(choice: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_attack(choice)


def test_a_later_version_borrows_links_along_the_crosswalk(builder: Make) -> None:
    b = builder()
    b.technique("T1685.001")
    b.technique("T1543.003")
    b.add("x-mitre-data-component", "DC0032", name="Process Creation")
    b.add("x-mitre-detection-strategy", "DET0001", name="S", x_mitre_analytic_refs=[])
    import_bytes(b.data(), "enterprise-attack-19.0.json")
    model = load_attack("19.0")
    links = {(link.component, link.technique, link.origin) for link in model.detects}
    assert links == {
        ("Process Creation", "T1685.001", "17.1"),
        ("Process Creation", "T1543.003", "17.1"),
    }
    assert len(model.uncarried) == 2116 - 2


def test_an_unknown_release_is_not_asked_for() -> None:
    with pytest.raises(InputError, match=r"no release 99\.9.*Known: .*18\.1"):
        import_version("99.9")


@pytest.mark.parametrize("error", [OSError("no route"), ValueError("hash differs")])
def test_a_failed_download_is_a_fault(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("mitreattack.download_stix.pooch.retrieve", fail)
    with pytest.raises(InputError, match="cannot be downloaded"):
        import_version("17.1")


def test_a_download_is_asked_for_with_mitres_hash(
    monkeypatch: pytest.MonkeyPatch, bundle: Path, tmp_path: Path
) -> None:
    asked: dict[str, object] = {}

    def retrieve(url: str, known_hash: str, fname: str, path: str) -> None:
        asked.update(url=url, known_hash=known_hash)
        (Path(path) / fname).write_bytes(bundle.read_bytes())

    monkeypatch.setattr("mitreattack.download_stix.pooch.retrieve", retrieve)
    path = downloads.fetch("17.1", tmp_path / "down")
    assert path.read_bytes() == bundle.read_bytes()
    assert len(str(asked["known_hash"])) == 64
    assert "v17.1" in str(asked["url"])


def test_loading_the_shipped_version_imports_nothing_heavy() -> None:
    code = (
        "import sys; from logreach.coverage.attack import load_attack; load_attack();"
        "heavy = {'mitreattack', 'stix2', 'pandas', 'openpyxl'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
