"""The first screen of the page: a sentence, the scope, the bars, and what to do first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from logreach.coverage.assessment.result import Assessment, MissingFact, PlannedRemedy
from logreach.coverage.engine.judged import Volume
from logreach.coverage.network.techniques import DETECTION
from logreach.inventories.files.wording import noun
from logreach.inventories.reading.telling import telling_command, telling_most
from logreach.reports.counts import achievable, applying, percent, percent_text, totals
from logreach.reports.html.page import shade
from logreach.reports.labels import LABEL_STYLES, LABELS, QUESTION_MEANING, QUESTIONS, LabelStyle
from logreach.reports.plan_steps import step_lines
from logreach.reports.reason_text import fact_name, remedy_title
from logreach.reports.scope import shown_hosts

_STEPS, _FACTS = 3, 3


@dataclass(frozen=True, slots=True)
class BarSegment:
    """A label's segment of a bar; `begin` and `share` in percent of its length."""

    style: LabelStyle
    shade: str
    number: int
    begin: float
    share: float
    share_text: str


@dataclass(frozen=True, slots=True)
class QuestionBar:
    """One question over all pairs of a host and a technique that apply."""

    question: str
    meaning: str
    pairs: int
    segments: tuple[BarSegment, ...]


@dataclass(frozen=True, slots=True)
class CostedChange:
    """A change with what it costs."""

    text: str
    cost: str


@dataclass(frozen=True, slots=True)
class FirstStep:
    """A step of the plan, or, where there is no plan, a single change."""

    heading: str
    changes: tuple[CostedChange, ...]
    hosts: str
    gain: str


@dataclass(frozen=True, slots=True)
class FirstFact:
    """A missing fact and the command that tells it; '' where none does."""

    name: str
    verdicts: str
    reason: str
    command: str


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """What the page shows before anything else. `reach` is the share once the steps are done,
    '' where there is no plan."""

    hosts: str
    share: str
    pairs: str
    reach: str
    steps_taken: int
    missing: int
    command: str
    bars: tuple[QuestionBar, ...]
    steps: tuple[FirstStep, ...]
    facts: tuple[FirstFact, ...]


def first_screen(assessment: Assessment) -> FirstScreen:
    """The first screen of an assessment."""
    counts = totals(assessment, DETECTION)
    pairs, hosts = applying(counts), shown_hosts(assessment)
    steps = step_lines(assessment)[:_STEPS]
    weights = ((fact.key, fact.verdicts + fact.rules) for fact in assessment.missing)
    return FirstScreen(
        hosts=_shown_of_all(hosts, hosts + assessment.hosts_beside),
        share=percent_text(achievable(counts), pairs),
        pairs=f"{achievable(counts):,} of {pairs:,}" if pairs else "",
        reach=steps[-1].share_text if steps else "",
        steps_taken=len(steps),
        missing=len(assessment.missing),
        command=next(iter(telling_most(weights, 1)), ""),
        bars=tuple(_bar(totals(assessment, question), question) for question in QUESTIONS),
        steps=_plan_steps(assessment) or _single_changes(assessment),
        facts=tuple(map(_fact, assessment.missing[:_FACTS])),
    )


def _shown_of_all(shown: int, every: int) -> str:
    beside = f" of {every:,}" if every > shown else ""
    return f"{shown:,}{beside} {noun(every, 'host')}"


def _bar(counts: Mapping[str, int], question: str) -> QuestionBar:
    pairs = applying(counts)
    segments: list[BarSegment] = []
    begin = 0.0
    for label in LABELS:
        number, style = counts[label], LABEL_STYLES[label]
        if number and label != "not applicable":
            share, text = percent(number, pairs), percent_text(number, pairs)
            segments.append(BarSegment(style, shade(style), number, round(begin, 1), share, text))
            begin += share
    return QuestionBar(QUESTIONS[question], QUESTION_MEANING[question], pairs, tuple(segments))


def _plan_steps(assessment: Assessment) -> tuple[FirstStep, ...]:
    lines = step_lines(assessment)[:_STEPS]
    return tuple(
        FirstStep(
            f"Step {line.number}",
            tuple(_change(assessment.remedies[place]) for place in step.remedies),
            _hosts(line.hosts),
            f"{line.share_text} achievable after it",
        )
        for line, step in zip(lines, assessment.plan.steps[:_STEPS], strict=True)
    )


def _single_changes(assessment: Assessment) -> tuple[FirstStep, ...]:
    """The changes that raise most alone, where no step makes anything achievable."""
    first = [planned for planned in assessment.remedies if planned.gain and not planned.needless][
        :_STEPS
    ]
    return tuple(
        FirstStep(
            f"Change {number}",
            (_change(planned),),
            _hosts(planned.hosts),
            f"raises {planned.gain:,} {noun(planned.gain, 'verdict')}",
        )
        for number, planned in enumerate(first, start=1)
    )


def _change(planned: PlannedRemedy) -> CostedChange:
    remedy = planned.remedy
    volume = "" if remedy.volume is Volume.UNKNOWN else f"volume {remedy.volume}"
    cost = "; ".join(filter(None, (remedy.cost, volume)))
    return CostedChange(remedy_title(remedy), cost or "cost not stated")


def _hosts(number: int) -> str:
    return f"on {number:,} {noun(number, 'host')}"


def _fact(missing: MissingFact) -> FirstFact:
    command = telling_command(missing.key)
    return FirstFact(
        fact_name(missing.key, missing.title),
        f"{missing.verdicts:,} {noun(missing.verdicts, 'verdict')}",
        missing.reason,
        str(command) if command else "",
    )
