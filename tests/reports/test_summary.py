"""What a run prints by default: at most a page, and no number that is not the true one."""

from __future__ import annotations

import re
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console
from sample_assessment import CONTROL, empty, fleet_of, planned, sample, with_rule_gains

from logreach.coverage.assessment.result import (
    Assessment,
    MissingFact,
    Plan,
    PlannedRemedy,
    PlanStep,
)
from logreach.coverage.engine.judged import Remedy
from logreach.coverage.engine.verdict import UNKNOWN
from logreach.inventories.files.faults import Fault
from logreach.inventories.windows.facts import AUDIT, SACL
from logreach.reports.printing import cut
from logreach.reports.terminal.layout import PAGE, page_rows, put
from logreach.reports.terminal.summary import Closing, summary_rows, titles_together

REPORTS = "Reports in out: assessment.json, .xlsx, navigator (7 files), .html"
WIDTHS = [40, 60, 80, 120]


def printed(assessment: Assessment, width: int = 80, closing: Closing | None = None) -> str:
    """Both streams in the order in which they are written."""
    out = StringIO()
    console = Console(file=out, width=width)
    put(summary_rows(assessment, console, closing or Closing(REPORTS)), console, console)
    return out.getvalue()


def rows(text: str, width: int) -> int:
    """The rows of a terminal: it wraps lines that are longer than it is wide."""
    return sum(max(1, -(-len(line) // width)) for line in text.splitlines())


def crowded(profiles: int) -> Assessment:
    """Many profiles with long names, steps, facts and faults."""
    one = with_rule_gains()
    template = one.profiles[1]
    own = tuple(
        replace(
            template,
            profile_id=f"P{number}",
            hosts=(f"host-{number}-with-a-rather-long-name.corp.example.org",),
            count=12_345,
            faults=(Fault(f"row {number} is damaged " + "x" * 300, f"file-{number}.csv"),),
        )
        for number in range(1, profiles + 1)
    )
    ids = tuple(profile.profile_id for profile in own)
    remedies = tuple(
        PlannedRemedy(
            Remedy(
                AUDIT(f"A{number}"),
                None,
                "text",
                "event volume: Low to Medium (comment: medium-high), and more words on it",
                f"Audit subcategory with a long name {number}: Success and Failure",
            ),
            ids,
            12_345 * profiles,
            1_000 - number,
            {},
        )
        for number in range(40)
    )
    steps = tuple(
        PlanStep(tuple(range(4 * place, 4 * place + 4)), ids, 12_345 * profiles, 5, 1_000, ())
        for place in range(10)
    )
    missing = tuple(
        MissingFact(SACL(f"HKLM\\SOFTWARE\\{number}\\{'Y' * 90}"), ids, "no file says", 99, "")
        for number in range(60)
    ) + tuple(MissingFact(AUDIT(f"A{number}"), ids, "no", 9_999, "") for number in range(60))
    return replace(
        one,
        inventory="a name of an inventory that is long " * 8,
        profiles=own,
        fleet=fleet_of(own),
        remedies=remedies,
        missing=missing,
        plan=Plan(steps, pairs=10_000),
        rule_plan=Plan(steps, pairs=10_000),
    )


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("profiles", [1, 50, 500])
def test_it_fills_a_page_at_most(profiles: int, width: int) -> None:
    text = printed(crowded(profiles), width)
    assert rows(text, width) <= page_rows(width)
    assert page_rows(80) == page_rows(120) == PAGE == 24
    for part in ("Detection: ", "Rules: ", "Plan", "For rules first", "Missing: 120 facts"):
        assert part in text
    flowing = " ".join(text.split())
    assert profiles == 1 or "All: logreach inventory check" in flowing
    assert REPORTS in flowing


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("profiles", [1, 50])
def test_every_number_of_it_is_one_that_a_wide_terminal_prints(profiles: int, width: int) -> None:
    """A cut number would be one more than those that stand on a terminal of any width."""
    number = re.compile(r"\d[\d.,/]*\d|\d")
    whole = set(number.findall(printed(crowded(profiles), 100_000)))
    text = printed(crowded(profiles), width)
    text = re.sub(r"(more: -v|and) *\n *", r"\1 ", text)
    allowed = whole | {f"{left}" for left in range(130)}  # 'and 3 more' depends on the width
    assert [each for each in number.findall(text) if each.rstrip(".,") not in allowed] == []


def test_the_headline_tells_scope_shares_and_limits() -> None:
    text = " ".join(printed(sample()).split())
    assert "all 902 hosts of the inventory, in 2 profiles" in text
    assert "9 techniques of ATT&CK 18.1, restricted to tactic persistence; 8 apply" in text
    assert "Detection: achievable on 24.3 % of 7,216 pairs of a host and a technique" in text
    assert "(12.5 % by what other hosts record); conditional on 25.0 %; unknown on 37.5 %;" in text
    assert "not achievable on 13.2 %." in text
    assert "Rules: of 1, by the best host, 1 conditional." in text
    limits = "Of 2 profiles, 2 rest on assumed facts (Windows defaults), 1 is judged by what"
    assert limits in text


def test_a_step_tells_its_share_hosts_and_cost() -> None:
    lines = printed(planned(), 120).splitlines()
    (step,) = [place for place, line in enumerate(lines) if line.startswith(" 1. ")]
    assert lines[step - 1] == "Plan, with the share achievable after each step (now 24.3 %):"
    assert lines[step].startswith(" 1. 37.0 %: Turn on Success auditing of Process Creation; Turn")
    cost = "902 hosts; cost: Medium to high event volume; WS, 日本-01 and 2 more"
    assert cost in " ".join(lines)


def test_facts_stand_below_the_command_that_tells_them() -> None:
    one = sample()
    facts = tuple(
        MissingFact(key, ("P2",), "no", verdicts, title)
        for key, verdicts, title in (
            (AUDIT("0CCE922B-69AE-11D9-BED3-505054503030"), 40, "audit subcategory A"),
            (AUDIT("0CCE922C-69AE-11D9-BED3-505054503030"), 10, "audit subcategory B"),
            (SACL("HKLM\\X"), 30, "audit entries on X"),
        )
    )
    lines = [line.strip() for line in printed(replace(one, missing=facts), 120).splitlines()]
    place = lines.index("Missing: 3 facts, which 80 answers wait for. Run:")
    assert lines[place + 1] == "auditpol /get /category:* /r > auditpol.csv"
    assert lines[place + 2].startswith("tells 2 facts on =cmd|'/c calc'!A0, <script>")
    assert lines[place + 3] == "logreach collect > collect.ps1, and run .\\collect.ps1"


def test_faults_stand_on_standard_error_and_the_rest_are_counted() -> None:
    faults = tuple(Fault(f"fault {number}", "a.csv") for number in range(5))
    out, err = StringIO(), StringIO()
    screen, errors = Console(file=out, width=80), Console(file=err, width=80)
    one = replace(empty(), faults=faults)
    put(summary_rows(one, screen, Closing(check="logreach inventory check x")), screen, errors)
    assert err.getvalue().splitlines() == [
        "5 faults in the input; what a fault hides counts as unknown. "
        "All: logreach inventory check x",
        "  fault 0 in a.csv",
        "  fault 1 in a.csv",
    ]
    assert "fault" not in out.getvalue().replace("table and fault", "")


def test_nothing_at_all_is_four_lines() -> None:
    assert printed(empty(), closing=Closing()).splitlines() == [
        "inventory: all 0 hosts of the inventory, in 0 profiles",
        "all 0 techniques of ATT&CK 18.1 for Windows; 0 apply",
        "No technique in scope applies to any host.",
        "More: -v for every table and fault; logreach explain NAME for one verdict.",
    ]


def test_one_is_not_many() -> None:
    one = sample()
    profile = replace(one.profiles[0], count=1)
    text = printed(replace(one, profiles=(profile,), faults=profile.faults), 200)
    assert "all 1 host of the inventory, in 1 profile\n" in text
    # The profile's fault is the inventory's own, told once.
    assert "1 fault in the input;" in text


def test_all_unknown_is_said_to_be_so() -> None:
    one = sample()
    profiles = tuple(
        replace(
            profile,
            techniques={
                key: replace(
                    technique,
                    detection=replace(
                        technique.detection,
                        judged=technique.detection.judged._replace(verdict=UNKNOWN),
                        here=UNKNOWN,
                    ),
                )
                for key, technique in profile.techniques.items()
            },
        )
        for profile in one.profiles
    )
    text = " ".join(printed(replace(one, profiles=profiles)).split())
    assert "achievable on 0.0 % of 8,118 pairs" in text
    assert "unknown on 100.0 %" in text
    assert "Plan: no change that is known makes another detection achievable." in text


def test_data_is_neither_markup_nor_a_control_character() -> None:
    text = printed(replace(sample(), inventory="[bold]x[/bold]" + CONTROL))
    assert "[bold]x[/bold]bell␇ null␀ escape␛[31m" in text
    assert not set(text) & {"\x07", "\x00", "\x1b", "\u202e", "\udc80"}


def test_colours_only_repeat_the_words() -> None:
    plain = printed(sample())
    assert "\x1b" not in plain
    out = StringIO()
    console = Console(file=out, width=80, force_terminal=True, color_system="standard")
    put(summary_rows(sample(), console, Closing(REPORTS)), console, console)
    assert "\x1b[" in out.getvalue()
    assert re.sub(r"\x1b\[[\d;]*m", "", out.getvalue()) == plain


def test_what_titles_begin_with_stands_once() -> None:
    titles = ["Sysmon configuration: keep A", "Audit B: Success", "Sysmon configuration: keep C"]
    assert titles_together(titles) == [
        "Sysmon configuration: keep A",
        "keep C",
        "Audit B: Success",
    ]


@pytest.mark.parametrize(
    ("line", "limit", "shorter"),
    [("x266/472", 7, "x…"), ("hosts-12345678", 10, "hosts-…"), ("9 of 472 hosts", 8, "9 of …")],
)
def test_a_cut_leaves_no_part_of_a_number(line: str, limit: int, shorter: str) -> None:
    assert cut(line, limit) == shorter
