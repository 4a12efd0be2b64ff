"""Behaviours of the judgement on rules, one a case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from fake_host import MISSING, WORDS, FakeHost, judge, judge_all

from logreach.coverage.detections.load import load_rules
from logreach.coverage.detections.model import Rule
from logreach.coverage.detections.results import RuleResult, State
from logreach.coverage.engine.verdict import NO, PARTIAL, UNKNOWN, YES, Verdict
from logreach.coverage.events.patterns import EventPattern

CASES = yaml.safe_load(Path(__file__).with_name("judge_cases.yaml").read_text(encoding="utf-8"))
DEFAULTS = {"title": "t", "logsource": {"product": "windows", "category": "process_creation"}}


def read(folder: Path, *rules: dict[str, Any]) -> tuple[Rule, ...]:
    file = folder / "rules.yml"
    file.write_text(yaml.safe_dump_all([DEFAULTS | rule for rule in rules]), encoding="utf-8")
    found = load_rules([file])
    assert found.faults == ()
    return found.rules


def host(case: dict[str, Any]) -> FakeHost:
    passes = WORDS[case.get("passes", "yes")]
    return FakeHost(
        case.get("events", ()),
        case.get("gone", ()),
        case.get("unsure", ()),
        case.get("inapplicable", ()),
        lambda _: passes,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_judged(case: dict[str, Any], tmp_path: Path) -> None:
    (rule,) = read(tmp_path, case["rule"])
    result = judge(rule, host(case))
    assert result.verdict.label == case["verdict"]
    assert [str(state) for state in result.state] == case["state"]
    if "log_sources" in case:
        assert list(result.log_sources) == case["log_sources"]
    if "missing" in case:
        assert set(case["missing"]) <= set(result.missing_fields)
    if "gain" in case:
        assert case["gain"] in {dead.gain for dead in result.dead_branches}
    if "first" in case:
        assert result.judged.reason == case["first"]
    if "reason" in case:
        assert case["reason"] in {reason.text for reason in result.judged.reasons}


def _narrow(inside: Verdict) -> FakeHost:
    """A filter that says PARTIAL of a branch, and of the part without exclusions as told."""

    def answer(pattern: EventPattern) -> Verdict:
        negated = [one for held in pattern.fields.values() for one in held if one.negated]
        return inside if negated else PARTIAL

    return FakeHost({"Sysmon:1"}, filter=answer)


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (YES, Verdict.of(PARTIAL.proven, YES.possible)),
        (PARTIAL, PARTIAL),
        (NO, Verdict.of(NO.proven, PARTIAL.possible)),
        (UNKNOWN, UNKNOWN),
    ],
)
def test_a_filter_on_a_branch_with_exclusions_claims_no_more_than_is_known(
    inside: Verdict, expected: Verdict, tmp_path: Path
) -> None:
    detection = {
        "a": {"Image|endswith": "\\sc.exe"},
        "filter": {"ParentImage": "x", "CommandLine": "y"},
        "condition": "a and not filter",
    }
    (rule,) = read(tmp_path, {"detection": detection})
    result = judge(rule, _narrow(inside))
    assert result.verdict == expected
    told = "which of the rule's own events the filter lets through could not be decided"
    assert (result.judged.reason == told) is (expected != PARTIAL)


def test_what_is_unknown_names_the_missing_fact_behind_a_limit(tmp_path: Path) -> None:
    source = {"product": "windows", "category": "registry_set"}
    detection = {"a": {"TargetObject|endswith": "x"}, "condition": "a"}
    (rule,) = read(tmp_path, {"logsource": source, "detection": detection})
    result = judge(rule, FakeHost({"Security:4657"}, filter=lambda _: UNKNOWN))
    assert result.verdict.label == "unknown, at best conditional"
    assert "4657 tells key and value name apart" in result.judged.reason
    assert [reason.missing for reason in result.judged.reasons][:2] == [None, MISSING]


def test_what_would_raise_a_proven_part_is_named_and_only_the_proven_event_carries(
    tmp_path: Path,
) -> None:
    source = {"product": "windows", "category": "ps_script"}
    detection = {"a": {"ScriptBlockText|contains": "x"}, "condition": "a"}
    (rule,) = read(tmp_path, {"logsource": source, "detection": detection})
    host = FakeHost(
        {"PowerShell:4104"},
        unsure={"PowerShellCore:4104"},
        filter=lambda pattern: PARTIAL if pattern.event == "PowerShell:4104" else YES,
    )
    result = judge(rule, host)
    assert result.verdict == Verdict.of(PARTIAL.proven, YES.possible)
    assert result.log_sources == ("PowerShell:4104",)
    assert result.judged.reason == "filter on PowerShell:4104: conditional"
    assert [reason.subject for reason in result.judged.reasons if reason.missing] == [
        "PowerShellCore:4104"
    ]


def test_a_rule_with_more_branches_than_are_kept_claims_neither_all_nor_nothing(
    tmp_path: Path,
) -> None:
    parts: dict[str, Any] = {
        f"s{n}": [{"Image|contains": f"a{n}"}, {"OriginalFileName|contains": f"b{n}"}]
        for n in range(11)
    }
    (rule,) = read(tmp_path, {"detection": {**parts, "condition": "all of s*"}})
    assert rule.truncated
    assert judge(rule, FakeHost({"Sysmon:1"})).verdict == YES
    lost = FakeHost({"Sysmon:1"}, gone={"Sysmon:1/Image"})
    assert judge(rule, lost).verdict == UNKNOWN
    assert "more branches" in judge(rule, lost).judged.reasons[-1].text
    assert judge(rule, FakeHost(())).verdict == NO


BASE = {"id": "b1", "name": "base", "detection": {"a": {"Image|endswith": "x"}, "condition": "a"}}
OTHER = {"id": "b2", "name": "other", "detection": {"a": {"Company": "x"}, "condition": "a"}}


def _correlated(folder: Path, host: FakeHost, **wanted: Any) -> RuleResult:
    base = [DEFAULTS | one for one in (BASE, OTHER)]
    rule = {"title": "c", "name": "c", "correlation": {"timespan": "5m", **wanted}}
    file = folder / "rules.yml"
    file.write_text(yaml.safe_dump_all([*base, rule]), encoding="utf-8")
    found = load_rules([file])
    *_, last = found.rules
    return judge_all(found.rules, host)[last.id]


COUNT = {"type": "event_count", "condition": {"gte": 5}}
JOIN = {"type": "temporal", "rules": ["base", "other"]}


@pytest.mark.parametrize(
    ("wanted", "gone", "verdict"),
    [
        ({**COUNT, "rules": ["base"], "group-by": ["User"]}, (), "achievable"),
        ({**COUNT, "rules": ["base"], "group-by": ["User"]}, ("Sysmon:1/User",), "not achievable"),
        ({**COUNT, "rules": ["base", "other"]}, ("Sysmon:1/Company",), "achievable"),
        (JOIN, (), "achievable"),
        (JOIN, ("Sysmon:1/Company",), "not achievable"),
        ({**COUNT, "rules": ["elsewhere"]}, (), "unknown"),
        ({**COUNT, "rules": ["c"]}, (), "unknown"),
    ],
)
def test_a_correlation_is_as_good_as_the_rules_that_it_counts(
    wanted: dict[str, Any], gone: tuple[str, ...], verdict: str, tmp_path: Path
) -> None:
    result = _correlated(tmp_path, FakeHost({"Sysmon:1"}, gone=gone), **wanted)
    assert result.verdict.label == verdict


def test_a_correlation_cannot_count_by_what_the_event_does_not_tell(tmp_path: Path) -> None:
    wanted = {**COUNT, "rules": ["base"], "group-by": ["User"]}
    result = _correlated(tmp_path, FakeHost({"Security:4688"}), **wanted)
    assert result.verdict == NO
    assert "cannot be counted by User" in result.judged.reason


def test_every_windows_rule_can_fire_with_sysmon_alone_or_says_why_not(
    windows_rules: Any,
) -> None:
    wanted = [r for r in windows_rules.rules if r.logsource.category == "process_creation"]
    states = {judge(rule, FakeHost({"Sysmon:1"})).state for rule in wanted}
    assert len(wanted) == 1183
    assert states == {(State.FIRES,)}


NARROWED = {
    "id": "50000000-0000-0000-0000-000000000003",
    "detection": {"a": {"Image|endswith": "\\sc.exe"}, "condition": "a"},
}


@pytest.mark.parametrize(
    ("narrowing", "verdict"),
    [
        ({"a": {"Image|endswith": "\\sc.exe"}, "condition": "not a"}, "not achievable"),
        ({"a": {"Image|endswith": "\\at.exe"}, "condition": "not a"}, "achievable"),
        ({"a": {"Company": "x"}, "condition": "a"}, "not achievable"),
        ({"a": {"Image|endswith": "\\sc.exe"}}, "unknown"),
        ({"a": {"Image|endswith": "\\sc.exe"}, "condition": "b"}, "unknown"),
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_a_filter_document_narrows_the_rule_that_it_names(
    narrowing: dict[str, Any], verdict: str, before: bool, tmp_path: Path
) -> None:
    taken = {"title": "f", "filter": {"rules": [NARROWED["id"]], **narrowing}}
    documents = [DEFAULTS | one for one in ((taken, NARROWED) if before else (NARROWED, taken))]
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump_all(documents), encoding="utf-8")
    (rule,) = [one for one in load_rules([file]).rules if one.kind == "rule"]
    host = FakeHost({"Sysmon:1"}, gone={"Sysmon:1/Company"})
    assert judge(rule, host).verdict.label == verdict


ALIASED = {"aliases": {"who": {"base": "User", "other": "NoSuchField"}}, "group-by": ["who"]}
FIELDS_DIFFER = {"aliases": {"who": {"base": "User", "other": "LogonId"}}, "group-by": ["who"]}


@pytest.mark.parametrize(
    ("reference", "beside", "verdict"),
    [
        ("base", True, "achievable"),
        ("base", False, "unknown"),
        ("b1", True, "achievable"),
    ],
)
def test_of_rules_that_share_a_name_the_one_in_the_same_file_is_meant(
    reference: str, beside: bool, verdict: str, tmp_path: Path
) -> None:
    """Files of their own, each with a rule called 'base', of which two cannot fire."""
    counting = {"title": "c", "correlation": {**COUNT, "timespan": "5m", "rules": [reference]}}
    dead = BASE | {"detection": {"a": {"ImagePath": "x"}, "condition": "a"}}
    files = {
        "1.yml": [DEFAULTS | dead],
        "2.yml": [DEFAULTS | BASE, counting] if beside else [counting],
        "3.yml": [DEFAULTS | dead],
    }
    for name, documents in files.items():
        (tmp_path / name).write_text(yaml.safe_dump_all(documents), encoding="utf-8")
    found = load_rules([tmp_path])
    results = judge_all(found.rules, FakeHost({"Sysmon:1"}))
    (correlation,) = [rule for rule in found.rules if rule.correlation]
    result = results[correlation.id]
    assert result.verdict.label == verdict
    assert ("several rules have the name" in result.judged.reason) is not beside


@pytest.mark.parametrize(
    ("wanted", "gone", "verdict"),
    [
        ({**JOIN, **ALIASED}, (), "not achievable"),
        ({**JOIN, **FIELDS_DIFFER}, (), "achievable"),
        ({**JOIN, **FIELDS_DIFFER}, ("Sysmon:1/LogonId",), "not achievable"),
        ({**JOIN, **FIELDS_DIFFER}, ("Sysmon:1/ParentUser",), "achievable"),
        ({**JOIN, "condition": {"gte": 1}}, ("Sysmon:1/Company",), "achievable"),
        ({**JOIN, "condition": {"gte": 2}}, ("Sysmon:1/Company",), "not achievable"),
        ({**JOIN, "condition": {"gt": 1}}, ("Sysmon:1/Company",), "not achievable"),
        ({**JOIN, "condition": {"lt": 2}}, ("Sysmon:1/Company",), "achievable"),
        ({**JOIN, "condition": {"gte": 3}}, (), "not achievable"),
        ({"type": "temporal", "condition": "base and not other"}, (), "achievable"),
        (
            {"type": "temporal", "condition": "base and not other"},
            ("Sysmon:1/Company",),
            "achievable",
        ),
        (
            {"type": "temporal", "condition": "base and not other"},
            ("Sysmon:1/Image",),
            "not achievable",
        ),
        ({"type": "temporal", "condition": "base or other"}, ("Sysmon:1/Image",), "achievable"),
        (
            {"type": "temporal", "condition": "base and other"},
            ("Sysmon:1/Image",),
            "not achievable",
        ),
    ],
)
def test_a_correlation_joins_rules_as_its_condition_and_its_aliases_say(
    wanted: dict[str, Any], gone: tuple[str, ...], verdict: str, tmp_path: Path
) -> None:
    result = _correlated(tmp_path, FakeHost({"Sysmon:1"}, gone=gone), **wanted)
    assert result.verdict.label == verdict
    assert result.judged.reason


def test_a_rule_that_must_not_fire_and_cannot_is_told(tmp_path: Path) -> None:
    wanted = {"type": "temporal", "condition": "base and not other"}
    result = _correlated(tmp_path, FakeHost({"Sysmon:1"}, gone={"Sysmon:1/Company"}), **wanted)
    assert result.verdict == YES
    texts = [reason.text for reason in result.judged.reasons]
    assert "noisier: t never fires here to exclude it" in texts


@pytest.mark.parametrize(
    ("other", "verdict", "reason"),
    [
        ({"product": "windows", "category": "file_rename"}, "unknown", "a part of it cannot"),
        ({"product": "linux", "category": "process_creation"}, "not achievable", "no version of"),
        ({"product": "windows", "category": "image_load"}, "achievable", "Sysmon:7"),
    ],
)
def test_a_rule_of_several_documents_fires_where_one_of_them_does(
    other: dict[str, str], verdict: str, reason: str, tmp_path: Path
) -> None:
    shared = {"title": "t", "detection": {"a": {"ImageLoaded": "x"}, "condition": "a"}}
    first = {"logsource": {"product": "windows", "category": "process_creation"}}
    documents = [{"action": "global", **shared}, first, {"logsource": other}]
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump_all(documents), encoding="utf-8")
    (rule,) = load_rules([file]).rules
    result = judge(rule, FakeHost({"Sysmon:1", "Sysmon:7"}))
    assert result.verdict.label == verdict
    assert any(reason in text for text in (each.text for each in result.judged.reasons))
