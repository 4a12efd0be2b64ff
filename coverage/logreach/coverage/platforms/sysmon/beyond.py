"""What decides besides the filter of an event: an option, and another event that takes its place.

Source: Sysmon's documentation (CaptureClipboard), and its engine, which asks of one deletion for
FileDelete first and for FileDeleteDetected only where that says no.
"""

from __future__ import annotations

from dataclasses import replace

from logreach.coverage.engine.verdict import Level
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import EventPattern, FilterAnswer
from logreach.coverage.platforms.sysmon.programs import Sieve

_CLIPBOARD, _DELETED, _DELETE_DETECTED = (EventId.of("Sysmon", n) for n in (24, 23, 26))
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
