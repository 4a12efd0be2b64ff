"""The normal form of an object's path, whichever tool wrote it.

Registry keys become 'HKLM\\...' (also from HKEY_LOCAL_MACHINE, MACHINE, \\REGISTRY\\MACHINE, with
or without a PowerShell provider), with control set 001 as CURRENTCONTROLSET; files 'C:\\...' with
the usual variables resolved to the standard folders; directory objects their distinguished name.
All are in upper case, except prefixes such as 'global:' and 'ad:'.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

GLOBAL_FILE = "global:file"
GLOBAL_KEY = "global:key"

_PROVIDER = re.compile(r"^(?:[\w.]+\\)?(?:Registry|FileSystem|ActiveDirectory)::", re.IGNORECASE)
_DIRECTORY = re.compile(r"^(?:AD:|//[^/]*/)[\\/]*", re.IGNORECASE)
_DNS_DATA = ("DC=DOMAINDNSZONES", "DC=FORESTDNSZONES")
_NAMED_HEADS = ("CN=SCHEMA", "CN=CONFIGURATION")
_NAME = re.compile(r"^(?:CN|OU|DC|O|C|L|ST)=", re.IGNORECASE)
_DRIVE = re.compile(r"^(?:\\\\[?.]\\|\\\?\?\\)?([A-Za-z]:)(.*)$", re.DOTALL)
_CONTROL_SET = re.compile(r"^HKLM\\SYSTEM\\CONTROLSET001(?=\\|$)")
_SPECIAL = re.compile(r"^(ad|process|service|global|sam|kernel|share):(.+)$", re.IGNORECASE)
_HIVES = (
    (("HKEY_LOCAL_MACHINE", "HKLM", "MACHINE", r"REGISTRY\MACHINE"), "HKLM"),
    (("HKEY_USERS", "HKU", "USERS", r"REGISTRY\USER"), "HKU"),
    (("HKEY_CURRENT_USER", "HKCU"), "HKCU"),
    (("HKEY_CLASSES_ROOT", "HKCR", "CLASSES_ROOT"), r"HKLM\SOFTWARE\CLASSES"),
    (("HKEY_CURRENT_CONFIG", "HKCC"), r"HKLM\SYSTEM\CURRENTCONTROLSET\HARDWARE PROFILES\CURRENT"),
)
_VARIABLES = {
    "%SYSTEMROOT%": r"C:\WINDOWS",
    "%WINDIR%": r"C:\WINDOWS",
    "%SYSTEMDRIVE%": "C:",
    "%PROGRAMFILES%": r"C:\PROGRAM FILES",
    "%PROGRAMFILES(X86)%": r"C:\PROGRAM FILES (X86)",
    "%PROGRAMDATA%": r"C:\PROGRAMDATA",
    "%ALLUSERSPROFILE%": r"C:\PROGRAMDATA",
    "%SYSTEMDIRECTORY%": r"C:\WINDOWS\SYSTEM32",
}


@dataclass(frozen=True, slots=True)
class ObjectName:
    """`kind` is 'key', 'file', 'ad', 'process', ...; `name` is the path in its normal form."""

    kind: str
    name: str


@lru_cache(maxsize=4096)
def normal(path: str) -> ObjectName | None:
    """The normal form of an object's path; None if it is no path of a known kind."""
    object_path = path.strip().strip('"').strip()
    if not object_path or "\0" in object_path:
        return None
    special = _SPECIAL.match(object_path)
    if special is not None and not _NAME.match(special[2].lstrip("\\/")):
        return _with_prefix(special[1].lower(), special[2].strip())
    without_provider = _PROVIDER.sub("", object_path)
    directory_path = _DIRECTORY.sub("", without_provider)
    if _NAME.match(directory_path):
        components = (component.strip() for component in relative_names(directory_path))
        return ObjectName("ad", ",".join(components).upper())
    return _key(without_provider.upper().replace("/", "\\")) or _file(without_provider)


def _with_prefix(kind: str, object_path: str) -> ObjectName:
    """A name with a prefix, such as 'global:file' or 'SERVICE:eventlog'."""
    cased = object_path.lower() if kind == "global" else object_path.upper()
    return ObjectName(kind, f"{kind}:{cased}")


def relative_names(name: str) -> list[str]:
    """The relative names in a distinguished name; '\\,' is a comma within one of them."""
    return re.split(r"(?<!\\),", name)


def is_domain(name: str) -> bool:
    """Whether a normal name is a domain's root rather than a partition for DNS data."""
    components = relative_names(name)
    return components[0] not in _DNS_DATA and all(
        component.startswith("DC=") for component in components
    )


def _key(path: str) -> ObjectName | None:
    key_path = path.lstrip("\\")
    for spellings, hive in _HIVES:
        for spelling in spellings:
            below_hive = key_path[len(spelling) :]
            if key_path.startswith(spelling) and below_hive.lstrip(":")[:1] in ("", "\\"):
                subkey = below_hive.lstrip(":").strip("\\")
                name = f"{hive}\\{subkey}" if subkey else hive
                name = _CONTROL_SET.sub(lambda _: r"HKLM\SYSTEM\CURRENTCONTROLSET", name)
                return ObjectName("key", name)
    return None


def _file(path: str) -> ObjectName | None:
    upper = path.upper().replace("/", "\\")
    for variable, folder in _VARIABLES.items():
        if upper.startswith(variable):
            upper = folder + upper[len(variable) :]
    drive_path = _DRIVE.match(upper)
    if drive_path is not None:
        below_drive = re.sub(r"\\+", r"\\", drive_path[2]).strip("\\")
        return ObjectName("file", f"{drive_path[1]}\\{below_drive}")
    if upper.startswith("\\\\") and len(upper.strip("\\").split("\\")) > 1:
        return ObjectName("file", upper.rstrip("\\"))
    return None


def heads_partition(name: str) -> bool:
    """Whether a normal name is the head of a directory partition, which inherits no entries."""
    components = relative_names(name)
    while components and components[0] in _NAMED_HEADS:
        components = components[1:]
    return bool(components) and all(component.startswith("DC=") for component in components)


def parents(name: ObjectName) -> list[str]:
    """The containers from which an object may inherit audit entries, nearest first."""
    if name.kind == "ad":
        return _in_partition(name.name)
    if name.kind not in ("key", "file"):
        return []
    containers: list[str] = []
    container = name.name
    while "\\" in container.rstrip("\\"):
        container = container.rstrip("\\").rpartition("\\")[0]
        containers.append(f"{container}\\" if container.endswith(":") else container)
    return containers


def _in_partition(name: str) -> list[str]:
    """The containers above a directory object, up to the head of its partition."""
    components = relative_names(name)
    containers: list[str] = []
    while (
        len(components) > 1
        and ":" not in components[0]
        and not heads_partition(",".join(components))
    ):
        components = components[1:]
        containers.append(",".join(components))
    return containers
