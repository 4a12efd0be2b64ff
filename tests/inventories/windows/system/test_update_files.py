"""Installed updates, from lists of them and from systeminfo."""

from __future__ import annotations

import format_samples
import pytest

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.reading import recognise
from logreach.inventories.windows.facts import SETTING
from logreach.inventories.windows.system import os_files, update_files

UPDATE = SETTING("update_kb3004375")
SYSTEMINFO = """Host Name:                 WS7
OS Name:                   Microsoft Windows 7 Professional
OS Version:                6.1.7601 Service Pack 1 Build 7601
OS Configuration:          Member Workstation
Hotfix(s):                 2 Hotfix(s) Installed.
                           [01]: KB2534111
                           [02]: KB3004375
"""


def _updates(reading: Reading) -> list[tuple[object, str]]:
    return [(x.value, x.evidence.where) for x in reading.statements if x.key == UPDATE]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (format_samples.HOTFIXES, "line 3"),
        (format_samples.QFE, "line 1"),
        ('[\n{"HotFixID": "KB976902"},\n{"HotFixID": "kb3004375"}]', "line 3"),
        ("Node,HotFixID\nWS7,KB3004375\nWS7,KB3004375\n", "line 2"),
    ],
    ids=["Get-HotFix", "wmic qfe", "JSON", "CSV"],
)
def test_a_list_of_updates_is_recognised_and_names_the_one_that_is_asked_for(
    text: str, line: str
) -> None:
    found, reading = recognise.read(Source.of("updates", text.encode()))
    assert found is not None
    assert found.name == "updates"
    assert _updates(reading) == [(True, line)]


def test_systeminfo_lists_updates_too() -> None:
    reading = os_files.read_systeminfo(Source.of("systeminfo.txt", SYSTEMINFO.encode()))
    assert _updates(reading) == [(True, "line 7")]


def test_an_update_that_is_not_listed_may_be_part_of_a_later_one() -> None:
    text = SYSTEMINFO.replace("KB3004375", "KB4012212")
    reading = os_files.read_systeminfo(Source.of("systeminfo.txt", text.encode()))
    assert _updates(reading) == []
    assert not reading.faults


def test_a_list_without_any_update_is_a_fault() -> None:
    with pytest.raises(InputError, match="lists no update"):
        update_files.read(Source.of("updates", b"HotFixID\r\n"))
