"""The layer of one profile: the answer for hosts that are alike."""

from __future__ import annotations

from logreach.coverage.assessment.result import Assessment, Profile, TechniqueResult
from logreach.coverage.network.techniques import DETECTION
from logreach.inventories.files.wording import counted
from logreach.reports.counts import score_text
from logreach.reports.labels import LABEL_STYLES, QUESTION_MEANING, QUESTIONS
from logreach.reports.navigator.changes import Changes
from logreach.reports.navigator.fleet import assumed_text, other_id_metadata
from logreach.reports.navigator.frame import (
    LEGEND,
    LEGEND_MEANING,
    Gradient,
    Json,
    entry,
    layer,
    metadata_item,
    sheet_name,
    technique_links,
)
from logreach.reports.profile_names import host_list
from logreach.reports.reason_catalogue import ReasonCatalogue
from logreach.reports.rule_counts import profile_words
from logreach.reports.safe_text import one_line
from logreach.reports.ways_text import recorded_on, why_detected

SCORES = {
    "conditional elsewhere": 25,
    "conditional": 50,
    "achievable elsewhere": 75,
    "achievable": 100,
}
_LEVELS = Gradient(25, 100, *(LABEL_STYLES[label].fill for label in SCORES))
_LEGEND = tuple((LABEL_STYLES[label].fill, words) for label, words in LEGEND.items())
_SCORES = ", ".join(f"{score} {label}" for label, score in reversed(SCORES.items()))


def profile_layer(assessment: Assessment, profile: Profile, catalogue: ReasonCatalogue) -> Json:
    """The hosts of one profile: the score says how good the verdict is, and colours it."""
    changes = Changes(assessment)
    return layer(
        assessment,
        sheet_name(
            f"{profile.profile_id}, {counted(profile.count, 'host')}, {host_list(profile.hosts, 1)}"
        ),
        f"{one_line(host_list(profile.hosts, 20))}: {one_line(profile.os)}, {profile.role}. "
        f"{QUESTIONS[DETECTION]}: {QUESTION_MEANING[DETECTION]} Score: {_SCORES}; all "
        f"else has none, but a colour. {LEGEND_MEANING}{assumed_text([profile])}",
        [
            _profile_entry(assessment, each, profile, catalogue, changes)
            for each in profile.techniques.values()
        ],
        _LEVELS,
        _LEGEND,
    )


def _profile_entry(
    assessment: Assessment,
    technique: TechniqueResult,
    profile: Profile,
    catalogue: ReasonCatalogue,
    changes: Changes,
) -> Json:
    detection = technique.detection
    judged, label = detection.judged, detection.label
    explanation = why_detected(detection, catalogue.beside_ways(judged))
    change = changes.of(profile.profile_id, technique)
    comment = "\n".join(filter(None, (label, change, explanation)))
    metadata = other_id_metadata(assessment, technique.technique_id)
    metadata += [metadata_item(name, technique.label(key)) for key, name in QUESTIONS.items()]
    if hosts := recorded_on(detection):
        metadata.append(metadata_item("recorded on", host_list(hosts, 20)))
    metadata.append(metadata_item("score over components", score_text(technique.score)))
    if judged.verdict.applicable:
        metadata += [
            metadata_item(name, component.judged.verdict.label)
            for name, component in technique.components.items()
        ]
    rules = profile.rules_by_technique.get(technique.technique_id)
    line, rule_metadata = profile_words(rules) if rules else ("", {})
    metadata += [metadata_item(name, value) for name, value in rule_metadata.items()]
    links = technique_links(technique.technique_id, [reason.reference for reason in judged.reasons])
    uncoloured = entry(technique.technique_id, comment, metadata, links, line)
    if label in SCORES:
        return {**uncoloured, "score": SCORES[label]}
    return {**uncoloured, "color": LABEL_STYLES[label].fill}
