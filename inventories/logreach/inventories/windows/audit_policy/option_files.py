"""`auditpol /get /option:...`, as text or with /r."""

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

_GAP = re.compile(r"\s{2,}|\t|,+")


def looks_like(text: str) -> bool:
    """Whether a text is the audit options of auditpol."""
    return any(_option_in(line) for _, line in lines(text)) and "REG_" not in text


def read(source: Source) -> Reading:
    """Each option that the text names; a word in no known language leaves its option unknown."""
    statements: list[Statement] = []
    faults: list[Fault] = []
    missing: list[tuple[FactKey[object], Missing]] = []
    for number, line in lines(source.text(_words_known)):
        option = _option_in(line)
        if option is None:
            continue
        key = SETTING(audit_options()[option])
        word = next((one for one in reversed(_GAP.split(line.strip())) if one), "")
        value = switch(word)
        if value is None:
            fault = source.fault(f"unknown word {word!r} for {option}", f"line {number}")
            faults.append(fault)
            missing.append((key, Missing(str(fault), fault)))
        else:
            statements.append(Statement(key, value, source.evidence(f"line {number}", line)))
    if not statements and not faults:
        raise InputError(source.fault("names no audit option"))
    return Reading(tuple(statements), tuple(faults), tuple(missing))


def _option_in(line: str) -> str | None:
    """The option that a line names; auditpol spells one 'CrashonAuditFail'."""
    folded = line.casefold()
    return next((one for one in audit_options() if one.casefold() in folded), None)


def switch(word: str) -> bool | None:
    """Whether a word or number says on or off; None where it says neither in any language."""
    return {"0": False, "1": True}.get(word, _switches().get(fold(word)))


@cache
def _switches() -> dict[str, bool]:
    words = words_of("switch")
    return {
        fold(word): state for state, key in ((True, "on"), (False, "off")) for word in words[key]
    }


def _words_known(text: str) -> int:
    words = [fold(part) for line in text.splitlines() for part in _GAP.split(line)]
    return sum(1 for word in words if word in _switches())
