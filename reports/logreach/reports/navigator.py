"""ATT&CK Navigator layers, format 4.5: one for the fleet and one a profile.

Written from our own model, since mitreattack.navlayers cuts fractions, loses links and writes
UTF-16. The Navigator ignores entries that it does not know without a word, so a technique is
only written where the assessed ATT&CK version has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from logreach.coverage.assessment.method_notes import weights_text
from logreach.coverage.assessment.result import Assessment, FleetTechnique, Profile, TechniqueResult
from logreach.coverage.engine.verdict import NOT_APPLICABLE
from logreach.coverage.network.techniques import DETECTION
from logreach.inventories.files.wording import counted
from logreach.reports.caveats import ASSUMED_MEANING, assumed_facts
from logreach.reports.counts import achievable, applying, percent, score_text, tally
from logreach.reports.json.lines import write_json_lines
from logreach.reports.labels import (
    LABEL_STYLES,
    QUESTION_MEANING,
    QUESTIONS,
    UNKNOWN_LABELS,
    best_label,
    group_of,
    level_number,
)
from logreach.reports.other_ids import other_id
from logreach.reports.profile_names import ProfileNames, host_list, profile_name
from logreach.reports.reason_catalogue import ReasonCatalogue
from logreach.reports.rule_counts import FleetRules, fleet_rules, fleet_words, profile_words
from logreach.reports.safe_text import one_line, plain, shortened, technique_url
from logreach.reports.ways_text import recorded_on, strength, way_lines, why_detected

Json = dict[str, Any]

LAYER_FORMAT = "4.5"
NAVIGATOR = "5.1.0"
# A layer's colours answer this question; each entry's metadata has the answers to the others.
_MEANING = f"{QUESTIONS[DETECTION]}: {QUESTION_MEANING[DETECTION]}"
_PALE, _FULL = "#C9DFF0", LABEL_STYLES["achievable"].fill
_COMMENT = 600
_LAYOUT: Json = {
    "layout": "side",
    "aggregateFunction": "average",
    "showID": True,
    "showName": True,
    "showAggregateScores": False,
    "countUnscored": False,
    "expandedSubtechniques": "none",
}
_FLEET_LEGEND = (
    (_FULL, "achievable for every host to which it applies, on it or elsewhere in the fleet"),
    (_PALE, "achievable for some hosts (the darker, the more)"),
    (LABEL_STYLES["conditional"].fill, "achievable for no host; conditional on some"),
    (
        LABEL_STYLES["conditional elsewhere"].fill,
        "achievable for no host; conditional elsewhere for some",
    ),
    (LABEL_STYLES["unknown"].fill, "proven for no host; the deciding facts are missing"),
    (LABEL_STYLES["not achievable"].fill, "not achievable for any host"),
    (LABEL_STYLES["not applicable"].fill, "applies to no host"),
)


def write_layers(
    assessment: Assessment, folder: Path, catalogue: ReasonCatalogue | None = None
) -> list[Path]:
    """Write `fleet.json` and one layer a profile into `folder`; returns the paths written.

    `catalogue` is the assessment's own, for callers that write several reports.
    """
    folder.mkdir(parents=True, exist_ok=True)
    reasons = catalogue or ReasonCatalogue(assessment)
    layers = {"fleet.json": fleet_layer(assessment, reasons)}
    for profile in assessment.profiles:
        name = _file_name(profile.profile_id, layers)
        layers[name] = profile_layer(assessment, profile, reasons)
    written = []
    for name, layer in layers.items():
        path = folder / name
        write_json_lines(layer, path, {"techniques": 1})
        written.append(path)
    return written


def _file_name(profile_id: str, taken: Iterable[str]) -> str:
    """A file name of a profile's id that is safe on every system and not yet taken."""
    stem = "profile-" + (re.sub(r"[^A-Za-z0-9-]+", "-", profile_id).strip("-").lower() or "x")
    name, number = f"{stem}.json", 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}.json"
    return name


def fleet_layer(assessment: Assessment, catalogue: ReasonCatalogue | None = None) -> Json:
    """All hosts: the score is the share in percent of those for which it is achievable."""
    hosts = sum(profile.count for profile in assessment.profiles)
    rules, names = fleet_rules(assessment), ProfileNames(assessment.profiles)
    reasons = catalogue or ReasonCatalogue(assessment)
    return _layer(
        assessment,
        f"logreach: all {counted(hosts, 'host')}",
        f"{_MEANING} Score: percent of the hosts to which the technique applies for which it is "
        "achievable, on the host or elsewhere in the fleet. A technique has no score if it is "
        f"achievable for no host and unknown for some.{_assumed(assessment.profiles)}",
        [
            _fleet_entry(assessment, technique, reasons, names, rules.get(technique.technique_id))
            for technique in assessment.fleet.values()
        ],
        _FLEET_LEGEND,
    )


