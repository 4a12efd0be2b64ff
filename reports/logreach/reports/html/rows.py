"""The rows that verdicts of profiles become in the page's data; equal ones stand once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from logreach.coverage.assessment.picture import PictureComponent, PictureEvent, Sign
from logreach.coverage.assessment.result import (
    Assessment,
    ComponentResult,
    FactView,
    Profile,
    RuleSummary,
    TechniqueResult,
    Way,
    WayKind,
)
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.verdict import YES, Verdict
from logreach.inventories.files.wording import counted
from logreach.inventories.reading.telling import telling_command
from logreach.reports.broken_links import broken_in, first_broken
from logreach.reports.html.numbered import Numbered, Texts
from logreach.reports.html.page_data import (
    AnswerRow,
    ComponentRow,
    EventRow,
    FactRow,
    GeneralRow,
    PictureEventRow,
    ReasonRow,
    RuleRow,
    WayRow,
)
from logreach.reports.labels import LABELS
from logreach.reports.reason_catalogue import ReasonCatalogue
from logreach.reports.reason_text import reason_text
from logreach.reports.ways_text import best_first, recorded_on, strength, way_line

SIGNS = tuple(Sign)
_PLACES = {label: place for place, label in enumerate(LABELS)}
_REASONS, _BREAKS, _NAMES, _HOSTS = 4, 5, 10, 10
_RULES = re.compile(r"rules (\d+) of (\d+)")


def label_place(label: str) -> int:
    """A label's place in `PageData.labels`."""
    return _PLACES[label]


def verdict_place(verdict: Verdict) -> int:
    """The place of a verdict's label."""
    return _PLACES[verdict.label]


def rules_of(way: Way) -> tuple[int, ...]:
    """How many rules of a way can fire, and how many there are; () for other ways."""
    counts = _RULES.match(way.text) if way.kind is WayKind.RULES else None
    return tuple(map(int, counts.groups())) if counts else ()


