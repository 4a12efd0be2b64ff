"""Every report of the example organisation, so that they fit what the engine really finds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from openpyxl import load_workbook
from page_reading import ReadPage
from rich.console import Console
from support import ROOT

from logreach.coverage.assessment.assess import assess
from logreach.coverage.assessment.result import Assessment
from logreach.coverage.assessment.scope import scope_of
from logreach.coverage.attack import AttackModel, load_attack
from logreach.inventories import load
from logreach.reports.caveats import assumed_evidence
from logreach.reports.excel import write_workbook
from logreach.reports.html import rendered
from logreach.reports.json import document, schema
from logreach.reports.navigator import fleet_layers
from logreach.reports.navigator.profiles import profile_layer
from logreach.reports.profile_names import profile_name
from logreach.reports.reason_catalogue import ReasonCatalogue, judged_of
from logreach.reports.terminal.details import print_details


@pytest.fixture(scope="module")
def attack() -> AttackModel:
    return load_attack(None)


@pytest.fixture(scope="module")
def contoso(attack: AttackModel) -> Assessment:
    scope = scope_of(attack, ["T1543"], (), ())
    return assess(load(ROOT / "examples/contoso"), attack, scope, version="0")


def test_the_document_keeps_to_the_schema(contoso: Assessment) -> None:
    told = json.loads(json.dumps(document(contoso)))
    # One profile in full is enough: a validator written in Python takes seconds a profile.
    told["profiles"] = told["profiles"][:1]
    jsonschema.Draft202012Validator(schema()).validate(told)


def test_every_piece_of_evidence_carries_the_digest_of_its_file(contoso: Assessment) -> None:
    told = document(contoso)
    digests = {one["path"]: one["sha256"] for one in told["inputs"]}
    evidence = list(_evidence(told))
    assert {one["source"] for one in evidence} >= {"ws/sysmon.xml", "inventory.yaml"}
    assert not [one for one in evidence if one.get("sha256", "") != digests[one["source"]]]


def _evidence(told: Any) -> Iterator[dict[str, str]]:
    if isinstance(told, dict):
        for key, value in told.items():
            yield from value if key == "evidence" else _evidence(value)
    elif isinstance(told, list):
        for one in told:
            yield from _evidence(one)


def test_layers_name_nothing_that_this_version_of_attack_lacks(
    contoso: Assessment, attack: AttackModel
) -> None:
    known = {technique.id for technique in attack.techniques}
    reasons = ReasonCatalogue(contoso)
    layers = [*fleet_layers(contoso, reasons).values()]
    layers += [profile_layer(contoso, one, reasons) for one in contoso.profiles]
    for layer in layers:
        ids = [entry["techniqueID"] for entry in layer["techniques"]]
        assert len(set(ids)) == len(ids)
        assert {"T1543", "T1543.003", "T1543.004"} <= set(ids) <= known
        assert layer["versions"]["attack"] == attack.version.partition(".")[0]


def test_a_technique_of_another_platform_has_no_score(contoso: Assessment) -> None:
    layer = fleet_layers(contoso, ReasonCatalogue(contoso))["detection.json"]
    entries = {entry["techniqueID"]: entry for entry in layer["techniques"]}
    assert "score" not in entries["T1543.004"]
    assert "score" in entries["T1543.003"]


def test_the_layer_of_the_plan_adds_up_to_what_the_plan_says(attack: AttackModel) -> None:
    scope = scope_of(attack, ["T1140", "T1055", "T1021"], (), ())
    planned = assess(load(ROOT / "examples/contoso"), attack, scope, version="0")
    layer = fleet_layers(planned, ReasonCatalogue(planned))["plan.json"]
    after = [
        int(item["value"].split()[0])
        for entry in layer["techniques"]
        for item in entry["metadata"]
        if item["name"] == "achievable after the plan"
    ]
    assert sum(after) == planned.plan.steps[-1].achievable > 0


def test_the_workbook_opens_and_has_a_row_a_technique_and_profile(
    contoso: Assessment, tmp_path: Path
) -> None:
    write_workbook(contoso, tmp_path / "a.xlsx")
    sheet = load_workbook(tmp_path / "a.xlsx", read_only=True)["Techniques"]
    rows = list(sheet.iter_rows(min_row=2, max_col=5, values_only=True))
    sheet.parent.close()
    assert {(row[0], row[4]) for row in rows} == {
        (key, profile_name(one)) for one in contoso.profiles for key in one.techniques
    }


@pytest.fixture(scope="module")
def assumed(attack: AttackModel, tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    """A host of which nothing is known but its system, judged by Windows' own defaults."""
    folder = tmp_path_factory.mktemp("assumed")
    host = "{name: A, os: Windows 10 22H2, role: workstation, sysmon: none}"
    (folder / "inventory.yaml").write_text(f"assume: windows-default\nhosts: [{host}]\n", "utf-8")
    scope = scope_of(attack, ["T1110.001"], (), ())
    return assess(load(folder), attack, scope, version="0")


ASSUMED = "audit subcategory Logon is set to Success and Failure by default (assumed)"


def test_what_rests_on_an_assumption_says_so_in_every_report(
    assumed: Assessment, tmp_path: Path
) -> None:
    technique = assumed.profiles[0].techniques["T1110.001"]
    assert technique.detection.label == "achievable"
    write_workbook(assumed, tmp_path / "a.xlsx")
    sheet = load_workbook(tmp_path / "a.xlsx")["Techniques"]
    header, *rows = sheet.iter_rows(values_only=True)
    told = dict(zip(header, next(row for row in rows if row[0] == "T1110.001"), strict=True))
    assert ASSUMED in told["Why"]
    page = ReadPage(rendered(assumed))
    answer = page.answer("T1110.001")
    assert ASSUMED in f"{page.joined(answer.why)} {page.reasons(answer.reasons)}"
    layer = profile_layer(assumed, assumed.profiles[0], ReasonCatalogue(assumed))
    entries = {one["techniqueID"]: one for one in layer["techniques"]}
    assert ASSUMED in entries["T1110.001"]["comment"]
    out = StringIO()
    print_details(assumed, Console(file=out, width=160))
    assert "Assumed facts by profile: P1 (" in out.getvalue()


def test_no_verdict_hides_an_assumption_in_its_chain(assumed: Assessment) -> None:
    catalogue, evidence = ReasonCatalogue(assumed), assumed_evidence(assumed)
    resting = [
        judged
        for judged in judged_of(assumed.profiles[0])
        if any(not evidence.isdisjoint(reason.evidence) for reason in judged.reasons)
    ]
    assert len(resting) > 40
    assert all("(assumed)" in catalogue.why(judged) for judged in resting)
    assert all("(assumed)" in catalogue.beside_ways(judged) for judged in resting)


def test_the_page_has_each_technique_that_applies(contoso: Assessment) -> None:
    techniques = ReadPage(rendered(contoso)).techniques
    assert "T1543.003" in techniques
    assert "T1543.004" not in techniques
