"""The reports of a baseline: valid, the same for the same input, and dead to hostile text."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import hosts
import jsonschema
import pytest
from openpyxl import load_workbook
from rich.console import Console
from support import ROOT, shared

from logreach.coverage.assessment.assess import Scope
from logreach.coverage.attack import load_attack
from logreach.coverage.baselines.assess import assess_baseline
from logreach.coverage.baselines.result import BaselineResult
from logreach.inventories import load
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.baselines import baseline_file
from logreach.inventories.windows.baselines.shipped import find_baseline
from logreach.reports.baseline.document import document, schema, write_document
from logreach.reports.baseline.oscal import assessment_results, write_oscal
from logreach.reports.baseline.page import rendered, write_page
from logreach.reports.baseline.sarif import sarif_log, write_sarif
from logreach.reports.baseline.tables import write_tables
from logreach.reports.baseline.terminal import print_baseline
from logreach.reports.baseline.workbook import write_workbook

DAY = "2026-11-30"
HOSTILE = "=1+1<script>alert(1)</script>\x1b[31m\u202e\"'&amp; " + "x" * 300


@cache
def result(name: str, day: str = DAY) -> BaselineResult:
    from datetime import date

    return assess_baseline(
        load(ROOT / "examples" / "contoso"),
        load_attack("19.1"),
        find_baseline(name),
        scope=Scope(("T1543.003", "T1036")),
        version="0.0.test",
        day=date.fromisoformat(day) if day else None,
    )


@cache
def hostile() -> BaselineResult:
    quoted = json.dumps(HOSTILE)
    text = (
        f"name: x\ntitle: {quoted}\nsource: {quoted}\nleft_out: [{{what: {quoted}, why: {quoted}}}]\n"
        f"requirements:\n  - {{id: R1, title: {quoted}, note: {quoted}, beyond: {quoted}, "
        f"control: {quoted}, source: {quoted}, audit: Logon, records: Success}}\n"
        f"  - {{id: R2, title: {quoted}, log: {quoted}, enabled: true}}\n"
    )
    words = {"os": "Windows 11 23H2", "role": "workstation", "audit": "none"}
    from datetime import date

    return assess_baseline(
        hosts.inventory(**{HOSTILE: words}),
        load_attack("19.1"),
        baseline_file.read(Source.of("x.yaml", text.encode())),
        scope=Scope(("T1543.003",)),
        day=date(2026, 11, 30),
    )


def written(told: BaselineResult, folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    write_document(told, folder / "baseline.json")
    write_workbook(told, folder / "baseline.xlsx")
    write_page(told, folder / "baseline.html")
    write_oscal(told, folder / "oscal.json")
    write_sarif(told, folder / "baseline.sarif")
    write_tables(told, folder)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("name", ["asd", "ism"])
def test_the_document_is_as_its_schema_says(name: str) -> None:
    validator = jsonschema.Draft202012Validator(schema())
    assert [each.message for each in validator.iter_errors(document(result(name)))] == []
    assert [each.message for each in validator.iter_errors(document(result(name, "")))] == []


@pytest.mark.parametrize("name", ["asd", "ism"])
def test_oscal_is_read_by_a_maintained_library(name: str, tmp_path: Path) -> None:
    library = pytest.importorskip("trestle.oscal.assessment_results")
    write_oscal(result(name), tmp_path / "results.json")
    read = library.AssessmentResults.oscal_read(tmp_path / "results.json")
    (only,) = read.results
    assert len(only.observations) == len(result(name).profiles) * len(
        result(name).baseline.requirements
    )


def test_oscal_claims_no_control_to_be_satisfied() -> None:
    told = assessment_results(result("ism"))["assessment-results"]
    (only,) = told["results"]
    targets = {each["target"]["target-id"] for each in only["findings"]}
    assert all(target.startswith("logreach_ism_") for target in targets)
    states = {each["target"]["status"]["state"] for each in only["findings"]}
    assert states == {"not-satisfied"}
    # Met as far as shown is an observation, and no finding.
    named = [
        prop["value"]
        for observation in only["observations"]
        for prop in observation["props"]
        if prop["name"] == "answer"
    ]
    assert "unknown" in named
    assert {each["start"] for each in told["results"]} == {f"{DAY}T00:00:00Z"}


def test_oscal_identifiers_are_of_version_5_and_unique() -> None:
    text = json.dumps(assessment_results(result("asd")))
    ids = re.findall(r'"uuid": "([0-9a-f-]{36})"', text)
    assert len(ids) == len(set(ids)) > 100
    assert all(each[14] == "5" for each in ids)
    references = re.findall(r'"(?:observation|subject)-uuid": "([0-9a-f-]{36})"', text)
    references += re.findall(r'"href": "#([0-9a-f-]{36})"', text)
    assert set(references) <= set(ids)


def test_oscal_needs_a_day() -> None:
    with pytest.raises(InputError, match="needs a date"):
        assessment_results(result("asd", ""))


def test_sarif_is_as_its_published_schema_says() -> None:
    path = shared("sarif/sarif-schema-2.1.0.json")
    validator = jsonschema.Draft4Validator(json.loads(path.read_text("utf-8")))
    for told in (result("asd"), result("ism"), hostile()):
        log = json.loads(json.dumps(sarif_log(told)))
        assert [each.message for each in validator.iter_errors(log)] == []


def test_sarif_is_read_by_a_library() -> None:
    library = pytest.importorskip("sarif_pydantic")
    read = library.Sarif.model_validate(json.loads(json.dumps(sarif_log(result("ism")))))
    assert len(read.runs[0].results) == len(sarif_log(result("ism"))["runs"][0]["results"])


def test_sarif_fails_only_what_is_not_met() -> None:
    (run,) = sarif_log(result("ism"))["runs"]
    kinds = {(each["kind"], each["level"]) for each in run["results"]}
    assert {kind for kind, level in kinds if level == "error"} == {"fail"}
    assert ("open", "none") in kinds
    fails = [each for each in run["results"] if each["kind"] == "fail"]
    totals = result("ism").totals()
    assert sum(each["properties"]["hosts"] for each in fails) == totals["not met"]
    place = next(
        location["physicalLocation"]
        for each in fails
        for location in each["locations"]
        if "region" in location.get("physicalLocation", {})
    )
    file = ROOT / "examples" / "contoso" / place["artifactLocation"]["uri"]
    line = file.read_text("utf-8-sig").splitlines()[place["region"]["startLine"] - 1]
    assert place["region"]["message"]["text"][:3] in " ".join(line.split())


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    first = written(result("ism"), tmp_path / "first")
    result.cache_clear()
    assert written(result("ism"), tmp_path / "second") == first


def test_no_report_lets_hostile_text_live(tmp_path: Path) -> None:
    for name, data in written(hostile(), tmp_path / "out").items():
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(data)) as book:
                data = b"".join(book.read(each) for each in book.namelist() if ".xml" in each)
            assert b"<f>" not in data
        text = data.decode("utf-8")
        assert "\x1b" not in text, name
        assert "\u202e" not in text, name
        if name.endswith(".html"):
            assert "<script" not in text
            assert "default-src &#39;none&#39;; style-src &#39;sha256-" in text
        if name.endswith(".csv"):
            cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
            assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_the_terminal_says_how_much_and_what_it_buys() -> None:
    out = Console(file=io.StringIO(), width=100)
    print_baseline(result("asd"), out)
    text = out.file.getvalue()  # type: ignore[attr-defined]
    assert len(text.splitlines()) <= 24
    assert "all 922 hosts of the inventory contoso, in 6 profiles" in text
    assert "All met would make" in text
    verbose = Console(file=io.StringIO(), width=100)
    print_baseline(result("ism"), verbose, verbose=True)
    told = verbose.file.getvalue()  # type: ignore[attr-defined]
    assert "no logging fact shows: that what is sent arrives" in told
    assert "run: on each event collector: wecutil gs NAME" in told
    assert "not judged: ISM-1624" in told


def test_counts_agree_between_reports(tmp_path: Path) -> None:
    told = result("asd")
    files = written(told, tmp_path / "out")
    entry: dict[str, Any] = json.loads(files["baseline.json"])
    rows = list(csv.DictReader(io.StringIO(files["baseline-answers.csv"].decode("utf-8"))))
    book = load_workbook(io.BytesIO(files["baseline.xlsx"]))
    for label, count in entry["totals"].items():
        assert sum(int(row["count"]) for row in rows if row["label"] == label) == count
    answers = list(book["Answers"].iter_rows(min_row=2, values_only=True))
    assert len(answers) == len(told.profiles) * len(told.baseline.requirements)
    assert (
        sum(int(row[4]) for row in answers if "not met" in str(row[5]))
        == (entry["totals"]["not met"])
    )


def test_the_page_says_what_no_fact_shows() -> None:
    page = rendered(result("nist-800-53"))
    assert "No logging fact shows: that the organisation names the event types" in page
    assert "compliant" not in page
    assert page.count("<h1>") == 1
