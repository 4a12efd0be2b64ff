"""Looking things up in a version of ATT&CK, as a user would name them."""

from __future__ import annotations

import pytest

from logreach.coverage.attack import load_attack


@pytest.mark.parametrize(
    "text", ["TA0003", "ta0003", "persistence", "Persistence", " PERSISTENCE "]
)
def test_a_tactic_by_id_shortname_or_name(text: str) -> None:
    tactic = load_attack().find_tactic(text)
    assert tactic is not None
    assert tactic.id == "TA0003"


@pytest.mark.parametrize("text", ["", "persist", "TA9999"])
def test_no_tactic(text: str) -> None:
    assert load_attack().find_tactic(text) is None


@pytest.mark.parametrize("text", ["G0016", "apt29", "APT29", "Cozy Bear", "cozy bear"])
def test_a_group_by_id_name_or_alias(text: str) -> None:
    assert [group.id for group in load_attack().find_group(text)] == ["G0016"]


def test_lookups_agree_with_the_lists_they_are_made_from() -> None:
    model = load_attack()
    for one in model.techniques[::50]:
        assert model.technique_by_id[one.id] is one
        assert model.analytics_of(one.id) == tuple(
            analytic for analytic in model.analytics if one.id in analytic.techniques
        )
        assert model.links_of(one.id) == tuple(
            link for link in model.detects if link.technique == one.id
        )
        assert model.subtechniques_of(one.id) == tuple(
            sub for sub in model.techniques if sub.parent == one.id
        )
    for analytic in model.analytics[::100]:
        assert set(analytic.components) == {ref.component for ref in analytic.refs}


def test_every_technique_stands_under_each_of_its_tactics() -> None:
    model = load_attack()
    placed = {
        (technique.id, tactic.shortname)
        for tactic in model.tactics
        for technique in model.techniques_of_tactic(tactic.shortname)
    }
    assert placed == {(one.id, name) for one in model.techniques for name in one.tactics}


def test_t1543_003_as_attack_18_has_it() -> None:
    model = load_attack()
    (analytic,) = [a for a in model.analytics_of("T1543.003") if "Windows" in a.platforms]
    assert [(ref.component, ref.events) for ref in analytic.refs] == [
        ("Service Creation", ("Security:4697",)),
        ("Process Creation", ("Sysmon:1",)),
        ("Windows Registry Key Modification", ("Sysmon:13", "Sysmon:14")),
        ("Driver Load", ("Sysmon:6",)),
    ]
    assert {link.component for link in model.links_of("T1543.003")} >= {
        "Driver Load",
        "Process Creation",
        "Service Creation",
        "Service Modification",
        "Windows Registry Key Creation",
        "Windows Registry Key Modification",
    }
