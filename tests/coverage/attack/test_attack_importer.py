"""The importer on small bundles of its own: what is kept, what is dropped, and what is followed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from logreach.coverage.attack import AttackModel, IdAnswer, Presence
from logreach.coverage.attack.compact import decode, encode
from logreach.coverage.attack.store import import_bytes
from logreach.inventories.files.faults import InputError

Make = Callable[..., Any]


def imported(builder: Any, name: str = "enterprise-attack-17.1.json") -> AttackModel:
    return import_bytes(builder.data(), name).model


@pytest.mark.parametrize("spec", ["2.0", "2.1"])
def test_strategies_analytics_and_references_are_tied_together(builder: Make, spec: str) -> None:
    b = builder(spec)
    b.matrix()
    technique = b.technique("T1001", x_mitre_platforms=["Windows"])
    component = b.add(
        "x-mitre-data-component",
        "DC0032",
        name="Process Creation",
        x_mitre_log_sources=[{"name": "WinEventLog:Sysmon", "channel": "EventCode=1"}],
    )
    reference = {"x_mitre_data_component_ref": component, "name": "WinEventLog:Security"}
    analytic = b.add(
        "x-mitre-analytic",
        "AN0001",
        name="Analytic 0001",
        x_mitre_platforms=["Windows"],
        x_mitre_log_source_references=[reference | {"channel": "EventCode=4688"}],
    )
    strategy = b.add(
        "x-mitre-detection-strategy", "DET0001", name="S", x_mitre_analytic_refs=[analytic]
    )
    b.relate(strategy, "detects", technique)
    model = imported(b, "enterprise-attack-18.1.json")
    (one,) = model.analytics_of("T1001")
    assert (one.id, one.strategies, one.techniques) == ("AN0001", ("DET0001",), ("T1001",))
    assert [(ref.component, ref.events) for ref in one.refs] == [
        ("Process Creation", ("Security:4688",))
    ]
    assert model.component_by_name["Process Creation"].log_sources[0].events == ("Sysmon:1",)
    assert [tactic.shortname for tactic in model.tactics] == ["persistence"]
    assert decode(encode(model), "") == model


def test_revoked_and_deprecated_techniques_are_gone_but_told(builder: Make) -> None:
    b = builder()
    first = b.technique("T1001", revoked=True)
    second = b.technique("T1002", revoked=True)
    third = b.technique("T1003")
    b.technique("T1004", x_mitre_deprecated=True)
    dead_end = b.technique("T1005", revoked=True)
    b.relate(first, "revoked-by", second)
    b.relate(second, "revoked-by", third)
    b.relate(dead_end, "revoked-by", b.technique("T1006", x_mitre_deprecated=True))
    model = imported(b)
    assert [one.id for one in model.techniques] == ["T1003"]
    assert model.look_up("t1001") == IdAnswer("T1001", Presence.REPLACED, "T1003")
    assert model.look_up("T1004") == IdAnswer("T1004", Presence.DEPRECATED)
    assert model.look_up("T1005").presence is Presence.DEPRECATED
    assert model.look_up("T1003").presence is Presence.CURRENT
    assert model.look_up("T9999").presence is Presence.UNKNOWN


def test_techniques_that_revoke_each_other_do_not_loop(builder: Make) -> None:
    b = builder()
    one, other = b.technique("T1001", revoked=True), b.technique("T1002", revoked=True)
    b.technique("T1003")
    b.relate(one, "revoked-by", other)
    b.relate(other, "revoked-by", one)
    assert imported(b).former == {"T1001": "", "T1002": ""}


def test_an_id_that_is_revoked_and_current_is_current(builder: Make) -> None:
    b = builder()
    b.technique("T1001", revoked=True)
    b.technique("T1001")
    assert imported(b).look_up("T1001").presence is Presence.CURRENT


def test_a_sub_technique_knows_its_parent(builder: Make) -> None:
    b = builder()
    parent = b.technique("T1543")
    child = b.technique("T1543.003", x_mitre_is_subtechnique=True)
    b.relate(child, "subtechnique-of", parent)
    model = imported(b)
    assert model.technique_by_id["T1543.003"].parent == "T1543"
    assert [one.id for one in model.subtechniques_of("T1543")] == ["T1543.003"]


def test_a_group_uses_what_its_campaigns_use(builder: Make) -> None:
    b = builder()
    group = b.add("intrusion-set", "G0001", name="Axiom", aliases=["Axiom", "Group 72"])
    campaign = b.add("campaign", "C0001", name="C")
    one, other, dead = b.technique("T1001"), b.technique("T1002"), b.technique("T1", revoked=True)
    b.relate(group, "uses", one)
    b.relate(group, "uses", dead)
    b.relate(campaign, "uses", other)
    b.relate(campaign, "attributed-to", group)
    b.add("intrusion-set", "G0002", name="Gone", revoked=True)
    model = imported(b)
    (found,) = model.find_group("group 72")
    assert (found.id, found.aliases, found.techniques) == (
        "G0001",
        ("Group 72",),
        ("T1001", "T1002"),
    )
    assert model.find_group("Gone") == ()


def test_component_links_stand_with_their_origin(builder: Make) -> None:
    b = builder()
    source = b.add("x-mitre-data-source", "DS0009", name="Process")
    component = b.add(
        "x-mitre-data-component", name="Process Creation", x_mitre_data_source_ref=source
    )
    dead = b.add("x-mitre-data-component", name="Old", x_mitre_deprecated=True)
    technique = b.technique("T1001")
    b.relate(component, "detects", technique)
    b.relate(dead, "detects", technique)
    b.relate(component, "detects", b.technique("T1002"), x_mitre_deprecated=True)
    model = imported(b)
    links = [(link.component, link.technique, link.origin) for link in model.detects]
    assert links == [("Process Creation", "T1001", "17.1")]
    assert model.component_by_name["Process Creation"].data_source == "Process"


def test_a_stix_2_1_bundle_tells_its_version(builder: Make) -> None:
    b = builder("2.1")
    b.technique("T1001")
    b.add("x-mitre-collection", name="Enterprise ATT&CK", x_mitre_version="16.1")
    assert imported(b, "renamed.json").version == "16.1"


def test_the_same_bundle_in_another_order_gives_the_same_bytes(builder: Make) -> None:
    b = builder()
    component = b.add("x-mitre-data-component", name="Process Creation")
    for number in range(1001, 1006):
        b.relate(component, "detects", b.technique(f"T{number}"))
    forward = encode(imported(b))
    b.objects.reverse()
    backward = encode(imported(b))
    assert [line for line in forward.splitlines() if "sha256" not in line] == [
        line for line in backward.splitlines() if "sha256" not in line
    ]


def test_an_object_that_the_library_refuses_is_a_fault(builder: Make) -> None:
    b = builder()
    b.technique("T1001")
    b.objects.append({"type": "attack-pattern", "id": "attack-pattern--1", "name": "T"})
    with pytest.raises(InputError, match="mitreattack-python cannot read the bundle"):
        imported(b)


@pytest.mark.parametrize("attack_id", ["", "T1001"])
def test_a_technique_without_an_id_of_its_own_is_a_fault(builder: Make, attack_id: str) -> None:
    b = builder()
    b.technique("T1001")
    b.technique(attack_id)
    with pytest.raises(InputError, match=f"'{attack_id}' is no ATT&CK id, or occurs twice"):
        imported(b)


def test_a_link_in_a_bundle_is_not_trusted(builder: Make) -> None:
    b = builder()
    b.technique("T1543.003")
    b.objects[0]["external_references"][0]["url"] = "javascript:alert(1)"
    (one,) = imported(b).techniques
    assert one.url == "https://attack.mitre.org/techniques/T1543/003"
