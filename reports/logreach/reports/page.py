"""What the HTML report shows, made ready for its template.

Profiles with the same verdicts for the same reasons share a row, and only the reasons that a row
points to are listed; the workbook and assessment.json have every one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from logreach.coverage.assessment.result import (
    Assessment,
    FleetTechnique,
    Profile,
    RuleSummary,
    TechniqueResult,
)
from logreach.coverage.engine.judged import Judged, Reason
from logreach.inventories.files.faults import Fault
from logreach.inventories.files.wording import counted
from logreach.reports.catalogue import Catalogue
from logreach.reports.caveats import (
    assumed_facts,
    faults_of,
    forwarded,
    judged_where,
    lost_on_the_way,
)
from logreach.reports.steps import StepLine, out_of_reach, step_lines
from logreach.reports.words import (
    LABELS,
    LOOKS,
    QUESTION_MEANING,
    QUESTIONS,
    Look,
    achieved,
    applying,
    look,
    percent,
    percent_text,
    score_text,
    standing,
    tally,
    totals,
)

_REASONS = 4
# The classes v0 to v4 of the style sheet, in this order.
SHADES = tuple(dict.fromkeys(one.fill for one in LOOKS.values()))


class Cell(NamedTuple):
    """A verdict with its first reason and the numbers of its first few."""

    look: Look
    why: str
    numbers: tuple[int, ...]


@dataclass(slots=True)
class Row:
    """Profiles that have the same verdicts for the same reasons.

    `on_host` is what the host itself holds of an event, None where forwarding is not told.
    """

    cells: tuple[Cell, ...]
    score: str = ""
    components: tuple[tuple[Look, str], ...] = ()
    rules: str = ""
    state: str = ""
    on_host: Look | None = None
    profiles: list[str] = field(default_factory=list)
    hosts: int = 0

    @property
    def told(self) -> str:
        """What a rule's row says beside its verdict."""
        return ", ".join(filter(None, (self.state, self.rules)))


@dataclass(frozen=True, slots=True)
class Technique:
    """A technique over all hosts, with its rows."""

    fleet: FleetTechnique
    looks: tuple[Look, ...]
    share: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """An event or a data component with its rows."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A detection rule with its rows."""

    rule: RuleSummary
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A verdict's part of a bar; `begin` and `share` in percent of its length."""

    look: Look
    number: int
    begin: float
    share: float
    told: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One question over all hosts."""

    question: str
    meaning: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ProfileLine:
    """A profile in the table of profiles."""

    profile: Profile
    achieved: tuple[str, ...]
    assumed: int
    judged_where: str
    lost: int


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the template shows."""

    found: Assessment
    hosts: int
    looks: Sequence[Look]
    questions: Sequence[str]
    bars: tuple[Bar, ...]
    steps: tuple[StepLine, ...]
    out_of_reach: str
    faults: tuple[Fault, ...]
    forwarded: bool
    assumed: bool
    profiles: tuple[ProfileLine, ...]
    columns: tuple[tuple[str, tuple[Technique, ...]], ...]
    techniques: tuple[Technique, ...]
    elsewhere: tuple[FleetTechnique, ...]
    components: tuple[Item, ...]
    events: tuple[Item, ...]
    rules: tuple[Rule, ...]
    reasons: tuple[tuple[int, Reason], ...]


def page_of(assessment: Assessment, catalogue: Catalogue) -> Page:
    """The page of an assessment."""
    maker = _Maker(assessment, catalogue)
    techniques = maker.techniques()
    profiles = assessment.profiles
    components = maker.items({p.profile_id: _judged_components(p) for p in profiles})
    events = maker.items(
        {p.profile_id: p.events for p in profiles},
        {p.profile_id: p.events_on_host for p in profiles},
    )
    rules = maker.rules()
    return Page(
        found=assessment,
        hosts=sum(profile.count for profile in profiles),
        looks=tuple(LOOKS.values()),
        questions=tuple(QUESTIONS.values()),
        bars=tuple(_bar(assessment, question) for question in assessment.questions),
        steps=step_lines(assessment),
        out_of_reach=out_of_reach(assessment),
        faults=tuple(faults_of(assessment)),
        forwarded=forwarded(assessment),
        assumed=any(map(assumed_facts, profiles)),
        profiles=tuple(_profile_line(profile) for profile in profiles),
        columns=_columns(assessment, techniques),
        techniques=techniques,
        elsewhere=tuple(one for one in assessment.fleet.values() if not _applies(one)),
        components=components,
        events=events,
        rules=rules,
        reasons=maker.shown(),
    )


def shade(shown: Look) -> str:
    """The class of a colour in the style sheet; every kind of unknown has the same."""
    return f"v{SHADES.index(shown.fill)}"


def _judged_components(profile: Profile) -> dict[str, Judged]:
    return {name: component.judged for name, component in profile.components.items()}


def _applies(technique: FleetTechnique) -> bool:
    return standing(technique.visibility) != "not applicable"


def _profile_line(profile: Profile) -> ProfileLine:
    return ProfileLine(
        profile,
        tuple(achieved(profile, question) for question in QUESTIONS),
        assumed_facts(profile),
        judged_where(profile),
        lost_on_the_way(profile),
    )


