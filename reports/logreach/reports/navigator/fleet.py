"""Layers of all hosts: detection, visibility, depth, after the plan, and rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from logreach.coverage.assessment.result import (
    Assessment,
    FleetTechnique,
    Profile,
    TechniqueResult,
)
from logreach.coverage.network.techniques import DETECTION, VISIBILITY
from logreach.inventories.files.wording import counted
from logreach.reports.caveats import ASSUMED_MEANING, assumed_facts
from logreach.reports.counts import achievable, applying, tally
from logreach.reports.labels import (
    LABEL_STYLES,
    QUESTION_MEANING,
    QUESTIONS,
    best_label,
)
from logreach.reports.navigator.changes import Changes
from logreach.reports.navigator.comments import Answer, fleet_comment, is_open
from logreach.reports.navigator.frame import (
    SHARES,
    SHARES_LEGEND,
    SHARES_MEANING,
    Json,
    entry,
    hosts_words,
    layer,
    layer_name,
    metadata_item,
    share_score,
    sheet_name,
    technique_links,
)
from logreach.reports.other_ids import other_id
from logreach.reports.reason_catalogue import ReasonCatalogue
from logreach.reports.rule_counts import fleet_rules, fleet_words
from logreach.reports.safe_text import one_line
from logreach.reports.ways_text import strength, way_lines


class Group(NamedTuple):
    """A threat group that was asked for, and the techniques that it uses."""

    name: str
    techniques: tuple[str, ...]


def detection_layer(assessment: Assessment, catalogue: ReasonCatalogue) -> Json:
    """All hosts: the score is the share in percent of those for which detection is achievable."""
    return layer(
        assessment,
        layer_name(assessment, "Detection"),
        _meaning(assessment, DETECTION),
        _FleetEntries(assessment, catalogue).of(assessment.fleet),
        SHARES,
        SHARES_LEGEND,
    )


def group_layer(assessment: Assessment, catalogue: ReasonCatalogue, group: Group) -> Json:
    """The same of the techniques that a threat group uses."""
    judged = [each for each in group.techniques if each in assessment.fleet]
    others = len(group.techniques) - len(judged)
    beside = f"; {others} of them are not for Windows or not in scope" if others else ""
    return layer(
        assessment,
        sheet_name(f"Group {group.name}, {hosts_words(assessment)}"),
        f"The {counted(len(group.techniques), 'technique')} that {one_line(group.name)} uses"
        f"{beside}. {_meaning(assessment, DETECTION)}",
        _FleetEntries(assessment, catalogue).of(judged),
        SHARES,
        SHARES_LEGEND,
    )


def visibility_layer(assessment: Assessment, catalogue: ReasonCatalogue) -> Json:
    """All hosts: the score is the share in percent on which a data component is logged whole."""
    return layer(
        assessment,
        layer_name(assessment, "Visibility"),
        _meaning(assessment, VISIBILITY),
        _FleetEntries(assessment, catalogue, VISIBILITY).of(assessment.fleet),
        SHARES,
        SHARES_LEGEND,
    )


def _meaning(assessment: Assessment, question: str) -> str:
    where = ", on the host or elsewhere in the fleet" if question == DETECTION else ""
    return (
        f"{QUESTIONS[question]}: {QUESTION_MEANING[question]} Score: percent of the hosts to which "
        f"the technique applies for which it is achievable{where}. A technique that is achievable "
        "for no host has no score, but the colour of its best verdict on any host. "
        f"{SHARES_MEANING}{assumed_text(assessment.profiles)}"
    )


def assumed_text(profiles: Iterable[Profile]) -> str:
    """How many facts of which profiles are only assumed; '' for none."""
    counts = [
        f"{profile.profile_id} ({number})"
        for profile in profiles
        if (number := assumed_facts(profile))
    ]
    if not counts:
        return ""
    return f" Assumed facts by profile: {one_line(', '.join(counts))}. {ASSUMED_MEANING}"


class _FleetEntries:
    """The entries of techniques over all hosts, for one question."""

    def __init__(
        self, assessment: Assessment, catalogue: ReasonCatalogue, question: str = DETECTION
    ) -> None:
        self._assessment = assessment
        self._catalogue = catalogue
        self._question = question
        self._rules = fleet_rules(assessment) if question == DETECTION else {}
        self._changes = Changes(assessment)

    def of(self, technique_ids: Iterable[str]) -> list[Json]:
        """The entries of techniques, in their order."""
        return [self._entry(self._assessment.fleet[each]) for each in technique_ids]

    def _entry(self, technique: FleetTechnique) -> Json:
        counts: Mapping[str, int] = getattr(technique, self._question)
        hosts, achieved = applying(counts), achievable(counts)
        metadata = [
            *other_id_metadata(self._assessment, technique.technique_id),
            metadata_item("achievable", f"{achieved} of {counted(hosts, 'host')}"),
            *(
                metadata_item(name, tally(getattr(technique, key)))
                for key, name in QUESTIONS.items()
            ),
        ]
        rules = self._rules.get(technique.technique_id)
        line, rule_metadata = fleet_words(rules) if rules else ("", {})
        metadata += [metadata_item(name, value) for name, value in rule_metadata.items()]
        uncoloured = entry(
            technique.technique_id,
            fleet_comment(self._assessment, technique.technique_id, self._answer),
            metadata,
            technique_links(technique.technique_id),
            line,
        )
        return {**uncoloured, **share_or_colour(counts)}

    def _answer(self, profile: Profile, technique: TechniqueResult) -> Answer:
        """The label, what to change, the best way and what is broken."""
        if self._question != DETECTION:
            judged = technique.judged(self._question)
            label = judged.verdict.label
            reason = f". {self._catalogue.why(judged)}" if is_open(label) else ""
            return Answer(f"{label}{reason}", is_open(label))
        detection = technique.detection
        change = self._changes.of(profile.profile_id, technique)
        best = [*way_lines(detection)][:1]
        reason = self._catalogue.beside_ways(detection.judged)
        words = "; ".join(filter(None, (strength(detection), *best, reason)))
        text = ". ".join(filter(None, (detection.label, change, words)))
        return Answer(text, is_open(detection.label))


def share_or_colour(counts: Mapping[str, int]) -> Json:
    """The score where it is achievable for some host, the colour of the best verdict elsewhere.

    Programs disagree on which of the two counts, so no entry has both.
    """
    hosts, achieved = applying(counts), achievable(counts)
    if achieved:
        return {"score": share_score(achieved, hosts)}
    return {"color": LABEL_STYLES[best_label(counts)].fill}


def other_id_metadata(assessment: Assessment, technique_id: str) -> list[Json]:
    """The id in the other version of ATT&CK, where it differs."""
    other = other_id(assessment, technique_id)
    return (
        [metadata_item(f"id in ATT&CK {assessment.counterparts.version}", other)] if other else []
    )
