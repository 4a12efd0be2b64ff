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
# Remarks on nearly every configuration; other tests cover them.
COMMON = frozenset(("no-element", "logged-by-default", "include-narrows-exclude", "logs-nothing"))


def _lines_by_lint(case: dict[str, Any]) -> dict[str, list[int]]:
    schema = case.get("schema", "4.90")
    xml = f'<Sysmon schemaversion="{schema}">\n{case["xml"]}</Sysmon>'
    lines = defaultdict(list)
    for finding in check(xml, case.get("sysmon")):
        if finding.severity is not Severity.INFO or finding.lint in case["found"]:
            lines[finding.lint].append(finding.line)
    return dict(lines)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_finding(case: dict[str, Any]) -> None:
    assert _lines_by_lint(case) == case["found"]


def test_every_lint_is_shown_by_a_case() -> None:
    shown = {lint for case in CASES for lint in case["found"]}
    assert shown | COMMON == set(lints()), set(lints()) ^ (shown | COMMON)


def test_remarks_on_what_is_not_there() -> None:
    findings = {finding.lint: finding for finding in check('<Sysmon schemaversion="4.90"/>')}
    assert "DriverLoad" in findings["no-element"].message
    assert findings["logged-by-default"].message == "no element for ProcessCreate, ProcessTerminate"


def test_remarks_on_what_is_not_there_go_by_the_version() -> None:
    findings = {
        finding.lint: finding for finding in check('<Sysmon schemaversion="4.30"/>', "11.0")
    }
    assert "RegistryEvent" in findings["logged-by-default"].message
    assert "DriverLoad" not in findings["no-element"].message


def test_every_text_of_a_lint_is_filled_in_and_says_what_to_do() -> None:
    for case in CASES:
        xml = f'<Sysmon schemaversion="{case.get("schema", "4.90")}">\n{case["xml"]}</Sysmon>'
        for finding in check(xml, case.get("sysmon")):
            assert finding.message
            assert finding.consequence
            assert finding.fix
            assert "{" not in finding.consequence + finding.fix


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
    assert [finding.line for finding in findings if finding.lint == lint] == lines
    assert not any(finding.lint == "refused" for finding in findings)


@pytest.mark.parametrize(("xml", "version"), [("no XML", None), ("<Sysmon/>", "1.0")])
def test_what_cannot_be_checked_at_all_is_an_error(xml: str, version: str | None) -> None:
    with pytest.raises(InputError):
        check(xml, version)
