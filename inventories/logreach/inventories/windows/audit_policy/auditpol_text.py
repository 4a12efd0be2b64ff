"""Audit policy as text: `auditpol /get /category:*` without `/r`, in the language of Windows.

The listing has no GUIDs, so a subcategory is known by its name in that language, and its setting
by its words. A name that no published source has is a fault, and every subcategory without a row
that could be read is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines
from logreach.inventories.files.wording import counted
from logreach.inventories.windows.audit_policy import auditpol
from logreach.inventories.windows.audit_policy.audit_names import (
    known_names,
    language_of_listing,
    names_in,
)
from logreach.inventories.windows.audit_policy.audit_words import fold, languages
from logreach.inventories.windows.audit_policy.policy_file import (
    EXPORT_AGAIN,
    PolicyFile,
    Row,
    reading,
    unreadable_file,
)
from logreach.inventories.windows.facts import AuditSetting

_WITH_GUIDS = "`auditpol /get /category:* /r` names subcategories by GUID: export with it."
_GAP = re.compile(r"\s{2,}|\t+")
_HEAD_LINES = 120  # a listing has 70 lines
_LONGEST_LINE = 400  # characters
_ENOUGH_SETTINGS = 3  # lines that end in a setting; other files have none
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class _ListedRow:
    """A line with a name and a setting, as written; `more` where it has a third column."""

    line: int
    name: str
    word: str
    quote: str
    more: bool = False


def looks_like(head: str) -> bool:
    """Whether a file that begins with `head` is auditpol's listing as text."""
    settings = 0
    for number, line in lines(head):
        row = _row(number, line)
        if row is not None and fold(row.word) in _words():
            if fold(row.name) in known_names():
                return True
            settings += line[0].isspace()
        if settings >= _ENOUGH_SETTINGS or number > _HEAD_LINES:
            break
    return settings >= _ENOUGH_SETTINGS


def read_listing(source: Source) -> Reading:
    """Read the audit policy that a host printed, as CSV or as text."""
    try:
        is_text = looks_like(source.text(count_known))
    except InputError:
        is_text = False  # the other reader tells the fault
    return read(source) if is_text else auditpol.read(source)


def read(source: Source) -> Reading:
    """Read auditpol's listing as text."""
    try:
        listing = source.text(count_known)
    except InputError as error:
        return unreadable_file(error.faults[0])
    policy = PolicyFile(source, Strength.OBSERVED, lists_subcategories=True)
    rows = list(_rows(listing, policy))
    if not rows:
        fault = source.fault("lists no audit subcategory", hint=_WITH_GUIDS)
        return unreadable_file(fault)
    language = language_of_listing(
        [fold(row.name) for row in rows], [fold(row.word) for row in rows]
    )
    policy.language = language
    if not listing.endswith(("\n", "\r")):
        policy.unended_line = rows[-1].line
    guids = names_in(language)
    for row in rows:
        guid = guids.get(fold(row.name))
        if row.more:
            message = "row has more columns than the system's policy: it may be of one user"
            policy.add_problem(message, row.line, _WITH_GUIDS, guid)
        elif guid is not None:
            _read_setting(policy, row, guid)
    _tell_unnamed(policy, [row for row in rows if fold(row.name) not in guids])
    return reading(policy)


def _rows(listing: str, policy: PolicyFile) -> Iterator[_ListedRow]:
    """The rows of a listing. Its title, its headings and the names of categories are none."""
    for number, line in lines(listing):
        row = _row(number, line)
        indented = line[:1].isspace() and bool(line.strip())
        if row is not None and (indented or _is_known(row)):
            yield row
        elif indented and not row:
            policy.add_problem("row holds no audit setting", number, EXPORT_AGAIN)


def _is_known(row: _ListedRow) -> bool:
    return fold(row.name) in known_names() and fold(row.word) in _words()


def _row(number: int, line: str) -> _ListedRow | None:
    """A line as a name and a setting; None where it has one column.

    A name that fills its column leaves no gap before the setting: the words show where it ends.
    """
    row = line[:_LONGEST_LINE].strip()
    columns = _GAP.split(row)
    if len(columns) > 1:
        return _ListedRow(number, columns[0], columns[-1], row, len(columns) > 2)
    return _row_without_gap(number, row) if fold(row).endswith(_endings()) else None


def _row_without_gap(number: int, row: str) -> _ListedRow | None:
    # Folding may change the length of a text, so that each end is folded by itself.
    for length in _lengths():
        name, word = row[:-length], row[-length:]
        if fold(word) in _words() and fold(name) in known_names():
            return _ListedRow(number, name.strip(), word, row)
    return None


def _read_setting(policy: PolicyFile, row: _ListedRow, guid: str) -> None:
    outcome = policy.meaning(row.word)
    if not isinstance(outcome, AuditSetting):
        policy.add_problem(f"unknown audit setting {row.word!r}", row.line, _WITH_GUIDS, guid)
    elif row.line == policy.unended_line and _may_go_on(row.word, policy):
        message = f"line ends within the file's last word {row.word!r}"
        policy.add_problem(message, row.line, EXPORT_AGAIN, guid)
    else:
        policy.outcomes[guid].append(Row(row.line, outcome, row.quote))


def _may_go_on(word: str, policy: PolicyFile) -> bool:
    """Whether a setting may be the beginning of another, as 'Success' of 'Success and Failure'."""
    longer = policy.language.words if policy.language else ()
    return any(each != fold(word) and each.startswith(fold(word)) for each in longer)


def _tell_unnamed(policy: PolicyFile, rows: Iterable[_ListedRow]) -> None:
    """One fault for all rows whose name is not known, which costs what no other row tells."""
    unnamed = list(rows)
    if not unnamed:
        return
    shown = ", ".join(repr(row.name[:60]) for row in unnamed[:_MOST_NAMED])
    more = f" and {len(unnamed) - _MOST_NAMED} more" if len(unnamed) > _MOST_NAMED else ""
    names_are = counted(len(unnamed), "subcategory name is", "subcategory names are")
    policy.unnamed = f"{names_are} not known here: {shown}{more}"
    for row in unnamed:
        policy.add_problem(policy.unnamed, row.line, _WITH_GUIDS)


@cache
def _words() -> frozenset[str]:
    return frozenset(word for language in languages() for word in language.words)


@cache
def _endings() -> tuple[str, ...]:
    return tuple(_words())


@cache
def _lengths() -> tuple[int, ...]:
    """The lengths of setting words, longest first."""
    return tuple(sorted({len(word) for word in _words()}, reverse=True))


def count_known(listing: str) -> int:
    """How many names and settings with letters beyond ASCII are known: the code page has most."""
    count = 0
    for number, line in lines(listing):
        row = _row(number, line) if not line.isascii() else None
        if row is not None:
            count += fold(row.name) in known_names() and not row.name.isascii()
            count += fold(row.word) in _words() and not row.word.isascii()
    return count
