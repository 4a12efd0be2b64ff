"""How tools spell Windows, and what is read from it."""

from __future__ import annotations

import pytest

from logreach.inventories.windows.facts import OperatingSystem, OsKind
from logreach.inventories.windows.system.operating_systems import Unidentified, catalogue, identify

SPELLINGS = {
    "Windows 11 23H2": "Windows 11 23H2 (build 22631)",
    "Windows Server 2022": "Windows Server 2022 LTSC (build 20348)",
    "Server 2008 SP2": "Windows Server 2008 SP2 (build 6002)",
    "Windows Server 2008 Service Pack 2": "Windows Server 2008 SP2 (build 6002)",
    "Microsoft® Windows Server® 2008 Standard 6.0.6003 Service Pack 2 Build 6003": (
        "Windows Server 2008 SP2 (build 6003)"
    ),
    "Windows 10 Enterprise 22H2": "Windows 10 22H2 (build 19045)",
    "10.0.22631.3007": "Windows 11 23H2 (build 22631.3007)",
    "10.0 (19045)": "Windows 10 22H2 (build 19045)",
    "22631": "Windows 11 23H2 (build 22631)",
    "Windows 10 Pro 10.0.22631": "Windows 11 23H2 (build 22631)",
    "Windows Server, version 1909": "Windows Server SAC 1909 (build 18363)",
    "Windows 10 Enterprise 2016 LTSB": "Windows 10 1607 (build 14393)",
    "Windows 11 27842": "Windows 11 (build 27842)",
    "WindowsServer2019": "Windows Server 2019 LTSC (build 17763)",
    "Hyper-V Server 2012 R2": "Windows Server 2012 R2 (build 9600)",
    "Windows Vista™ Business SP2": "Windows Vista SP2 (build 6002)",
    "Windows Server 2022 Datacenter: Azure Edition": "Windows Server 2022 LTSC (build 20348)",
    "Microsoft Windows Server 2019 Standard Evaluation": "Windows Server 2019 LTSC (build 17763)",
    "Windows Server® 2008 R2 Enterprise Service Pack 1": "Windows Server 2008 R2 SP1 (build 7601)",
    "Windows Server 2008 Standard without Hyper-V SP2": "Windows Server 2008 SP2 (build 6002)",
    "Windows Storage Server 2012 R2 Workgroup": "Windows Server 2012 R2 (build 9600)",
    "Windows Server 2022 (Desktop Experience)": "Windows Server 2022 LTSC (build 20348)",
    "Windows 11 IoT Enterprise LTSC 2024": "Windows 11 24H2 (build 26100)",
    "Windows 11 Pro N, version 23H2 (x64)": "Windows 11 23H2 (build 22631)",
    "Windows 7 Édition Intégrale Service Pack 1": "Windows 7 SP1 (build 7601)",
    "Windows 7 Профессиональная SP1": "Windows 7 SP1 (build 7601)",
    "Майкрософт Windows 10 Домашняя для одного языка 22H2": "Windows 10 22H2 (build 19045)",
    "Windows 10 专业版 22H2": "Windows 10 22H2 (build 19045)",
    "Windows Server 2022 Banana 10.0.20348": "Windows Server 2022 LTSC (build 20348)",
    "Windows 10 S 22H2": "Windows 10 22H2 (build 19045)",
}
OPEN = ["Windows 10", "Windows11", "Windows Server 2008", "26100", "7601", "6.3.9600"]
WRONG = ["", "Windows XP", "Linux", "Windows 10 22H9", "Windows 11 19045", "Windows 7 22H2"]


ODD = {
    "Windows Server 2022 Banana": "banana",
    "Windows Server 2025 Preview": "preview",
    "Windows 11 24H2 Sense": "sense",
    "Not Windows Server 2022": "not",
    "Windows 100 22H2": "0",
    "Windows Server 2012 and R2": "andr2",
    "Windows 11 23H2 99H9": "99h9",
    "Windows Server 2022 Банан": "банан",
}


@pytest.mark.parametrize(("text", "word"), list(ODD.items()))
def test_a_word_that_nobody_knows_leaves_the_system_unknown(text: str, word: str) -> None:
    found = identify(text)
    assert isinstance(found, Unidentified)
    assert found.faulty
    assert f"holds {word!r}" in found.reason


@pytest.mark.parametrize(("text", "wanted"), list(SPELLINGS.items()))
def test_a_spelling_names_one_release(text: str, wanted: str) -> None:
    assert str(identify(text)) == wanted


@pytest.mark.parametrize("text", OPEN)
def test_what_is_left_open_is_not_guessed(text: str) -> None:
    found = identify(text)
    assert isinstance(found, Unidentified)
    assert not found.faulty
    assert "leaves open" in found.reason


@pytest.mark.parametrize("text", WRONG)
def test_what_names_no_windows_is_called_wrong(text: str) -> None:
    found = identify(text)
    assert isinstance(found, Unidentified)
    assert found.faulty


@pytest.mark.parametrize("os", catalogue(), ids=str)
def test_every_release_is_found_by_its_own_name_and_build(os: OperatingSystem) -> None:
    assert identify(f"{os.product} {os.release}") == os
    by_build = identify(f"{os.nt_version}.{os.build}.1", os.kind)
    assert isinstance(by_build, OperatingSystem)
    assert (by_build.build, by_build.kind, by_build.revision) == (os.build, os.kind, 1)


def test_the_kind_settles_only_what_is_open() -> None:
    assert str(identify("26100", OsKind.SERVER)).startswith("Windows Server 2025")
    assert str(identify("Windows 11 24H2", OsKind.SERVER)).startswith("Windows 11")
