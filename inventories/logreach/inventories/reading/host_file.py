"""A host's own YAML file: what an entry of inventory.yaml may state, where there is none.

It lies among the files of its host and is known by its keys, as every other file by its content.
"""

from __future__ import annotations

import re
from functools import cache

from logreach.inventories.facts.facts import Reading
from logreach.inventories.facts.keys import FactFamily
from logreach.inventories.files.sources import Source
from logreach.inventories.reading import declared, manifest
from logreach.inventories.windows.facts import CHANNEL, FEATURE, OS, ROLE, SETTING, SYSMON

FAMILIES: tuple[FactFamily[object], ...] = (
    OS.family,
    ROLE.family,
    SETTING,
    FEATURE,
    CHANNEL,
    SYSMON.family,
)
_KEY = re.compile(r"([A-Za-z_]\w*)\s*:(?:\s|$)")
_IDLE = re.compile(r"\s|#|---|\.\.\.|$")
_COMMON = frozenset({"version", "name", "count", "files", "folder", "settings"})
"""Words that other files begin a line with as well: they tell nothing."""


def looks_like(text: str) -> bool:
    """Whether a text is YAML with keys of a host at its beginning."""
    found = set()
    for line in text.lstrip("\ufeff").splitlines():
        if _IDLE.match(line):
            continue
        match = _KEY.match(line)
        if match is None:
            return False
        found.add(match[1])
    return bool(found & _telling()) or (bool(found) and found <= {*_told(), "name"})


@cache
def _told() -> frozenset[str]:
    return frozenset(manifest.keys_by_place()["host file"])


@cache
def _telling() -> frozenset[str]:
    return _told() - _COMMON


def read(source: Source) -> Reading:
    """What it states; InputError with every fault of its shape."""
    spec = manifest.read_host_file(source.text(), source.path)
    told = declared.read(spec, source)
    sysmon = declared.sysmon(spec, source, None, None)
    return Reading((*told.statements, *sysmon.statements), told.faults, told.missing)
