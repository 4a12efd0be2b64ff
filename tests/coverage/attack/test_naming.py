"""Techniques named by an id or a tactic of either shipped version of ATT&CK."""

from __future__ import annotations

import pytest

from logreach.coverage.attack import load_attack, techniques_named, techniques_of_tactic


@pytest.mark.parametrize(
    ("version", "name", "ids", "remark"),
    [
        ("18.1", "T1562.001", {"T1562.001"}, ""),
        ("19.1", "T1543.003", {"T1543.003"}, ""),
        ("19.1", "t1562.001", {"T1685"}, "T1685 in ATT&CK 19.1"),
        ("19.1", "T1562.004", {"T1686", "T1686.003"}, "T1686, T1686.003 in ATT&CK 19.1"),
        ("19.1", "T1656", {"T1684.001"}, "T1684.001 in ATT&CK 19.1"),
        (
            "18.1",
            "T1686",
            {"T1562.004", "T1562.007", "T1562.013"},
            "T1562.004 in ATT&CK 18.1",
        ),
        ("18.1", "T1684", {"T1656", "T1672"}, "T1656, T1672 in ATT&CK 18.1"),
    ],
)
def test_an_id_of_either_version(version: str, name: str, ids: set[str], remark: str) -> None:
    named = techniques_named(load_attack(version), name)
    assert named is not None
    assert set(named.ids) == ids
    assert named.remark == remark


def test_a_technique_brings_what_became_of_its_subtechniques() -> None:
    named = techniques_named(load_attack("19.1"), "T1562")
    assert named is not None
    assert {"T1685", "T1685.001", "T1686.003", "T1688", "T1690"} <= set(named.ids)
    assert "T1685.005" not in named.ids  # it was T1070.001
    assert named.remark == "T1685 in ATT&CK 19.1"


@pytest.mark.parametrize(
    ("version", "name"), [("18.1", "T1687"), ("18.1", "T9999"), ("19.1", "T1086")]
)
def test_an_id_that_nothing_here_succeeds(version: str, name: str) -> None:
    assert techniques_named(load_attack(version), name) is None


@pytest.mark.parametrize("name", ["defense-evasion", "Defense Evasion"])
def test_a_tactic_that_was_split(name: str) -> None:
    newer = load_attack("19.1")
    named = techniques_of_tactic(newer, name)
    assert named is not None
    assert named.remark == "a tactic of ATT&CK 18.1"
    assert {"T1685", "T1685.005", "T1055"} <= set(named.ids) <= newer.technique_by_id.keys()
    tactics = {each for id_ in named.ids for each in newer.technique_by_id[id_].tactics}
    assert {"stealth", "defense-impairment"} <= tactics


def test_a_tactic_that_is_new() -> None:
    named = techniques_of_tactic(load_attack("18.1"), "defense-impairment")
    assert named is not None
    assert "T1562.001" in named.ids
    assert "T1055" not in named.ids


def test_a_tactic_of_no_version() -> None:
    assert techniques_of_tactic(load_attack("18.1"), "nonsense") is None
