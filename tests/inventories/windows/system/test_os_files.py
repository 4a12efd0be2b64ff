"""The Windows release of a host, from systeminfo, JSON and `ver`."""

from __future__ import annotations

import json

import pytest

from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.facts import OS, ROLE, Role
from logreach.inventories.windows.system import os_files


def source(text: str) -> Source:
    return Source.of("os.txt", text.encode())


def test_ver_of_a_build_that_client_and_server_share_is_unknown_without_a_fault() -> None:
    reading = os_files.read_ver(source("Microsoft Windows [Version 10.0.26100.1742]"))
    assert reading.faults == ()
    assert [key for key, _ in reading.missing] == [OS]


def test_the_product_type_decides_between_client_and_server() -> None:
    row = {"OsVersion": "10.0.26100", "OsProductType": "DomainController", "WindowsUBR": 1742}
    reading = os_files.read_json(source(json.dumps(row)))
    values = {statement.key: statement.value for statement in reading.statements}
    assert values[ROLE] is Role.DOMAIN_CONTROLLER
    assert str(values[OS]) == "Windows Server 2025 LTSC (build 26100.1742)"


@pytest.mark.parametrize("rows", [[], [{"Version": "10.0.1"}, {"Version": "10.0.2"}]])
def test_json_of_several_systems_is_refused(rows: list[object]) -> None:
    with pytest.raises(InputError, match=f"describes {len(rows)} systems instead of one"):
        os_files.read_json(source(json.dumps(rows)))


def test_a_version_far_down_a_text_is_not_systeminfo() -> None:
    output = "OS Name: Microsoft Windows 11 Pro\nOS Version: 10.0.22631 N/A Build 22631\n"
    assert os_files.looks_like_systeminfo(output)
    assert not os_files.looks_like_systeminfo("\n" * 20 + output)
