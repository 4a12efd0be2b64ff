"""The CSV tables have fixed columns, a row a profile and thing, and the values of the JSON."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sample_assessment import CONTROL, FORMULA, HOSTILE, MARKUP, empty, sample, with_rule_gains

from logreach.coverage.assessment.result import Assessment
from logreach.reports.csv import write_csv
from logreach.reports.excel.coverage_sheets import tactics
from logreach.reports.excel.reference_sheets import references
from logreach.reports.json import document
from logreach.reports.reason_catalogue import ReasonCatalogue
from logreach.reports.safe_text import one_line

COLUMNS = {
    "techniques.csv": "profile,hosts,count,technique,name,detection,proven,possible,ways,depth,"
    "lacking,where,other_id,other_version",
    "events.csv": "profile,hosts,event,verdict,proven,possible,reason",
    "attributes.csv": "profile,hosts,event,attribute,verdict",
    "rules.csv": "profile,hosts,rule,title,level,verdict,proven,possible,reason",
    "events_on_host.csv": "profile,hosts,event,verdict,proven,possible,reason",
    "questions.csv": "profile,hosts,technique,question,verdict,proven,possible,reason",
    "components.csv": "profile,hosts,component,event,verdict,proven,possible,reason",
    "hosts.csv": "host,profile,count,os,role",
    "facts.csv": "profile,fact,key,state,value,evidence",
    "disagreements.csv": "profile,disagreement",
    "faults.csv": "profiles,fault,hint,source,where",
    "changes.csv": "change,key,becomes,kind,cost,volume,hosts,profiles,gain,techniques,rules,"
    "rule_gain,needless",
    "steps.csv": "plan,step,changes,hosts,profiles,gain,share,volume,kinds,techniques,rules",
    "missing_facts.csv": "fact,key,profiles,reason,verdicts,rules",
    "evidence.csv": "link,subject,allows,reason,evidence,sha256,remedy,missing_fact,reference,"
    "profiles",
    "inputs.csv": "file,sha256",
    "about.csv": "heading,text",
    "coverage.csv": "of,id,name,question,label,pairs",
    "references.csv": "reference,events",
}
NOT_WHERE_NOTHING_WAS_JUDGED = ("rules.csv", "events_on_host.csv")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("csv")
    write_csv(sample(), made)
    return made


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """The sample as JSON."""
    return document(sample())


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def technique(folder: Path, technique_id: str, profile: str = "P1") -> dict[str, str]:
    (row,) = (
        row
        for row in rows(folder, "techniques.csv")
        if (row["technique"], row["profile"]) == (technique_id, profile)
    )
    return row


def cell(text: str) -> str:
    """What a text of the JSON becomes in a cell."""
    line = one_line(text)
    return f"'{line}" if line[:1] in ("=", "+", "-", "@") and line else line


@pytest.mark.parametrize(("name", "columns"), COLUMNS.items())
def test_the_columns_are_fixed(folder: Path, name: str, columns: str) -> None:
    assert (folder / name).read_text("utf-8").splitlines()[0] == columns


def test_it_returns_what_it_wrote(tmp_path: Path) -> None:
    assert [path.name for path in write_csv(sample(), tmp_path / "new")] == list(COLUMNS)


def test_without_rules_there_is_no_table_of_them(tmp_path: Path) -> None:
    one = sample()
    bare = replace(one, profiles=tuple(replace(each, rules={}) for each in one.profiles))
    names = [path.name for path in write_csv(bare, tmp_path)]
    assert names == [name for name in COLUMNS if name != "rules.csv"]
    assert not (tmp_path / "rules.csv").exists()


def test_an_empty_assessment_gives_headers_alone(tmp_path: Path) -> None:
    paths = write_csv(empty(), tmp_path)
    assert [path.name for path in paths] == [
        name for name in COLUMNS if name not in NOT_WHERE_NOTHING_WAS_JUDGED
    ]
    for path in paths:
        lines = path.read_text("utf-8").splitlines()
        assert lines[0] == COLUMNS[path.name]
        assert (len(lines) == 1) == (path.name != "about.csv")


def test_the_same_assessment_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for path in write_csv(sample(), tmp_path):
        assert path.read_bytes() == (folder / path.name).read_bytes()


@pytest.mark.parametrize(
    ("name", "key", "results"),
    [
        ("techniques.csv", ("technique",), "techniques"),
        ("events.csv", ("event",), "events"),
        ("attributes.csv", ("event", "attribute"), "attributes"),
        ("rules.csv", ("rule",), "rules"),
    ],
)
def test_each_stands_once_a_profile(
    folder: Path, told: dict[str, Any], name: str, key: tuple[str, ...], results: str
) -> None:
    keys = [(row["profile"], "/".join(row[part] for part in key)) for row in rows(folder, name)]
    assert keys == [
        (profile["id"], "/".join(map(cell, one.split("/", 1)) if len(key) == 2 else [cell(one)]))
        for profile in told["profiles"]
        for one in profile[results]
    ]


def test_techniques_are_told_as_in_the_json(folder: Path, told: dict[str, Any]) -> None:
    for profile in told["profiles"]:
        for technique_id, one in profile["techniques"].items():
            row, detection = technique(folder, technique_id, profile["id"]), one["detection"]
            assert row["hosts"] == cell("; ".join(map(one_line, profile["hosts"])))
            assert row["count"] == str(profile["count"])
            assert row["name"] == one["name"]
            assert row["detection"] == detection["label"]
            assert (row["proven"], row["possible"]) == (detection["proven"], detection["possible"])
            assert row["depth"] == str(detection["depth"])
            holds = {name for way in detection["ways"] for name in way["holds"]}
            lacks = {name for way in detection["ways"] for name in way["lacks"]} - holds
            assert all(one_line(name) in row["ways"] for name in holds)
            assert all(one_line(name) in row["lacking"] for name in lacks)
            assert [host for host in detection["where"] if host not in row["where"]] == []


def test_events_attributes_and_rules_are_told_as_in_the_json(
    folder: Path, told: dict[str, Any]
) -> None:
    profiles = {profile["id"]: profile for profile in told["profiles"]}
    texts = [reason["text"] for reason in told["reasons"]]
    for row in rows(folder, "events.csv"):
        one = profiles[row["profile"]]["events"][row["event"]]
        assert _verdict(row) == tuple(one["verdict"].values())
        assert row["reason"] == cell(one["reasons"][0]["text"])
    for row in rows(folder, "rules.csv"):
        one = profiles[row["profile"]]["rules"][row["rule"]]
        assert _verdict(row) == tuple(one["verdict"].values())
        assert row["reason"] == cell(texts[one["reason_ids"][0]])
        assert (row["title"], row["level"]) == (cell(one["title"]), one["level"])
    labels = [row["verdict"] for row in rows(folder, "attributes.csv")]
    assert labels == [
        verdict["label"]
        for profile in told["profiles"]
        for verdict in profile["attributes"].values()
    ]


def _verdict(row: dict[str, str]) -> tuple[str, str, str]:
    return row["proven"], row["possible"], row["verdict"]


@pytest.mark.parametrize(
    ("technique_id", "where"),
    [
        ("T1543", "this host"),
        ("T1558.003", "elsewhere: DC"),
        ("T1059.001", ""),
        ("T1003.001", ""),
        ("T1543.004", ""),
    ],
)
def test_where_the_evidence_lies_is_told(folder: Path, technique_id: str, where: str) -> None:
    assert technique(folder, technique_id)["where"] == where


def test_several_values_are_separated_and_counted_out(folder: Path) -> None:
    row = technique(folder, "T1547.001")
    assert row["ways"] == f"Security:4688; Sysmon:1; {FORMULA}; rules 1 of 2"
    assert row["lacking"].split("; ") == [
        "Sysmon:7",
        MARKUP,
        "AN0004: 3 of 4 data components, lacking Module Load",
    ]


def test_no_cell_looks_like_a_formula_or_breaks_a_line(folder: Path) -> None:
    cells = [
        value for name in COLUMNS for row in rows(folder, name) for value in row.values() if value
    ]
    assert len(cells) > 200
    assert not [value for value in cells if value.lstrip()[:1] in ("=", "+", "-", "@")]
    assert not [value for value in cells if not value.isprintable()]
    told = {row["reason"] for row in rows(folder, "events.csv")}
    assert {cell(text) for text in HOSTILE} <= told
    assert cell(CONTROL) == one_line(CONTROL)
    assert f"'{FORMULA}" in told


def test_lines_end_as_the_format_says(folder: Path, assessment: Assessment) -> None:
    data = (folder / "techniques.csv").read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 1 + sum(len(one.techniques) for one in assessment.profiles)


def test_every_table_has_a_row_for_each_thing(folder: Path) -> None:
    one = sample()
    profiles = one.profiles
    expected = {
        "events_on_host.csv": sum(len(each.events_on_host) for each in profiles),
        "questions.csv": 3 * sum(len(each.techniques) for each in profiles),
        "components.csv": sum(
            1 + len(component.via) for each in profiles for component in each.components.values()
        ),
        "hosts.csv": sum(len(each.hosts) for each in profiles),
        "facts.csv": sum(len(each.facts) for each in profiles),
        "disagreements.csv": sum(len(each.conflicts) for each in profiles),
        "changes.csv": len(one.remedies),
        "steps.csv": len(one.plan.steps),
        "missing_facts.csv": len(one.missing),
        "evidence.csv": len(ReasonCatalogue(one).reasons),
        "inputs.csv": len(one.inputs),
        "references.csv": len(references(one).tables[0].rows),
    }
    assert {name: len(rows(folder, name)) for name in expected} == expected


def test_changes_and_steps_are_told_as_in_the_json(tmp_path: Path) -> None:
    one = with_rule_gains()
    write_csv(one, tmp_path)
    told = document(one)
    for row, change in zip(rows(tmp_path, "changes.csv"), told["remedies"], strict=True):
        assert (row["change"], row["key"]) == (cell(change["text"]), cell(change["fact"]))
        assert (row["hosts"], row["gain"]) == (str(change["hosts"]), str(change["gain"]))
        assert row["profiles"].split("; ") == list(change["profiles"])
        assert row["techniques"].split("; ") == list(change["raised"])
    steps = [*told["plan"]["steps"], *told["rule_plan"]["steps"]]
    assert [(row["plan"], row["step"]) for row in rows(tmp_path, "steps.csv")] == [
        ("techniques", "1"),
        ("rules", "1"),
    ]
    for row, step in zip(rows(tmp_path, "steps.csv"), steps, strict=True):
        assert row["techniques"] == "; ".join(step["techniques"])
        assert row["hosts"] == str(step["hosts"])


def test_a_reason_names_its_evidence_and_what_would_change_it(folder: Path) -> None:
    (off,) = (row for row in rows(folder, "evidence.csv") if row["reason"].endswith("not audited"))
    assert off["link"] == "audit policy"
    assert off["allows"] == "not achievable"
    assert "ws/auditpol.csv line 12" in off["evidence"]
    assert off["remedy"] == "Turn on Success auditing of Process Creation"
    (line,) = (row for row in rows(folder, "evidence.csv") if row["missing_fact"].startswith("set"))
    assert line["profiles"] == "P1; P2"


def test_the_fleet_is_counted_as_in_the_workbook_and_the_json(tmp_path: Path) -> None:
    assessment = with_rule_gains()
    write_csv(assessment, tmp_path)
    counted = rows(tmp_path, "coverage.csv")
    table = tactics(assessment).tables[0]
    for row in table.rows:
        name, _, pairs, *_ = row
        of_tactic = [each for each in counted if (each["of"], each["name"]) == ("tactic", name)]
        applying = [each for each in of_tactic if each["label"] != "not applicable"]
        assert sum(int(each["pairs"]) for each in applying) == pairs
    detection: Counter[str] = Counter()
    for each in counted:
        if (each["of"], each["question"]) == ("technique", "Detection"):
            detection[each["label"]] += int(each["pairs"])
    verdicts = document(assessment)["summary"]["verdicts"]["detection"]
    assert detection == Counter({label: count for label, count in verdicts.items() if count})
    hosts = sum(profile.count for profile in assessment.profiles)
    components = {each["id"] for each in counted if each["of"] == "data component"}
    for component in components:
        assert sum(int(each["pairs"]) for each in counted if each["id"] == component) == hosts
