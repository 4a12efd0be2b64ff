"""Requirements of one baseline that no host can meet together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from logreach.inventories.files.faults import Fault
from logreach.inventories.windows.baselines.requirements import (
    AuditCheck,
    ChannelCheck,
    Check,
    CheckGroup,
    FactCheck,
    LoggedCheck,
    Match,
    Requirement,
    SettingCheck,
)
from logreach.inventories.windows.facts import AuditSetting

_OUTCOMES = tuple(
    AuditSetting(success, failure) for success in (False, True) for failure in (False, True)
)


def contradictions(requirements: Sequence[Requirement], source: str) -> list[Fault]:
    """A fault for each pair of requirements that contradict each other on some host."""
    by_fact: dict[tuple[type, str], list[tuple[Requirement, FactCheck]]] = {}
    for requirement in requirements:
        for check in _needed(requirement.check):
            fact = check.guid if isinstance(check, AuditCheck) else check.name.casefold()
            by_fact.setdefault((type(check), fact), []).append((requirement, check))
    faults = []
    for pairs in by_fact.values():
        for (first, one), (second, other) in combinations(pairs, 2):
            shared = first.applies_to.narrowed(second.applies_to)
            if shared is not None and not _together(one, other):
                message = f"{second.id} ({other}) contradicts {first.id} in line {first.line}"
                words = f"{message} ({one}): no host can meet both"
                faults.append(Fault(words, source, f"line {second.line}"))
    return faults


def _needed(check: Check) -> Iterator[FactCheck]:
    """The checks of facts that must all hold; of alternatives none must."""
    if isinstance(check, CheckGroup):
        if check.every:
            for each in check.checks:
                yield from _needed(each)
    elif not isinstance(check, LoggedCheck):
        yield check


def _together(one: FactCheck, other: FactCheck) -> bool:
    """Whether some value of the fact meets both."""
    if isinstance(one, AuditCheck) and isinstance(other, AuditCheck):
        return any(records(one, outcome) and records(other, outcome) for outcome in _OUTCOMES)
    if isinstance(one, SettingCheck) and isinstance(other, SettingCheck):
        return _settings_together(one, other)
    if isinstance(one, ChannelCheck) and isinstance(other, ChannelCheck):
        states = {one.enabled, other.enabled} - {None}
        when_full = {one.when_full, other.when_full} - {""}
        return len(states) < 2 and len(when_full) < 2
    return True


def records(check: AuditCheck, setting: AuditSetting) -> bool:
    """Whether a subcategory that is set so does what is asked."""
    wanted = check.wanted
    if check.match is Match.EXACTLY:
        return setting == wanted
    hits = (setting.success and wanted.success, setting.failure and wanted.failure)
    if check.match is Match.ANY_OF:
        return any(hits)
    return hits == (wanted.success, wanted.failure)


def _settings_together(one: SettingCheck, other: SettingCheck) -> bool:
    exact = [each for each in (one, other) if each.match is Match.EXACTLY]
    if len(exact) == 2:
        return one.wanted == other.wanted
    if not exact:
        return True
    free = other if exact[0] is one else one
    if free.match is Match.AT_LEAST:
        return int(exact[0].wanted) >= int(free.wanted)
    return str(free.wanted) in str(exact[0].wanted).split(";")
