"""Layers say what the assessment says, and the Navigator's own library can load them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sample_assessment import MARKUP, empty, fleet_of, sample

from logreach.coverage.assessment.result import Assessment, Detection, RuleSummary
from logreach.coverage.assessment.rules import rollup
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.verdict import (
    NO,
    NOT_APPLICABLE,
    PARTIAL,
    UNKNOWN,
    UNKNOWN_AT_BEST_PARTIAL,
    YES,
    Verdict,
)
from logreach.reports.labels import LABEL_STYLES, QUESTIONS
from logreach.reports.navigator import fleet_layer, profile_layer, write_layers


def _by_id(layer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {entry["techniqueID"]: entry for entry in layer["techniques"]}


def test_a_fleet_layer_and_one_a_profile_are_written(
    assessment: Assessment, tmp_path: Path
) -> None:
    written = write_layers(assessment, tmp_path / "layers")
    assert [path.name for path in written] == ["fleet.json", "profile-p1.json", "profile-p2.json"]
    for path in written:
        layer = json.loads(path.read_text("utf-8"))
        assert layer["versions"] == {"attack": "18", "navigator": "5.1.0", "layer": "4.5"}
        assert layer["domain"] == "enterprise-attack"


def test_profile_ids_that_look_alike_get_files_of_their_own(tmp_path: Path) -> None:
    one = sample()
    ids = ("../A", "A", "", "日本")
    profiles = tuple(_named(one, profile_id) for profile_id in ids)
    odd = _with_profiles(one, profiles)
    names = [path.name for path in write_layers(odd, tmp_path)]
    assert names == [
        "fleet.json",
        "profile-a.json",
        "profile-a-2.json",
        "profile-x.json",
        "profile-x-2.json",
    ]


def _named(assessment: Assessment, profile_id: str) -> Any:
    return replace(assessment.profiles[0], profile_id=profile_id)


def _with_profiles(assessment: Assessment, profiles: tuple[Any, ...]) -> Assessment:
    return replace(assessment, profiles=profiles, fleet=fleet_of(profiles))


def test_the_same_assessment_gives_the_same_layers(tmp_path: Path) -> None:
    first = write_layers(sample(), tmp_path / "1")
    second = write_layers(sample(), tmp_path / "2")
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_the_fleet_score_is_the_share_of_hosts(assessment: Assessment) -> None:
    entry = _by_id(fleet_layer(assessment))["T1543"]
    assert entry["score"] == round(100 * 850 / 902, 1)
    assert {"name": "achievable", "value": "850 of 902 hosts"} in entry["metadata"]
    assert "color" not in entry


def test_one_host_is_not_many() -> None:
    one = sample()
    alone = _with_profiles(one, (replace(one.profiles[0], count=1),))
    layer = fleet_layer(alone)
    told = {item["value"] for entry in layer["techniques"] for item in entry["metadata"]}
    assert layer["name"] == "logreach: all 1 host"
    assert {"1 of 1 host", "0 of 1 host"} <= told


def test_the_questions_are_told_by_their_names(assessment: Assessment) -> None:
    for layer in (fleet_layer(assessment), profile_layer(assessment, assessment.profiles[0])):
        for entry in layer["techniques"]:
            assert set(QUESTIONS.values()) <= {item["name"] for item in entry["metadata"]}


@pytest.mark.parametrize(
    ("technique", "label", "score"),
    [
        ("T1547.001", "conditional", 0.0),
        ("T1059.001", "unknown", None),
        ("T1112", "unknown", None),
        ("T1543.003", "unknown", None),
        ("T1003.001", "not achievable", 0.0),
        ("T1543.004", "not applicable", None),
    ],
)
def test_what_is_achievable_nowhere_has_its_own_colour(
    assessment: Assessment, technique: str, label: str, score: float | None
) -> None:
    entry = _by_id(fleet_layer(assessment))[technique]
    assert entry["color"] == LABEL_STYLES[label].fill
    assert entry.get("score") == score


@pytest.mark.parametrize(
    ("technique", "score"),
    [("T1543", 100), ("T1547.001", 50), ("T1003.001", 0), ("T1059.001", None), ("T1543.004", None)],
)
def test_a_profile_score_is_only_given_where_nothing_is_missing(
    assessment: Assessment, technique: str, score: float | None
) -> None:
    entry = _by_id(profile_layer(assessment, assessment.profiles[0]))[technique]
    assert entry.get("score") == score


def test_an_unknown_never_scores_like_a_no(assessment: Assessment) -> None:
    layer = fleet_layer(assessment)
    unknown, no = _by_id(layer)["T1059.001"], _by_id(layer)["T1003.001"]
    assert "score" not in unknown
    assert unknown["color"] != no["color"]


def test_a_comment_says_why_and_on_which_profile(assessment: Assessment) -> None:
    comment = _by_id(fleet_layer(assessment))["T1543"]["comment"]
    first, second = comment.splitlines()
    assert first == (
        "P1 (WS, 日本-01): achievable: one way alone, direct evidence (Windows); "
        "direct evidence Security:4688: act of Security:4688 recorded"
    )
    assert second.startswith("P2 (")
    assert second.endswith("not achievable: Security:4688: Process Creation is not audited")


def test_the_comment_of_a_profile_is_the_label_and_the_ways(assessment: Assessment) -> None:
    entry = _by_id(profile_layer(assessment, assessment.profiles[0]))["T1547.001"]
    assert entry["comment"].splitlines()[:4] == [
        "conditional",
        "only in part, indirect evidence only",
        "analytic AN0004: 3 of 4 data components; lacking Module Load",
        "rules 1 of 2 can fire",
    ]


def test_what_other_hosts_record_scores_in_a_colour_of_its_own(assessment: Assessment) -> None:
    by_id = _by_id(profile_layer(assessment, assessment.profiles[0]))
    whole, part = by_id["T1558.003"], by_id["T1003.006"]
    assert (whole["score"], part["score"]) == (100, 50)
    assert whole["color"] == LABEL_STYLES["achievable elsewhere"].fill
    assert part["color"] == LABEL_STYLES["conditional elsewhere"].fill
    assert {"name": "recorded on", "value": "DC"} in whole["metadata"]
    assert "Security:4769 on DC" in whole["comment"]
    fleet = _by_id(fleet_layer(assessment))
    assert fleet["T1558.003"]["score"] == 100
    assert fleet["T1003.006"]["color"] == part["color"]


def test_every_colour_that_is_used_stands_in_the_legend(assessment: Assessment) -> None:
    layers = [fleet_layer(assessment), *(profile_layer(assessment, p) for p in assessment.profiles)]
    for layer in layers:
        legend = {item["color"] for item in layer["legendItems"]}
        used = {entry["color"] for entry in layer["techniques"] if "color" in entry}
        assert used <= legend
    fleet = {item["color"] for item in layers[0]["legendItems"]}
    assert set(layers[0]["gradient"]["colors"]) <= fleet


def test_entries_name_no_tactic_and_each_technique_once(assessment: Assessment) -> None:
    entries = fleet_layer(assessment)["techniques"]
    assert [entry["techniqueID"] for entry in entries] == list(assessment.fleet)
    assert all("tactic" not in entry for entry in entries)
    assert all(re.fullmatch(r"T\d{4}(\.\d{3})?", entry["techniqueID"]) for entry in entries)


def test_no_metadata_is_empty(any_assessment: Assessment) -> None:
    for layer in (fleet_layer(any_assessment),):
        items = layer["metadata"] + [m for e in layer["techniques"] for m in e["metadata"]]
        assert all(item["name"].strip() and item["value"].strip() for item in items)


def test_a_component_named_like_markup_stays_text(assessment: Assessment, tmp_path: Path) -> None:
    path = write_layers(assessment, tmp_path)[2]
    assert MARKUP in json.loads(path.read_text("utf-8"))["description"]


def _rules(*verdicts: tuple[str, str, Verdict, str]) -> dict[str, RuleSummary]:
    """Rules by (id, level, verdict, technique)."""
    return {
        rule_id: RuleSummary(rule_id, "A rule", level, "a.yml", (), Judged(verdict), (technique,))
        for rule_id, level, verdict, technique in verdicts
    }


@pytest.fixture(scope="module")
def ruled(assessment: Assessment) -> Assessment:
    """P1 (850 hosts) and P2 (52) with rules for a technique and one of its sub-techniques."""
    on = (
        _rules(
            ("a", "high", YES, "T1543"),
            ("b", "informational", UNKNOWN_AT_BEST_PARTIAL, "T1543"),
            ("c", "low", NO, "T1543"),
            ("d", "", NOT_APPLICABLE, "T1543"),
            ("e", "critical", PARTIAL, "T1543.003"),
        ),
        _rules(
            ("a", "high", NO, "T1543"),
            ("b", "informational", UNKNOWN, "T1543"),
            ("c", "low", PARTIAL, "T1543"),
            ("d", "", NOT_APPLICABLE, "T1543"),
            ("e", "critical", NOT_APPLICABLE, "T1543.003"),
        ),
    )
    profiles = tuple(
        replace(profile, rules=rules, rules_by_technique=rollup(rules.values()))
        for profile, rules in zip(assessment.profiles, on, strict=True)
    )
    return _with_profiles(assessment, profiles)


def _told(entry: dict[str, Any]) -> dict[str, str]:
    return {m["name"]: m["value"] for m in entry["metadata"] if m["name"].startswith("rules")}


def test_rules_are_counted_in_the_layer_of_a_profile(ruled: Assessment) -> None:
    by_id = _by_id(profile_layer(ruled, ruled.profiles[0]))
    assert _told(by_id["T1543"]) == {
        "rules": "1 achievable, 1 unknown, at best conditional, 1 not achievable, 1 not applicable",
        "rules, share by level": "66.7 % achievable, 22.2 % dead, 11.1 % unknown",
    }
    assert by_id["T1543"]["comment"].splitlines()[-1] == (
        "Rules: 1 achievable, 0 conditional, 1 dead, 1 unknown; "
        "weighed by level: 66.7 % achievable, 22.2 % dead, 11.1 % unknown"
    )


def test_a_sub_technique_has_rules_of_its_own(ruled: Assessment) -> None:
    first, second = (_by_id(profile_layer(ruled, one)) for one in ruled.profiles)
    assert _told(first["T1543.003"]) == {
        "rules": "1 conditional",
        "rules, share by level": "100 % conditional",
    }
    assert _told(second["T1543.003"])["rules, share by level"] == "no rule applies"
    assert not _told(first["T1112"])
    assert "Rules:" not in first["T1112"]["comment"]


def test_the_fleet_counts_a_rule_once_and_weighs_it_by_hosts(ruled: Assessment) -> None:
    entry = _by_id(fleet_layer(ruled))["T1543"]
    # a 850 x 3 yes, 52 x 3 no; b 902 x 0.5 unknown; c 850 x 1 no, 52 x 1 partial; all 4059
    assert _told(entry) == {
        "rules, best verdict on any host": "1 achievable, 1 conditional, 1 unknown, "
        "1 not applicable",
        "rules x hosts": "850 achievable, 52 conditional, 52 unknown, "
        "850 unknown, at best conditional, 902 not achievable, 902 not applicable",
        "rules x hosts, share by level": "62.8 % achievable, 1.3 % conditional, 24.8 % dead, "
        "11.1 % unknown",
    }
    assert entry["comment"].splitlines()[-1] == (
        "Rules, by their best verdict on any host: 1 achievable, 1 conditional, 0 dead, 1 unknown; over "
        "all hosts, weighed by level: 62.8 % achievable, 1.3 % conditional, 24.8 % dead, "
        "11.1 % unknown"
    )


def test_a_layer_with_rules_tells_what_a_level_weighs(ruled: Assessment) -> None:
    told = {item["name"]: item["value"] for item in fleet_layer(ruled)["metadata"]}
    assert told["rules, weight of a level"] == (
        "critical 4, high 3, medium 2, low 1, informational 0.5, none 1"
    )


def test_a_long_reason_never_cuts_off_the_rules(ruled: Assessment) -> None:
    long = Judged(NO, (Reason("os", "x", NO, "long " * 400),))
    profile = ruled.profiles[0]
    technique = replace(profile.techniques["T1543"], detection=Detection(long, NO))
    profile = replace(profile, techniques={"T1543": technique})
    alone = replace(ruled, profiles=(profile,))
    comment = _by_id(profile_layer(alone, profile))["T1543"]["comment"]
    assert len(comment) <= 600
    assert "(cut;" in comment
    assert comment.splitlines()[-1].startswith("Rules: 1 achievable")


def test_without_rules_nothing_is_said_of_them(assessment: Assessment) -> None:
    bare = _with_profiles(
        assessment,
        tuple(replace(one, rules={}, rules_by_technique={}) for one in assessment.profiles),
    )
    for layer in (fleet_layer(bare), profile_layer(bare, bare.profiles[0])):
        told = json.dumps(layer)
        assert '"rules' not in told
        assert "Rules:" not in told


def test_an_empty_assessment_gives_an_empty_layer(tmp_path: Path) -> None:
    (path,) = write_layers(empty(), tmp_path)
    assert json.loads(path.read_text("utf-8"))["techniques"] == []


@pytest.mark.filterwarnings("ignore")
def test_the_library_of_mitre_loads_what_is_written(ruled: Assessment, tmp_path: Path) -> None:
    from mitreattack.navlayers import Layer

    for path in write_layers(ruled, tmp_path):
        told = json.loads(path.read_text("utf-8"))
        loaded = Layer(init_data=told, strict=True, name=path.stem).layer
        assert loaded.versions.layer == "4.5"
        by_id = _by_id(told)
        assert {one.techniqueID for one in loaded.techniques} == set(by_id)
        for one in loaded.techniques:
            assert one.comment == by_id[one.techniqueID]["comment"]
            assert {m.name: m.value for m in one.metadata} == {
                m["name"]: m["value"] for m in by_id[one.techniqueID]["metadata"]
            }
