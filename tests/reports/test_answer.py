"""An explanation in a dozen lines, at every width."""

from __future__ import annotations

from functools import cache
from io import StringIO

import pytest
from rich.console import Console
from support import ROOT

from logreach.coverage.assessment.explain import Explanation, explain
from logreach.coverage.attack import load_attack
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.tree import Branch
from logreach.coverage.engine.verdict import NO, NOT_APPLICABLE, YES
from logreach.inventories import load
from logreach.reports.terminal.answer import answer_rows
from logreach.reports.terminal.layout import page_rows, put

NAMES = ("T1003.001", "T1558.003", "Security:4697", "Security:4688/CommandLine", "Process Creation")


@cache
def contoso(name: str) -> tuple[Explanation, ...]:
    return tuple(explain(name, load(ROOT / "examples" / "contoso"), load_attack()))


def printed(explanations: tuple[Explanation, ...], width: int = 200) -> list[str]:
    out = StringIO()
    console = Console(file=out, width=width)
    put(answer_rows(explanations, console), console, console)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_dozen_lines(name: str, width: int) -> None:
    lines = printed(contoso(name), width)
    assert len(lines) <= page_rows(width, 12)
    assert page_rows(80, 12) == page_rows(120, 12) == 12
    assert max(map(len, lines)) <= width
    assert lines[0].startswith(name.split("/")[0])
    assert "Every link: --full" in " ".join(lines[-2:])


def test_hosts_that_differ_are_counted_by_answer_and_those_with_most_to_do_explained() -> None:
    lines = printed(contoso("Process Creation"))
    assert lines[0] == (
        "Process Creation: achievable on 867 hosts (WS, DC, FS, APP-OLD); "
        "unknown on 25 hosts (BRANCH); not achievable on 30 hosts (KIOSK)"
    )
    assert lines[1] == "  on        KIOSK (30 hosts): not achievable"
    (other,) = (line for line in lines if line.startswith("  also"))
    assert other.startswith("  also      BRANCH (25 hosts), unknown: ")
    assert "Other hosts: --host NAME" in lines[-1]


def test_the_answer_is_about_hosts_that_a_change_would_help() -> None:
    """What domain controllers record is not to be mended on 850 workstations."""
    lines = printed(contoso("T1003.006"), 300)
    assert lines[1] == "  on        DC (4 hosts): conditional"
    (change,) = (line for line in lines if line.startswith("  change"))
    assert "Subscription: take Security:4662" in change
    (workstations,) = (x for x in contoso("T1003.006") if x.hosts == ("WS",))
    assert "  change    on the hosts that record it, none here" in printed((workstations,))


def test_a_missing_fact_is_told_with_the_command_in_place_of_evidence() -> None:
    (branch,) = (each for each in contoso("Security:4697") if each.hosts == ("BRANCH",))
    lines = printed((branch,), 400)
    assert [line.split()[0] for line in lines[1:-1]] == ["way", "breaks", "change", "run"]
    command = "auditpol /get /category:* /r > auditpol.csv, on a host that lacks it"
    assert f"  run       {command}" in lines


def test_of_an_unknown_answer_the_missing_fact_comes_before_what_could_be_changed() -> None:
    (branch,) = (each for each in contoso("Process Creation") if each.hosts == ("BRANCH",))
    lines = printed((branch,), 400)
    assert [line.split()[0] for line in lines[1:-1]] == ["way", "breaks", "change", "run"]
    assert "audit subcategory Process Creation: its state is unknown" in lines[2]


def test_another_single_change_that_does_as_well_is_offered() -> None:
    (kiosk,) = (each for each in contoso("Process Creation") if each.hosts == ("KIOSK",))
    (change,) = (line for line in printed((kiosk,), 400) if line.startswith("  change"))
    assert "Sysmon 15.22: installed (a service and a driver" in change
    assert "; or Audit Process Creation: Success (event volume: " in change


def test_evidence_of_other_hosts_names_them() -> None:
    lines = printed(contoso("T1558.003"))
    assert "achievable elsewhere on 918 hosts" in lines[0]
    assert any(line.startswith("  way ") and "recorded by DC" in line for line in lines)


def test_the_link_that_breaks_is_the_one_that_the_change_mends() -> None:
    (kiosk,) = (x for x in contoso("Security:4688/CommandLine") if x.hosts == ("KIOSK",))
    _, way, breaks, change, evidence, _ = printed((kiosk,))
    assert "a process was started" in way
    assert "Process Creation is set to Failure; Security:4688 needs Success" in breaks
    assert "makes it achievable: Audit Process Creation: Success (event volume:" in change
    assert evidence.split()[1:4] == ["kiosk/auditpol.csv", "line", "29:"]


REASON = Reason("role", "T1", NOT_APPLICABLE, "no Windows")


def _explanation(branch: Branch, hosts: tuple[str, ...] = ("A",)) -> Explanation:
    return Explanation(Branch("T1 on A", None, branch.verdict, (), (branch,)), "T1", hosts, 3)


def test_what_does_not_apply_has_its_reason_and_no_change() -> None:
    judged = Judged(NOT_APPLICABLE, (REASON,))
    lines = printed((_explanation(Branch("d", judged, NOT_APPLICABLE)),))
    assert lines[0] == "T1: not applicable on 3 hosts (A)"
    assert [line.split()[0] for line in lines[1:-1]] == ["reason", "evidence"]


def test_where_no_change_helps_it_says_so() -> None:
    judged = Judged(NO, (Reason("os", "T1", NO, "never written"),))
    none = Branch("no change that is known makes detection achievable here", None, NO)
    tree = Branch("T1 on A", None, NO, (), (Branch("d", judged, NO), none))
    lines = printed((Explanation(tree, "T1", ("A",), 1),))
    assert "  breaks    os: T1: never written" in lines
    assert "  change    no change that is known makes detection achievable here" in lines


def test_hostile_names_stay_dead() -> None:
    name = "[red]x[/red]\x1b]0;owned\x07\u202e"
    judged = Judged(YES, (Reason("os", name, YES, name),))
    told = "\n".join(printed((_explanation(Branch(name, judged, YES), (name,)),)))
    assert "[red]x[/red]" in told
    assert not set(told) & {"\x1b", "\x07", "\u202e"}


def test_a_long_subject_takes_no_more_room() -> None:
    judged = Judged(NO, (Reason("os", "E" * 900, NO, "never written " * 90),))
    tree = Branch("long " * 500, judged, NO)
    lines = printed((Explanation(tree, "long " * 500, ("A" * 300,), 1),), 80)
    assert len(lines) <= 12
    assert "not achievable on 1 host" in " ".join(lines)


def test_many_rules_are_brief() -> None:
    judged = Judged(NO, (Reason("os", "E", NO, "never written"),))
    rules = tuple(
        Explanation(Branch("r on A", judged, NO), f"Rule {number}", ("A",), 1)
        for number in range(9)
    )
    lines = printed(rules, 80)
    assert len(lines) <= 12
    assert lines[-1] == "5 more rules and every link: --full."
