"""A tag of ATT&CK 19 that stands for several techniques of 18.1."""

from __future__ import annotations

from pathlib import Path

import pytest

from logreach.coverage.assessment.method_notes import rule_notes
from logreach.coverage.assessment.rules import RuleWork
from logreach.coverage.attack import load_attack
from logreach.coverage.detections.load import load_rules
from logreach.coverage.events.event_id import EventId
from logreach.coverage.network.rule_nodes import RuleEvents

RULE = """
title: a
logsource: {product: windows, service: windefend}
detection: {a: {EventID: 5001}, condition: a}
tags: [attack.t1685]
"""
DEFENDER_OFF = frozenset({EventId.parse("Defender:5001")})


def _work(folder: Path, text: str, version: str = "18.1") -> RuleWork:
    (folder / "a.yml").write_text(text, "utf-8")
    return RuleWork(load_rules([folder]), load_attack(version), RuleEvents.alone())


def _limited(work: RuleWork, direct: dict[str, frozenset[EventId]]) -> dict[str, bool]:
    """The techniques of the one rule, and whether it counts for them with a limit."""
    ways = work.ways(lambda _: frozenset(), lambda technique: direct.get(technique, frozenset()))
    graph = work.events.compiled.graph
    return {
        technique: any(edge.limit is not None for edge in graph.edges(way.node))
        for technique, (way,) in ways.items()
    }


@pytest.mark.parametrize(
    ("direct", "limited"),
    [
        ({}, {"T1562": True, "T1562.001": True, "T1562.006": True}),
        (
            {"T1562.001": DEFENDER_OFF},
            {"T1562": True, "T1562.001": False, "T1562.006": True},
        ),
        (
            {"T1562.001": DEFENDER_OFF, "T1562.006": DEFENDER_OFF},
            {"T1562": True, "T1562.001": True, "T1562.006": True},
        ),
    ],
)
def test_such_a_tag_credits_what_the_rule_reads_the_act_of(
    direct: dict[str, frozenset[EventId]], limited: dict[str, bool], tmp_path: Path
) -> None:
    assert _limited(_work(tmp_path, RULE), direct) == limited


def test_a_tag_that_names_the_technique_itself_leaves_no_doubt(tmp_path: Path) -> None:
    text = RULE.replace("attack.t1685", "attack.t1685, attack.t1562.006")
    limited = {"T1562": True, "T1562.001": True, "T1562.006": False}
    assert _limited(_work(tmp_path, text), {}) == limited


def test_the_notes_say_so(tmp_path: Path) -> None:
    told = dict(rule_notes(_work(tmp_path, RULE)))["Rule tags"]
    assert "T1685 (T1562, T1562.001, T1562.006)" in told


@pytest.mark.parametrize("tag", ["t1685", "t1562.001", "t1562.004"])
def test_no_tag_of_either_version_stands_for_several_techniques_of_19(
    tag: str, tmp_path: Path
) -> None:
    work = _work(tmp_path, RULE.replace("t1685", tag), "19.1")
    assert work.spread == {}
    assert _limited(work, {}) == {"T1686" if tag == "t1562.004" else "T1685": False}
