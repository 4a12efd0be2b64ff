"""Rules as a site converts them: pySigma's pipelines, its own names, values for placeholders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from fake_host import FakeHost, judge

from logreach.coverage.detections.conversion import NO_CONVERSION, Conversion, conversion_of
from logreach.coverage.detections.load import load_rules
from logreach.coverage.detections.model import Rule
from logreach.coverage.events.event_id import EventId
from logreach.inventories.files.faults import InputError

PROCESS = {"product": "windows", "category": "process_creation"}
SECURITY = {"product": "windows", "service": "security"}
ECS = """
name: ecs
priority: 20
transformations:
  - type: field_name_mapping
    mapping: {Image: process.executable.caseless, CommandLine: [process.command_line, cmd], EventID: event.code, Channel: winlog.channel}
"""
AUDIT = """
name: audit
priority: 10
transformations:
  - type: add_condition
    conditions: {EventID: 4688}
    rule_conditions: [{type: logsource, category: process_creation, product: windows}]
  - type: change_logsource
    service: security
    product: windows
    rule_conditions: [{type: logsource, category: process_creation, product: windows}]
  - type: field_name_mapping
    mapping: {Image: NewProcessName}
"""


def rule_of(
    folder: Path,
    conversion: Conversion,
    searches: dict[str, Any],
    source: dict[str, str] = PROCESS,
    **more: Any,
) -> Rule:
    detection = {"a": searches, "condition": "a"}
    text = yaml.safe_dump({"title": "t", "logsource": source, "detection": detection, **more})
    file = folder / "rule.yml"
    file.write_text(text, encoding="utf-8")
    (rule,) = load_rules([file], conversion=conversion).rules
    return rule


def label(rule: Rule, *events: str, gone: tuple[str, ...] = ()) -> str:
    return judge(rule, FakeHost(events, gone=gone)).verdict.label


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_rule_of_another_taxonomy_is_not_judged_without_a_mapping(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, NO_CONVERSION, {"process.executable": "x"}, taxonomy="ecs")
    assert rule.unjudged == (
        "its taxonomy is ecs, not sigma, and nothing maps its process.executable"
    )


@pytest.mark.parametrize("names", ["process.executable: Image", "process.executable: [Image]"])
def test_a_file_of_names_maps_another_taxonomy(names: str, tmp_path: Path) -> None:
    conversion = conversion_of(field_names=written(tmp_path, "names.yaml", names))
    rule = rule_of(tmp_path, conversion, {"process.executable|endswith": "x"}, taxonomy="ecs")
    assert rule.unjudged == ""
    assert label(rule, "Security:4688") == "achievable"
    assert label(rule, "Security:4688", gone=("Security:4688/NewProcessName",)) == "not achievable"


def test_what_a_mapping_leaves_out_keeps_a_rule_of_another_taxonomy_from_being_judged(
    tmp_path: Path,
) -> None:
    conversion = conversion_of(field_names=written(tmp_path, "n.yaml", "process.executable: Image"))
    searches = {"process.executable": "x", "process.args": "y"}
    rule = rule_of(tmp_path, conversion, searches, taxonomy="ecs")
    assert rule.unjudged.endswith("nothing maps its process.args")


def test_a_name_of_the_site_is_the_first_field_that_the_event_has(tmp_path: Path) -> None:
    names = written(tmp_path, "names.yaml", "src_ip: [SourceIp, IpAddress]\nuser: TargetUserName\n")
    conversion = conversion_of(field_names=names)
    rule = rule_of(tmp_path, conversion, {"EventID": 4624, "src_ip": "1.2.3.4"}, SECURITY)
    assert label(rule, "Security:4624") == "achievable"
    assert label(rule, "Security:4624", gone=("Security:4624/IpAddress",)) == "not achievable"


def test_a_pipeline_maps_another_taxonomy_back(tmp_path: Path) -> None:
    conversion = conversion_of([str(written(tmp_path, "ecs.yml", ECS))])
    searches = {"event.code": 4688, "winlog.channel": "Security", "process.executable": "x"}
    rule = rule_of(tmp_path, conversion, searches, taxonomy="ecs")
    assert label(rule, "Security:4688") == "achievable"
    assert label(rule, "Sysmon:1") == "not achievable"


def test_a_rule_in_sigmas_names_comes_to_the_same_through_a_pipeline_of_names(
    tmp_path: Path,
) -> None:
    conversion = conversion_of([str(written(tmp_path, "ecs.yml", ECS))])
    rule = rule_of(tmp_path, conversion, {"Image": "x", "CommandLine|contains": "y"})
    assert label(rule, "Security:4688") == "achievable"
    assert label(rule, "Security:4688", gone=("Security:4688/CommandLine",)) == "not achievable"


def test_a_pipeline_for_another_taxonomy_reads_event_ids_of_a_channel(tmp_path: Path) -> None:
    conversion = conversion_of([str(written(tmp_path, "ecs.yml", ECS))])
    rule = rule_of(tmp_path, conversion, {"event.code": 4720}, SECURITY, taxonomy="ecs")
    assert label(rule, "Security:4720") == "achievable"
    assert label(rule, "Security:4722") == "not achievable"


def test_a_pipeline_that_picks_one_event_leaves_no_other(tmp_path: Path) -> None:
    conversion = conversion_of([str(written(tmp_path, "audit.yml", AUDIT))])
    rule = rule_of(tmp_path, conversion, {"Image|endswith": "x"})
    assert label(rule, "Security:4688") == "achievable"
    assert label(rule, "Sysmon:1") == "not achievable"


def test_a_pipeline_that_refuses_a_rule_says_why(tmp_path: Path) -> None:
    text = "name: no\npriority: 1\ntransformations:\n  - {type: rule_failure, message: not ours}\n"
    rule = rule_of(
        tmp_path, conversion_of([str(written(tmp_path, "no.yml", text))]), {"Image": "x"}
    )
    assert rule.unjudged == "its pipeline refuses it: not ours"


def test_a_pipeline_never_runs_commands(tmp_path: Path) -> None:
    pytest.importorskip("sigma.processing.transformations.external")
    text = (
        "name: run\npriority: 1\ntransformations:\n"
        "  - {type: command_placeholders, command: id, allow_command_execution: true}\n"
    )
    with pytest.raises(InputError):
        conversion_of([str(written(tmp_path, "run.yml", text))])


def test_an_unknown_pipeline_names_those_installed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such pipeline") as caught:
        conversion_of(["nothing-of-the-kind"])
    assert "pip install" in caught.value.faults[0].hint


def test_a_file_that_is_no_pipeline_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="pipeline cannot be read"):
        conversion_of([str(written(tmp_path, "no.yml", "[]"))])


@pytest.mark.parametrize("text", ["[]", "a: {b: c}", "a: ["])
def test_a_file_of_names_that_is_none_is_a_fault(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        conversion_of(field_names=written(tmp_path, "names.yaml", text))
    with pytest.raises(InputError):
        conversion_of(placeholders=tmp_path / "absent.yaml")


PLACEHOLDERS = "domain_controllers: [DC1, 'DC2*']\nadmin: root\n"


@pytest.mark.parametrize("key", ["Computer", "Computer|expand", "Computer|expand|startswith"])
def test_placeholders_have_no_value_until_a_file_gives_them_one(key: str, tmp_path: Path) -> None:
    searches = {"EventID": 4724, key: "%domain_controllers%"}
    rule = rule_of(tmp_path, NO_CONVERSION, searches, SECURITY)
    result = judge(rule, FakeHost())
    assert result.verdict.label == "unknown"
    assert result.judged.reason == "the rule's placeholder %domain_controllers% has no value"
    conversion = conversion_of(placeholders=written(tmp_path, "p.yaml", PLACEHOLDERS))
    filled = rule_of(tmp_path, conversion, searches, SECURITY)
    assert label(filled, "Security:4724") == "achievable"


@pytest.mark.parametrize(
    ("computer", "fires"), [("DC1", True), ("dc2.contoso.local", True), ("DC3", False)]
)
def test_values_of_placeholders_may_have_wildcards(
    computer: str, fires: bool, tmp_path: Path
) -> None:
    conversion = conversion_of(placeholders=written(tmp_path, "p.yaml", PLACEHOLDERS))
    searches = {"EventID": 4720, "TargetUserName|expand": "%domain_controllers%"}
    rule = rule_of(tmp_path, conversion, searches, SECURITY)
    event = EventId.of("Security", 4720)
    candidates = [
        candidate
        for branch in rule.branches
        for alternatives in branch.alternatives
        for candidate in alternatives
    ]
    fields = {"TargetUserName": computer}
    assert any(candidate.admits(event, fields) for candidate in candidates) is fires


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("CommandLine", "%TEMP%"),
        ("CommandLine", "%ProgramFiles(x86)%"),
        ("CommandLine|contains", "%AppData%"),
        ("CommandLine|contains", "%symantec%"),
    ],
)
def test_variables_of_windows_and_parts_of_texts_are_texts(
    key: str, value: str, tmp_path: Path
) -> None:
    rule = rule_of(tmp_path, NO_CONVERSION, {key: value, "Image": "x"})
    assert label(rule, "Security:4688") == "achievable"


def test_expressions_with_placeholders_are_filled(tmp_path: Path) -> None:
    conversion = conversion_of(placeholders=written(tmp_path, "p.yaml", "name: a.b"))
    rule = rule_of(tmp_path, conversion, {"Image|re|expand": "^%name%$"})
    assert label(rule, "Security:4688") == "achievable"


@pytest.mark.parametrize(
    ("pipeline", "event"), [("windows-audit", "Security:4688"), ("sysmon", "Sysmon:1")]
)
def test_pysigmas_own_pipelines_pick_their_event(pipeline: str, event: str, tmp_path: Path) -> None:
    pytest.importorskip("sigma.pipelines.windows")
    pytest.importorskip("sigma.pipelines.sysmon")
    rule = rule_of(tmp_path, conversion_of([pipeline]), {"Image|endswith": "x"})
    assert label(rule, event) == "achievable"
    (other,) = {"Security:4688", "Sysmon:1"} - {event}
    assert label(rule, other) == "not achievable"


def test_conversions_are_told_apart_in_the_cache(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    rule_of(tmp_path, NO_CONVERSION, {"Image": "%who%"})
    files = [tmp_path / "rule.yml"]
    plain = load_rules(files, cache_dir=cache)
    conversion = conversion_of(placeholders=written(tmp_path, "p.yaml", "who: x"))
    assert load_rules(files, cache_dir=cache, conversion=conversion) != plain
    assert load_rules(files, cache_dir=cache, conversion=conversion) == load_rules(
        files, conversion=conversion
    )
    assert load_rules(files, cache_dir=cache) == plain
