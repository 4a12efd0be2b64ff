"""A platform of its own, in this folder alone, from its files to every report.

Nothing outside this folder knows it but the two tables in which it registers itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from appliance import host_file
from appliance.facts import FAMILIES
from appliance.sensor import COMMAND, LOGIN, REBOOT, Appliance
from judged_events import judged
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from logreach.cli import app
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.platforms import registry
from logreach.inventories.files.sources import Source
from logreach.inventories.reading import recognise
from logreach.inventories.reading.folder import load

FILES = {
    "OLD/gateway.txt": "Gatekeeper 1\naudit commands off\n",
    "NEW/gateway.txt": "Gatekeeper 2\naudit commands on\nignore monitor backup\n",
    "WS/ver.txt": "Microsoft Windows [Version 10.0.22631.3007]\n",
    "WS/auditpol.csv": (
        "Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,"
        "Exclusion Setting\n"
        "WS,System,Logon,{0CCE9215-69AE-11D9-BED3-505054503030},Success and Failure,\n"
    ),
}


@pytest.fixture(scope="module", autouse=True)
def registered() -> Iterator[None]:
    sensor = Appliance()
    registry.register(sensor)
    recognise.register(host_file.FORMAT)
    yield
    registry.unregister(sensor)
    recognise.unregister(host_file.FORMAT)


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("inventory")
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return root


def run(*words: str) -> Result:
    result = CliRunner().invoke(app, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def reports(inventory: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    assert run("assess", str(inventory), "--out", str(out)).exit_code == 0
    return out


@pytest.fixture(scope="module")
def profiles(reports: Path) -> dict[str, Any]:
    document = json.loads((reports / "assessment.json").read_text("utf-8"))
    return {profile["hosts"][0]: profile for profile in document["profiles"]}


def labels(profile: dict[str, Any], *events: str) -> list[str]:
    return [profile["events"][event]["verdict"]["label"] for event in events]


def test_each_host_is_judged_by_the_sensors_of_its_kind(profiles: dict[str, Any]) -> None:
    ours = (LOGIN, COMMAND, REBOOT)
    assert labels(profiles["OLD"], *ours) == ["achievable", "not achievable", "achievable"]
    assert labels(profiles["NEW"], *ours) == ["conditional", "achievable", "achievable"]
    assert set(labels(profiles["WS"], *ours)) == {"not applicable"}
    for host in ("OLD", "NEW"):
        assert set(labels(profiles[host], "Security:4624", "Sysmon:1")) == {"not applicable"}
    assert labels(profiles["WS"], "Security:4624") == ["achievable"]


def test_a_field_is_there_from_the_version_that_brings_it(profiles: dict[str, Any]) -> None:
    fields = {
        host: profiles[host]["attributes"][LOGIN.field("method")]["label"]
        for host in ("OLD", "NEW", "WS")
    }
    assert fields == {"OLD": "not achievable", "NEW": "conditional", "WS": "not applicable"}


@pytest.mark.parametrize(("user", "label"), [("monitor", "conditional"), ("root", "achievable")])
def test_the_filter_answers_for_patterns(inventory: Path, user: str, label: str) -> None:
    host = next(host for host in load(inventory).hosts if host.name == "NEW")
    pattern = EventPattern(LOGIN, {"user": (Constraint(Test.EQUALS, (user,)),)})
    assert judged(host.facts, lambda events: events.passes(pattern)).verdict.label == label


def test_techniques_apply_to_the_kinds_of_host_that_attack_names(profiles: dict[str, Any]) -> None:
    def visible(host: str, technique: str) -> str:
        label: str = profiles[host]["techniques"][technique]["visibility"]["label"]
        return label

    assert visible("NEW", "T1059.008") == "achievable"
    assert visible("WS", "T1059.008") == "not applicable"
    assert visible("NEW", "T1543.003") == "not applicable"
    assert visible("WS", "T1543.003") != "not applicable"
    assert visible("NEW", "T1529") == "achievable"


def test_its_facts_are_listed_with_their_evidence(profiles: dict[str, Any]) -> None:
    old = profiles["OLD"]
    assert (old["os"], old["role"]) == ("Gatekeeper 1", "none")
    facts = {fact["title"] or fact["fact"]: fact for fact in old["facts"]}
    assert set(facts) == {
        "appliance-model",
        "appliance-ignored",
        "commands of the appliance are audited",
    }
    evidence = facts["appliance-model"]["evidence"][0]
    assert (evidence["source"], evidence["where"]) == ("OLD/gateway.txt", "line 1")


def test_its_remedy_is_weighed(reports: Path) -> None:
    document = json.loads((reports / "assessment.json").read_text("utf-8"))
    remedy = next(one for one in document["remedies"] if one["title"] == "Commands: audited")
    assert remedy["gain"] > 0
    assert remedy["raised"]["T1005"].startswith("not achievable")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("T1529", "an appliance restarts: achievable"),
        ("gatekeeper:login", "the logins of backup, monitor are dropped"),
        ("Gatekeeper/Log:LOGIN/METHOD", "Gatekeeper 1 lacks it"),
        ("Gatekeeper:COMMAND", "remedy: Type 'audit commands on'"),
    ],
)
def test_explain_shows_its_chain(inventory: Path, name: str, words: str) -> None:
    result = run("explain", name, str(inventory), "--full")
    assert result.exit_code == 0
    assert words in " ".join(result.stdout.replace("\u2502", " ").split())


def test_the_workbook_and_the_page_hold_its_events(reports: Path) -> None:
    book = load_workbook(reports / "assessment.xlsx", read_only=True)
    cells = {
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    }
    assert {LOGIN, COMMAND, REBOOT, "Gatekeeper 2"} <= cells
    assert LOGIN in (reports / "assessment.html").read_text("utf-8")


def test_a_line_that_is_none_of_its_lines_is_a_fault_and_its_facts_are_unknown() -> None:
    source = Source("gateway.txt", b"Gatekeeper 2\naudit commands maybe\n")
    _, reading = recognise.read(source)
    assert "audit commands maybe" in str(reading.faults[0])
    assert {key.family for key, _ in reading.missing} == set(FAMILIES)
