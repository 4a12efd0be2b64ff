"""Reasons, evidence, facts and conflicts as reports write them."""

from __future__ import annotations

from collections.abc import Iterable

from logreach.coverage.engine.judged import Judged, Reason, Remedy
from logreach.coverage.engine.verdict import YES
from logreach.inventories.facts.facts import Conflict
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.facts.values import in_words
from logreach.inventories.files.evidence import Evidence

OTHERS_HOLD = "every other link holds too"


def remedy_title(remedy: Remedy) -> str:
    """A remedy in a few words; its text where it has no title."""
    return remedy.title or remedy.text


def costs_text(remedies: Iterable[Remedy]) -> str:
    """What changes bring with them, a line a change; '' where no source says.

    Of several changes each line names its own.
    """
    costs = {remedy_title(remedy): remedy.cost for remedy in remedies}
    if len(costs) == 1:
        return next(iter(costs.values()))
    return "\n".join([f"{title}: {cost}" for title, cost in costs.items() if cost])


def evidence_text(pieces: Iterable[Evidence]) -> str:
    """Every piece of evidence, one a line."""
    return "\n".join(map(str, pieces))


def why(judged: Judged) -> str:
    """The first reason, behind its subject.

    An unsettled verdict whose first reason is settled gets a second: the first unsettled reason,
    which names the missing fact. An achievable verdict rests on all of its reasons, so the first
    must not look like the only one.
    """
    if not judged.reasons:
        return ""
    first = judged.reasons[0]
    if judged.verdict == YES and len(judged.reasons) > 1:
        return f"{reason_text(first)}; {OTHERS_HOLD}"
    if judged.verdict.settled or not first.verdict.settled:
        return reason_text(first)
    unsettled = [reason for reason in judged.reasons if not reason.verdict.settled]
    return "; ".join(map(reason_text, (first, *unsettled[:1])))


def reason_text(reason: Reason) -> str:
    """A reason behind its subject, unless it names that itself."""
    if not reason.subject or reason.subject in reason.text:
        return reason.text
    return f"{reason.subject}: {reason.text}"


def fact_name(key: FactKey[object], title: str = "") -> str:
    """A fact's name for people; its key where it has none."""
    return title or str(key)


def value_text(value: object | None) -> str:
    """A fact's value in words; '' for none."""
    return "" if value is None else in_words(value)


def conflict_text(conflict: Conflict) -> str:
    """Which of two statements is used, if any, and the other."""
    kept, dropped = (
        f"{value_text(each.value)} ({each.evidence})" for each in (conflict.kept, conflict.dropped)
    )
    return f"{conflict.key}: {conflict.outcome.format(kept=kept, dropped=dropped)}"