def profile_layer(
    assessment: Assessment, profile: Profile, catalogue: ReasonCatalogue | None = None
) -> Json:
    """The hosts of one profile: 100 achievable, 50 conditional, 0 not achievable; the same where
    the evidence lies elsewhere, in another colour."""
    reasons = catalogue or ReasonCatalogue(assessment)
    legend = [
        (style.fill, f"{label}: {style.meaning}")
        for label, style in LABEL_STYLES.items()
        if group_of(label) == label
    ]
    return _layer(
        assessment,
        f"logreach: {one_line(profile_name(profile))}, {counted(profile.count, 'host')}",
        f"{one_line(host_list(profile.hosts, 20))}: {one_line(profile.os)}, {profile.role}. "
        f"{_MEANING} Score: 100 achievable, 50 conditional (either of them here or elsewhere), "
        f"0 not achievable; none where unknown.{_assumed([profile])}",
        [
            _profile_entry(assessment, each, profile, reasons)
            for each in profile.techniques.values()
        ],
        legend,
    )


def _layer(
    assessment: Assessment,
    name: str,
    description: str,
    techniques: list[Json],
    legend: Iterable[tuple[str, str]],
) -> Json:
    scope = f" Restricted to {one_line(assessment.scope)}." if assessment.scope else ""
    return layer_frame(
        name,
        f"{description}{scope}",
        assessment.attack_version,
        techniques,
        legend,
        _about(assessment),
    )


def layer_frame(
    name: str,
    description: str,
    attack_version: str,
    techniques: list[Json],
    legend: Iterable[tuple[str, str]],
    about: Iterable[tuple[str, str]],
) -> Json:
    """A layer around these entries; `legend` has colours with their meaning, `about` metadata."""
    return {
        "name": name,
        "versions": _versions(attack_version),
        "domain": "enterprise-attack",
        "description": shortened(description, 2000),
        "filters": {"platforms": ["Windows"]},
        "sorting": 0,
        "layout": dict(_LAYOUT),
        "hideDisabled": False,
        "techniques": techniques,
        "gradient": {"colors": [_PALE, _FULL], "minValue": 0, "maxValue": 100},
        "legendItems": [{"label": shortened(label, 120), "color": fill} for fill, label in legend],
        "metadata": [_named(key, value) for key, value in about],
        "links": [],
        "showTacticRowBackground": False,
        "tacticRowBackground": "#dddddd",
        "selectTechniquesAcrossTactics": True,
        "selectSubtechniquesWithParent": False,
        "selectVisibleTechniques": False,
    }


def comment_text(comment: str) -> str:
    """A comment as long as the Navigator shows it."""
    return shortened(plain(comment), _COMMENT)


def _versions(attack_version: str) -> Json:
    major = re.match(r"\d+", attack_version)
    attack = major.group() if major else attack_version
    return {"attack": attack, "navigator": NAVIGATOR, "layer": LAYER_FORMAT}


def _about(assessment: Assessment) -> list[tuple[str, str]]:
    rules = any(profile.rules for profile in assessment.profiles)
    return [
        ("ATT&CK", assessment.attack_version),
        ("logreach", assessment.version),
        *((QUESTIONS[question], QUESTION_MEANING[question]) for question in QUESTIONS),
        *([("rules, weight of a level", weights_text())] if rules else []),
    ]


def _entry(
    technique_id: str, comment: str, metadata: list[Json], links: list[Json], rules: str = ""
) -> Json:
    """An entry without a tactic stands in every column that has the technique.

    `rules` is the comment's last line, which no cut takes away.
    """
    last = f"\n{rules}" if rules else ""
    return {
        "techniqueID": technique_id,
        "comment": shortened(plain(comment), _COMMENT - len(last)) + last,
        "enabled": True,
        "metadata": metadata,
        "links": links,
        "showSubtechniques": False,
    }


