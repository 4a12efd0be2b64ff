"""Plain tables to build on, as CSV: techniques, events, attributes and rules, a profile a row each.

The columns stay as they are. Cells that hold several values separate them by '; ', which stands in
none of these. `hosts` are names, `count` is how many machines they stand for. UTF-8 without a mark,
commas, quotes as in RFC 4180; a cell that a spreadsheet would take for a formula begins with an
apostrophe.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from logreach.coverage.assessment.result import Assessment, Profile, TechniqueResult, Way, WayKind
from logreach.coverage.engine.judged import Judged
from logreach.coverage.engine.verdict import Level, Verdict
from logreach.reports.other_ids import NO_ID
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
_SEPARATOR = "; "
_HERE = "this host"
Row = tuple[object, ...]


def write_csv(assessment: Assessment, folder: Path) -> list[Path]:
    """Write the tables into a folder; returns the paths written. `rules.csv` only where rules were
    judged."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "techniques.csv": (_TECHNIQUES, _rows(assessment, partial(_techniques, assessment))),
        "events.csv": (_EVENTS, _rows(assessment, _events)),
        "attributes.csv": (_ATTRIBUTES, _rows(assessment, _attributes)),
    }
    if any(profile.rules for profile in assessment.profiles):
        tables["rules.csv"] = (_RULES, _rows(assessment, _rules))
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
        hosts = _several(profile.hosts)
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
            _several(_holding(technique)),
            detection.depth,
            _several(_lacking(technique)),
            _where(technique),
            "" if ids is None else _several(ids or (NO_ID,)),
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


def _several(values: Iterable[str]) -> str:
    return _SEPARATOR.join(one_line(value).replace(_SEPARATOR, ", ") for value in values)


def cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula, on one line."""
    if not isinstance(value, str):
        return value
    line = one_line(value)
    return f"'{line}" if line.startswith(("=", "+", "-", "@")) else line
