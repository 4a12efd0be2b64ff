"""Audit options as `auditpol /get /option:...` prints them, as text or as CSV (/r)."""

from __future__ import annotations

import re
from functools import cache

from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines
from logreach.inventories.windows.audit_policy.audit_words import fold
from logreach.inventories.windows.facts import SETTING
from logreach.inventories.windows.host_words import words_of
from logreach.inventories.windows.registry.settings import audit_options

# At the beginning of a line, or behind 'Option:' in CSV; a registry export names them in quotes.
_OPTION = re.compile(r"(?:^|,)\s*(?:Option:)?(\w+)(?=\s{2,}|\t|,|\s*$)")
_GAP = re.compile(r"\s{2,}|\t|,+")


def looks_like(head: str) -> bool:
    """Whether a file that begins with `head` lists auditpol's audit options."""
    return any(_option_in(line) for _, line in lines(head)) and "REG_" not in head


def read(source: Source) -> Reading:
    """Read each audit option; an option is unknown if its word for on or off is in no language."""
    statements: list[Statement] = []
    faults: list[Fault] = []
    missing: list[tuple[FactKey[object], Missing]] = []
    for number, line in lines(source.text(_count_switch_words)):
        option = _option_in(line)
        if option is None:
            continue
        key = SETTING(audit_options()[option])
        word = next((cell for cell in reversed(_GAP.split(line.strip())) if cell), "")
        value = switch(word)
        if value is None:
            fault = source.fault(f"unknown word {word!r} for {option}", f"line {number}")
            faults.append(fault)
            missing.append((key, Missing(str(fault), fault)))
        else:
            statements.append(Statement(key, value, source.evidence(f"line {number}", line)))
    if not statements and not faults:
        raise InputError(source.fault("lists no audit option"))
    return Reading(tuple(statements), tuple(faults), tuple(missing))


def _option_in(line: str) -> str | None:
    """The audit option in a line, whatever its letter case: auditpol prints 'CrashonAuditFail'."""
    words = (match[1].casefold() for match in _OPTION.finditer(line))
    return next((_options()[word] for word in words if word in _options()), None)


@cache
def _options() -> dict[str, str]:
    return {option.casefold(): option for option in audit_options()}


def switch(word: str) -> bool | None:
    """True for on, False for off, None if the word or number is neither in any language known."""
    return {"0": False, "1": True}.get(word, _switches().get(fold(word)))


@cache
def _switches() -> dict[str, bool]:
    words = words_of("switch")
    return {
        fold(word): state for state, key in ((True, "on"), (False, "off")) for word in words[key]
    }


def _count_switch_words(listing: str) -> int:
    words = (word for line in listing.splitlines() for word in _GAP.split(line))
    return sum(1 for word in words if fold(word) in _switches())
