"""The layer of the rules that were given: how many of them can fire."""

from __future__ import annotations

from logreach.coverage.assessment.result import Assessment, Profile, TechniqueResult
from logreach.coverage.engine.verdict import NOT_APPLICABLE, YES
from logreach.reports.labels import LABEL_STYLES, best_label
from logreach.reports.navigator.comments import Answer, fleet_comment, is_open
from logreach.reports.navigator.fleet import assumed_text, other_id_metadata
from logreach.reports.navigator.frame import (
    SHARES,
    SHARES_LEGEND,
    SHARES_MEANING,
    Json,
    entry,
    layer,
    layer_name,
    metadata_item,
    share_score,
    technique_links,
)
from logreach.reports.profile_names import first_few
from logreach.reports.rule_counts import FleetRules, fleet_rules, fleet_words


def rules_layer(assessment: Assessment) -> Json:
    """All hosts: the score is the share of the rules that can fire, weighed by level and hosts."""
    short = _short_rules(assessment)
    entries = [
        _rules_entry(assessment, technique_id, rules, short)
        for technique_id, rules in fleet_rules(assessment).items()
        if technique_id in assessment.fleet
    ]
    return layer(
        assessment,
        layer_name(assessment, "Rules"),
        "The rules that were given, by the techniques that they name. Score: percent of the pairs "
        "of a rule and a host to which it applies on which the rule can fire, weighed by the "
        "rule's level. Where no rule can fire on any host, the colour is that of the best verdict. "
        f"{SHARES_MEANING}{assumed_text(assessment.profiles)}",
        entries,
        SHARES,
        SHARES_LEGEND,
    )


def _short_rules(assessment: Assessment) -> dict[tuple[str, str], list[str]]:
    """By profile and technique, the rules that apply and are short of achievable."""
    short: dict[tuple[str, str], list[str]] = {}
    for profile in assessment.profiles:
        for rule in profile.rules.values():
            if is_open(label := rule.judged.verdict.label):
                for technique_id in rule.techniques:
                    titles = short.setdefault((profile.profile_id, technique_id), [])
                    titles.append(f"{rule.title} ({label})")
    return short


def _rules_entry(
    assessment: Assessment,
    technique_id: str,
    rules: FleetRules,
    short: dict[tuple[str, str], list[str]],
) -> Json:
    def answer(profile: Profile, _technique: TechniqueResult) -> Answer:
        titles = short.get((profile.profile_id, technique_id), [])
        if titles:
            return Answer(f"short of firing: {first_few(titles, 4)}", open=True)
        rollup = profile.rules_by_technique.get(technique_id)
        firing = rollup.counts.get(YES.label, 0) if rollup else 0
        text = "every rule that applies can fire" if firing else "no rule applies"
        return Answer(text, open=False)

    line, words = fleet_words(rules)
    uncoloured = entry(
        technique_id,
        fleet_comment(assessment, technique_id, answer),
        [
            *other_id_metadata(assessment, technique_id),
            *(metadata_item(name, value) for name, value in words.items()),
        ],
        technique_links(technique_id),
        line,
    )
    firing = rules.weights.get("achievable", 0.0)
    total = sum(rules.weights.values()) - rules.weights.get(NOT_APPLICABLE.label, 0.0)
    if firing:
        return {**uncoloured, "score": share_score(firing, total)}
    return {**uncoloured, "color": LABEL_STYLES[best_label(rules.pairs)].fill}
