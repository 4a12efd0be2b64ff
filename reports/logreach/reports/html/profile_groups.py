"""Rows of the HTML report: profiles with the same verdicts for the same reasons share a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from logreach.coverage.assessment.result import (
    FleetTechnique,
    Profile,
    RuleSummary,
    TechniqueResult,
)
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.network.techniques import QUESTIONS
from logreach.inventories.files.wording import counted
from logreach.reports.counts import percent_text, tally
from logreach.reports.html.technique_answer import TechniqueAnswer, technique_answer
from logreach.reports.labels import LABEL_STYLES, LabelStyle, best_label, group_of, style_of
from logreach.reports.reason_catalogue import ReasonCatalogue

_REASONS = 4
# A technique's ways name its events, whose reasons stand in the table of events.
_LINKS = 2


class VerdictCell(NamedTuple):
    """A verdict with its first reason and the numbers of its first few."""

    style: LabelStyle
    reason: str
    numbers: tuple[int, ...]


@dataclass(slots=True)
class ProfileGroup:
    """Profiles that have the same verdicts for the same reasons, with `hosts` hosts in all.

    `cells` are verdicts of an event, a data component or a rule; `answer` is a technique's.
    `rules` says which parts of a rule are dead; `state` is a rule's. `on_host` is the verdict of an
    event on the host itself, None where the inventory names no forwarding.
    """

    cells: tuple[VerdictCell, ...] = ()
    answer: TechniqueAnswer | None = None
    rules: str = ""
    state: str = ""
    on_host: LabelStyle | None = None
    profiles: list[str] = field(default_factory=list)
    hosts: int = 0

    @property
    def rule_note(self) -> str:
        """A rule's state and its dead parts."""
        return ", ".join(filter(None, (self.state, self.rules)))


@dataclass(frozen=True, slots=True)
class TechniqueBlock:
    """A technique over all hosts; `styles` are its best labels by question, that of detection
    first, `labels` all that it has on some host, to filter by. `share` is the share of the hosts
    for which detection is achievable."""

    fleet: FleetTechnique
    styles: tuple[LabelStyle, ...]
    labels: tuple[str, ...]
    share: str
    groups: tuple[ProfileGroup, ...]


@dataclass(frozen=True, slots=True)
class NamedBlock:
    """An event or a data component."""

    name: str
    groups: tuple[ProfileGroup, ...]


@dataclass(frozen=True, slots=True)
class RuleBlock:
    """A detection rule."""

    rule: RuleSummary
    groups: tuple[ProfileGroup, ...]


class ProfileGrouping:
    """Groups profiles, and remembers which reasons the groups point to."""

    def __init__(self, profiles: Sequence[Profile], catalogue: ReasonCatalogue) -> None:
        self._profiles = profiles
        self._catalogue = catalogue
        self._shown: set[int] = set()

    def shown_reasons(self) -> tuple[tuple[int, Reason], ...]:
        """The reasons that groups point to, by number as in the workbook."""
        reasons = self._catalogue.reasons
        return tuple((number, reasons[number - 1]) for number in sorted(self._shown))

    def technique(self, fleet: FleetTechnique) -> TechniqueBlock:
        """A technique with the profiles to which it is put."""
        groups: dict[object, ProfileGroup] = {}
        for profile in self._profiles:
            technique = profile.techniques.get(fleet.technique_id)
            if technique is not None:
                answer = self._answer(technique, profile)
                _join(groups, answer, ProfileGroup(answer=answer), profile)
        counts = [getattr(fleet, question) for question in QUESTIONS]
        share = fleet.achievable_share
        return TechniqueBlock(
            fleet,
            tuple(LABEL_STYLES[best_label(by_label)] for by_label in counts),
            tuple("|".join(dict.fromkeys(map(group_of, by_label))) for by_label in counts),
            percent_text(share, 1, 0) if share else "",
            tuple(groups.values()),
        )

    def by_name(
        self,
        results: Callable[[Profile], Mapping[str, Judged]],
        on_host: Callable[[Profile], Mapping[str, Judged]] = lambda _: {},
    ) -> tuple[NamedBlock, ...]:
        """Events or data components of all profiles."""
        blocks: dict[str, dict[object, ProfileGroup]] = {}
        for profile in self._profiles:
            host_results = on_host(profile)
            for name, judged in results(profile).items():
                cells = (self._cell(judged),)
                style = style_of(host_results[name].verdict) if name in host_results else None
                group = ProfileGroup(cells, on_host=style)
                _join(blocks.setdefault(name, {}), (cells, style), group, profile)
        return tuple(NamedBlock(name, tuple(groups.values())) for name, groups in blocks.items())

    def rules(self) -> tuple[RuleBlock, ...]:
        """Detection rules, with the profiles on which their verdicts are the same.

        A rule set has thousands of rules, so each shows its first reason only, and counts its dead
        branches: the workbook lists them.
        """
        blocks: dict[str, tuple[RuleSummary, dict[object, ProfileGroup]]] = {}
        for profile in self._profiles:
            for rule_id, rule in profile.rules.items():
                _, groups = blocks.setdefault(rule_id, (rule, {}))
                label, dead = rule.judged.verdict.label, _dead_parts(rule)
                state = ", ".join(word for word in rule.state if word != label)
                group = ProfileGroup((self._cell(rule.judged, 1),), rules=dead, state=state)
                _join(groups, (label, rule.state, dead), group, profile)
        return tuple(RuleBlock(rule, tuple(groups.values())) for rule, groups in blocks.values())

    def _answer(self, technique: TechniqueResult, profile: Profile) -> TechniqueAnswer:
        judged = technique.detection.judged
        rollup = profile.rules_by_technique.get(technique.technique_id)
        return technique_answer(
            technique,
            self._catalogue.beside_ways(judged),
            self._numbers(judged, _LINKS),
            tally(rollup.counts) if rollup else "",
        )

    def _numbers(self, judged: Judged, most: int) -> tuple[int, ...]:
        numbers = tuple([number + 1 for number in self._catalogue.numbers(judged)[:most]])
        self._shown.update(numbers)
        return numbers

    def _cell(self, judged: Judged, most: int = _REASONS) -> VerdictCell:
        numbers = self._numbers(judged, most)
        return VerdictCell(style_of(judged.verdict), self._catalogue.why(judged), numbers)


def _dead_parts(rule: RuleSummary) -> str:
    """'1 dead branch; no CommandLine': the parts of a rule that cannot match."""
    branches = len(rule.dead_branches)
    notes = [counted(branches, "dead branch", "dead branches")] if branches else []
    if rule.missing_fields:
        fields = dict.fromkeys(field.rpartition("/")[2] for field in rule.missing_fields)
        notes.append(f"no {', '.join(fields)}")
    return "; ".join(notes)


def _join(
    groups: dict[object, ProfileGroup], key: object, group: ProfileGroup, profile: Profile
) -> None:
    """Add a profile to the group with the same key; `group` begins a new one."""
    joined = groups.setdefault(key, group)
    joined.profiles.append(profile.profile_id)
    joined.hosts += profile.count


def applies(technique: FleetTechnique) -> bool:
    """Whether a technique applies to some host."""
    return best_label(technique.visibility) != "not applicable"
