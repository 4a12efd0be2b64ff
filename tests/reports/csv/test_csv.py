"""The CSV tables have fixed columns, a row a profile and thing, and the values of the JSON."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sample_assessment import CONTROL, FORMULA, HOSTILE, MARKUP, empty, sample

from logreach.coverage.assessment.result import Assessment
from logreach.reports.csv import write_csv
from logreach.reports.json import document
from logreach.reports.safe_text import one_line

COLUMNS = {
    "techniques.csv": "profile,hosts,count,technique,name,detection,proven,possible,ways,depth,"
    "lacking,where,other_id,other_version",
    "events.csv": "profile,hosts,event,verdict,proven,possible,reason",
    "attributes.csv": "profile,hosts,event,attribute,verdict",
    "rules.csv": "profile,hosts,rule,title,level,verdict,proven,possible,reason",
}


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
    assert names == ["techniques.csv", "events.csv", "attributes.csv"]
    assert not (tmp_path / "rules.csv").exists()


def test_an_empty_assessment_gives_headers_alone(tmp_path: Path) -> None:
    for path in write_csv(empty(), tmp_path):
        assert path.read_text("utf-8").splitlines() == [COLUMNS[path.name]]


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
