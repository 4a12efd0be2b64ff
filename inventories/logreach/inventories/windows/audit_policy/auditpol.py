"""Audit policy as CSV: `auditpol /get /category:* /r`, `auditpol /backup`, a GPO's audit.csv.

Rows are joined on the subcategory's GUID, so the display language of Windows does not matter;
the number in 'Setting Value' is believed where there is one, else the words.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.refusals import refusal
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines
from logreach.inventories.windows.audit_policy.audit_words import (
    UNSET,
    Language,
    Outcome,
    fold,
    is_system,
    language_of,
    outcome_of_number,
    words_known,
)
from logreach.inventories.windows.audit_policy.option_files import switch
from logreach.inventories.windows.audit_policy.subcategories import as_guid, subcategories
from logreach.inventories.windows.facts import AUDIT, SACL, SETTING, AuditSetting, Sacl
from logreach.inventories.windows.objects.sddl import read_sacl
from logreach.inventories.windows.registry.settings import audit_options

_LONGEST_LINE = 32_768  # characters; a global SACL may be long, nothing longer is honest
_WITHOUT_VALUE, _WITH_VALUE = 6, 7  # columns of /get and of /backup
_SID = re.compile(r"S-1-\d+(-\d+)+", re.IGNORECASE)
_MOST_LINES_SHOWN = 5
_TAKEN_FOR_WHOLE = 50  # subcategories; so many under one target are the system's policy


@dataclass(slots=True)
class _Rows:
    """What was gathered while reading one file; `unended` is a last line that may go on."""

    source: Source
    strength: Strength
    language: Language | None = None
    unended: int = 0
    found: dict[str, list[tuple[int, Outcome, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    problems: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    lost: dict[str, str] = field(default_factory=dict)
    riddles: list[str] = field(default_factory=list)
    others: list[Statement] = field(default_factory=list)

    def meaning(self, word: str) -> Outcome | None:
        """What a word means in the language of this file."""
        return self.language.words.get(fold(word)) if self.language else None

    def problem(self, message: str, line: int, hint: str = "", guid: str | None = None) -> None:
        self.problems[message, hint].append(line)
        if guid:
            self.lost.setdefault(guid, message)

    def riddle(self, message: str, line: int) -> None:
        """A line that could have said anything."""
        self.riddles.append(message)
        self.problem(message, line)

    def other(self, key: FactKey[object], value: object, line: int, quote: str) -> None:
        evidence = self.source.evidence(f"line {line}", quote)
        self.others.append(Statement(key, value, evidence, self.strength))


def read(source: Source, strength: Strength = Strength.OBSERVED) -> Reading:
    """Read audit policy CSV. A GPO's file says nothing of subcategories that it leaves out."""
    try:
        text = source.text(words_known)
    except InputError as error:
        return _unreadable(error.faults[0])
    rows = _Rows(source, strength)
    cells = [(number, row) for number, row in _cells(text, rows) if any(row)]
    width = _width(cells)
    told = any(_guid_at(row) for _, row in cells)
    others = any(_option(row) or _is_global(row[2]) for _, row in cells if len(row) > 2)
    if not (told or others) and (strength is Strength.OBSERVED or not _is_header(cells)):
        return _unreadable(_wrong_file(source, text))
    if cells and not text.endswith(("\n", "\r")):
        rows.unended = cells[-1][0]
    rows.language = language_of(_words(cells))
    target = _common_target(cells)
    for number, row in cells[1 if _is_header(cells) else 0 :]:
        _take(rows, number, row, width, target)
    return _reading(rows)


def looks_like(text: str) -> bool:
    """Whether a text's beginning is audit policy CSV."""
    head = text[:8192]
    return any(_guid_at(row.split(",")) for row in head.splitlines()[:12]) or (
        "Subcategory GUID,Inclusion Setting" in head
    )


def _cells(text: str, rows: _Rows) -> Iterator[tuple[int, list[str]]]:
    for number, line in lines(text):
        if len(line) > _LONGEST_LINE:
            rows.riddle("line is far too long to be audit policy", number)
            continue
        try:
            row = next(csv.reader([line.replace("\0", "\ufffd")]), [])
        except csv.Error as error:
            rows.riddle(f"line is no CSV ({error})", number)
            continue
        yield number, [cell.strip() for cell in row]


