"""Installed updates that settings stand for, from Get-HotFix, `wmic qfe` and systeminfo."""

from __future__ import annotations

import re
from collections.abc import Iterator

from logreach.inventories.facts.facts import Reading, Statement
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines
from logreach.inventories.windows.facts import SETTING
from logreach.inventories.windows.registry.settings import settings

_UPDATE = re.compile(r"\bKB\d{6,7}\b", re.IGNORECASE)
_HEAD = 4096  # characters; the column's name, or the first record, stands at the top


def looks_like(head: str) -> bool:
    """Whether a file that begins with `head` lists updates, as a table, a list, CSV or JSON."""
    return "hotfixid" in head[:_HEAD].casefold()


def read(source: Source) -> Reading:
    """Read which updates are installed.

    An update that is not listed may be part of a later one, so its absence states nothing.
    """
    listing = source.text()
    if not _UPDATE.search(listing):
        raise InputError(source.fault("lists no update"))
    return Reading(tuple(installed(source, listing)))


def installed(source: Source, listing: str) -> Iterator[Statement]:
    """The settings whose update a listing names, each once."""
    by_hotfix = {each.hotfix.casefold(): each for each in settings().values() if each.hotfix}
    for number, line in lines(listing):
        for match in _UPDATE.finditer(line):
            setting = by_hotfix.pop(match[0].casefold(), None)
            if setting is not None:
                evidence = source.evidence(f"line {number}", match[0])
                yield Statement(SETTING(setting.name), value=True, evidence=evidence)
