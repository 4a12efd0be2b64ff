"""What is read from one file with audit policy, and the facts and faults that it comes to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.audit_policy.audit_words import Language, Outcome, fold
from logreach.inventories.windows.audit_policy.subcategories import subcategories
from logreach.inventories.windows.facts import AUDIT, SACL, SETTING, AuditSetting
from logreach.inventories.windows.registry.settings import audit_options

EXPORT_AGAIN = "The file seems cut off; export it again."
_MOST_LINES_SHOWN = 5


class Row(NamedTuple):
    """The audit outcome that one row states."""

    line: int
    outcome: Outcome
    quote: str


@dataclass(slots=True)
class PolicyFile:
    """Everything read from one file so far.

    `outcomes` are the rows of each subcategory by GUID; `problems` the lines of each fault by
    message and hint; `unreadable` says which subcategories have a row that could not be read.
    `backup` says that the file has the form of `auditpol /backup`, which also lists the audit
    options and the global SACLs; `others_listed` are those that have a row.
    `unparseable` are messages about lines that could concern any subcategory; `unnamed` is the one
    that costs every subcategory without a row, '' where there is none. `unended_line` is
    the last line where no line break ends it, so that its text may be cut off; otherwise 0.
    """

    source: Source
    strength: Strength
    language: Language | None = None
    unended_line: int = 0
    lists_subcategories: bool = False
    backup: bool = False
    outcomes: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    problems: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    unreadable: dict[str, str] = field(default_factory=dict)
    unparseable: list[str] = field(default_factory=list)
    unnamed: str = ""
    others_listed: set[FactKey[object]] = field(default_factory=set)
    other_statements: list[Statement] = field(default_factory=list)

    def meaning(self, word: str) -> Outcome | None:
        """The outcome that a word means in the language of this file."""
        return self.language.words.get(fold(word)) if self.language else None

    def add_problem(self, message: str, line: int, hint: str = "", guid: str | None = None) -> None:
        """A fault of one line; with `guid` it makes that subcategory unknown."""
        self.problems[message, hint].append(line)
        if guid:
            self.unreadable.setdefault(guid, message)

    def unparseable_line(self, message: str, line: int) -> None:
        """A fault of a line that could concern any subcategory."""
        self.unparseable.append(message)
        self.add_problem(message, line)

    def add_statement(self, key: FactKey[object], value: object, line: int, quote: str) -> None:
        """A fact other than a subcategory's setting: an audit option or a global SACL."""
        evidence = self.source.evidence(f"line {line}", quote)
        self.other_statements.append(Statement(key, value, evidence, self.strength))


def reading(policy: PolicyFile) -> Reading:
    """The statements of every row that could be read, and what the others cost."""
    statements: list[Statement] = []
    for guid, rows in policy.outcomes.items():
        line, outcome, quote = rows[-1]
        if len({row.outcome for row in rows}) > 1:
            message = f"{subcategories()[guid].name} has several rows with different settings"
            for row in rows:
                policy.add_problem(message, row.line, guid=guid)
        elif guid not in policy.unreadable and isinstance(outcome, AuditSetting):
            evidence = policy.source.evidence(f"line {line}", quote)
            statements.append(Statement(AUDIT(guid), outcome, evidence, policy.strength))
    faults = tuple(
        policy.source.fault(message, _lines_shown(numbers), hint)
        for (message, hint), numbers in policy.problems.items()
    )
    missing = tuple(_missing(policy, statements, faults))
    lacking = _lacking_at_the_end(policy)
    return Reading(
        (*statements, *policy.other_statements),
        (*faults, *lacking.faults),
        (*missing, *lacking.missing),
    )


def _lacking_at_the_end(policy: PolicyFile) -> Reading:
    """A fault where a backup lacks rows of audit options or global SACLs, which stand at its end.

    Only a host's own file has all of them.
    """
    expected: dict[FactKey[object], str] = {
        **{SETTING(option): name for name, option in audit_options().items()},
        SACL("global:file"): "FileGlobalSacl",
        SACL("global:key"): "RegistryGlobalSacl",
    }
    lacking = {key: name for key, name in expected.items() if key not in policy.others_listed}
    if not lacking or not policy.backup or policy.strength is not Strength.OBSERVED:
        return Reading()
    message = f"lacks the rows {', '.join(lacking.values())} of a backup"
    fault = policy.source.fault(message, hint=EXPORT_AGAIN)
    reason = Missing(str(fault), fault)
    return Reading(faults=(fault,), missing=tuple((key, reason) for key in lacking))


def _missing(
    policy: PolicyFile, statements: list[Statement], faults: tuple[Fault, ...]
) -> Iterable[tuple[FactKey[object], Missing]]:
    listed = {statement.key.name for statement in statements}
    by_message = {fault.message: fault for fault in faults}
    for guid, message in policy.unreadable.items():
        key = AUDIT(guid)
        yield key, Missing(f"{policy.source.path}: {message}", by_message.get(message))
    if policy.unparseable and policy.strength is Strength.POLICY:
        reason = f"{policy.source.path}: {policy.unparseable[0]}"
        yield AUDIT.every, Missing(reason, by_message.get(policy.unparseable[0]))
    if policy.strength is Strength.OBSERVED and policy.lists_subcategories:
        for guid in sorted(subcategories().keys() - listed - policy.unreadable.keys()):
            key = AUDIT(guid)
            if policy.unnamed:
                reason = f"{policy.source.path}: {policy.unnamed}"
                yield key, Missing(reason, by_message.get(policy.unnamed))
            else:
                yield key, Missing(f"{policy.source.path} does not list this subcategory")


def _lines_shown(numbers: list[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:_MOST_LINES_SHOWN])
    more = len(numbers) - _MOST_LINES_SHOWN
    word = "line" if len(numbers) == 1 else "lines"
    return f"{word} {shown} and {more} more" if more > 0 else f"{word} {shown}"


def unreadable_file(fault: Fault) -> Reading:
    """A reading of a file that tells no subcategory: all of them are missing by its fault."""
    return Reading(faults=(fault,), missing=((AUDIT.every, Missing(str(fault), fault)),))
