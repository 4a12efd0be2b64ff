"""The shipped ATT&CK against MITRE's bundles, read plainly, without any of our code or theirs."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from support import shared
from typer.testing import CliRunner

from logreach.cli.attack import app
from logreach.coverage.attack import AttackModel, facts_carried_into, load_attack
from logreach.coverage.attack.links import shipped_links
from logreach.coverage.attack.shipped import FOLDER, SHIPPED_VERSIONS

Stix = dict[str, Any]


class Oracle:
    """A plain reading of a bundle: dictionaries and loops."""

    def __init__(self, version: str) -> None:
        path = shared(f"attack/enterprise-attack-{version}.json.gz")
        self.objects: list[Stix] = json.loads(gzip.decompress(path.read_bytes()))["objects"]
        self.by_id = {one["id"]: one for one in self.objects}

    def living(self, kind: str) -> list[Stix]:
        return [one for one in self.objects if one["type"] == kind and not dead(one)]

    def relations(self, verb: str, source: str, target: str) -> list[tuple[Stix, Stix]]:
        return [
            (self.by_id[one["source_ref"]], self.by_id[one["target_ref"]])
            for one in self.living("relationship")
            if one["relationship_type"] == verb
            and one["source_ref"].startswith(source + "--")
            and one["target_ref"].startswith(target + "--")
        ]


def dead(one: Stix) -> bool:
    return bool(one.get("revoked") or one.get("x_mitre_deprecated"))


def attack_id(one: Stix) -> str:
    ids = [
        ref for ref in one.get("external_references", []) if ref["source_name"] == "mitre-attack"
    ]
    return str(ids[0]["external_id"]) if ids else ""


@cache
def oracle_of(version: str) -> Oracle:
    return Oracle(version)


@pytest.fixture(params=SHIPPED_VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def oracle(version: str) -> Oracle:
    return oracle_of(version)


@pytest.fixture
def model(version: str) -> AttackModel:
    return load_attack(version)


def test_the_command_makes_the_shipped_file_byte_for_byte(tmp_path: Path, version: str) -> None:
    bundle = shared(f"attack/enterprise-attack-{version}.json.gz")
    out = tmp_path / "made.json"
    result = CliRunner().invoke(app, ["import", str(bundle), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert out.read_bytes() == (FOLDER / f"attack-{version}.json").read_bytes()


def test_the_command_makes_the_shipped_links_and_they_are_mitres(tmp_path: Path) -> None:
    bundle = shared("attack/enterprise-attack-17.1.json.gz")
    out = tmp_path / "links.csv"
    result = CliRunner().invoke(app, ["import", str(bundle), "--links", str(out)])
    assert result.exit_code == 0, result.output
    assert out.read_bytes() == (FOLDER / "component-links-17.1.csv").read_bytes()
    plain = {
        (component["name"], attack_id(technique))
        for component, technique in Oracle("17.1").relations(
            "detects", "x-mitre-data-component", "attack-pattern"
        )
        if not dead(component) and not dead(technique)
    }
    assert {(link.component, link.technique) for link in shipped_links()} == plain


def test_techniques(model: AttackModel, oracle: Oracle) -> None:
    plain = {
        attack_id(one): (
            one["name"],
            tuple(phase["phase_name"] for phase in one["kill_chain_phases"]),
            tuple(one["x_mitre_platforms"]),
            one["x_mitre_is_subtechnique"],
            attack_id(one).split(".")[0] if "." in attack_id(one) else "",
        )
        for one in oracle.living("attack-pattern")
    }
    assert {
        one.id: (one.name, one.tactics, one.platforms, one.is_subtechnique, one.parent)
        for one in model.techniques
    } == plain
    links = {
        ref["external_id"]: ref["url"]
        for one in oracle.living("attack-pattern")
        for ref in one["external_references"]
        if ref["source_name"] == "mitre-attack"
    }
    assert {one.id: one.url for one in model.techniques} == links


def test_tactics_stand_in_the_order_of_the_matrix(model: AttackModel, oracle: Oracle) -> None:
    (matrix,) = oracle.living("x-mitre-matrix")
    columns = [oracle.by_id[ref] for ref in matrix["tactic_refs"]]
    assert [(one.id, one.shortname, one.name) for one in model.tactics] == [
        (attack_id(one), one["x_mitre_shortname"], one["name"]) for one in columns
    ]
    assert {name for one in model.techniques for name in one.tactics} == {
        one.shortname for one in model.tactics
    }


def test_components_and_their_own_log_sources(model: AttackModel, oracle: Oracle) -> None:
    plain = {
        (attack_id(one), one["name"]): list(
            dict.fromkeys(
                (source["name"], source["channel"]) for source in one.get("x_mitre_log_sources", [])
            )
        )
        for one in oracle.living("x-mitre-data-component")
    }
    assert {
        (one.id, one.name): [(ref.source, ref.channel) for ref in one.log_sources]
        for one in model.components
    } == plain


def test_strategies_and_analytics(model: AttackModel, oracle: Oracle) -> None:
    by_id = oracle.by_id
    targets = {
        attack_id(strategy): attack_id(technique)
        for strategy, technique in oracle.relations(
            "detects", "x-mitre-detection-strategy", "attack-pattern"
        )
    }
    strategies = {
        attack_id(one): (
            one["name"],
            (targets[attack_id(one)],),
            tuple(sorted(attack_id(by_id[ref]) for ref in one["x_mitre_analytic_refs"])),
        )
        for one in oracle.living("x-mitre-detection-strategy")
    }
    assert {
        one.id: (one.name, one.techniques, one.analytics) for one in model.strategies
    } == strategies
    owners = {analytic: key for key, value in strategies.items() for analytic in value[2]}

    def strategies_of(analytic: Stix) -> tuple[str, ...]:
        """None where its strategy is deprecated, as 19 deprecated that of T1562."""
        owner = owners.get(attack_id(analytic))
        return (owner,) if owner else ()

    analytics = {
        attack_id(one): (
            tuple(one["x_mitre_platforms"]),
            strategies_of(one),
            tuple(targets[each] for each in strategies_of(one)),
            tuple(
                (by_id[ref["x_mitre_data_component_ref"]]["name"], ref["name"], ref["channel"])
                for ref in one.get("x_mitre_log_source_references", [])
            ),
        )
        for one in oracle.living("x-mitre-analytic")
    }
    assert {
        one.id: (
            one.platforms,
            one.strategies,
            one.techniques,
            tuple((ref.component, ref.source, ref.channel) for ref in one.refs),
        )
        for one in model.analytics
    } == analytics


def test_groups_and_what_they_and_their_campaigns_use(model: AttackModel, oracle: Oracle) -> None:
    uses: dict[str, set[str]] = {}
    for verb_source in ("intrusion-set", "campaign"):
        for user, technique in oracle.relations("uses", verb_source, "attack-pattern"):
            if not dead(technique):
                uses.setdefault(user["id"], set()).add(attack_id(technique))
    for campaign, group in oracle.relations("attributed-to", "campaign", "intrusion-set"):
        if not dead(campaign):
            uses.setdefault(group["id"], set()).update(uses.get(campaign["id"], set()))
    plain = {
        attack_id(one): (
            one["name"],
            tuple(alias for alias in one.get("aliases", []) if alias != one["name"]),
            tuple(sorted(uses.get(one["id"], set()))),
        )
        for one in oracle.living("intrusion-set")
    }
    assert {one.id: (one.name, one.aliases, one.techniques) for one in model.groups} == plain


def test_former_ids_lead_to_what_stands_in_the_end(model: AttackModel, oracle: Oracle) -> None:
    next_of = {
        one["source_ref"]: one["target_ref"]
        for one in oracle.objects
        if one["type"] == "relationship" and one["relationship_type"] == "revoked-by"
    }
    plain = {}
    for one in oracle.objects:
        if one["type"] in ("attack-pattern", "intrusion-set", "x-mitre-tactic") and dead(one):
            last = one
            while last["id"] in next_of:
                last = oracle.by_id[next_of[last["id"]]]
            plain[attack_id(one)] = "" if dead(last) else attack_id(last)
    assert model.former == plain
    assert not plain.keys() & model.technique_by_id.keys()
    assert {new for new in plain.values() if new.startswith("T1")} <= model.technique_by_id.keys()


def test_every_link_of_17_is_carried_and_tells_its_origin(model: AttackModel) -> None:
    kept = {
        (link.component, now)
        for link in shipped_links()
        for now in facts_carried_into(model, link.technique)
    }
    assert {(link.component, link.technique) for link in model.detects} == kept
    assert len(shipped_links()) == 2116
    lost = [each for each in shipped_links() if not facts_carried_into(model, each.technique)]
    assert list(model.uncarried) == lost
    assert {link.origin for link in model.detects} == {"17.1"}
    assert all(link.component in model.component_by_name for link in model.detects)
    assert all(link.technique in model.technique_by_id for link in model.detects)


def test_no_sentences_of_mitre_are_shipped(version: str, oracle: Oracle) -> None:
    text = (FOLDER / f"attack-{version}.json").read_text(encoding="utf-8")
    kinds = ("attack-pattern", "x-mitre-analytic", "x-mitre-data-component", "intrusion-set")
    found = [one for kind in kinds for one in oracle.living(kind)]
    sentences = [one["description"] for one in found if len(one.get("description", "")) > 60]
    assert len(sentences) > 2500
    assert not [one for one in sentences if one[:60] in text]