def _bar(assessment: Assessment, question: str) -> Bar:
    counts = totals(assessment, question)
    whole = applying(counts)
    parts: list[Part] = []
    begin = 0.0
    for label in LABELS:
        if counts[label] and label != "not applicable":
            share = percent(counts[label], whole)
            told = percent_text(counts[label], whole)
            parts.append(Part(LOOKS[label], counts[label], round(begin, 1), share, told))
            begin += share
    return Bar(QUESTIONS[question], QUESTION_MEANING[question], tuple(parts))


def _columns(
    assessment: Assessment, techniques: Iterable[Technique]
) -> tuple[tuple[str, tuple[Technique, ...]], ...]:
    """Techniques under each tactic in ATT&CK's order; tactics without any are left out."""
    by_tactic: dict[str, list[Technique]] = {short: [] for short, _ in assessment.tactics}
    for technique in techniques:
        for tactic in technique.fleet.tactics:
            by_tactic.setdefault(tactic, []).append(technique)
    names = dict(assessment.tactics)
    return tuple((names.get(key, key), tuple(found)) for key, found in by_tactic.items() if found)


class _Maker:
    """Makes rows, and remembers which reasons they point to."""

    def __init__(self, assessment: Assessment, catalogue: Catalogue) -> None:
        self._assessment = assessment
        self._catalogue = catalogue
        self._shown: set[int] = set()

    def shown(self) -> tuple[tuple[int, Reason], ...]:
        """The reasons that rows point to, by number as in the workbook."""
        reasons = self._catalogue.reasons
        return tuple((number, reasons[number - 1]) for number in sorted(self._shown))

    def techniques(self) -> tuple[Technique, ...]:
        """Every technique that applies to a host at all."""
        return tuple(
            self._technique(one) for one in self._assessment.fleet.values() if _applies(one)
        )

    def items(
        self,
        found: Mapping[str, Mapping[str, Judged]],
        on_host: Mapping[str, Mapping[str, Judged]] | None = None,
    ) -> tuple[Item, ...]:
        """Events or data components, by profile."""
        on_host = on_host or {}
        names = dict.fromkeys(name for by_name in found.values() for name in by_name)
        items = []
        for name in names:
            rows: dict[object, Row] = {}
            for profile in self._assessment.profiles:
                judged = found[profile.profile_id].get(name)
                if judged is not None:
                    cells = (self._cell(judged),)
                    held = on_host.get(profile.profile_id, {}).get(name)
                    shown = look(held.verdict) if held else None
                    _join(rows, (cells, shown), Row(cells, on_host=shown), profile)
            items.append(Item(name, tuple(rows.values())))
        return tuple(items)

    def rules(self) -> tuple[Rule, ...]:
        """Detection rules, with the profiles on which they fare alike.

        A rule set has thousands of rules, so each gets a line and its first reason; what its dead
        branches are stands in the workbook.
        """
        made: dict[str, tuple[RuleSummary, dict[object, Row]]] = {}
        for profile in self._assessment.profiles:
            for key, rule in profile.rules.items():
                _, rows = made.setdefault(key, (rule, {}))
                cells = (self._cell(rule.judged, 1),)
                lost = _lost(rule)
                key_of_row = (rule.judged.verdict.label, rule.state, lost)
                # The verdict's own word is not said twice.
                state = [one for one in rule.state if one != rule.judged.verdict.label]
                row = Row(cells, rules=lost, state=", ".join(state))
                _join(rows, key_of_row, row, profile)
        return tuple(Rule(rule, tuple(rows.values())) for rule, rows in made.values())

    def _technique(self, fleet: FleetTechnique) -> Technique:
        rows: dict[object, Row] = {}
        for profile in self._assessment.profiles:
            technique = profile.techniques.get(fleet.technique_id)
            if technique is not None:
                row = self._row(technique, profile)
                _join(rows, (row.cells, row.score, row.components, row.rules), row, profile)
        counts = (fleet.visibility, fleet.detection, fleet.detection_with_alternatives)
        looks = tuple(LOOKS[standing(one)] for one in counts)
        achieved = fleet.achievable_share
        share = percent_text(achieved, 1, 0) if achieved else ""
        return Technique(fleet, looks, share, tuple(rows.values()))

    def _row(self, technique: TechniqueResult, profile: Profile) -> Row:
        asked = (technique.visibility, technique.detection, technique.detection_with_alternatives)
        components = tuple(
            [(look(one.judged.verdict), name) for name, one in technique.components.items()]
        )
        cells = tuple([self._cell(judged) for judged in asked])
        rules = profile.rules_by_technique.get(technique.technique_id)
        told = tally(rules.counts) if rules else ""
        return Row(cells, score_text(technique.score), components, told)

    def _cell(self, judged: Judged, most: int = _REASONS) -> Cell:
        numbers = tuple([number + 1 for number in self._catalogue.numbers(judged)[:most]])
        self._shown.update(numbers)
        return Cell(look(judged.verdict), self._catalogue.why(judged), numbers)


def _lost(rule: RuleSummary) -> str:
    """What a rule loses, in few words."""
    dead = len(rule.dead_branches)
    lost = [counted(dead, "dead branch", "dead branches")] if dead else []
    if rule.missing_fields:
        fields = dict.fromkeys(one.rpartition("/")[2] for one in rule.missing_fields)
        lost.append(f"no {', '.join(fields)}")
    return "; ".join(lost)


def _join(rows: dict[object, Row], key: object, row: Row, profile: Profile) -> None:
    """Add a profile to the row that says the same, or begin one."""
    same = rows.setdefault(key, row)
    same.profiles.append(profile.profile_id)
    same.hosts += profile.count
