"""Every release told by every format that names product and build: all of them tell the same."""

from __future__ import annotations

import json

import pytest

from logreach.inventories.files.sources import Source
from logreach.inventories.reading import recognise
from logreach.inventories.windows.facts import OS, ROLE, OperatingSystem, OsKind, Role
from logreach.inventories.windows.system.operating_systems import catalogue

_KEY = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
_OPTIONS = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions"


def formats(os: OperatingSystem) -> dict[str, str]:
    name = f"Microsoft {os.product} Standard".replace(" SAC", "").replace(" 23H2", "")
    version, server = f"{os.nt_version}.{os.build}", os.kind is OsKind.SERVER
    number = "3" if server else "1"
    words = "Member Server" if server else "Member Workstation"
    installed, product_type = ("Server", "ServerNT") if server else ("Client", "WinNT")
    properties = {"BuildNumber": os.build, "Caption": name, "Version": version}
    return {
        "systeminfo": f"OS Name:     {name}\r\nOS Version:  {version} N/A Build {os.build}\r\n"
        f"OS Manufacturer:  Microsoft Corporation\r\nOS Configuration:   {words}\r\n",
        "OS as JSON": json.dumps({**properties, "ProductType": int(number)}),
        "wmic": "\r\n\r\n".join(f"{key}={value}" for key, value in properties.items())
        + f"\r\n\r\nProductType={number}\r\n",
        "wmic as CSV": f"\r\nNode,BuildNumber,Caption,ProductType,Version\r\n"
        f"WS1,{os.build},{name},{number},{version}\r\n",
        "wmic as a table": f"BuildNumber  {'Caption':<50}  ProductType  Version\r\n"
        f"{os.build:<11}  {name:<50}  {number:<11}  {version}\r\n",
        "reg query": f"\r\n{_KEY}\r\n    ProductName    REG_SZ    {name.removeprefix('Microsoft ')}\r\n"
        f"    CurrentVersion    REG_SZ    {os.nt_version}\r\n    CurrentBuild    REG_SZ    {os.build}\r\n"
        f"    InstallationType    REG_SZ    {installed}\r\n\r\n{_OPTIONS}\r\n"
        f"    ProductType    REG_SZ    {product_type}\r\n\r\n",
        "msinfo32": f"Report: now\r\n[System Summary]\r\n\r\nItem\tValue\r\nOS Name\t{name}\r\n"
        f"Version\t{version} Build {os.build}\r\n",
        "gpresult": f"RSOP data for EX\\a on WS1 : Logging Mode\r\n------------\r\n\r\n"
        f"OS Configuration:     {words}\r\nOS Version:           {version}\r\n",
    }


@pytest.mark.parametrize("os", catalogue(), ids=str)
def test_every_format_tells_the_same_system_and_role(os: OperatingSystem) -> None:
    role = Role.SERVER if os.kind is OsKind.SERVER else Role.WORKSTATION
    for name, text in formats(os).items():
        _, reading = recognise.read(Source.of("H/file", text.encode("utf-16")))
        facts = {each.key: each.value for each in reading.statements}
        system = facts.get(OS)
        assert isinstance(system, OperatingSystem), (name, reading.faults, reading.missing)
        assert (system.build, system.kind) == (os.build, os.kind), name
        assert facts.get(ROLE, role) is role, name
        assert ROLE in facts or name == "msinfo32", name
        assert reading.faults == (), name
