"""What known defects of a host's Sysmon leave unknown, and the release that lacks them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.verdict import NO, YES, Verdict, hull
from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.engine.defects import AND_AS_OR, Defect, defects_of
from logreach.coverage.platforms.sysmon.programs import Sieve
from logreach.coverage.platforms.sysmon.remedies import upgrade
from logreach.inventories.facts.facts import Fact
from logreach.inventories.windows.facts import OperatingSystem, SysmonState


def settled_defects(state: SysmonState) -> tuple[Defect, ...]:
    """The defects of the stated release of which a source says what they touch.

    None where the release is not told: it may be any.
    """
    if not state.installed or state.inbox:
        return ()
    return tuple(defect for defect in defects_of(state.version) if defect.settled)


def unsure(reason: Reason, defect: Defect, state: SysmonState, os: Fact[OperatingSystem]) -> Reason:
    """A link that may hold as the reason says, or not at all, because of a defect."""
    return _with_defect(reason, hull([NO, reason.verdict]), defect, state, os)


def doubted(
    reason: Reason,
    event_id: int,
    state: SysmonState,
    os: Fact[OperatingSystem],
    sieves: tuple[Sieve, ...],
    verdict_for: Callable[[Sieve], Verdict],
) -> Reason:
    """What a configuration keeps of an event, as far as the release's defects leave it sure.

    `verdict_for` is what a filter keeps of the events asked for.
    """
    for defect in settled_defects(state):
        verdicts = {reason.verdict}
        for sieve in sieves:
            verdicts.update(_possible(defect, event_id, sieve, verdict_for))
        if len(verdicts) > 1:
            reason = _with_defect(reason, hull(verdicts), defect, state, os)
    return reason


def _possible(
    defect: Defect, event_id: int, sieve: Sieve, verdict_for: Callable[[Sieve], Verdict]
) -> Iterator[Verdict]:
    """What a release with the defect may keep of such events; nothing where it is not reached."""
    event = manifest.event(event_id)
    if event is None or event.tag not in sieve.reached_by(defect):
        return
    if defect.filter == AND_AS_OR:
        yield verdict_for(sieve.taking_and_for_or)
    else:
        yield from (NO, YES)


def _with_defect(
    reason: Reason,
    verdict: Verdict,
    defect: Defect,
    state: SysmonState,
    os: Fact[OperatingSystem],
) -> Reason:
    remark = f"{defect.of(state.version or '')} ({defect.source})"
    return reason._replace(
        verdict=verdict,
        text=f"{reason.text}, but {remark}",
        remedy=upgrade(os, defect) or reason.remedy,
    )
