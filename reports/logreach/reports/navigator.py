"""ATT&CK Navigator layers, format 4.5: one for the fleet and one a profile.

Written from our own model, since mitreattack.navlayers cuts fractions, loses links and writes
UTF-16. The Navigator ignores entries that it does not know without a word, so a technique is
only written where the assessed ATT&CK version has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from logreach.coverage.assessment.method_notes import weights_text
from logreach.coverage.assessment.result import Assessment, FleetTechnique, Profile, TechniqueResult
from logreach.coverage.engine.verdict import NOT_APPLICABLE
from logreach.coverage.network.techniques import DETECTION
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.wording import counted
from logreach.reports.caveats import ASSUMED_MEANING, assumed_evidence, assumed_facts
from logreach.reports.counts import achievable, applying, percent, score_text, tally
from logreach.reports.json.lines import write_json_lines
from logreach.reports.labels import (
    LABEL_STYLES,
    QUESTION_MEANING,
    QUESTIONS,
    UNKNOWN_LABELS,
    best_label,
    level_number,
)
from logreach.reports.reason_text import reason_text
from logreach.reports.rule_counts import FleetRules, fleet_rules, fleet_words, profile_words
from logreach.reports.safe_text import one_line, plain, shortened, technique_url

Json = dict[str, Any]

LAYER_FORMAT = "4.5"
NAVIGATOR = "5.1.0"
# A layer's colours answer this question; each entry's metadata has the answers to the others.
QUESTION = DETECTION

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
    (_FULL, "achievable on every host to which it applies"),
    (_PALE, "achievable on some hosts (the darker, the more)"),
    (LABEL_STYLES["conditional"].fill, "achievable on no host; conditional on some"),
    (LABEL_STYLES["unknown"].fill, "proven on no host; the deciding facts are missing"),
    (LABEL_STYLES["not achievable"].fill, "not achievable on any host"),
    (LABEL_STYLES["not applicable"].fill, "applies to no host"),
)


def write_layers(assessment: Assessment, folder: Path, question: str = QUESTION) -> list[Path]:
    """Write `fleet.json` and one layer a profile into `folder`; returns the paths written."""
    folder.mkdir(parents=True, exist_ok=True)
    layers = {"fleet.json": fleet_layer(assessment, question)}
    for profile in assessment.profiles:
        name = _file_name(profile.profile_id, layers)
        layers[name] = profile_layer(assessment, profile, question)
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


def fleet_layer(assessment: Assessment, question: str = QUESTION) -> Json:
    """All hosts: the score is the share in percent of the hosts on which it is achievable."""
    hosts = sum(profile.count for profile in assessment.profiles)
    rules = fleet_rules(assessment)
    return _layer(
        assessment,
        f"logreach: all {counted(hosts, 'host')}",
        f"{QUESTIONS[question]}. Score: percent of the hosts to which the technique applies, on "
        "which it is achievable. A technique has no score if it is achievable on no host and "
        f"unknown on some.{_assumed(assessment.profiles)}",
        question,
        [
            _fleet_entry(assessment, technique, question, rules.get(technique.technique_id))
            for technique in assessment.fleet.values()
        ],
        _FLEET_LEGEND,
    )


def profile_layer(assessment: Assessment, profile: Profile, question: str = QUESTION) -> Json:
    """The hosts of one profile: 100 achievable, 50 conditional, 0 not achievable."""
    legend = [
        (style.fill, f"{label}: {style.meaning}")
        for label, style in LABEL_STYLES.items()
        if label not in ("unknown, at least conditional", "unknown, at best conditional")
    ]
    return _layer(
        assessment,
        f"logreach: {one_line(profile.profile_id)} ({counted(profile.count, 'host')})",
        f"{QUESTIONS[question]} on {one_line(', '.join(profile.hosts))}: "
        f"{one_line(profile.os)}, {profile.role}. "
        "Score: 100 achievable, 50 conditional, 0 not achievable; none where unknown."
        f"{_assumed([profile])}",
        question,
        [_profile_entry(technique, profile, question) for technique in profile.techniques.values()],
        legend,
    )


def _layer(
    assessment: Assessment,
    name: str,
    description: str,
    question: str,
    techniques: list[Json],
    legend: Iterable[tuple[str, str]],
) -> Json:
    scope = f" Restricted to {one_line(assessment.scope)}." if assessment.scope else ""
    return {
        "name": name,
        "versions": _versions(assessment),
        "domain": "enterprise-attack",
        "description": shortened(f"{description}{scope}", 2000),
        "filters": {"platforms": ["Windows"]},
        "sorting": 0,
        "layout": dict(_LAYOUT),
        "hideDisabled": False,
        "techniques": techniques,
        "gradient": {"colors": [_PALE, _FULL], "minValue": 0, "maxValue": 100},
        "legendItems": [{"label": shortened(label, 120), "color": fill} for fill, label in legend],
        "metadata": _about(assessment, question),
        "links": [],
        "showTacticRowBackground": False,
        "tacticRowBackground": "#dddddd",
        "selectTechniquesAcrossTactics": True,
        "selectSubtechniquesWithParent": False,
        "selectVisibleTechniques": False,
    }


def _versions(assessment: Assessment) -> Json:
    major = re.match(r"\d+", assessment.attack_version)
    attack = major.group() if major else assessment.attack_version
    return {"attack": attack, "navigator": NAVIGATOR, "layer": LAYER_FORMAT}


def _about(assessment: Assessment, question: str) -> list[Json]:
    rules = any(profile.rules for profile in assessment.profiles)
    return [
        _named("ATT&CK", assessment.attack_version),
        _named("logreach", assessment.version),
        _named("question", QUESTIONS[question]),
        _named("meaning", QUESTION_MEANING[question]),
        *([_named("rules, weight of a level", weights_text())] if rules else []),
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
    assessment: Assessment, technique: FleetTechnique, question: str, rules: FleetRules | None
) -> Json:
    counts: Mapping[str, int] = getattr(technique, question)
    hosts = applying(counts)
    achieved = achievable(counts)
    metadata = [
        _named("achievable", f"{achieved} of {counted(hosts, 'host')}"),
        *(_named(name, tally(getattr(technique, key))) for key, name in QUESTIONS.items()),
    ]
    comment = _fleet_comment(assessment, technique.technique_id, question)
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


def _fleet_comment(assessment: Assessment, technique_id: str, question: str) -> str:
    """One line for each distinct reason, with the profiles that have it."""
    profiles_by_reason: dict[str, list[str]] = {}
    assumed = assumed_evidence(assessment)
    for profile in assessment.profiles:
        technique = profile.techniques.get(technique_id)
        if technique is not None:
            reason = _because(technique, question, assumed)
            profiles_by_reason.setdefault(reason, []).append(profile.profile_id)
    return "\n".join(
        f"{', '.join(profiles)}: {reason}" for reason, profiles in profiles_by_reason.items()
    )


def _because(technique: TechniqueResult, question: str, assumed: frozenset[Evidence]) -> str:
    """The first reason, and the first that rests on an assumed fact."""
    judged = technique.judged(question)
    resting = [reason for reason in judged.reasons if not assumed.isdisjoint(reason.evidence)]
    texts = dict.fromkeys(map(reason_text, (*judged.reasons[:1], *resting[:1])))
    return ": ".join(filter(None, (technique.label(question), "; ".join(texts))))


def _assumed(profiles: Iterable[Profile]) -> str:
    counts = [
        f"{profile.profile_id} ({number})"
        for profile in profiles
        if (number := assumed_facts(profile))
    ]
    if not counts:
        return ""
    return f" Assumed facts by profile: {one_line(', '.join(counts))}. {ASSUMED_MEANING}"


def _profile_entry(technique: TechniqueResult, profile: Profile, question: str) -> Json:
    judged, label = technique.judged(question), technique.label(question)
    verdict = judged.verdict
    comment = "\n".join([label, *(reason_text(reason) for reason in judged.reasons[:4])])
    metadata = [
        _named(name, technique.label(key)) for key, name in QUESTIONS.items()
    ]
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
    if verdict.applicable and verdict.settled:
        entry["score"] = 100 * level_number(verdict.proven)
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
