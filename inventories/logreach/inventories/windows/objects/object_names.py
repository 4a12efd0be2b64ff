"""One name for an object, however a tool writes its path.

Registry keys become 'HKLM\\...' (also from HKEY_LOCAL_MACHINE, MACHINE, \\REGISTRY\\MACHINE, with
or without a PowerShell provider), control set 001 CURRENTCONTROLSET; files 'C:\\...' with the usual
variables resolved to the standard folders; directory objects their distinguished name. All in
upper case, but for prefixes such as 'global:' and 'ad:'.
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
    """`kind` is 'key', 'file', 'ad', 'process', ...; `name` the normal form."""

    kind: str
    name: str


@lru_cache(maxsize=4096)
def normal(path: str) -> ObjectName | None:
    """The normal form of an object's path; None where it is no path that is known here."""
    written = path.strip().strip('"').strip()
    if not written or "\0" in written:
        return None
    special = _SPECIAL.match(written)
    if special is not None and not _NAME.match(special[2].lstrip("\\/")):
        return _special(special[1].lower(), special[2].strip())
    bare = _PROVIDER.sub("", written)
    named = _DIRECTORY.sub("", bare)
    if _NAME.match(named):
        return ObjectName("ad", _distinguished(named))
    return _key(bare.upper().replace("/", "\\")) or _file(bare)


def _special(kind: str, rest: str) -> ObjectName:
    """'global:file' stays as it is; of others only the object's own name is raised."""
    return ObjectName(kind, f"{kind}:{rest.lower() if kind == 'global' else rest.upper()}")


def _distinguished(name: str) -> str:
    """A distinguished name without spaces around its commas."""
    return ",".join(part.strip() for part in relative_names(name)).upper()


def relative_names(name: str) -> list[str]:
    """The parts of a distinguished name; a comma behind a backslash belongs to its part."""
    return re.split(r"(?<!\\),", name)


def is_domain(name: str) -> bool:
    """Whether a normal name is that of a domain's root, and not of a partition for DNS data."""
    parts = relative_names(name)
    return parts[0] not in _DNS_DATA and all(part.startswith("DC=") for part in parts)


def _key(path: str) -> ObjectName | None:
    bare = path.lstrip("\\")
    for spellings, hive in _HIVES:
        for spelling in spellings:
            rest = bare[len(spelling) :]
            if bare.startswith(spelling) and rest.lstrip(":")[:1] in ("", "\\"):
                inner = rest.lstrip(":").strip("\\")
                name = f"{hive}\\{inner}" if inner else hive
                return ObjectName("key", _control_set(name))
    return None


def _control_set(name: str) -> str:
    return _CONTROL_SET.sub(lambda _: r"HKLM\SYSTEM\CURRENTCONTROLSET", name)


def _file(path: str) -> ObjectName | None:
    upper = path.upper().replace("/", "\\")
    for variable, meaning in _VARIABLES.items():
        if upper.startswith(variable):
            upper = meaning + upper[len(variable) :]
    found = _DRIVE.match(upper)
    if found is not None:
        rest = re.sub(r"\\+", r"\\", found[2]).strip("\\")
        return ObjectName("file", f"{found[1]}\\{rest}")
    if upper.startswith("\\\\") and len(upper.strip("\\").split("\\")) > 1:
        return ObjectName("file", upper.rstrip("\\"))
    return None


def heads_partition(name: str) -> bool:
    """Whether a normal name is that of a directory partition's head, which inherits nothing."""
    parts = relative_names(name)
    while parts and parts[0] in _NAMED_HEADS:
        parts = parts[1:]
    return bool(parts) and all(part.startswith("DC=") for part in parts)


def parents(name: ObjectName) -> list[str]:
    """The containers above an object from which it may inherit, nearest first."""
    if name.kind == "ad":
        return _in_partition(name.name)
    if name.kind not in ("key", "file"):
        return []
    found: list[str] = []
    here = name.name
    while "\\" in here.rstrip("\\"):
        here = here.rstrip("\\").rpartition("\\")[0]
        found.append(f"{here}\\" if here.endswith(":") else here)
    return found


def _in_partition(name: str) -> list[str]:
    """What lies above a directory object, up to the head of its partition."""
    parts = relative_names(name)
    found: list[str] = []
    while len(parts) > 1 and ":" not in parts[0] and not heads_partition(",".join(parts)):
        parts = parts[1:]
        found.append(",".join(parts))
    return found
