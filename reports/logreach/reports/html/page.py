"""The data of an assessment's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from logreach.coverage.assessment.result import (
    Assessment,
    FleetTechnique,
    MissingFact,
    PlannedRemedy,
    Profile,
    RuleSummary,
)
from logreach.coverage.engine.judged import Judged
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.notes import load_notes
from logreach.inventories.reading.telling import telling_command
from logreach.reports.caveats import (
    assumed_facts,
    events_cut_by_forwarding,
    judged_where,
)
from logreach.reports.counts import achieved, applying
from logreach.reports.html.page_data import (
    ABSENT,
    ComponentEntry,
    EventEntry,
    LabelEntry,
    MissingEntry,
    PageData,
    ProfileEntry,
    QuestionEntry,
    RemedyEntry,
    RuleEntry,
    TechniqueEntry,
)
from logreach.reports.html.profile_choice import profiles_in_full
from logreach.reports.html.rows import SIGNS, Rows, label_place, verdict_place
from logreach.reports.labels import (
    BEST_FIRST,
    LABEL_STYLES,
    QUESTION_MEANING,
    QUESTIONS,
    LabelStyle,
    group_of,
)
from logreach.reports.other_ids import beside
from logreach.reports.plan_steps import marked, rules_raised
from logreach.reports.profile_names import profile_name
from logreach.reports.reason_catalogue import ReasonCatalogue
from logreach.reports.reason_text import conflict_text, fact_name
from logreach.reports.safe_text import plain

SIGN_MARKS = ("✓", "*", "✗", "?")
_REMEDIES, _MISSING = 200, 300
_HOSTS, _HOSTS_OF_OTHERS, _FAULTS = 200, 5, 50
# The classes v0 to v6 of the style sheet, in this order.
_FILLS = tuple(dict.fromkeys(style.fill for style in LABEL_STYLES.values()))


def shade(style: LabelStyle) -> str:
    """The class of a colour in the style sheet; every kind of unknown has the same."""
    return f"v{_FILLS.index(style.fill)}"


def page_data(assessment: Assessment, catalogue: ReasonCatalogue) -> PageData:
    """Everything that the page draws."""
    return _PageMaker(assessment, catalogue).data()


class _PageMaker:
    """Makes the entries of the page; `_full` are the profiles that it shows in full."""

    def __init__(self, assessment: Assessment, catalogue: ReasonCatalogue) -> None:
        self._assessment = assessment
        self._profiles = assessment.profiles
        self._full = profiles_in_full(assessment.profiles)
        self._in_full = {each.profile_id: n for n, each in enumerate(self._full)}
        self._rows = Rows(assessment, catalogue)
        self._text = self._rows.texts
        fleet = assessment.fleet.values()
        self._techniques = [each for each in fleet if applying(each.detection)]
        self._places = {each.technique_id: n for n, each in enumerate(self._techniques)}
        self._numbers = {each.profile_id: n for n, each in enumerate(self._profiles)}
        self._raising = _raising(assessment.remedies[:_REMEDIES])

    def data(self) -> PageData:
        """The whole page. Rows come last, as everything else adds to them."""
        assessment, rows = self._assessment, self._rows
        # Events first: theirs are the names that stand most often, so they get short numbers.
        events, components = self._events(), self._components()
        profiles = tuple(map(self._profile, self._profiles))
        techniques = tuple(map(self._technique, self._techniques))
        rules = self._rules()
        remedies = tuple(map(self._remedy, assessment.remedies[:_REMEDIES]))
        missing = tuple(map(self._missing, assessment.missing[:_MISSING]))
        answers, reasons = rows.answers.values(), rows.reasons()
        return PageData(
            labels=tuple(map(_label, LABEL_STYLES.values())),
            signs=tuple(zip(SIGN_MARKS, SIGNS, strict=True)),
            questions=tuple(
                QuestionEntry(title, QUESTION_MEANING[key]) for key, title in QUESTIONS.items()
            ),
            tactics=tuple((plain(key), plain(title)) for key, title in assessment.tactics),
            profiles=profiles,
            techniques=techniques,
            components=components,
            events=events,
            rules=rules,
            remedies=remedies,
            remedies_left_out=len(assessment.remedies) - len(remedies),
            missing=missing,
            missing_left_out=len(assessment.missing) - len(missing),
            answers=answers,
            ways=rows.ways.values(),
            pictures=rows.pictures.values(),
            picture_events=rows.picture_events.values(),
            event_rows=rows.events.values(),
            component_rows=rows.components.values(),
            rule_rows=rows.rules.values(),
            facts=rows.facts.values(),
            chains=rows.chains.values(),
            reasons=reasons,
            lists=self._text.lists.values(),
            texts=tuple(map(plain, self._text.values())),
        )

    def _profile(self, profile: Profile) -> ProfileEntry:
        place = self._in_full.get(profile.profile_id, -1)
        most = _HOSTS if place >= 0 else _HOSTS_OF_OTHERS
        names = [_host_name(name, profile.host_counts) for name in profile.hosts[:most]]
        in_full = place >= 0
        return ProfileEntry(
            profile.profile_id,
            self._text(profile_name(profile)),
            self._text.all_of(names),
            len(profile.hosts) - len(names),
            profile.count,
            self._text(profile.os),
            self._text(profile.role),
            self._text(judged_where(profile)),
            events_cut_by_forwarding(profile),
            assumed_facts(profile),
            self._text.all_of([achieved(profile, question) for question in QUESTIONS]),
            place,
            tuple(map(self._rows.fact, profile.facts)) if in_full else (),
            self._text.all_of(list(map(str, profile.faults[:_FAULTS]))) if in_full else (),
            self._text.all_of(list(map(conflict_text, profile.conflicts))) if in_full else (),
        )

    def _technique(self, technique: FleetTechnique) -> TechniqueEntry:
        technique_id = technique.technique_id
        parent = technique_id.partition(".")[0]
        results = [profile.techniques.get(technique_id) for profile in self._full]
        return TechniqueEntry(
            plain(technique_id),
            self._text(technique.name),
            self._text(beside(self._assessment, technique_id)),
            tuple(self._tactic_places(technique)),
            self._places.get(parent, -1) if parent != technique_id else -1,
            tuple(self._technique_labels(technique_id, question) for question in QUESTIONS),
            tuple(
                -1 if result is None else self._rows.answer(result, profile)
                for result, profile in zip(results, self._full, strict=True)
            ),
            self._raising.get(technique_id, ()),
            self._text(next((each.detection.none for each in results if each), "")),
        )

    def _technique_labels(self, technique_id: str, question: str) -> str:
        results = (profile.techniques.get(technique_id) for profile in self._profiles)
        return "".join(
            [str(label_place(each.label(question))) if each else ABSENT for each in results]
        )

    def _tactic_places(self, technique: FleetTechnique) -> Iterable[int]:
        order = [shortname for shortname, _ in self._assessment.tactics]
        return (order.index(tactic) for tactic in technique.tactics if tactic in order)

    def _components(self) -> tuple[ComponentEntry, ...]:
        shown: dict[str, dict[int, None]] = {}
        for profile in self._full:
            for technique in profile.techniques.values():
                place = self._places.get(technique.technique_id)
                if technique.picture is None or place is None:
                    continue
                for component in technique.picture.components:
                    shown.setdefault(component.name, {})[place] = None
        names = dict.fromkeys(name for profile in self._profiles for name in profile.components)
        return tuple(
            ComponentEntry(
                self._text(name),
                _labels(
                    profile.components[name].judged if name in profile.components else None
                    for profile in self._profiles
                ),
                tuple(
                    self._rows.component(profile.components[name])
                    if name in profile.components
                    else -1
                    for profile in self._full
                ),
                tuple(sorted(shown.get(name, ()))),
            )
            for name in names
        )

    def _events(self) -> tuple[EventEntry, ...]:
        names = dict.fromkeys(name for profile in self._profiles for name in profile.events)
        fields: dict[str, dict[str, None]] = {name: {} for name in names}
        for profile in self._full:
            for attribute in profile.attributes:
                event, _, field = attribute.rpartition("/")
                fields.setdefault(event, {})[field] = None
        return tuple(self._event(name, tuple(fields[name])) for name in names)

    def _event(self, name: str, fields: tuple[str, ...]) -> EventEntry:
        text = self._text
        note = load_notes().of(EventId.parse(name))
        written = [f"since {note.since}" if note.since else "", note.until] if note else []
        return EventEntry(
            text(str(name)),
            text(note.tells if note else ""),
            text(note.maybe if note else ""),
            text("; ".join(filter(None, written))),
            text.all_of([caveat.text for caveat in note.caveats] if note else []),
            text.all_of(fields),
            _labels(profile.events.get(name) for profile in self._profiles),
            tuple(
                self._rows.event(name, profile, fields) if name in profile.events else -1
                for profile in self._full
            ),
        )

    def _rules(self) -> tuple[RuleEntry, ...]:
        rules: dict[str, RuleSummary] = {}
        for profile in self._profiles:
            for rule_id, rule in profile.rules.items():
                rules.setdefault(rule_id, rule)
        return tuple(self._rule(rule_id, rule) for rule_id, rule in rules.items())

    def _rule(self, rule_id: str, rule: RuleSummary) -> RuleEntry:
        text = self._text
        results = [profile.rules.get(rule_id) for profile in self._profiles]
        return RuleEntry(
            text(rule.title),
            text(rule.level),
            text.all_of(rule.techniques),
            text(rule.log_source),
            text.list_of(rule.source.split("/")),
            _labels(each.judged if each else None for each in results),
            tuple(
                self._rows.rule(profile.rules[rule_id]) if rule_id in profile.rules else -1
                for profile in self._full
            ),
        )

    def _remedy(self, planned: PlannedRemedy) -> RemedyEntry:
        remedy, text = planned.remedy, self._text
        return RemedyEntry(
            text.pieces(marked(remedy.text, planned)),
            text(remedy.cost),
            text(remedy.kind),
            text(remedy.volume.value),
            planned.hosts,
            self._profile_places(planned.profiles),
            planned.gain,
            tuple(self._places[each] for each in planned.raised if each in self._places),
            rules_raised(planned),
            planned.rule_gain,
        )

    def _missing(self, missing: MissingFact) -> MissingEntry:
        command = telling_command(missing.key)
        return MissingEntry(
            self._text(fact_name(missing.key, missing.title)),
            self._text(missing.reason),
            self._text(str(command) if command else ""),
            self._profile_places(missing.profiles),
            missing.verdicts,
            missing.rules,
        )

    def _profile_places(self, ids: Sequence[str]) -> tuple[int, ...]:
        return tuple(self._numbers[each] for each in ids if each in self._numbers)


def _raising(remedies: Sequence[PlannedRemedy]) -> Mapping[str, tuple[int, ...]]:
    """Technique id -> the changes that raise a verdict of it alone."""
    raising: dict[str, tuple[int, ...]] = {}
    for number, planned in enumerate(remedies):
        for technique_id in planned.raised:
            raising[technique_id] = (*raising.get(technique_id, ()), number)
    return raising


def _label(style: LabelStyle) -> LabelEntry:
    return LabelEntry(
        style.label, style.sign, shade(style), group_of(style.label), _rank(style), style.meaning
    )


def _rank(style: LabelStyle) -> int:
    """The place among labels from best to worst."""
    return BEST_FIRST.index(style.label) if style.label in BEST_FIRST else len(BEST_FIRST)


def _labels(results: Iterable[Judged | None]) -> str:
    return "".join([str(verdict_place(each.verdict)) if each else ABSENT for each in results])


def _host_name(name: str, counts: Mapping[str, int]) -> str:
    """'WS (850)': a name that stands for several machines, with their number."""
    count = counts.get(name, 1)
    return f"{name} ({count})" if count > 1 else name
