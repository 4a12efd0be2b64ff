"""What decides besides the filter of an event: an option, and another event that takes its place.

Source: Sysmon's documentation (CaptureClipboard), and its engine, which asks of one deletion for
FileDelete first and for FileDeleteDetected only where that says no.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from logreach.coverage.engine.verdict import Level
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import EventPattern, FilterAnswer
from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.kept_events import KeptPattern
from logreach.coverage.platforms.sysmon.programs import Sieve

_CLIPBOARD, _DELETED, _DELETE_DETECTED = (EventId.of("Sysmon", n) for n in (24, 23, 26))
DELETIONS = (_DELETED, _DELETE_DETECTED)
"""Of a deletion only one of these is written."""
_NEVER_BOTH = "a deletion is event 23 or 26, never both, and FileDelete is asked first"


def written(sieve: Sieve, pattern: EventPattern) -> FilterAnswer:
    """The filter's answer for such events, as far as Sysmon comes to ask the filter."""
    if pattern.event == _CLIPBOARD and not sieve.config.option("CaptureClipboard"):
        return FilterAnswer(Level.NO, reason="CaptureClipboard is not set: no clipboard is read")
    answer = sieve.answer(pattern)
    if pattern.event != _DELETE_DETECTED or answer.level is Level.NO:
        return answer
    first = sieve.answer(EventPattern(_DELETED, pattern.fields))
    if first.level is Level.NO:
        return answer
    if first.level is Level.YES:
        return FilterAnswer(Level.NO, deciders=first.deciders, reason=_NEVER_BOTH)
    if answer.level is Level.YES and first.exact:
        # What the one drops the other keeps.
        return replace(first, kept=first.dropped, dropped=first.kept, reason=_NEVER_BOTH)
    return FilterAnswer(
        Level.PARTIAL,
        exact=False,
        deciders=(*answer.deciders, *first.deciders),
        reason=f"not decided: {_NEVER_BOTH}",
    )


def told_by_other(sieve: Sieve, pattern: EventPattern) -> bool:
    """Whether to keep such an event is no help, as another one tells of the same.

    A deletion that FileDelete tells of is never FileDeleteDetected; one that it leaves alone is
    better told by FileDeleteDetected, which copies no file and does not take from the other.
    """
    if pattern.event not in DELETIONS:
        return False
    archived = sieve.answer(EventPattern(_DELETED, pattern.fields)).level is not Level.NO
    if pattern.event == _DELETE_DETECTED:
        return archived
    if archived or not manifest.fields_of(int(_DELETE_DETECTED.number), sieve.config.sysmon_schema):
        return False
    detected = sieve.answer(EventPattern(_DELETE_DETECTED, pattern.fields)).level is not Level.NO
    return detected or bool(pattern.fields)


def with_kept(
    answer: FilterAnswer, pattern: EventPattern, kept: Iterable[KeptPattern]
) -> FilterAnswer:
    """The answer once the configuration also keeps these patterns, as far as that is certain."""
    target = KeptPattern.of(pattern)
    same_event = [each for each in kept if each.event == pattern.event]
    other_events = [each for each in kept if each.event != pattern.event]
    if pattern.event == _DELETE_DETECTED and other_events:
        least = replace(answer, exact=False, kept=None, dropped=None, reason=_NEVER_BOTH)
        return answer if answer.level is Level.NO else replace(least, level=Level.PARTIAL)
    if any(each.covers(target) for each in same_event):
        return FilterAnswer(Level.YES, reason="the changed configuration keeps them")
    if answer.level is Level.NO and any(target.covers(each) for each in same_event):
        reason = "the changed configuration keeps a part of them"
        return FilterAnswer(Level.PARTIAL, deciders=answer.deciders, reason=reason)
    return answer