def _fleet_entry(
    assessment: Assessment,
    technique: FleetTechnique,
    catalogue: ReasonCatalogue,
    names: ProfileNames,
    rules: FleetRules | None,
) -> Json:
    counts = technique.detection
    hosts = applying(counts)
    achieved = achievable(counts)
    metadata = [
        *_other_id(assessment, technique.technique_id),
        _named("achievable", f"{achieved} of {counted(hosts, 'host')}"),
        *(_named(name, tally(getattr(technique, key))) for key, name in QUESTIONS.items()),
    ]
    comment = _fleet_comment(assessment, technique.technique_id, catalogue, names)
    line, rule_metadata = fleet_words(rules) if rules else ("", {})
    metadata += [_named(name, value) for name, value in rule_metadata.items()]
    links = _links(technique.technique_id, [])
    entry = _entry(technique.technique_id, comment, metadata, links, line)
    if achieved:
        entry["score"] = percent(achieved, hosts)
    else:
        entry["color"] = LABEL_STYLES[best_label(counts)].fill
        if not any(map(counts.get, (*UNKNOWN_LABELS, NOT_APPLICABLE.label))):
            entry["score"] = 0.0
    return entry


def _fleet_comment(
    assessment: Assessment, technique_id: str, catalogue: ReasonCatalogue, names: ProfileNames
) -> str:
    """One line for each distinct answer, with the profiles that have it."""
    profiles_by_answer: dict[str, list[str]] = {}
    for profile in assessment.profiles:
        technique = profile.techniques.get(technique_id)
        if technique is not None:
            answer = _answer(technique, catalogue)
            profiles_by_answer.setdefault(answer, []).append(profile.profile_id)
    return "\n".join(f"{names(ids)}: {answer}" for answer, ids in profiles_by_answer.items())


def _answer(technique: TechniqueResult, catalogue: ReasonCatalogue) -> str:
    """The label, the best way and what is broken: a comment has lines for many profiles."""
    detection = technique.detection
    best = [*way_lines(detection)][:1]
    reason = catalogue.beside_ways(detection.judged)
    words = filter(None, (strength(detection), *best, reason))
    return ": ".join(filter(None, (detection.label, "; ".join(words))))


def _assumed(profiles: Iterable[Profile]) -> str:
    counts = [
        f"{profile.profile_id} ({number})"
        for profile in profiles
        if (number := assumed_facts(profile))
    ]
    if not counts:
        return ""
    return f" Assumed facts by profile: {one_line(', '.join(counts))}. {ASSUMED_MEANING}"


def _other_id(assessment: Assessment, technique_id: str) -> list[Json]:
    other = other_id(assessment, technique_id)
    return [_named(f"id in ATT&CK {assessment.counterparts.version}", other)] if other else []


def _profile_entry(
    assessment: Assessment,
    technique: TechniqueResult,
    profile: Profile,
    catalogue: ReasonCatalogue,
) -> Json:
    detection = technique.detection
    judged, label = detection.judged, detection.label
    explanation = why_detected(detection, catalogue.beside_ways(judged))
    comment = "\n".join(filter(None, (label, explanation)))
    metadata = _other_id(assessment, technique.technique_id)
    metadata += [_named(name, technique.label(key)) for key, name in QUESTIONS.items()]
    if hosts := recorded_on(detection):
        metadata.append(_named("recorded on", host_list(hosts, 20)))
    metadata.append(_named("score over components", score_text(technique.score)))
    if judged.verdict.applicable:
        metadata += [
            _named(name, component.judged.verdict.label)
            for name, component in technique.components.items()
        ]
    rules = profile.rules_by_technique.get(technique.technique_id)
    line, rule_metadata = profile_words(rules) if rules else ("", {})
    metadata += [_named(name, value) for name, value in rule_metadata.items()]
    links = _links(technique.technique_id, [reason.reference for reason in judged.reasons])
    entry = _entry(technique.technique_id, comment, metadata, links, line)
    entry["color"] = LABEL_STYLES[label].fill
    if judged.verdict.applicable and judged.verdict.settled:
        entry["score"] = 100 * level_number(judged.verdict.proven)
    return entry


def _links(technique_id: str, references: Iterable[str]) -> list[Json]:
    """ATT&CK's page, and the first few web references."""
    pages = {reference for reference in references if reference.startswith("https://")}
    return [
        {"label": "ATT&CK", "url": technique_url(technique_id)},
        *({"label": "Reference", "url": page} for page in sorted(pages)[:5]),
    ]


def _named(name: str, value: object) -> Json:
    """Metadata; the Navigator refuses an empty name or value."""
    return {"name": one_line(name) or "-", "value": one_line(str(value)) or "-"}