def _guid_at(row: list[str]) -> int:
    """Where the subcategory's GUID stands; 0 where there is none."""
    return next((i for i, cell in enumerate(row) if i and as_guid(cell)), 0)


def _words(cells: list[tuple[int, list[str]]]) -> Iterator[str]:
    for _, row in cells:
        at = _guid_at(row)
        if at and len(row) > at + 1:
            yield row[at + 1]


def _is_header(cells: list[tuple[int, list[str]]]) -> bool:
    """Whether the first row is the headings, in whatever language."""
    if not cells or _guid_at(cells[0][1]) or len(cells[0][1]) not in (_WITHOUT_VALUE, _WITH_VALUE):
        return False
    row = cells[0][1]
    return "Subcategory GUID" in row or not (row[2].startswith("Option:") or _is_global(row[2]))


def _is_global(name: str) -> bool:
    return name in ("FileGlobalSacl", "RegistryGlobalSacl")


def _width(cells: list[tuple[int, list[str]]]) -> int:
    """How many columns a whole row has: the header's, else the commonest's."""
    if _is_header(cells):
        return len(cells[0][1])
    widths = [len(row) for _, row in cells if _guid_at(row)]
    return max(set(widths), key=lambda width: (widths.count(width), width), default=0)


def _common_target(cells: list[tuple[int, list[str]]]) -> str:
    """The one target of a whole listing, whatever the language calls it."""
    rows = [row for _, row in cells if _guid_at(row)]
    targets = {row[1] for row in rows}
    guids = {as_guid(row[_guid_at(row)]) for row in rows}
    return targets.pop() if len(targets) == 1 and len(guids) >= _TAKEN_FOR_WHOLE else ""


def _take(rows: _Rows, line: int, row: list[str], width: int, target: str) -> None:
    at = _guid_at(row)
    if not at:
        _take_other(rows, line, row)
        return
    guid = as_guid(row[at]) or ""
    after = row[at + 1 :]
    if guid not in subcategories():
        rows.riddle(f"{row[at]} is no audit subcategory known here", line)
    elif at + 1 + len(after) < width or len(after) < 2:
        hint = "The file seems cut off; export it again."
        rows.problem("row ends too early", line, hint, guid)
    elif _of_a_user(row[1], after[1], target):
        rows.problem(
            "per-user audit rows are not read",
            line,
            "They add or leave out events of those users only.",
        )
    elif not (is_system(row[1]) or row[1] == target):
        rows.problem(f"unknown policy target {row[1]!r}", line, guid=guid)
    else:
        _take_setting(rows, line, guid, row, after)


def _of_a_user(target: str, exclusion: str, common: str) -> bool:
    if _SID.fullmatch(target) or "\\" in target or "@" in target:
        return True
    return bool(exclusion) and target != common and not is_system(target)


def _take_setting(rows: _Rows, line: int, guid: str, row: list[str], after: list[str]) -> None:
    word, number = after[0], after[2] if len(after) > 2 else ""
    meaning = rows.meaning(word)
    counted = outcome_of_number(number) if number else None
    if number and counted is None:
        rows.problem(f"{number!r} is no setting value (0 to 4)", line, guid=guid)
        return
    if counted is not None:
        _take_number(rows, line, guid, row, (word, number, meaning, counted))
    elif meaning is None:
        hint = "It is in no language known here; `auditpol /backup` writes numbers besides."
        rows.problem(f"unknown audit setting {word!r}", line, hint, guid)
    else:
        rows.found[guid].append((line, meaning, ",".join(row)))


def _take_number(
    rows: _Rows,
    line: int,
    guid: str,
    row: list[str],
    told: tuple[str, str, Outcome | None, AuditSetting],
) -> None:
    """The number wins over the word; 0 beside 'not configured' sets nothing."""
    word, number, meaning, counted = told
    silent = meaning is UNSET or (rows.strength is Strength.POLICY and not word)
    if number == "0" and silent:
        rows.found[guid].append((line, UNSET, ",".join(row)))
        return
    if meaning is not None and meaning != counted:
        message = f"{word!r} and setting value {number} contradict each other; the number is used"
        rows.problem(message, line)
    rows.found[guid].append((line, counted, ",".join(row)))


