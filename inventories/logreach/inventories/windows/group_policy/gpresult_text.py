"""`gpresult /r`, /v and /z: text with the role, the Windows version and the names of the GPOs.

What the GPOs set is not read from it: /r does not say it, /v and /z say it in words of each
language. `gpresult /x` has all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from logreach.inventories.facts.facts import Missing, Reading
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines
from logreach.inventories.windows.facts import ROLE
from logreach.inventories.windows.system.os_files import kind_of, role_in, system_reading

_HINT = "Export `gpresult /x result.xml /scope computer`."
# The tool's title has these words in every language.
_TITLE = re.compile(r"(?=.*\bMicrosoft\b)(?=.*\bWindows\b).*\bv?2\.0\b", re.IGNORECASE)
_RULE = re.compile(r"\s*-{10,}\s*")
_VERSION = re.compile(r"(?:6\.[0-3]|10\.0)\.\d{4,6}")
_APPLIED = "applied group policy objects"
_COMPUTER, _USER = "computer settings", "user settings"
_NONE = {"n/a", "local group policy"}
_TITLE_LINES, _HEAD_LINES = 6, 40
_MOST_NAMED = 4


def looks_like(head: str) -> bool:
    """Whether a file that begins with `head` is gpresult's text, in any language."""
    top = [line for number, line in lines(head) if number <= _HEAD_LINES]
    titled = any(_TITLE.match(line) for line in top[:_TITLE_LINES])
    return (titled and any(map(_RULE.fullmatch, top))) or any(
        line.strip().startswith("RSOP data for ") for line in top
    )


def read(source: Source) -> Reading:
    """Read the role and the version; a fault names the GPOs whose settings are not told."""
    listing = source.text()
    version, place = _version(listing)
    if not version:
        message = "does not tell the version of Windows, which stands above the GPOs"
        raise InputError(source.fault(message, hint=_HINT))
    role = role_in(value for _, value in _head_values(listing))
    system = system_reading(source, version, kind_of(role), role, place)
    unknown_role = (
        () if role else ((ROLE, Missing(f"{source.path} tells the role in no known words")),)
    )
    notes = (*system.notes, *_untold_settings(source, listing))
    return replace(system, notes=notes, missing=(*system.missing, *unknown_role))


def _untold_settings(source: Source, listing: str) -> Iterator[Fault]:
    names = list(_applied(listing))
    shown = ", ".join(name[:60] for name in names[:_MOST_NAMED])
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    if names:
        message = f"names the GPOs that are applied, but not what they set: {shown}{more}"
        yield source.fault(message, hint=_HINT)
    elif _in_other_words(listing):
        message = "may name GPOs in words of another language, which are not read"
        yield source.fault(message, hint=_HINT)


def _in_other_words(listing: str) -> bool:
    """Whether the listing has sections, below its title's, of which none has an English heading."""
    words = [line.strip().casefold() for _, line in lines(listing)]
    sections = sum(bool(_RULE.fullmatch(line)) for line in words)
    return sections > 1 and not {_COMPUTER, _USER} & set(words)


def _head_values(listing: str) -> Iterator[tuple[int, str]]:
    """The values behind the labels at the top, which stand before any GPO."""
    for number, line in lines(listing[:8192]):
        _, colon, value = line.partition(":")
        if colon and value.strip() and number <= _HEAD_LINES:
            yield number, value.strip()


def _version(listing: str) -> tuple[str, str]:
    for number, value in _head_values(listing):
        if _VERSION.fullmatch(value):
            return value, f"line {number}"
    return "", ""


def _applied(listing: str) -> Iterator[str]:
    """The GPOs applied to the computer, as the English listing names them."""
    in_computer, in_list, indent = False, False, 0
    for _, line in lines(listing):
        text = line.strip()
        heading = text.casefold()
        if heading in (_COMPUTER, _USER):
            in_computer, in_list = heading == _COMPUTER, False
        elif in_computer and heading == _APPLIED:
            in_list, indent = True, len(line) - len(line.lstrip())
        elif in_list and text and not _RULE.fullmatch(line):
            # A heading of the same depth ends the list.
            in_list = len(line) - len(line.lstrip()) > indent
            if in_list and heading not in _NONE:
                yield text
