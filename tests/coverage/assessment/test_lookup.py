"""Which nodes a person means: everything that the knowledge has can be explained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import hosts
import pytest
import yaml

from logreach.coverage.assessment.explain import explain
from logreach.coverage.assessment.lookup import resolve_nodes
from logreach.coverage.attack import load_attack
from logreach.coverage.engine.evaluation import evaluate
from logreach.coverage.engine.verdict import NOT_APPLICABLE
from logreach.coverage.events.event_id import EventId
from logreach.coverage.network.keys import attribute_key, event_key
from logreach.coverage.network.model import Model, build
from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.host import Host, Inventory
from logreach.inventories.files.faults import InputError

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "lookup.yaml").read_text("utf-8")
)
SYSMON = [EventId.of("Sysmon", one.id) for one in manifest.events(manifest.newest())]


@pytest.fixture(scope="module")
def model() -> Model:
    return build(load_attack(), ["T1543.003"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_meaning(case: dict[str, Any], model: Model) -> None:
    if "refused" in case:
        with pytest.raises(InputError) as refused:
            resolve_nodes(case["text"], model)
        assert case["refused"] in str(refused.value)
        return
    keys = resolve_nodes(case["text"], model)
    assert [str(key) for key in keys][: len(case["nodes"])] == case["nodes"]
    assert all(key in model.graph for key in keys)


@pytest.mark.parametrize(
    ("version", "name", "label"),
    [
        ("19.1", "t1562.002", "T1685.001 (T1562.002 in ATT&CK 18.1) on h"),
        ("18.1", "T1685.001", "T1562.002 (T1685.001 in ATT&CK 19.1) on h"),
        ("19.1", "T1687", "T1687 (none in ATT&CK 18.1) on h"),
        ("19.1", "T1543.003", "T1543.003 on h"),
    ],
)
def test_a_technique_is_explained_by_its_id_in_either_version(
    version: str, name: str, label: str
) -> None:
    host = hosts.inventory(h={"os": "Windows 11 23H2", "role": "workstation"})
    (found,) = explain(name, host, load_attack(version))
    assert found.tree.label == label
    assert found.detection is not None


def test_an_id_that_became_several_is_asked_for_by_one_of_them() -> None:
    with pytest.raises(InputError, match=r"Name one: T1562, T1562\.001, T1562\.006"):
        explain("T1685", Inventory("", ()), load_attack("18.1"))


def test_every_event_and_many_a_field_of_the_knowledge_is_found_and_judged(model: Model) -> None:
    events = [*load_events().events, *SYSMON]
    fields = [event.field(name) for event in events for name in model.event_part.fields(event)[::6]]
    assert len(events) > 590
    assert len(fields) > 900
    found = [resolve_nodes(text.upper(), model)[0] for text in (*events, *fields)]
    assert found == [event_key(event) for event in events] + [
        attribute_key(field.event, field.name) for field in fields
    ]
    evaluation = evaluate(model.compiled, Facts())
    assert all(evaluation.verdict(key).label for key in found)


def test_a_technique_outside_windows_says_so_once() -> None:
    inventory = Inventory("i", (Host("WS", 1, Facts()),))
    (found,) = explain("T1543.001", inventory, load_attack())
    tree = found.tree
    (branch,) = tree.children
    assert branch.label == "detection, visibility, analytic, analytic by any event"
    assert tree.verdict == NOT_APPLICABLE
    assert [one.text for one in branch.reasons] == [
        "T1543.001 is not for Windows hosts (ATT&CK: macOS)"
    ]
