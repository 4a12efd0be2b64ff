"""A host's own YAML file: what an entry states in inventory.yaml, for folders without one.

It lies among the files of its host and is recognised by its keys.
"""

from __future__ import annotations

import re
from functools import cache

from logreach.inventories.facts.facts import Reading
from logreach.inventories.facts.keys import FactFamily
from logreach.inventories.files.sources import Source
from logreach.inventories.reading import declared, manifest
from logreach.inventories.windows.facts import CHANNEL, FEATURE, OS, ROLE, SETTING, SYSMON
from logreach.inventories.windows.log_access import CHANNEL_ACCESS, LOCAL_GROUP

FAMILIES: tuple[FactFamily[object], ...] = (
    OS.family,
    ROLE.family,
    SETTING,
    FEATURE,
    CHANNEL,
    SYSMON.family,
    CHANNEL_ACCESS,
    LOCAL_GROUP,
)
_KEY = re.compile(r"([A-Za-z_]\w*)\s*:(?:\s|$)")
_WITHOUT_KEY = re.compile(r"\s|#|---|\.\.\.|$")
_COMMON = frozenset({"version", "name", "count", "files", "folder", "settings"})
"""Keys with which lines of other files begin as well: alone they prove nothing."""


def looks_like(head: str) -> bool:
    """Whether a text is YAML with keys of a host at its beginning."""
    keys = set()
    for line in head.lstrip("\ufeff").splitlines():
        if _WITHOUT_KEY.match(line):
            continue
        match = _KEY.match(line)
        if match is None:
            return False
        keys.add(match[1])
    known = _known_keys()
    return bool(keys & (known - _COMMON)) or (bool(keys) and keys <= {*known, "name"})


@cache
def _known_keys() -> frozenset[str]:
    return frozenset(manifest.keys_by_place()["host file"])


def read(source: Source) -> Reading:
    """What the file states; InputError with every unknown key or wrong value."""
    spec = manifest.read_host_file(source.text(), source.path)
    stated = declared.read(spec, source)
    sysmon = declared.sysmon(spec, source, None, None)
    return Reading((*stated.statements, *sysmon.statements), stated.faults, stated.missing)
