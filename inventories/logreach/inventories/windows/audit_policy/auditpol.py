"""Audit policy as CSV: `auditpol /get /category:* /r`, `auditpol /backup`, a GPO's audit.csv.

A row is identified by its subcategory GUID, so the display language of Windows does not matter.
The number in 'Setting Value' decides where no language has the word beside it; a row without it
is read by its words. Where the two contradict each other, the subcategory is unknown.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.refusals import refusal
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines
from logreach.inventories.windows.audit_policy.audit_words import (
    UNSET,
    count_audit_words,
    is_system,
    language_of,
    outcome_of_number,
)
from logreach.inventories.windows.audit_policy.option_files import switch
from logreach.inventories.windows.audit_policy.policy_file import (
    EXPORT_AGAIN,
    PolicyFile,
    Row,
    reading,
    unreadable_file,
)
from logreach.inventories.windows.audit_policy.subcategories import as_guid, subcategories
from logreach.inventories.windows.facts import SACL, SETTING, Sacl
from logreach.inventories.windows.objects.sddl import read_sacl
from logreach.inventories.windows.registry.settings import audit_options

_LONGEST_LINE = 32_768  # characters; a longer global SACL is no real one
_WITHOUT_VALUE, _WITH_VALUE = 6, 7  # columns of /get and of /backup
_SID = re.compile(r"S-1-\d+(-\d+)+", re.IGNORECASE)
_TOO_SHORT = "row has too few columns"
_COMPLETE_LISTING = 50  # subcategories; a target with so many is the system, not a user


def read(source: Source, strength: Strength = Strength.OBSERVED) -> Reading:
    """Read audit policy CSV.

    A host's own listing is complete, so that a subcategory without a row is a fault; a GPO's file
    (`strength` POLICY) lists only the subcategories that the GPO sets.
    """
    try:
        csv_text = source.text(count_audit_words)
    except InputError as error:
        return unreadable_file(error.faults[0])
    policy = PolicyFile(source, strength)
    rows = [(number, cells) for number, cells in _cells(csv_text, policy) if any(cells)]
    width = _column_count(rows)
    lists_subcategories = any(_guid_column(cells) for _, cells in rows)
    lists_other_rows = any(
        _option(cells) or _is_global_sacl(cells[2]) for _, cells in rows if len(cells) > 2
    )
    if not (lists_subcategories or lists_other_rows) and (
        strength is Strength.OBSERVED or not _is_header(rows)
    ):
        return unreadable_file(_wrong_file(source, csv_text))
    if rows and not csv_text.endswith(("\n", "\r")):
        policy.unended_line = rows[-1][0]
    policy.language = language_of(_setting_words(rows))
    policy.lists_subcategories = lists_subcategories
    policy.backup = lists_subcategories and width == _WITH_VALUE
    target = _common_target(rows)
    for number, cells in rows[1 if _is_header(rows) else 0 :]:
        _read_row(policy, number, cells, width, target)
    return reading(policy)


def looks_like(head: str) -> bool:
    """Whether a file that begins with `head` is audit policy CSV."""
    beginning = head[:8192]
    return any(_guid_column(line.split(",")) for line in beginning.splitlines()[:12]) or (
        "Subcategory GUID,Inclusion Setting" in beginning
    )


def looks_like_wish(head: str) -> bool:
    """Whether audit policy CSV is a policy's own: only what a host prints names the machine.

    The audit.csv of a GPO leaves 'Machine Name' empty in every row, as backups of real ones show.
    """
    rows = [line.split(",") for line in head.splitlines()]
    machines = [cells[0].strip(' "\ufeff') for cells in rows if _guid_column(cells)]
    return looks_like(head) and bool(machines) and not any(machines)


def read_wish(source: Source) -> Reading:
    """Read audit policy CSV of a policy: what should be, not what a host printed."""
    note = source.fault("is the audit policy of a GPO, not what the host printed")
    return replace(read(source, Strength.POLICY), notes=(note,))


def _cells(csv_text: str, policy: PolicyFile) -> Iterator[tuple[int, list[str]]]:
    for number, line in lines(csv_text):
        if len(line) > _LONGEST_LINE:
            policy.unparseable_line(f"line is longer than {_LONGEST_LINE} characters", number)
            continue
        try:
            cells = next(csv.reader([line.replace("\0", "\ufffd")]), [])
        except csv.Error as error:
            policy.unparseable_line(f"line is not CSV ({error})", number)
            continue
        yield number, [cell.strip() for cell in cells]


def _guid_column(cells: list[str]) -> int:
    """The index of the column that holds the subcategory GUID; 0 if none does."""
    return next((column for column, cell in enumerate(cells) if column and as_guid(cell)), 0)


def _setting_words(rows: list[tuple[int, list[str]]]) -> Iterator[str]:
    for _, cells in rows:
        column = _guid_column(cells)
        if column and len(cells) > column + 1:
            yield cells[column + 1]


def _is_header(rows: list[tuple[int, list[str]]]) -> bool:
    """Whether the first row holds the column headings, in any language."""
    if not rows or _guid_column(rows[0][1]) or len(rows[0][1]) not in (_WITHOUT_VALUE, _WITH_VALUE):
        return False
    heading = rows[0][1]
    return "Subcategory GUID" in heading or not (
        heading[2].startswith("Option:") or _is_global_sacl(heading[2])
    )


def _is_global_sacl(name: str) -> bool:
    return name in ("FileGlobalSacl", "RegistryGlobalSacl")


def _column_count(rows: list[tuple[int, list[str]]]) -> int:
    """How many columns a complete row has: as many as the headings, else as most rows."""
    if _is_header(rows):
        return len(rows[0][1])
    widths = [len(cells) for _, cells in rows if _guid_column(cells)]
    return max(set(widths), key=lambda width: (widths.count(width), width), default=0)


def _common_target(rows: list[tuple[int, list[str]]]) -> str:
    """The 'Policy Target' that a complete listing has in every row; '' if there is none.

    It is the system, even if its name is in no language known.
    """
    audit_rows = [cells for _, cells in rows if _guid_column(cells)]
    targets = {cells[1] for cells in audit_rows}
    guids = {as_guid(cells[_guid_column(cells)]) for cells in audit_rows}
    return targets.pop() if len(targets) == 1 and len(guids) >= _COMPLETE_LISTING else ""


def _read_row(policy: PolicyFile, line: int, cells: list[str], width: int, target: str) -> None:
    column = _guid_column(cells)
    if not column:
        _read_other(policy, line, cells)
        return
    guid = as_guid(cells[column]) or ""
    after = cells[column + 1 :]
    if guid not in subcategories():
        policy.unparseable_line(f"{cells[column]} is the GUID of no known audit subcategory", line)
    elif column + 1 + len(after) < width or len(after) < 2:
        policy.add_problem(_TOO_SHORT, line, EXPORT_AGAIN, guid)
    elif _of_a_user(cells[1], after[1], target):
        policy.add_problem(
            "per-user audit rows are not assessed",
            line,
            "They add or exclude events of single users.",
        )
    elif not (is_system(cells[1]) or cells[1] == target):
        policy.add_problem(f"unknown policy target {cells[1]!r}", line, guid=guid)
    else:
        _read_setting(policy, line, guid, cells, after)


def _of_a_user(target: str, exclusion: str, common_target: str) -> bool:
    """Whether a row sets the policy of one user; only such rows fill 'Exclusion Setting'."""
    if _SID.fullmatch(target) or "\\" in target or "@" in target:
        return True
    return bool(exclusion) and target != common_target and not is_system(target)


def _read_setting(
    policy: PolicyFile, line: int, guid: str, cells: list[str], after: list[str]
) -> None:
    word, number = after[0], after[2] if len(after) > 2 else ""
    by_word = policy.meaning(word)
    by_number = outcome_of_number(number) if number else None
    if number and by_number is None:
        policy.add_problem(f"{number!r} is no setting value (0 to 4)", line, guid=guid)
        return
    if by_number is not None:
        # 0 beside 'not configured', or beside no word in a GPO's file, sets nothing.
        silent = by_word is UNSET or (policy.strength is Strength.POLICY and not word)
        unset = number == "0" and silent
        if not unset and by_word is not None and by_word != by_number:
            message = f"{word!r} contradicts setting value {number}"
            policy.add_problem(message, line, EXPORT_AGAIN, guid)
            return
        quote = ",".join(cells)
        policy.outcomes[guid].append(Row(line, UNSET if unset else by_number, quote))
    elif by_word is None:
        hint = "No known language has this word. `auditpol /backup` writes a number beside it."
        policy.add_problem(f"unknown audit setting {word!r}", line, hint, guid)
    else:
        policy.outcomes[guid].append(Row(line, by_word, ",".join(cells)))


def _read_other(policy: PolicyFile, line: int, cells: list[str]) -> None:
    """Read a row without a GUID: an audit option or a global SACL."""
    name = cells[2] if len(cells) > 2 else ""
    if option := _option(cells):
        policy.others_listed.add(SETTING(option))
        states = [switch(cell) for cell in cells[3:] if cell]
        if states and states[-1] is not None:
            key = SETTING(option)
            policy.add_statement(key, states[-1], line, ",".join(cells))
        else:
            policy.unparseable_line(f"{name} is neither on nor off", line)
    elif _is_global_sacl(name):
        kind = "file" if name.startswith("File") else "key"
        policy.others_listed.add(SACL(f"global:{kind}"))
        if len(cells) < _WITH_VALUE:
            policy.add_problem(_TOO_SHORT, line, EXPORT_AGAIN)
        else:
            _read_global_sacl(policy, line, kind, cells[_WITH_VALUE - 1])
    else:
        policy.unparseable_line("row holds no audit setting", line)


def _option(cells: list[str]) -> str:
    """The name of the setting in an audit option's row; '' if the row is no audit option."""
    option = cells[2].removeprefix("Option:").casefold() if len(cells) > 2 else ""
    return next((key for name, key in audit_options().items() if name.casefold() == option), "")


def _read_global_sacl(policy: PolicyFile, line: int, kind: str, sddl: str) -> None:
    """Read a global SACL. A backup's empty row says that there is none, a GPO's says nothing."""
    key = SACL(f"global:{kind}")
    if not sddl:
        if policy.strength is Strength.OBSERVED and line != policy.unended_line:
            policy.add_statement(key, Sacl(()), line, f"no global audit entries on any {kind}")
        return
    try:
        sacl = read_sacl(sddl)
    except InputError as error:
        policy.add_problem(f"global {kind} SACL cannot be read: {error.faults[0].message}", line)
        return
    if sacl is not None:
        policy.add_statement(key, sacl, line, sddl)


def _wrong_file(source: Source, csv_text: str) -> Fault:
    error_line = refusal(csv_text)
    if error_line:
        return source.fault(f"holds an error message, not audit policy: {error_line}", "line 1")
    hint = "Save the output of `auditpol /get /category:* /r` or `auditpol /backup`."
    return source.fault("lists no audit subcategory", hint=hint)