def _take_other(rows: _Rows, line: int, row: list[str]) -> None:
    """Rows without a GUID: audit options and global object access SACLs."""
    name = row[2] if len(row) > 2 else ""
    if option := _option(row):
        told = [switch(cell) for cell in row[3:] if cell]
        if told and told[-1] is not None:
            key = SETTING(option)
            rows.other(key, told[-1], line, ",".join(row))
        else:
            rows.riddle(f"{name} is told neither on nor off", line)
    elif _is_global(name):
        kind = "file" if name.startswith("File") else "key"
        if len(row) < _WITH_VALUE:
            rows.problem("row ends too early", line, "The file seems cut off; export it again.")
        else:
            _take_global(rows, line, kind, row[_WITH_VALUE - 1])
    else:
        rows.riddle("row is no audit setting", line)


def _option(row: list[str]) -> str:
    """The setting that a row of an audit option tells; '' where it is none."""
    named = row[2].removeprefix("Option:").casefold() if len(row) > 2 else ""
    return next((key for name, key in audit_options().items() if name.casefold() == named), "")


def _take_global(rows: _Rows, line: int, kind: str, sddl: str) -> None:
    """A backup has an empty row where the host has no global entries; a GPO's says nothing then."""
    key = SACL(f"global:{kind}")
    if not sddl:
        if rows.strength is Strength.OBSERVED and line != rows.unended:
            rows.other(key, Sacl(()), line, f"no global audit entries on any {kind}")
        return
    try:
        sacl = read_sacl(sddl)
    except InputError as error:
        rows.problem(f"global {kind} SACL cannot be read: {error.faults[0].message}", line)
        return
    if sacl is not None:
        rows.other(key, sacl, line, sddl)


def _reading(rows: _Rows) -> Reading:
    statements: list[Statement] = []
    for guid, told in rows.found.items():
        if len({outcome for _, outcome, _ in told}) > 1:
            message = f"{subcategories()[guid].name} is told twice and differently"
            for line, _, _ in told:
                rows.problem(message, line, guid=guid)
        elif guid not in rows.lost and isinstance(told[-1][1], AuditSetting):
            line, _, quote = told[-1]
            evidence = rows.source.evidence(f"line {line}", quote)
            statements.append(Statement(AUDIT(guid), told[-1][1], evidence, rows.strength))
    faults = tuple(
        rows.source.fault(message, _lines_shown(numbers), hint)
        for (message, hint), numbers in rows.problems.items()
    )
    return Reading((*statements, *rows.others), faults, tuple(_missing(rows, statements, faults)))


def _missing(
    rows: _Rows, statements: list[Statement], faults: tuple[Fault, ...]
) -> Iterable[tuple[FactKey[object], Missing]]:
    told = {statement.key.name for statement in statements}
    by_message = {fault.message: fault for fault in faults}
    for guid, message in rows.lost.items():
        key = AUDIT(guid)
        yield key, Missing(f"{rows.source.path}: {message}", by_message.get(message))
    if rows.riddles and rows.strength is Strength.POLICY:
        reason = f"{rows.source.path}: {rows.riddles[0]}"
        yield AUDIT.every, Missing(reason, by_message.get(rows.riddles[0]))
    if rows.strength is Strength.OBSERVED and (told or rows.lost):
        for guid in sorted(subcategories().keys() - told - rows.lost.keys()):
            key = AUDIT(guid)
            yield key, Missing(f"{rows.source.path} does not list this subcategory")


def _lines_shown(numbers: list[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:_MOST_LINES_SHOWN])
    more = len(numbers) - _MOST_LINES_SHOWN
    word = "line" if len(numbers) == 1 else "lines"
    return f"{word} {shown} and {more} more" if more > 0 else f"{word} {shown}"


def _wrong_file(source: Source, text: str) -> Fault:
    refused = refusal(text)
    if refused:
        return source.fault(f"holds an error message, not audit policy: {refused}", "line 1")
    hint = "Expected is the output of `auditpol /get /category:* /r` or `auditpol /backup`."
    return source.fault("holds no audit subcategory", hint=hint)


def _unreadable(fault: Fault) -> Reading:
    return Reading(faults=(fault,), missing=((AUDIT.every, Missing(str(fault), fault)),))
