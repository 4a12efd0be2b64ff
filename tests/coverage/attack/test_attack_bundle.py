"""What is no bundle of ATT&CK for Enterprise is refused, by name and with a hint."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from logreach.coverage.attack import bundle as bundles
from logreach.coverage.attack import load_attack
from logreach.coverage.attack.bundle import parse_bundle, read_bytes, version_of
from logreach.inventories.files.faults import InputError

Make = Callable[..., Any]

NO_BUNDLES = {
    "nothing at all": (b"", "not JSON"),
    "text": (b"attack", "not JSON"),
    "bytes in no encoding": (b"\xff\xfe\x00\xd8", "not JSON"),
    "JSON too deep": (b"[" * 200_000, "not JSON"),
    "a list": (b"[]", "not a STIX bundle"),
    "another STIX object": (b'{"type": "attack-pattern"}', "not a STIX bundle"),
    "a bundle without objects": (b'{"type": "bundle"}', "without objects"),
    "objects that are no list": (b'{"type": "bundle", "objects": {}}', "without objects"),
    "an object that is none": (
        b'{"type": "bundle", "objects": [1]}',
        r"STIX object without type.*objects\[0\]",
    ),
    "an object without type": (
        b'{"type": "bundle", "objects": [{"id": "x"}]}',
        "STIX object without type",
    ),
    "an empty bundle": (b'{"type": "bundle", "objects": []}', "without any technique"),
}


@pytest.mark.parametrize("name", NO_BUNDLES)
def test_refuses(name: str) -> None:
    data, message = NO_BUNDLES[name]
    with pytest.raises(InputError, match=message) as caught:
        parse_bundle(data, "given.json")
    assert all(fault.source == "given.json" and fault.hint for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("chain", "name"),
    [("mitre-mobile-attack", "ATT&CK for Mobile"), ("mitre-ics-attack", "ATT&CK for ICS")],
)
def test_names_the_domain_of_another_bundle(builder: Make, chain: str, name: str) -> None:
    b = builder()
    b.technique("T0800", kill_chain_phases=[{"kill_chain_name": chain, "phase_name": "impact"}])
    with pytest.raises(InputError, match=name):
        parse_bundle(b.data(), "x.json")


def test_reads_gzip_by_content_not_by_name(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(gzip.compress(b"{}"))
    assert read_bytes(path) == b"{}"


def test_refuses_a_truncated_gzip(tmp_path: Path) -> None:
    path = tmp_path / "x.json.gz"
    path.write_bytes(gzip.compress(bytes(range(256)) * 400)[:-40])
    with pytest.raises(InputError, match="damaged gzip"):
        read_bytes(path)


def test_refuses_a_gzip_with_a_wrong_checksum(tmp_path: Path) -> None:
    path = tmp_path / "x.json.gz"
    data = bytearray(gzip.compress(b"{}" * 100))
    data[-6] ^= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match="damaged gzip"):
        read_bytes(path)


@pytest.mark.parametrize("zipped", [False, True])
def test_refuses_what_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zipped: bool
) -> None:
    monkeypatch.setattr(bundles, "MAX_BYTES", 3 * 1024 * 1024)
    path = tmp_path / "x.json"
    data = b" " * (8 * 1024 * 1024)
    path.write_bytes(gzip.compress(data) if zipped else data)
    with pytest.raises(InputError, match="larger than 3 MiB"):
        read_bytes(path)


def test_refuses_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(InputError, match="cannot be read"):
            read_bytes(path)


VERSIONS = {
    "the user's word goes first": ("enterprise-attack-17.1.json", "16.1", {}, "16.1"),
    "MITRE's hash list goes before the name": ("enterprise-attack-17.1.json", None, "15.0", "15.0"),
    "the name is the last resort": ("enterprise-attack-17.1.json.gz", None, {}, "17.1"),
    "a folder's name tells nothing": ("v16.1/enterprise-attack-17.1.json", None, {}, "17.1"),
    "a v before it is fine": ("ATT&CK-v13.1.json", None, {}, "13.1"),
}


@pytest.mark.parametrize("name", VERSIONS)
def test_version(builder: Make, name: str) -> None:
    file, told, by_hash, expected = VERSIONS[name]
    b = builder()
    b.technique("T1001")
    bundle = parse_bundle(b.data(), file)
    released = {bundle.sha256: str(by_hash)} if by_hash else {}
    assert version_of(bundle, told, released) == expected


@pytest.mark.parametrize(
    ("file", "told", "message"),
    [
        ("enterprise-attack.json", None, "the version of ATT&CK is unknown"),
        ("enterprise-attack-2025.json", None, "the version of ATT&CK is unknown"),
        ("x.json", "*", "the version of ATT&CK is unknown"),
        ("x.json", "latest", "the version of ATT&CK is unknown.*latest"),
        ("x.json", "12.1", "13 is the oldest"),
        ("x.json", "18.1", "holds no detection strategies"),
    ],
)
def test_version_refused(builder: Make, file: str, told: str | None, message: str) -> None:
    b = builder()
    b.technique("T1001")
    with pytest.raises(InputError, match=message):
        version_of(parse_bundle(b.data(), file), told, {})


def test_strategies_contradict_an_old_version(builder: Make) -> None:
    b = builder()
    b.technique("T1001")
    b.add("x-mitre-detection-strategy", "DET0001", name="S")
    with pytest.raises(InputError, match="holds detection strategies"):
        version_of(parse_bundle(b.data(), "x.json"), "17.1", {})


DAMAGE = {
    "another format version": (("format_version", 99), "format 99, not 1"),
    "a version that is none": (("attack_version", "newest"), "'attack_version' is not a version"),
    "a number for a text": (("spec", 3), "'spec' is not a text"),
    "techniques that are no list": (("techniques", {}), "'techniques' is not a list"),
    "a technique that is none": (("techniques", ["T1001"]), "that is not a record"),
    "a technique without name": (("techniques", [{"id": "T1001"}]), "'name' is not a text"),
    "a link too short": (("detects", [["x"]]), "a row that is not 2 texts"),
    "a platform that is no text": (
        ("analytics", [{"id": "AN1", "platforms": [1]}]),
        "that is not a text",
    ),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_refuses_a_damaged_compact_file(tmp_path: Path, name: str) -> None:
    (key, value), message = DAMAGE[name]
    document = {"format": "logreach-attack", "format_version": 1, "attack_version": "17.1"}
    document |= {"spec": "", "sha256": "", key: value}
    lists = ("tactics", "techniques", "components", "strategies", "analytics", "groups")
    document = {**{one: [] for one in (*lists, "detects", "former")}, **document}
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"format": document.pop("format"), **document}), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_attack(path)