class Rows:
    """Makes the rows of an assessment's verdicts, each once."""

    def __init__(self, assessment: Assessment, catalogue: ReasonCatalogue) -> None:
        self.texts = Texts()
        self.answers = Numbered[AnswerRow]()
        self.ways = Numbered[WayRow]()
        self.pictures = Numbered[ComponentRow]()
        self.picture_events = Numbered[PictureEventRow]()
        self.events = Numbered[EventRow]()
        self.components = Numbered[GeneralRow]()
        self.rules = Numbered[RuleRow]()
        self.facts = Numbered[FactRow]()
        self.chains = Numbered[tuple[int, ...]]()
        self._catalogue = catalogue
        self._least = assessment.plan.least
        self._reasons = Numbered[int]()
        self._drawn: dict[tuple[int, int], int] = {}

    def reasons(self) -> tuple[ReasonRow, ...]:
        """The reasons that rows point to; ask last."""
        every = self._catalogue.reasons
        return tuple([self._reason(number, every[number]) for number in self._reasons.values()])

    def answer(self, technique: TechniqueResult, profile: Profile) -> int:
        """The answer on a technique of a profile."""
        detection, texts = technique.detection, self.texts
        least = self._least.get(profile.profile_id, {}).get(technique.technique_id, ())
        return self.answers(
            AnswerRow(
                label_place(detection.label),
                texts(strength(detection)),
                texts.pieces(self._catalogue.beside_ways(detection.judged)),
                self._first(recorded_on(detection), _HOSTS),
                tuple([self._way(way) for way in best_first(detection)]),
                self._picture(technique, profile),
                self._some(dict.fromkeys(broken_in(technique, profile)), _BREAKS),
                self._numbers(detection.judged),
                tuple(least),
            )
        )

    def event(self, event: str, profile: Profile, fields: Sequence[str]) -> int:
        """An event of a profile, with verdicts on its fields."""
        judged, on_host = profile.events[event], profile.events_on_host.get(event)
        digits = [_digit(profile.attributes.get(f"{event}/{field}")) for field in fields]
        return self.events(
            EventRow(
                verdict_place(judged.verdict),
                -1 if on_host is None else verdict_place(on_host.verdict),
                self._numbers(judged),
                self.texts("".join(digits)),
            )
        )

    def component(self, component: ComponentResult) -> int:
        """A data component of a profile."""
        lacking = (judged for judged in component.via.values() if judged.verdict is not YES)
        return self.components(
            GeneralRow(
                verdict_place(component.judged.verdict),
                self._some(dict.fromkeys(first_broken(lacking)), _BREAKS),
                self._numbers(component.judged),
                self._verdicts(component.via),
                self._verdicts(component.attributes),
            )
        )

    def rule(self, rule: RuleSummary) -> int:
        """A rule of a profile."""
        label = rule.judged.verdict.label
        notes = [word for word in rule.state if word != label]
        note = ", ".join([*notes, *filter(None, [_dead_parts(rule)])])
        return self.rules(RuleRow(self.texts(note), self._numbers(rule.judged, 1)))

    def fact(self, view: FactView) -> int:
        """A fact of a profile."""
        return self.facts(
            FactRow(
                self.texts(view.title or str(view.key)),
                self.texts(view.state),
                self.texts(view.value),
                self.texts.all_of([str(evidence) for evidence in view.evidence]),
            )
        )

    def _way(self, way: Way) -> int:
        return self.ways(
            WayRow(
                self.texts.pieces(way_line(way)),
                verdict_place(way.verdict),
                self._first(way.holds, _NAMES),
                # Of an analytic of which nothing is there, its line names what it lacks.
                self._first(() if _idle_analytic(way) else way.lacks, _NAMES),
                self._first(way.hosts, _HOSTS),
                rules_of(way),
            )
        )

    def _picture(self, technique: TechniqueResult, profile: Profile) -> tuple[int, ...]:
        if technique.picture is None:
            return ()
        results = technique.components
        return tuple(
            self._component(drawn, results.get(drawn.name) or profile.components.get(drawn.name))
            for drawn in technique.picture.components
        )

    def _component(self, drawn: PictureComponent, result: ComponentResult | None) -> int:
        # The assessment keeps both objects, so that their ids stay theirs.
        key = (id(drawn), id(result))
        number = self._drawn.get(key)
        if number is None:
            number = self._drawn[key] = self.pictures(
                ComponentRow(
                    self.texts(drawn.name),
                    verdict_place(drawn.verdict),
                    tuple(
                        (self.texts(sensor.name), tuple(map(self._picture_event, sensor.events)))
                        for sensor in drawn.sensors
                    ),
                    self._verdicts(result.attributes if result else {}),
                )
            )
        return number

    def _picture_event(self, event: PictureEvent) -> int:
        texts = self.texts.all_of
        return self.picture_events(
            PictureEventRow(
                self.texts(str(event.event)),
                SIGNS.index(event.sign),
                texts(event.shows),
                texts(event.may),
                texts(event.never),
                texts(event.words),
                texts(event.missing),
            )
        )

    def _verdicts(self, results: Mapping[str, Judged]) -> tuple[tuple[int, int], ...]:
        return tuple(
            (self.texts(str(name)), verdict_place(judged.verdict))
            for name, judged in results.items()
        )

    def _first(self, names: Sequence[str], most: int) -> int:
        """The number of a list of the first names; of more, a last text says how many."""
        shown = [str(name) for name in names[:most]]
        more = [f"{len(names) - most} more"] if len(names) > most else []
        return self.texts.list_of([*shown, *more])

    def _numbers(self, judged: Judged, most: int = _REASONS) -> int:
        """The chain of the first reasons of a verdict, those first that are not whole."""
        return self._some(sorted(judged.reasons, key=lambda reason: reason.verdict is YES), most)

    def _some(self, reasons: Iterable[Reason], most: int) -> int:
        numbers = [self._catalogue.number(reason) for reason in islice(reasons, most)]
        return self.chains(tuple(map(self._reasons, numbers)))

    def _reason(self, number: int, reason: Reason) -> ReasonRow:
        remedy = reason.remedy
        return ReasonRow(
            number + 1,
            self.texts(reason.link),
            verdict_place(reason.verdict),
            self.texts.pieces(reason_text(reason)),
            self.texts.list_of([str(evidence) for evidence in reason.evidence]),
            self.texts.pieces(remedy.text if remedy else ""),
            self.texts(remedy.cost) if remedy else 0,
            self.texts(reason.reference),
            self.texts(_command(reason)),
        )


def _command(reason: Reason) -> str:
    """The command that tells the fact for which a reason waits; '' for none."""
    if reason.missing is None or reason.verdict.settled:
        return ""
    return str(telling_command(reason.missing) or "")


def _idle_analytic(way: Way) -> bool:
    return way.kind is WayKind.ANALYTIC and not way.holds


def _digit(judged: Judged | None) -> str:
    return "." if judged is None else str(verdict_place(judged.verdict))


def _dead_parts(rule: RuleSummary) -> str:
    """'1 dead branch; no CommandLine': the parts of a rule that cannot match."""
    branches = len(rule.dead_branches)
    notes = [counted(branches, "dead branch", "dead branches")] if branches else []
    if rule.missing_fields:
        fields = dict.fromkeys(field.rpartition("/")[2] for field in rule.missing_fields)
        notes.append(f"no {', '.join(fields)}")
    return "; ".join(notes)
