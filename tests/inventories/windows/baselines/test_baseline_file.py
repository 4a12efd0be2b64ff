"""Baselines as files: what is read, and every fault of a faulty one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.audit_policy.subcategories import subcategories
from logreach.inventories.windows.baselines import baseline_file
from logreach.inventories.windows.baselines.requirements import (
    AuditCheck,
    Baseline,
    ChannelCheck,
    CheckGroup,
    LoggedCheck,
    Match,
    SettingCheck,
)
from logreach.inventories.windows.baselines.shipped import find_baseline, shipped_baselines
from logreach.inventories.windows.facts import AuditSetting, OsKind, Role

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("faults.yaml").read_text("utf-8")
)
HEAD = "name: x\ntitle: X\nsource: us\nrequirements:\n"


def read(text: str) -> Baseline:
    return baseline_file.read(Source.of("x.yaml", text.encode()))


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_faults_are_all_told_with_their_lines(case: dict[str, Any]) -> None:
    text = case.get("file") or HEAD + case["requirements"]
    with pytest.raises(InputError) as refused:
        read(text)
    messages = [str(fault) for fault in refused.value.faults]
    missing = [words for words in case["faults"] if not any(words in each for each in messages)]
    assert (missing, len(messages)) == ([], len(case["faults"])), messages


def test_every_kind_of_check_is_read() -> None:
    baseline = read(
        HEAD.replace("requirements", "applies_to: {systems: [server]}\nrequirements")
        + "  - {id: A, title: a, audit: Audit Logon, records: success and failure, match: any of}\n"
        + "  - {id: B, title: b, setting: lsa_protection, is: 1, match: at least, control: c-1}\n"
        + "  - {id: C, title: c, log: Security, holds_mib: 512, when_full: archive}\n"
        + "  - {id: D, title: d, events: [Security:4688/CommandLine], forwarded: true}\n"
        + "  - id: E\n    title: e\n    applies_to: {roles: [domain-controller], first_build: 14393}\n"
        + "    beyond: what people do\n"
        + "    any:\n      - {setting: powershell_module_names, is: '*'}\n      - {events: [Sysmon:1]}\n"
        + "left_out:\n  - {what: x, why: y}\n"
    )
    a, b, c, d, e = baseline.requirements
    logon = next(guid for guid, each in subcategories().items() if each.name == "Logon")
    assert a.check == AuditCheck(logon, AuditSetting(True, True), Match.ANY_OF)
    assert b.check == SettingCheck("lsa_protection", 1, Match.AT_LEAST)
    assert (b.control, b.line) == ("c-1", 7)
    assert c.check == ChannelCheck("Security", None, 512, "archive")
    assert d.check == LoggedCheck(("Security:4688/CommandLine",), forwarded=True)
    assert e.check == CheckGroup(
        False,
        (SettingCheck("powershell_module_names", "*", Match.CONTAINS), LoggedCheck(("Sysmon:1",))),
    )
    assert e.beyond == "what people do"
    assert e.applies_to.roles == {Role.DOMAIN_CONTROLLER}
    assert e.applies_to.systems == {OsKind.SERVER}
    assert str(e.applies_to) == "domain-controller, Windows server, from build 14393"
    assert [each.what for each in baseline.left_out] == ["x"]


def test_requirements_for_other_hosts_do_not_contradict_each_other() -> None:
    exact = "audit: Logon, match: exactly"
    baseline = read(
        HEAD
        + f"  - {{id: A, title: a, {exact}, records: Success, applies_to: {{systems: [client]}}}}\n"
        + f"  - {{id: B, title: b, {exact}, records: Failure, applies_to: {{systems: [server]}}}}\n"
    )
    assert len(baseline.requirements) == 2


def test_a_host_may_have_the_features_of_two_requirements() -> None:
    exact = "audit: Logon, match: exactly"
    with pytest.raises(InputError, match="no host can meet both"):
        read(
            HEAD
            + f"  - {{id: A, title: a, {exact}, records: Success, applies_to: {{features: [ad-cs]}}}}\n"
            + f"  - {{id: B, title: b, {exact}, records: Failure, applies_to: {{features: [nps]}}}}\n"
        )


def test_the_baselines_included_are_named_as_their_files() -> None:
    assert set(shipped_baselines()) == {
        "asd",
        "ism",
        "microsoft-client",
        "microsoft-server",
        "nist-800-53",
        "yamato",
    }
    for name, baseline in shipped_baselines().items():
        assert baseline.path == f"{name}.yaml"
        # No control is about logging facts alone: each says what lies beyond them.
        for requirement in baseline.requirements:
            assert bool(requirement.control) is bool(requirement.beyond), requirement.id


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("asdd", "no baseline is called 'asdd'. Did you mean 'asd'?"),
        ("pci", "CIS, PCI DSS and ISO need a file of your own"),
        ("gone.yaml", "no such file in gone.yaml"),
    ],
)
def test_a_name_that_is_none_gets_the_nearest(named: str, words: str) -> None:
    with pytest.raises(InputError) as refused:
        find_baseline(named)
    assert words in str(refused.value)


def test_a_baseline_of_ones_own_is_found_by_its_file(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(HEAD + "  - {id: A, title: a, audit: Logon, records: Success}\n")
    baseline = find_baseline(str(path))
    assert (baseline.name, baseline.shipped, baseline.path) == ("x", False, "own.yaml")
    page = tmp_path / "page.html"
    page.write_text("<html></html>")
    with pytest.raises(InputError, match="is no baseline"):
        find_baseline(str(page))
