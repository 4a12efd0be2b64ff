"""Detections in words: how many ways, on what they rest, what they lack."""

from __future__ import annotations

import pytest
from sample_assessment import AT_LEAST_PARTIAL

from logreach.coverage.assessment.result import Detection, Way, WayKind
from logreach.coverage.engine.judged import Judged
from logreach.coverage.engine.verdict import NO, PARTIAL, UNKNOWN, YES, Verdict
from logreach.reports.profile_names import host_list
from logreach.reports.ways_text import recorded_on, strength, way_line, way_lines, why_detected


def _way(
    kind: WayKind, verdict: Verdict, name: str = "", text: str = "", direct: bool = False
) -> Way:
    return Way(kind, name, verdict, text, (), (), (), ("Windows",), direct)


def _direct(event: str, verdict: Verdict) -> Way:
    return _way(WayKind.DIRECT, verdict, event, "task registered", direct=True)


ANALYTIC = _way(WayKind.ANALYTIC, PARTIAL, "AN1221", "3 of 4 data components; lacking Module Load")
WHOLE_ANALYTIC = _way(WayKind.ANALYTIC, YES, "AN1221", "4 of 4 data components")
RULES = _way(WayKind.RULES, PARTIAL, "rules", "rules 25 of 31")
BELOW = _way(WayKind.SUBTECHNIQUES, YES, "sub-techniques", "2 of 2 sub-techniques", direct=True)


def _detection(*ways: Way) -> Detection:
    return Detection(Judged(YES), YES, ways)


@pytest.mark.parametrize(
    ("ways", "words"),
    [
        ((_direct("Security:4698", YES), RULES), "one way alone, direct evidence (Windows)"),
        (
            (_direct("Security:4698", YES), _direct("Sysmon:1", YES)),
            "2 ways, direct evidence (Windows)",
        ),
        (
            (
                _direct("Security:4625", YES)._replace(holds=("Security:4625",)),
                WHOLE_ANALYTIC._replace(holds=("Security:4624", "Security:4625")),
            ),
            "one way alone, direct evidence (Windows)",
        ),
        (
            (WHOLE_ANALYTIC, _direct("Security:4698", PARTIAL)),
            "one way alone, indirect evidence only (Windows)",
        ),
        ((BELOW,), "by its sub-techniques alone, direct evidence (Windows)"),
        ((_direct("Security:4698", PARTIAL), RULES), "only in part, direct evidence"),
        ((_direct("Security:4698", NO), ANALYTIC), "only in part, indirect evidence only"),
        ((_direct("Security:4698", UNKNOWN),), ""),
        ((), ""),
    ],
)
def test_depth_sole_source_and_kind_of_evidence_are_said(ways: tuple[Way, ...], words: str) -> None:
    assert strength(_detection(*ways)) == words


@pytest.mark.parametrize(
    ("way", "line"),
    [
        (_direct("Security:4698", YES), "direct evidence Security:4698: task registered"),
        (
            _direct("Security:4698", PARTIAL),
            "direct evidence Security:4698, in part: task registered",
        ),
        (
            _way(WayKind.DIRECT, PARTIAL, "procedures", "3 of 4 procedures; lacking a key renamed"),
            "direct evidence: 3 of 4 procedures; lacking a key renamed",
        ),
        (ANALYTIC, "analytic AN1221: 3 of 4 data components; lacking Module Load"),
        (RULES, "rules 25 of 31 can fire"),
        (RULES._replace(direct=True), "rules 25 of 31 can fire, some on direct evidence"),
        (BELOW, "2 of 2 sub-techniques"),
        (
            _direct("Security:4769", YES)._replace(hosts=("DC1", "DC2", "DC3", "DC4")),
            "direct evidence Security:4769 on DC1, DC2 and 2 more: task registered",
        ),
    ],
)
def test_a_way_is_told_in_a_line(way: Way, line: str) -> None:
    assert way_line(way) == line


def test_the_best_ways_come_first_and_many_of_a_kind_are_counted() -> None:
    part = [_direct(f"Sysmon:{number}", PARTIAL) for number in range(5)]
    lines = list(way_lines(_detection(RULES, ANALYTIC, *part, _direct("Security:4698", YES))))
    assert lines == [
        "direct evidence Security:4698: task registered",
        "direct evidence Sysmon:0, in part: task registered",
        "direct evidence Sysmon:1, in part: task registered",
        "3 more lines of direct evidence",
        "analytic AN1221: 3 of 4 data components; lacking Module Load",
        "rules 25 of 31 can fire",
    ]


def test_where_nothing_holds_the_reason_stands_alone() -> None:
    detection = _detection(_direct("Security:4698", NO))
    assert why_detected(detection, "it is not audited") == "it is not audited"


def test_hosts_are_named_where_these_record_nothing_of_it() -> None:
    there = _direct("Security:4769", PARTIAL)._replace(hosts=("DC",))
    for here, hosts in ((NO, ("DC",)), (UNKNOWN, ("DC",)), (PARTIAL, ())):
        assert recorded_on(Detection(Judged(AT_LEAST_PARTIAL), here, (there,))) == hosts


@pytest.mark.parametrize(
    ("hosts", "words"),
    [((), ""), (("A",), "A"), (("A", "B"), "A, B"), (("A", "B", "C"), "A, B and 1 more")],
)
def test_many_hosts_are_counted(hosts: tuple[str, ...], words: str) -> None:
    assert host_list(hosts) == words
