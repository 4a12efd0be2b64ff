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
        for (earlier, first), (later, second) in combinations(pairs, 2):
            shared = earlier.applies_to.narrowed(later.applies_to)
            if shared is not None and not _together(first, second):
                message = f"{later.id} ({second}) contradicts {earlier.id} in line {earlier.line}"
                words = f"{message} ({first}): no host can meet both"
                faults.append(Fault(words, source, f"line {later.line}"))
    return faults


def _needed(check: Check) -> Iterator[FactCheck]:
    """The checks of facts that must all hold; of alternatives none must."""
    if isinstance(check, CheckGroup):
        if check.every:
            for each in check.checks:
                yield from _needed(each)
    elif not isinstance(check, LoggedCheck):
        yield check


def _together(first: FactCheck, second: FactCheck) -> bool:
    """Whether some value of the fact meets both."""
    if isinstance(first, AuditCheck) and isinstance(second, AuditCheck):
        return any(records(first, outcome) and records(second, outcome) for outcome in _OUTCOMES)
    if isinstance(first, SettingCheck) and isinstance(second, SettingCheck):
        return _settings_together(first, second)
    if isinstance(first, ChannelCheck) and isinstance(second, ChannelCheck):
        states = {first.enabled, second.enabled} - {None}
        when_full = {first.when_full, second.when_full} - {""}
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


def _settings_together(first: SettingCheck, second: SettingCheck) -> bool:
    exact = [each for each in (first, second) if each.match is Match.EXACTLY]
    if len(exact) == 2:
        return first.wanted == second.wanted
    if not exact:
        return True
    free = second if exact[0] is first else first
    if free.match is Match.AT_LEAST:
        return int(exact[0].wanted) >= int(free.wanted)
    return str(free.wanted) in str(exact[0].wanted).split(";")
