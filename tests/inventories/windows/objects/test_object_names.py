"""Paths of objects as tools write them, and the containers above an object."""

from __future__ import annotations

import pytest

from logreach.inventories.windows.objects.object_names import (
    heads_partition,
    is_domain,
    normal,
    parents,
)

PATHS = {
    r"MACHINE\SYSTEM\ControlSet001\Services": r"HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES",
    r"Microsoft.PowerShell.Core\Registry::HKEY_LOCAL_MACHINE\Software\X": r"HKLM\SOFTWARE\X",
    "HKLM:\\Software\\": r"HKLM\SOFTWARE",
    r"\REGISTRY\USER\S-1-5-21-1\Software": r"HKU\S-1-5-21-1\SOFTWARE",
    r"CLASSES_ROOT\CLSID": r"HKLM\SOFTWARE\CLASSES\CLSID",
    "HKCU\\Software\\Run": r"HKCU\SOFTWARE\RUN",
    r"%SystemRoot%\System32\drivers": r"C:\WINDOWS\SYSTEM32\DRIVERS",
    r"Microsoft.PowerShell.Core\FileSystem::D:\Data": r"D:\DATA",
    r"\??\C:\x": r"C:\X",
    "c:/temp//x/": r"C:\TEMP\X",
    r"\\server\share\x": r"\\SERVER\SHARE\X",
    "AD:\\DC=contoso,DC=com": "DC=CONTOSO,DC=COM",
    r"Microsoft.ActiveDirectory.Management.dll\ActiveDirectory:://RootDSE/CN=a\,b, DC=x": (
        r"CN=A\,B,DC=X"
    ),
    "ad:user": "ad:USER",
    "global:Key": "global:key",
}


@pytest.mark.parametrize("path", PATHS)
def test_a_path_has_one_name(path: str) -> None:
    name = normal(path)
    assert name is not None
    assert name.name == PATHS[path]
    again = normal(name.name)
    assert again == name


@pytest.mark.parametrize("path", ["", "MACHINERY\\x", "HKLMX\\a", "Services", "x\0y", "\\\\server"])
def test_a_text_that_is_no_path_has_no_name(path: str) -> None:
    assert normal(path) is None


def test_parents_come_nearest_first() -> None:
    key, file, entry = normal("HKLM\\A\\B"), normal("C:\\a\\b"), normal("CN=a\\,b,OU=c,DC=d")
    assert key is not None
    assert file is not None
    assert entry is not None
    assert parents(key) == ["HKLM\\A", "HKLM"]
    assert parents(file) == ["C:\\A", "C:\\"]
    assert parents(entry) == ["OU=C,DC=D", "DC=D"]


def test_a_partition_for_dns_data_is_no_domain_but_heads_a_partition() -> None:
    dns_data = "DC=DOMAINDNSZONES,DC=D"
    assert is_domain("DC=D")
    assert not is_domain(dns_data)
    assert heads_partition(dns_data)


def test_the_configuration_partition_inherits_nothing_from_the_domain() -> None:
    sites = normal("CN=Sites,CN=Configuration,DC=d")
    assert sites is not None
    assert parents(sites) == ["CN=CONFIGURATION,DC=D"]
