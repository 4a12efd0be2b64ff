"""Layers say what the assessment says, and the Navigator's own library can load them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sample_assessment import MARKUP, empty, fleet_of, planned, sample

from logreach.coverage.assessment.as_of import AsOf
from logreach.coverage.assessment.result import Assessment, Detection, Profile, RuleSummary
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
from logreach.reports.navigator import fleet_layers, write_layers
from logreach.reports.navigator.depth import _at_least_half
from logreach.reports.navigator.fleet import Group, detection_layer
from logreach.reports.navigator.frame import share_score
from logreach.reports.navigator.profiles import SCORES
from logreach.reports.navigator.profiles import profile_layer as layer_of_profile
from logreach.reports.reason_catalogue import ReasonCatalogue


def fleet_layer(assessment: Assessment) -> dict[str, Any]:
    return detection_layer(assessment, ReasonCatalogue(assessment))


def profile_layer(assessment: Assessment, profile: Profile) -> dict[str, Any]:
    return layer_of_profile(assessment, profile, ReasonCatalogue(assessment))


def _by_id(layer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {entry["techniqueID"]: entry for entry in layer["techniques"]}


FLEET = ["detection.json", "visibility.json", "depth.json", "plan.json", "rules.json"]


def test_layers_of_the_fleet_are_written_and_of_profiles_where_asked(
    assessment: Assessment, tmp_path: Path
) -> None:
    fleet = write_layers(assessment, tmp_path / "fleet")
    assert [path.name for path in fleet] == [*FLEET, "all-layers.json"]
    written = write_layers(assessment, tmp_path / "layers", profiles=True)
    names = [path.name for path in written]
    assert names == [*FLEET, "profile-p1.json", "profile-p2.json", "all-layers.json"]
    layers = [json.loads(path.read_text("utf-8")) for path in written]
    # The Navigator saves all of its tabs as a list of layers, and opens such a list.
    assert layers[-1] == layers[:-1]
    for layer in layers[:-1]:
        assert layer["versions"] == {"attack": "18", "navigator": "5.1.0", "layer": "4.5"}
        assert layer["domain"] == "enterprise-attack"


def test_profile_ids_that_look_alike_get_files_of_their_own(tmp_path: Path) -> None:
    one = sample()
    ids = ("../A", "A", "", "日本")
    profiles = tuple(_named(one, profile_id) for profile_id in ids)
    odd = _with_profiles(one, profiles)
    names = [path.name for path in write_layers(odd, tmp_path, profiles=True)]
    assert names == [
        *FLEET,
        "profile-a.json",
        "profile-a-2.json",
        "profile-x.json",
        "profile-x-2.json",
        "all-layers.json",
    ]


def _named(assessment: Assessment, profile_id: str) -> Any:
    return replace(assessment.profiles[0], profile_id=profile_id)


def _with_profiles(assessment: Assessment, profiles: tuple[Any, ...]) -> Assessment:
    return replace(assessment, profiles=profiles, fleet=fleet_of(profiles))


def test_the_same_assessment_gives_the_same_layers(tmp_path: Path) -> None:
    first = write_layers(sample(), tmp_path / "1", profiles=True)
    second = write_layers(sample(), tmp_path / "2", profiles=True)
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
    assert layer["name"] == "Detection, 1 host, persistence"
    assert {"1 of 1 host", "0 of 1 host"} <= told


def test_the_questions_are_told_by_their_names(assessment: Assessment) -> None:
    for layer in (fleet_layer(assessment), profile_layer(assessment, assessment.profiles[0])):
        for entry in layer["techniques"]:
            assert set(QUESTIONS.values()) <= {item["name"] for item in entry["metadata"]}


@pytest.mark.parametrize(
    ("technique", "label"),
    [
        ("T1547.001", "conditional"),
        ("T1059.001", "unknown"),
        ("T1112", "unknown"),
        ("T1543.003", "unknown"),
        ("T1003.001", "not achievable"),
        ("T1543.004", "not applicable"),
    ],
)
def test_what_is_achievable_nowhere_has_its_own_colour_and_no_score(
    assessment: Assessment, technique: str, label: str
) -> None:
    entry = _by_id(fleet_layer(assessment))[technique]
    assert entry["color"] == LABEL_STYLES[label].fill
    assert "score" not in entry


@pytest.mark.parametrize(
    ("technique", "score"),
    [
        ("T1543", 100),
        ("T1547.001", 50),
        ("T1003.001", None),
        ("T1059.001", None),
        ("T1543.004", None),
    ],
)
def test_a_profile_score_is_only_given_where_something_is_there(
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
    # What is open comes first, since a comment is cut at its end.
    assert first.endswith(
        "(P2, 52 hosts): not achievable. Security:4688: Process Creation is not audited"
    )
    assert second == (
        "WS, 日本-01 (P1, 850 hosts): achievable. one way alone, direct evidence (Windows); "
        "direct evidence Security:4688: act of Security:4688 recorded"
    )


def test_what_to_change_stands_behind_the_hosts() -> None:
    least = {"P2": {"T1543": (0,)}}
    one = replace(planned(), plan=replace(planned().plan, least=least))
    first = _by_id(fleet_layer(one))["T1543"]["comment"].splitlines()[0]
    assert "(P2, 52 hosts): not achievable. To change: Turn on Success auditing of" in first
    lines = _by_id(profile_layer(one, one.profiles[1]))["T1543"]["comment"].splitlines()
    assert lines[:2] == [
        "not achievable",
        "To change: Turn on Success auditing of Process Creation",
    ]
    unknown = _by_id(fleet_layer(one))["T1059.001"]["comment"]
    assert "unknown. To tell: setting Command line. " in unknown
    lost = _by_id(fleet_layer(one))["T1003.001"]["comment"]
    assert "not achievable. No change on offer suffices. " in lost


def test_the_comment_of_a_profile_is_the_label_and_the_ways(assessment: Assessment) -> None:
    entry = _by_id(profile_layer(assessment, assessment.profiles[0]))["T1547.001"]
    assert entry["comment"].splitlines()[:5] == [
        "conditional",
        "To tell: sacl:HKLM\\SYSTEM\\CURRENTCONTROLSET\\SERVICES",
        "only in part, indirect evidence only",
        "analytic AN0004: 3 of 4 data components; lacking Module Load",
        "rules 1 of 2 can fire",
    ]


def test_what_other_hosts_record_scores_in_a_colour_of_its_own(assessment: Assessment) -> None:
    by_id = _by_id(profile_layer(assessment, assessment.profiles[0]))
    whole, part = by_id["T1558.003"], by_id["T1003.006"]
    assert (whole["score"], part["score"]) == (75, 25)
    gradient = profile_layer(assessment, assessment.profiles[0])["gradient"]["colors"]
    assert [LABEL_STYLES[label].fill for label in SCORES] == gradient
    assert [*SCORES.values()] == [25, 50, 75, 100]
    assert {"name": "recorded on", "value": "DC"} in whole["metadata"]
    assert "Security:4769 on DC" in whole["comment"]
    fleet = _by_id(fleet_layer(assessment))
    assert fleet["T1558.003"]["score"] == 100
    assert fleet["T1003.006"]["color"] == LABEL_STYLES["conditional elsewhere"].fill


def test_every_colour_that_is_used_stands_in_the_legend(assessment: Assessment) -> None:
    for layer in every_layer(assessment):
        legend = {item["color"] for item in layer["legendItems"]}
        used = {entry["color"] for entry in layer["techniques"] if "color" in entry}
        assert used <= legend
        assert set(layer["gradient"]["colors"]) <= legend


def every_layer(assessment: Assessment) -> list[dict[str, Any]]:
    groups = (Group("APT[1]: 'x/y'?", ("T1543", "T1003.001", "T9999")),)
    fleet = fleet_layers(assessment, ReasonCatalogue(assessment), groups)
    return [*fleet.values(), *(profile_layer(assessment, each) for each in assessment.profiles)]


def test_no_entry_has_both_a_score_and_a_colour(assessment: Assessment) -> None:
    """Programs disagree on which of them counts."""
    for layer in every_layer(assessment):
        assert layer["techniques"]
        for entry in layer["techniques"]:
            assert ("score" in entry) != ("color" in entry)


def test_the_navigator_has_a_colour_for_every_score(assessment: Assessment) -> None:
    """It looks one of a hundred up, by the percentage of the gradient that it rounds."""
    for layer in every_layer(assessment):
        least, most = layer["gradient"]["minValue"], layer["gradient"]["maxValue"]
        for entry in layer["techniques"]:
            score = entry.get("score", least)
            assert score >= most or round(100 * (score - least) / (most - least)) < 100


def test_names_are_titles_of_worksheets_and_labels_fit_their_legend(
    assessment: Assessment,
) -> None:
    layers = every_layer(assessment)
    names = [layer["name"] for layer in layers]
    assert names[:7] == [
        "Detection, 902 hosts, scoped",
        "Visibility, 902 hosts, scoped",
        "Depth, 902 hosts, persistence",
        "After plan, 902 hosts, scoped",
        "Rules, 902 hosts, persistence",
        "Group APT_1__ 'x_y'_, 902 hosts",
        "P1, 850 hosts, WS and 1 more",
    ]
    few = replace(assessment, hosts_beside=98_000)
    assert fleet_layer(few)["name"] == "Detection, 902 of 98902, scoped"
    assert all(len(name) <= 31 and not set(name) & set(":\\/?*[]") for name in names)
    assert all(len(item["label"]) <= 12 for layer in layers for item in layer["legendItems"])
    assert all(len({i["label"] for i in x["legendItems"]}) == len(x["legendItems"]) for x in layers)


def test_every_layer_tells_its_scope(assessment: Assessment) -> None:
    part = replace(assessment, hosts_beside=20, as_of=AsOf(date(2026, 11, 30), date(2026, 11, 30)))
    for layer in every_layer(part):
        told = {item["name"]: item["value"] for item in layer["metadata"]}
        assert told["Hosts"].startswith("902 of 922 hosts, in 2 profiles: WS, 日本-01")
        assert told["Techniques"].endswith("restricted to tactic persistence; 8 apply")
        assert told["Facts as of"] == "2026-11-30, as named with --as-of"
        assert "Restricted to tactic persistence" in layer["description"]


@pytest.mark.parametrize(
    ("hosts_by_depth", "expected"),
    [({1: 5}, 1), ({1: 5, 3: 5}, 3), ({1: 6, 3: 5}, 1), ({1: 1, 2: 3, 4: 2}, 2)],
)
def test_the_depth_of_a_fleet_is_what_half_of_it_has(
    hosts_by_depth: dict[int, int], expected: int
) -> None:
    assert _at_least_half(hosts_by_depth) == expected


def test_depth_scores_ways_where_it_is_achievable(assessment: Assessment) -> None:
    layer = fleet_layers(assessment, ReasonCatalogue(assessment))["depth.json"]
    by_id = _by_id(layer)
    assert by_id["T1543"]["score"] == 1
    assert {"name": "1 way", "value": "850 hosts"} in by_id["T1543"]["metadata"]
    assert "score" not in by_id["T1547.001"]


def test_the_plan_adds_the_hosts_of_its_steps_to_those_of_today() -> None:
    step = replace(planned().plan.steps[0], gained_on={"T1543": ("P2",), "T1003.001": ("P1",)})
    one = replace(planned(), plan=replace(planned().plan, steps=(step,)))
    by_id = _by_id(fleet_layers(one, ReasonCatalogue(one))["plan.json"])
    assert by_id["T1543"]["score"] == 100
    assert by_id["T1003.001"]["score"] == round(100 * 850 / 902, 1)
    assert (
        "(P2, 52 hosts): achievable by step 1, now not achievable. To change: "
        in (by_id["T1543"]["comment"])
    )
    assert by_id["T1059.001"]["color"] == LABEL_STYLES["unknown"].fill
    assert "unknown. In no step of the plan" in by_id["T1059.001"]["comment"]


def test_a_group_has_its_own_techniques_alone(assessment: Assessment) -> None:
    groups = (Group("APT29", ("T1543", "T1003.001", "T9999")),)
    layer = fleet_layers(assessment, ReasonCatalogue(assessment), groups)["group-apt29.json"]
    assert [*_by_id(layer)] == ["T1543", "T1003.001"]
    assert "The 3 techniques that APT29 uses; 1 of them are not" in layer["description"]
    assert layer["techniques"][0] == _by_id(fleet_layer(assessment))["T1543"] | {
        "showSubtechniques": False
    }


def test_techniques_unfold_where_a_sub_technique_is_coloured(assessment: Assessment) -> None:
    layer = fleet_layer(assessment)
    assert layer["layout"]["expandedSubtechniques"] == "annotated"
    assert _by_id(layer)["T1543"]["showSubtechniques"]
    assert not _by_id(layer)["T1112"]["showSubtechniques"]


def test_a_share_is_neither_rounded_to_nothing_nor_to_all() -> None:
    assert [share_score(*pair) for pair in ((1, 9999), (9998, 9999), (5, 5), (1, 3))] == [
        0.1,
        99.4,
        100.0,
        33.3,
    ]


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
    paths = {path.name: path for path in write_layers(assessment, tmp_path, profiles=True)}
    assert MARKUP in json.loads(paths["profile-p2.json"].read_text("utf-8"))["description"]


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


def test_an_empty_assessment_gives_empty_layers(tmp_path: Path) -> None:
    *paths, _ = write_layers(empty(), tmp_path)
    assert len(paths) == len(FLEET) - 1
    for path in paths:
        assert json.loads(path.read_text("utf-8"))["techniques"] == []


@pytest.mark.filterwarnings("ignore")
def test_the_library_of_mitre_loads_what_is_written(ruled: Assessment, tmp_path: Path) -> None:
    from mitreattack.navlayers import Layer

    for path in write_layers(ruled, tmp_path, profiles=True)[:-1]:
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
