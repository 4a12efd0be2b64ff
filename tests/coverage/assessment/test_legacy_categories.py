"""Legacy audit categories beside subcategories: the missing setting, and which GPO to change."""

from __future__ import annotations

from pathlib import Path

import pytest
from gpo_files import AUDIT_CSV, AUDIT_HEAD, AUDIT_ROW, SECEDIT, template

from logreach.coverage.assessment.assess import assess
from logreach.coverage.assessment.result import Assessment, PlannedRemedy
from logreach.coverage.assessment.scope import Scope
from logreach.coverage.attack import load_attack
from logreach.inventories import load
from logreach.inventories.facts.facts import Facts, Known
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.audit_policy.origins import FORCE
from logreach.inventories.windows.facts import AUDIT, AUDIT_ORIGINS, SETTING, AuditOrigin
from logreach.inventories.windows.group_policy import policy_xml

PROCESS_CREATION = "0CCE922B-69AE-11D9-BED3-505054503030"
LOGON = "0CCE9215-69AE-11D9-BED3-505054503030"
SUBCATEGORY = (AUDIT_HEAD + AUDIT_ROW.format("Success", "1")).encode("utf-16")
_NAME = "<BackupInst><GPODisplayName>{}</GPODisplayName></BackupInst>"
_LSA = r"MACHINE\System\CurrentControlSet\Control\Lsa\SCENoApplyLegacyAuditPolicy=4,"
OFF = ("[Registry Values]", f"{_LSA}0")


def category(setting: int) -> tuple[str, str]:
    return "[Event Audit]", f"AuditProcessTracking = {setting}"


def written(folder: Path, hosts: str, gpos: dict[str, dict[str, bytes]]) -> Path:
    """An inventory with GPO backups, each folder's GPO displayed as 'GPO' and its name."""
    (folder / "inventory.yaml").write_text(f"hosts: [{hosts}]")
    for name, files in gpos.items():
        info = {"bkupInfo.xml": _NAME.format(f"GPO {name}").encode()}
        for path, content in {**files, **info}.items():
            (folder / name / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / name / path).write_bytes(content)
    return folder


def host(gpos: str, rest: str = "") -> str:
    return f"{{name: H, os: Windows 10 22H2, role: workstation, gpo: [{gpos}]{rest}}}"


def facts_of(folder: Path) -> Facts:
    return load(folder).hosts[0].facts


def origin(facts: Facts, guid: str = PROCESS_CREATION) -> AuditOrigin | None:
    fact = facts.get(AUDIT_ORIGINS)
    return fact.value.of(guid) if isinstance(fact, Known) else None


def assessed(folder: Path) -> Assessment:
    return assess(load(folder), load_attack(), Scope(("T1059.003", "T1078")))


def remedies_of(result: Assessment, key: object) -> list[PlannedRemedy]:
    return [planned for planned in result.remedies if planned.remedy.key == key]


def test_the_setting_is_the_missing_fact_and_the_remedy_with_a_gain(tmp_path: Path) -> None:
    gpos = {"g": {AUDIT_CSV: SUBCATEGORY, SECEDIT: template(*category(0))}}
    result = assessed(written(tmp_path, host("g"), gpos))
    assert SETTING(FORCE) in {missing.key for missing in result.missing}
    assert AUDIT(PROCESS_CREATION) not in {missing.key for missing in result.missing}
    (planned,) = remedies_of(result, SETTING(FORCE))
    assert planned.gain > 0
    assert "In the GPO 'GPO g' enable" in planned.remedy.text
    # It already asks for Process Creation: to ask for it is no remedy.
    assert not remedies_of(result, AUDIT(PROCESS_CREATION))


def test_the_gain_is_what_the_setting_brings_once_it_is_made(tmp_path: Path) -> None:
    """The same GPO with the setting on: what the remedy was said to raise is raised there."""
    gpo = {AUDIT_CSV: SUBCATEGORY}
    forced = ("[Registry Values]", f"{_LSA}1")
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    gpos = {"g": {**gpo, SECEDIT: template(*category(0))}}
    result = assessed(written(before, host("g"), gpos))
    gpos = {"g": {**gpo, SECEDIT: template(*category(0), *forced)}}
    made = assessed(written(after, host("g"), gpos))
    (planned,) = remedies_of(result, SETTING(FORCE))
    labels = {
        name: answer.detection.judged.verdict.label
        for name, answer in made.profiles[0].techniques.items()
    }
    assert planned.raised
    for name, words in planned.raised.items():
        assert words.endswith(f"-> {labels[name]}")


