"""Plain tables to build on, as CSV: techniques, events, attributes and rules, a profile a row each,
and what else the workbook tells, as tables without layout.

The columns stay as they are. Cells that hold several values separate them by '; ', which stands in
none of these. `hosts` are names, `count` is how many machines they stand for. UTF-8 without a mark,
commas, quotes as in RFC 4180; a cell that a spreadsheet would take for a formula begins with an
apostrophe.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from logreach.coverage.assessment.result import Assessment, Profile, TechniqueResult, Way, WayKind
from logreach.coverage.engine.judged import Judged
from logreach.coverage.engine.verdict import Level, Verdict
from logreach.coverage.network.techniques import COMPLETENESS
from logreach.reports.caveats import forwarded
from logreach.reports.csv.fleet_tables import fleet_tables
from logreach.reports.csv.further_tables import Row, Table, further_tables, several
from logreach.reports.labels import QUESTIONS
from logreach.reports.other_ids import NO_ID
from logreach.reports.reason_catalogue import ReasonCatalogue
from logreach.reports.safe_text import one_line
from logreach.reports.ways_text import recorded_on

_TECHNIQUES = (
    "profile",
    "hosts",
    "count",
    "technique",
    "name",
    "detection",
    "proven",
    "possible",
    "ways",
    "depth",
    "lacking",
    "where",
    "other_id",
    "other_version",
)
_EVENTS = ("profile", "hosts", "event", "verdict", "proven", "possible", "reason")
_ATTRIBUTES = ("profile", "hosts", "event", "attribute", "verdict")
_RULES = (
    "profile",
    "hosts",
    "rule",
    "title",
    "level",
    "verdict",
    "proven",
    "possible",
    "reason",
)
_QUESTIONS = (
    "profile",
    "hosts",
    "technique",
    "question",
    "verdict",
    "proven",
    "possible",
    "reason",
)
_COMPONENTS = ("profile", "hosts", "component", "event", "verdict", "proven", "possible", "reason")
_HERE = "this host"


def write_csv(
    assessment: Assessment, folder: Path, catalogue: ReasonCatalogue | None = None
) -> list[Path]:
    """Write the tables into a folder; returns the paths written.

    `rules.csv` is there only where rules were judged, `events_on_host.csv` only where forwarding
    was. `catalogue` is the assessment's own, for callers that write several reports.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "techniques.csv": Table(_TECHNIQUES, _rows(assessment, partial(_techniques, assessment))),
        "events.csv": Table(_EVENTS, _rows(assessment, _events)),
        "attributes.csv": Table(_ATTRIBUTES, _rows(assessment, _attributes)),
    }
    if any(profile.rules for profile in assessment.profiles):
        tables["rules.csv"] = Table(_RULES, _rows(assessment, _rules))
    if forwarded(assessment):
        tables["events_on_host.csv"] = Table(_EVENTS, _rows(assessment, _events_on_host))
    tables["questions.csv"] = Table(_QUESTIONS, _rows(assessment, _questions))
    tables["components.csv"] = Table(_COMPONENTS, _rows(assessment, _components))
    tables |= further_tables(assessment, catalogue or ReasonCatalogue(assessment))
    tables |= fleet_tables(assessment)
    for name, (columns, rows) in tables.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows([cell(value) for value in row] for row in rows)
    return [folder / name for name in tables]


def _rows(
    assessment: Assessment, of_profile: Callable[[Profile, str], Iterator[Row]]
) -> Iterator[Row]:
    for profile in assessment.profiles:
        hosts = several(profile.hosts)
        for row in of_profile(profile, hosts):
            yield (profile.profile_id, *row)


def _techniques(assessment: Assessment, profile: Profile, hosts: str) -> Iterator[Row]:
    for technique in profile.techniques.values():
        detection = technique.detection
        ids = assessment.counterparts.ids.get(technique.technique_id)
        yield (
            hosts,
            profile.count,
            technique.technique_id,
            technique.name,
            detection.label,
            *_ends(detection.judged.verdict),
            several(_holding(technique)),
            detection.depth,
            several(_lacking(technique)),
            _where(technique),
            "" if ids is None else several(ids or (NO_ID,)),
            assessment.counterparts.version,
        )


def _holding(technique: TechniqueResult) -> Iterator[str]:
    """The events and rules that hold, then how many rules can fire."""
    yield from technique.detection.holds
    yield from (way.text for way in technique.detection.ways if _counts_rules(way))


def _counts_rules(way: Way) -> bool:
    return way.kind is WayKind.RULES and bool(way.holds)


def _lacking(technique: TechniqueResult) -> Iterator[str]:
    """The events and rules that do not hold, then what each analytic lacks."""
    yield from technique.detection.lacks
    for way in technique.detection.ways:
        if way.kind is WayKind.ANALYTIC and not way.whole:
            yield f"{way.name}: {way.text}"


def _where(technique: TechniqueResult) -> str:
    if hosts := recorded_on(technique.detection):
        return f"elsewhere: {', '.join(hosts)}"
    return _HERE if technique.detection.here.proven > Level.NO else ""


def _events(profile: Profile, hosts: str) -> Iterator[Row]:
    for event, judged in profile.events.items():
        yield (hosts, event, *_judged(judged))


def _events_on_host(profile: Profile, hosts: str) -> Iterator[Row]:
    for event, judged in profile.events_on_host.items():
        yield (hosts, event, *_judged(judged))


def _questions(profile: Profile, hosts: str) -> Iterator[Row]:
    """The completeness of what ATT&CK itself asks for."""
    for technique in profile.techniques.values():
        for question in COMPLETENESS:
            judged = technique.judged(question)
            yield (hosts, technique.technique_id, QUESTIONS[question], *_judged(judged))


def _components(profile: Profile, hosts: str) -> Iterator[Row]:
    """A data component over all events, then by each event alone."""
    for name, component in profile.components.items():
        yield (hosts, name, "", *_judged(component.judged))
        for event, judged in component.via.items():
            yield (hosts, name, event, *_judged(judged))


def _attributes(profile: Profile, hosts: str) -> Iterator[Row]:
    for attribute, judged in profile.attributes.items():
        event, _, field = attribute.partition("/")
        yield (hosts, event, field, judged.verdict.label)


def _rules(profile: Profile, hosts: str) -> Iterator[Row]:
    for rule in profile.rules.values():
        yield (hosts, rule.rule_id, rule.title, rule.level, *_judged(rule.judged))


def _judged(judged: Judged) -> Row:
    return judged.verdict.label, *_ends(judged.verdict), judged.reason


def _ends(verdict: Verdict) -> tuple[str, str]:
    return verdict.proven.word, verdict.possible.word


def cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula, on one line."""
    if not isinstance(value, str):
        return value
    line = one_line(value)
    return f"'{line}" if line.startswith(("=", "+", "-", "@")) else line
