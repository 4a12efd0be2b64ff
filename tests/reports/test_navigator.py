"""Layers say what the assessment says, and the Navigator's own library can load them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sample_assessment import MARKUP, empty, fleet_of, sample

from logreach.coverage.assessment import Assessment
from logreach.reports.navigator import fleet_layer, profile_layer, write_layers
from logreach.reports.words import LOOKS


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
    assert entry["color"] == LOOKS[label].fill
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
    assert comment == (
        "P1: achievable: Security:4688: Process Creation is audited for Success\n"
        "P2: not achievable: Security:4688: Process Creation is not audited"
    )


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


def test_rules_are_counted_in_the_layer_of_a_profile(assessment: Assessment) -> None:
    by_id = _by_id(profile_layer(assessment, assessment.profiles[0]))
    assert {"name": "rules", "value": "1 conditional"} in by_id["T1543.003"]["metadata"]
    assert {"name": "rules, weighed by level", "value": "3 conditional"} in (
        by_id["T1543.003"]["metadata"]
    )
    assert "rules" not in {item["name"] for item in by_id["T1543"]["metadata"]}


def test_an_empty_assessment_gives_an_empty_layer(tmp_path: Path) -> None:
    (path,) = write_layers(empty(), tmp_path)
    assert json.loads(path.read_text("utf-8"))["techniques"] == []


@pytest.mark.filterwarnings("ignore")
def test_the_library_of_mitre_loads_what_is_written(assessment: Assessment, tmp_path: Path) -> None:
    from mitreattack.navlayers import Layer

    for path in write_layers(assessment, tmp_path):
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
