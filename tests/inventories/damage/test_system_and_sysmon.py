"""Damaged systeminfo, builds that contradict each other, and `sysmon -c` without its hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from logreach.inventories import load
from logreach.inventories.facts.facts import Known, Missing
from logreach.inventories.facts.host import Inventory
from logreach.inventories.windows.facts import OS, SYSMON

CONFIG = "<Sysmon schemaversion='4.90'><EventFiltering/></Sysmon>\n"
LISTING = """
System Monitor v15.15 - System activity monitor
Current configuration:
 - Service name:                  Sysmon64
 - Driver name:                   SysmonDrv
 - Config file:                   C:\\other.xml
 - Config hash:                   SHA256={hash}

 - HashingAlgorithms:             SHA256

Rule configuration (version 4.90):
"""
OTHER = "0" * 64
OWN = hashlib.sha256(CONFIG.encode()).hexdigest()
SYSTEMINFO = "Host Name: A\nOS Name: Microsoft Windows {name}\nOS Version: {version}\n"


def sysmon(root: Path, listing: str) -> Inventory:
    (root / "s.xml").write_bytes(CONFIG.encode())
    (root / "sysmon.txt").write_text(listing)
    (root / "inventory.yaml").write_text(
        "hosts: [{name: H, sysmon: {version: '15.15', config: s.xml}, files: [sysmon.txt]}]"
    )
    return load(root)


WHOLE = LISTING.format(hash=OTHER)
CUT = {
    "before the hash": WHOLE[: WHOLE.index(" - Config hash")],
    "before the file": WHOLE[: WHOLE.index(" - Config file")],
    "within the hash": WHOLE[: WHOLE.index("0" * 64) + 40],
    "without the line of the hash": WHOLE.replace(
        f" - Config hash:                   SHA256={OTHER}\n", ""
    ),
    "without the lines of file and hash": WHOLE.replace(
        WHOLE[WHOLE.index(" - Config file") : WHOLE.index(OTHER) + 65], ""
    ),
    "with a hole over both": WHOLE.replace(
        WHOLE[WHOLE.index("Config file") + 2 : WHOLE.index("SHA256=") + 3], "x" * 64
    ),
    "with a letter that is no digit": WHOLE.replace("00000000", "0000g000", 1),
}


@pytest.mark.parametrize("name", CUT)
def test_a_lost_hash_leaves_open_which_configuration_is_loaded(name: str, tmp_path: Path) -> None:
    inventory = sysmon(tmp_path, CUT[name])
    assert "does not have the hash" in str(inventory.faults[0])
    fact = inventory.hosts[0].facts.get(SYSMON)
    assert isinstance(fact, Known)
    assert (fact.value.version, fact.value.config) == ("15.15", None)


@pytest.mark.parametrize(("digest", "loaded"), [(OTHER, False), (OWN, True)])
def test_a_whole_hash_decides(digest: str, loaded: bool, tmp_path: Path) -> None:
    inventory = sysmon(tmp_path, LISTING.format(hash=digest))
    assert len(inventory.faults) == (not loaded)
    fact = inventory.hosts[0].facts.get(SYSMON)
    assert isinstance(fact, Known)
    assert (fact.value.config, fact.value.config_loaded) == (CONFIG, loaded)


def test_a_listing_without_configuration_file_has_no_hash_to_lose(tmp_path: Path) -> None:
    listing = "System Monitor v15.15\nCurrent configuration:\n - Service name: Sysmon64\n"
    listing += " - HashingAlgorithms: SHA256\n\nNo rules installed\n"
    assert sysmon(tmp_path, listing).faults == ()


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("Server 2019 Standard", "10.0.67763 N/A Build 17763"),
        ("Server 2019 Standard", "10.0.17763 N/A Build 17764"),
        ("10 Pro", "10.0.19045 Nicht zutreffend Build 19044"),
        ("7 Professional", "6.1.7601 Service Pack 1 Build 7600"),
        ("Server 2016 Standard", "10.0.14393 N/A Build 1439"),
    ],
)
def test_builds_that_contradict_each_other_are_a_fault(
    name: str, version: str, tmp_path: Path
) -> None:
    (tmp_path / "H").mkdir()
    (tmp_path / "H" / "systeminfo.txt").write_text(SYSTEMINFO.format(name=name, version=version))
    inventory = load(tmp_path)
    assert "names two builds" in str(inventory.faults[0])
    assert isinstance(inventory.hosts[0].facts.get(OS), Missing)


@pytest.mark.parametrize(
    "json",
    [
        '{"Caption": "Microsoft Windows Server 2022", "Version": "10.0.20348", "BuildNumber": "20349"}',
        '{"OsName": "Microsoft Windows 11 Pro", "OsVersion": "10.0.22631", "OsBuildNumber": "22621"}',
        '{"name": "Microsoft Windows 11 Pro", "platform_like": "windows", "version": "10.0.22631", "build": "22621"}',
    ],
)
def test_so_they_are_in_json(json: str, tmp_path: Path) -> None:
    (tmp_path / "H").mkdir()
    (tmp_path / "H" / "os.json").write_text(json)
    inventory = load(tmp_path)
    assert "names two builds" in str(inventory.faults[0])
    assert isinstance(inventory.hosts[0].facts.get(OS), Missing)


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("Server 2012 R2 Standard", "6.3.96000 N/A Build 96000"),
        ("Server 2012 R2 Standard", "6.3.96000Build 9600"),
        ("Server 2016 Standard", "10.0.143930 N/A Build 143930"),
    ],
)
def test_a_build_that_no_windows_has_is_a_fault(name: str, version: str, tmp_path: Path) -> None:
    (tmp_path / "H").mkdir()
    (tmp_path / "H" / "systeminfo.txt").write_text(SYSTEMINFO.format(name=name, version=version))
    inventory = load(tmp_path)
    assert "names a build that no Windows has" in str(inventory.faults[0])
    assert isinstance(inventory.hosts[0].facts.get(OS), Missing)