@pytest.mark.parametrize("rest", ["", ", audit: {'Process Creation': No Auditing}"])
def test_a_category_that_overwrites_is_overridden_by_the_setting(rest: str, tmp_path: Path) -> None:
    gpos = {
        "a": {AUDIT_CSV: SUBCATEGORY},
        "b": {SECEDIT: template(*category(0), *OFF)},
    }
    result = assessed(written(tmp_path, host("a, b"), gpos))
    (planned,) = remedies_of(result, SETTING(FORCE))
    # The GPO that sets it to 0 is the one to change.
    assert "In the GPO 'GPO b' enable" in planned.remedy.text
    assert "out of the GPO 'GPO b'" in planned.remedy.text
    assert planned.gain > 0


def test_every_audit_remedy_names_the_gpo(tmp_path: Path) -> None:
    result = assessed(written(tmp_path, host("g"), {"g": {AUDIT_CSV: SUBCATEGORY}}))
    texts = [
        planned.remedy.text for planned in result.remedies if planned.remedy.key.family is AUDIT
    ]
    assert texts
    assert all("the GPO 'GPO g'" in text for text in texts)
    assert not any("auditpol /set" in text for text in texts)


def test_each_host_is_told_its_own_gpo(tmp_path: Path) -> None:
    gpos = {name: {AUDIT_CSV: SUBCATEGORY} for name in ("a", "b")}
    two = f"{host('a')}, {host('b').replace('H', 'K')}"
    result = assessed(written(tmp_path, two, gpos))
    texts = " ".join(planned.remedy.text for planned in remedies_of(result, AUDIT(LOGON)))
    assert "'GPO a'" in texts
    assert "'GPO b'" in texts


def test_a_printout_alone_leaves_the_source_open(tmp_path: Path) -> None:
    printed = "{name: H, os: Windows 10 22H2, role: workstation, audit_policy: auditpol.txt}"
    (tmp_path / "auditpol.txt").write_text("System audit policy\n  Logon    No Auditing\n")
    (planned, *_) = remedies_of(assessed(written(tmp_path, printed, {})), AUDIT(LOGON))
    assert "or, where no GPO sets the audit policy" in planned.remedy.text


def test_of_several_gpos_the_one_that_decides_is_to_be_changed(tmp_path: Path) -> None:
    other = AUDIT_ROW.replace("0cce922b", "0cce9215").format("Success", "1")
    gpos = {
        "a": {AUDIT_CSV: SUBCATEGORY},
        "b": {AUDIT_CSV: (AUDIT_HEAD + other).encode("utf-16")},
        "c": {SECEDIT: template("[Registry Values]")},
    }
    facts = facts_of(written(tmp_path, host("a, b, c"), gpos))
    settled = origin(facts)
    assert settled is not None
    assert settled.gpo == "GPO a"
    unset = origin(facts, "0CCE9216-69AE-11D9-BED3-505054503030")
    assert unset is not None
    assert unset.gpo == "GPO b"  # what no GPO sets goes into the one applied last


def test_a_gpo_without_audit_policy_is_none_to_be_changed(tmp_path: Path) -> None:
    gpos = {"c": {SECEDIT: template(*OFF)}}
    assert origin(facts_of(written(tmp_path, host("c"), gpos))) is None


@pytest.mark.parametrize(
    ("os", "settings", "by_category"),
    [
        ("Windows 10 22H2", OFF, True),
        ("Windows 10 22H2", (), False),
        ("Windows Vista SP2", (), True),
    ],
)
def test_where_categories_alone_can_decide_they_are_to_be_changed(
    os: str, settings: tuple[str, ...], by_category: bool, tmp_path: Path
) -> None:
    gpos = {"g": {SECEDIT: template(*category(0), *settings)}}
    facts = facts_of(written(tmp_path, host("g").replace("Windows 10 22H2", os), gpos))
    found = origin(facts)
    assert found is not None
    assert (found.category, found.category_gpo) == ("AuditProcessTracking", "GPO g")
    assert found.by_category is by_category


def test_gpresult_names_the_gpo_that_won() -> None:
    xml = (
        "<Rsop><ComputerResults><GPO><Name>Baseline</Name><Path><Identifier>{1}</Identifier>"
        "</Path></GPO><AuditSetting><GPO><Identifier>{1}</Identifier></GPO>"
        "<Precedence>1</Precedence><PolicyTarget>System</PolicyTarget>"
        f"<SubcategoryGuid>{{{PROCESS_CREATION}}}</SubcategoryGuid>"
        "<SettingValue>1</SettingValue></AuditSetting></ComputerResults></Rsop>"
    )
    source = Source.of("gp.xml", xml.encode())
    assert policy_xml.winners(source) == {AUDIT(PROCESS_CREATION): "Baseline"}
