"""assessment.json keeps to its schema, loses nothing and never differs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sample_assessment import ALL_VERDICTS, CONTROL, HOSTILE, sample

from logreach.coverage.assessment.result import Assessment
from logreach.coverage.engine.judged import Judged
from logreach.reports.json import document, schema, write_json
from logreach.reports.labels import LABELS


def _written(assessment: Assessment, folder: Path) -> dict[str, Any]:
    path = folder / "assessment.json"
    write_json(assessment, path)
    loaded: dict[str, Any] = json.loads(path.read_bytes())
    return loaded


def test_the_schema_itself_is_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_every_object_of_the_schema_is_closed() -> None:
    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") == "object":
                assert "additionalProperties" in node or "enum" in node, node
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(schema())


def test_what_is_written_keeps_to_the_schema(any_assessment: Assessment, tmp_path: Path) -> None:
    jsonschema.Draft202012Validator(schema()).validate(_written(any_assessment, tmp_path))


def test_each_technique_is_told_as_it_was_judged(assessment: Assessment) -> None:
    """The writer puts text together by itself; this looks every verdict up, the slow way."""
    told = document(assessment)
    texts = [reason["text"] for reason in told["reasons"]]

    def plain(judged: Judged) -> tuple[str, list[str]]:
        return judged.verdict.label, [reason.text for reason in judged.reasons]

    def read(one: dict[str, Any]) -> tuple[str, list[str]]:
        return one["verdict"]["label"], [texts[number] for number in one["reason_ids"]]

    for own, profile in zip(assessment.profiles, told["profiles"], strict=True):
        assert list(profile["techniques"]) == list(own.techniques)
        for key, technique in own.techniques.items():
            one = profile["techniques"][key]
            assert (one["name"], one["tactics"]) == (technique.name, list(technique.tactics))
            components = {name: read(found) for name, found in one["components"].items()}
            assert components == {
                name: plain(found.judged) for name, found in technique.components.items()
            }
            for name, analytic in technique.analytics.items():
                found = one["analytics"][name]
                assert read(found["as_named"]) == plain(analytic.detection)
                assert read(found["by_any_event"]) == plain(analytic.with_alternatives)
                assert found["unparsed"] == list(analytic.unparsed)


def test_every_technique_stands_on_a_line_of_its_own(
    assessment: Assessment, tmp_path: Path
) -> None:
    write_json(assessment, tmp_path / "a.json")
    lines = (tmp_path / "a.json").read_text("utf-8").splitlines()
    begins = [line for line in lines if line.startswith('    "T1543": {"name"')]
    assert len(begins) == len(assessment.profiles)
    assert all(line.removesuffix(",").endswith("}") for line in begins)


def test_the_same_assessment_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "1.json", tmp_path / "2.json"
    write_json(sample(), first)
    write_json(sample(), second)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("verdict", ALL_VERDICTS, ids=lambda verdict: verdict.label)
def test_every_label_keeps_both_its_ends(assessment: Assessment, verdict: Any) -> None:
    techniques = document(assessment)["profiles"][0]["techniques"].values()
    found = [one["visibility"] for one in techniques]
    expected = {
        "proven": verdict.proven.word,
        "possible": verdict.possible.word,
        "label": verdict.label,
    }
    assert expected in found


@pytest.mark.parametrize(
    ("where", "broken"),
    [
        ("a verdict whose label is not of its ends", {"proven": "yes", "label": "unknown"}),
        ("a verdict with a word of its own", {"sure": True}),
    ],
)
def test_the_schema_refuses(assessment: Assessment, where: str, broken: dict[str, Any]) -> None:
    changed = json.loads(json.dumps(document(assessment)))
    changed["profiles"][0]["attributes"]["Security:4688/CommandLine"] |= broken
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema()).validate(changed)


def test_detection_is_told_with_every_way_and_what_follows_from_them(
    assessment: Assessment,
) -> None:
    for own, profile in zip(assessment.profiles, document(assessment)["profiles"], strict=True):
        for key, technique in own.techniques.items():
            told, detection = profile["techniques"][key]["detection"], technique.detection
            verdict = detection.judged.verdict
            assert (told["proven"], told["possible"]) == (
                verdict.proven.word,
                verdict.possible.word,
            )
            assert told["label"] == detection.label
            assert told["here"]["label"] == detection.here.label
            assert [way["verdict"]["label"] for way in told["ways"]] == [
                way.verdict.label for way in detection.ways
            ]
            for name in ("where", "depth", "sensors", "direct"):
                own_value = getattr(detection, name)
                assert told[name] == (
                    list(own_value) if isinstance(own_value, tuple) else own_value
                )
            for name in ("kind", "name", "text", "holds", "lacks", "hosts", "sensors", "direct"):
                for way, one in zip(detection.ways, told["ways"], strict=True):
                    value = getattr(way, name)
                    assert one[name] == (list(value) if isinstance(value, tuple) else value)


def test_evidence_elsewhere_names_the_hosts(assessment: Assessment) -> None:
    told = document(assessment)["profiles"][0]["techniques"]["T1558.003"]["detection"]
    assert (told["label"], told["where"]) == ("achievable elsewhere", ["DC"])
    assert told["here"]["label"] == "not achievable"
    assert told["depth"] == 1


def test_each_question_is_told_in_a_sentence(assessment: Assessment) -> None:
    told = document(assessment)
    assert list(told["summary"]["questions"]) == told["questions"]
    assert told["questions"][0] == "detection"
    assert all(text.endswith(".") for text in told["summary"]["questions"].values())


def test_reason_ids_lead_to_the_reasons_of_the_verdict(assessment: Assessment) -> None:
    told = document(assessment)
    for own, profile in zip(assessment.profiles, told["profiles"], strict=True):
        for key, technique in own.techniques.items():
            ids = profile["techniques"][key]["reason_ids"]["visibility"]
            texts = [told["reasons"][number]["text"] for number in ids]
            assert texts == [reason.text for reason in technique.visibility.reasons]


def test_text_of_any_kind_comes_back_unchanged(assessment: Assessment, tmp_path: Path) -> None:
    texts = {reason["text"] for reason in _written(assessment, tmp_path)["reasons"]}
    assert set(HOSTILE) <= texts
    assert CONTROL in texts


def test_a_component_as_on_the_profile_is_not_told_twice(assessment: Assessment) -> None:
    components = document(assessment)["profiles"][0]["techniques"]["T1543"]["components"]
    assert components["Windows Registry Key Modification"]["narrowed"] is True
    assert "via" in components["Windows Registry Key Modification"]
    assert components["Process Creation"]["narrowed"] is False
    assert "via" not in components["Process Creation"]


def test_rules_and_what_the_host_holds_are_told(assessment: Assessment) -> None:
    first, second = document(assessment)["profiles"]
    assert first["events_on_host"] == {}
    assert second["events_on_host"]["Security:4688"]["verdict"]["label"] == "achievable"
    assert first["rules"]["r-1"]["dead_branches"] == ["selection_2"]
    assert first["rules"]["r-1"]["reason"].startswith("the inventory does not say")
    rollup = first["rules_by_technique"]["T1543.003"]
    assert (rollup["counts"]["conditional"], rollup["weights"]["conditional"]) == (1, 3.0)


def test_the_summary_counts_hosts_times_techniques(assessment: Assessment) -> None:
    summary = document(assessment)["summary"]
    assert summary["hosts"] == 902
    for counts in summary["verdicts"].values():
        assert list(counts) == list(LABELS)
        assert sum(counts.values()) == 902 * 9
