"""Every output marks assumed facts, events that the collector does not receive, and needless
changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from rich.console import Console
from sample_assessment import sample
from typer.testing import CliRunner
from workbooks import rows_of

from logreach.cli import app
from logreach.reports.excel import write_workbook
from logreach.reports.html import rendered
from logreach.reports.navigator import ALL_LAYERS
from logreach.reports.terminal.details import print_details

QUERIES = (
    "<QueryList><Query Id='0'><Select Path='Security'>*[System[EventID=1]]</Select></Query>"
    "</QueryList>"
)
MANIFEST = """hosts:
  - {name: WS, os: Windows 11 23H2, assume: windows-default, sysmon: none, subscriptions: q.xml}
  - {name: SRV, os: Windows Server 2022, role: server, assume: windows-default, sysmon: none}
"""
# Logon failures are audited by default, so T1110 rests on what is assumed.
TECHNIQUE = "T1110"


def run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("inventory")
    (made / "inventory.yaml").write_text(MANIFEST, "utf-8")
    (made / "q.xml").write_text(QUERIES, "utf-8")
    return made


@pytest.fixture(scope="module")
def outputs(folder: Path) -> dict[str, str]:
    """Every output as text, by name."""
    out = folder.parent / "out"
    words = ("--technique", TECHNIQUE, "--layers", "profiles")
    told = {
        "terminal": run("assess", str(folder), "--out", str(out), *words),
        "explain": run("explain", "Security:4625", str(folder), "--full"),
        "inventory show": run("inventory", "show", str(folder)),
        "JSON": (out / "assessment.json").read_text("utf-8"),
        "HTML": (out / "assessment.html").read_text("utf-8"),
        "workbook": "\n".join(cells(out / "assessment.xlsx")),
    }
    for path in sorted((out / "navigator").iterdir()):
        if path.name == ALL_LAYERS:
            continue
        told[path.name] = path.read_text("utf-8")
    return told


def cells(path: Path) -> Iterator[str]:
    for sheet in openpyxl.load_workbook(path, read_only=True):
        for row in sheet.iter_rows(values_only=True):
            yield from (cell for cell in row if isinstance(cell, str))


def test_what_is_assumed_is_marked_in_every_output(outputs: dict[str, str]) -> None:
    assert len(outputs) == 12
    assert [name for name, text in outputs.items() if "assumed" not in text] == []


def test_layers_mark_the_verdict_that_rests_on_it(outputs: dict[str, str]) -> None:
    layers = [json.loads(text) for name, text in outputs.items() if name.endswith(".json")]
    assert all("Assumed facts by profile: P" in layer["description"] for layer in layers)
    comments = [
        entry["comment"]
        for layer in layers
        for entry in layer["techniques"]
        if entry["techniqueID"] == TECHNIQUE and "one way alone" in entry["comment"]
    ]
    assert comments
    assert all("by default (assumed)" in comment for comment in comments)


def test_an_event_that_does_not_arrive_is_told_with_what_the_host_holds(
    outputs: dict[str, str],
) -> None:
    (arriving,) = (one for one in json.loads(outputs["JSON"])["profiles"] if one["hosts"] == ["WS"])
    labels = [
        arriving[where]["Security:4625"]["verdict"]["label"]
        for where in ("events", "events_on_host")
    ]
    # Locked accounts, which 4625 tells of too, are audited for successes alone by default.
    assert labels == ["not achievable", "conditional"]
    assert "Security:4625 on the host itself" in outputs["explain"]
    assert "On the host" in outputs["workbook"]
    assert "n the host" in outputs["HTML"]


MARKED = "Turn on 'Include command line in process creation events' (needless)"


def needless(tmp_path: Path, *, some: bool) -> dict[str, str]:
    """Every output of a plan whose second change is needless, or not."""
    one = sample()
    first, second = one.remedies
    one = replace(one, remedies=(first, replace(second, needless=some)))
    write_workbook(one, tmp_path / "a.xlsx")
    screen = StringIO()
    print_details(one, Console(file=screen, width=200))
    return {
        "terminal": screen.getvalue(),
        "HTML": unescape(rendered(one)),
        "workbook": "\n".join(cells(tmp_path / "a.xlsx")),
    }


def test_a_needless_change_is_marked_in_every_report_and_the_mark_explained(tmp_path: Path) -> None:
    told = needless(tmp_path, some=True)
    assert [name for name, text in told.items() if text.count(MARKED) != 1] == []
    flowing = {name: " ".join(text.split()) for name, text in told.items()}
    assert [name for name, text in flowing.items() if "Needless: another change" not in text] == []
    (row,) = (
        row
        for row in rows_of(openpyxl.load_workbook(tmp_path / "a.xlsx"), "Remedies")
        if row["Needless"]
    )
    assert f"{row['Remedy']} ({row['Needless']})" == MARKED


def test_where_no_change_is_needless_no_table_speaks_of_it(tmp_path: Path) -> None:
    told = needless(tmp_path, some=False)
    assert [name for name, text in told.items() if "(needless)" in text] == []
    assert "Needless" not in told["terminal"] + told["HTML"]


def test_what_the_gain_of_a_change_to_sysmon_stands_for_is_told_once(tmp_path: Path) -> None:
    meaning = "A change to a Sysmon configuration is weighed by the events that it adds"
    told = needless(tmp_path, some=False)
    assert {name: " ".join(text.split()).count(meaning) for name, text in told.items()} == {
        "terminal": 1,
        "HTML": 1,
        # Beside the changes on the first sheet, and on the sheet Method.
        "workbook": 2,
    }
