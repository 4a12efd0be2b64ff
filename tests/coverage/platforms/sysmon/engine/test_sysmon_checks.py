"""Findings about configurations: a case a lint, no lint without a case, real configurations."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import shared

from logreach.coverage.platforms.sysmon.engine.checking import check
from logreach.coverage.platforms.sysmon.engine.lints import Severity, lints
from logreach.inventories.files.faults import InputError

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("check_cases.yaml").read_text(encoding="utf-8")
)
# Remarks that nearly every configuration earns; told by a test of their own.
COMMON = frozenset(("no-element", "logged-by-default", "include-narrows-exclude", "logs-nothing"))


def _found(case: dict[str, Any]) -> dict[str, list[int]]:
    schema = case.get("schema", "4.90")
    xml = f'<Sysmon schemaversion="{schema}">\n{case["xml"]}</Sysmon>'
    found = defaultdict(list)
    for one in check(xml, case.get("sysmon")):
        if one.severity is not Severity.INFO or one.lint in case["found"]:
            found[one.lint].append(one.line)
    return dict(found)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_finding(case: dict[str, Any]) -> None:
    assert _found(case) == case["found"]


def test_every_lint_is_shown_by_a_case() -> None:
    shown = {lint for case in CASES for lint in case["found"]}
    assert shown | COMMON == set(lints()), set(lints()) ^ (shown | COMMON)


def test_remarks_on_what_is_not_there() -> None:
    found = {one.lint: one for one in check('<Sysmon schemaversion="4.90"/>')}
    assert "DriverLoad" in found["no-element"].message
    assert found["logged-by-default"].message == "no element for ProcessCreate, ProcessTerminate"


def test_remarks_on_what_is_not_there_go_by_the_version() -> None:
    found = {one.lint: one for one in check('<Sysmon schemaversion="4.30"/>', "11.0")}
    assert "RegistryEvent" in found["logged-by-default"].message
    assert "DriverLoad" not in found["no-element"].message


def test_every_text_of_a_lint_is_filled_in_and_says_what_to_do() -> None:
    for case in CASES:
        xml = f'<Sysmon schemaversion="{case.get("schema", "4.90")}">\n{case["xml"]}</Sysmon>'
        for one in check(xml, case.get("sysmon")):
            assert one.message
            assert one.consequence
            assert one.fix
            assert "{" not in one.consequence + one.fix


@pytest.mark.parametrize(
    ("file", "lint", "lines"),
    [
        ("modular-sysmonconfig-mde-augment.xml", "empty-include-overrides", [721, 1653]),
        ("modular-sysmonconfig.xml", "wildcard", [1409]),
        ("swiftonsecurity.xml", "untrimmed", [86]),
        ("modular-sysmonconfig-excludes-only.xml", "only-excludes", []),
        ("modular-sysmonconfig-with-filedelete.xml", "empty-exclude-without-effect", [2824, 2833]),
    ],
)
def test_finding_in_a_configuration_in_wide_use(file: str, lint: str, lines: list[int]) -> None:
    findings = check(shared(f"sysmon/configs/{file}").read_bytes())
    assert [one.line for one in findings if one.lint == lint] == lines
    assert not any(one.lint == "refused" for one in findings)


@pytest.mark.parametrize(("text", "version"), [("no XML", None), ("<Sysmon/>", "1.0")])
def test_what_cannot_be_checked_at_all_is_an_error(text: str, version: str | None) -> None:
    with pytest.raises(InputError):
        check(text, version)
