"""What is printed says by words what can be acted on, and lets no data act on the terminal."""

from __future__ import annotations

import re
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console
from sample_assessment import AUDIT_REMEDY, CONTROL, MARKUP, branch, empty, planned, sample

from logreach.coverage.assessment.result import Assessment
from logreach.coverage.engine.tree import Branch
from logreach.coverage.engine.verdict import YES
from logreach.reports.printing import cut
from logreach.reports.terminal.details import print_details
from logreach.reports.terminal.layout import FittingTable
from logreach.reports.terminal.tree import render_tree


def _printed(assessment: Assessment, width: int = 160, **options: object) -> str:
    out = StringIO()
    print_details(assessment, Console(file=out, width=width, **options))  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize(
    "words",
    [
        "Windows Server 2008 SP2",
        "Detection: techniques by profile",
        "Achievable where one way to detect the technique holds whole: an event that records",
        "'43 + 5': 43 on these hosts, 5 on other hosts of the fleet.",
        "P1 (WS, 日本-01)",
        "Completeness of what ATT&CK names",
        "Links that break most ways to detect",
        "not achievable: Security:4688: Process Creation is not audited",
        "Turn on Success auditing of Process Creation",
        "Medium to high event volume",
        "setting Command line",
        "the best one counts, so this figure is optimistic.",
        "Assumed facts by profile: P1 (1), P2 (1).",
        "Profiles judged by received events: P2.",
    ],
)
def test_the_tables_tell(assessment: Assessment, words: str) -> None:
    assert words in " ".join(_printed(assessment).split())


def test_the_headline_is_detection_here_and_elsewhere(assessment: Assessment) -> None:
    lines = _printed(assessment).splitlines()
    first, last = (next(x for x in lines if x.startswith(word)) for word in ("P1 (", "share of"))
    # Three kinds of unknown count as unknown.
    assert re.split(r"  +", first.strip())[1:] == ["850", "1 + 1", "1 + 1", "3", "1"]
    # Shares are of 902 hosts x 8 techniques that apply.
    assert re.findall(r"[\d.]+ %", last) == ["24.3 %", "25.0 %", "37.5 %", "13.2 %"]


def test_completeness_is_one_figure_a_question_below_it(assessment: Assessment) -> None:
    _, after = _printed(assessment).split("Completeness of what ATT&CK names")
    line = next(one for one in after.splitlines() if one.startswith("Visibility"))
    assert line.split()[:3] == ["Visibility", "11.8", "%"]


def test_a_link_is_named_that_keeps_a_way_from_holding(assessment: Assessment) -> None:
    _, after = _printed(assessment).split("Links that break most ways to detect")
    rows, _ = after.split("What to change first")
    assert [line.split()[0] for line in rows.splitlines() if line[:6].strip().isdigit()] == [
        "2602",
        "1110",
        "850",
    ]


def test_rules_are_counted_by_profile(assessment: Assessment) -> None:
    _, after = _printed(assessment).split("Rules by profile")
    line = next(one for one in after.splitlines() if one.startswith("P1"))
    assert line.split() == ["P1", "(WS,", "日本-01)", "0", "1", "0", "0", "0"]


def test_an_empty_assessment_prints_no_tables() -> None:
    assert _printed(empty()) == ""


def test_steps_are_told_with_what_is_achievable_once_they_are_done() -> None:
    _, after = _printed(planned(), 200).split("What to change, in steps")
    lines = [line.split() for line in after.splitlines()[3:5]]
    assert lines[0][:6] == ["1", "902", "37.0", "%", "unknown", "-"]
    assert " ".join(lines[1]).startswith("- Turn on 'Include command line")
    assert "in steps" not in _printed(sample())


def test_without_colour_no_escape_is_printed(assessment: Assessment) -> None:
    assert "\x1b" not in _printed(assessment)


def test_with_colour_the_words_are_the_same(assessment: Assessment) -> None:
    coloured = _printed(assessment, force_terminal=True, color_system="standard")
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == _printed(assessment)


def test_data_is_neither_markup_nor_a_control_character() -> None:
    one = sample()
    missing = replace(one.missing[0], title="[bold]x[/bold]" + CONTROL)
    text = " ".join(_printed(replace(one, missing=(missing,)), 300).split())
    assert "[bold]x[/bold]bell␇ null␀ escape␛[31m" in text
    assert not set(text) & {"\x07", "\x00", "\x1b", "\u202e", "\udc80"}
    assert MARKUP in _printed(sample())


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_lines_keep_to_the_width(assessment: Assessment, width: int) -> None:
    assert max(len(line) for line in _printed(assessment, width).splitlines()) <= width


LONG_NAME = "Microsoft-Windows-DriverFrameworks-UserMode/Operational"


def _column(text: str, head: str) -> list[str]:
    """The cells of the column that begins under a head, line by line."""
    lines = text.splitlines()
    top = next(number for number, line in enumerate(lines) if head in line.split("   "))
    at = lines[top].index(head)
    return [line[at:].split("   ")[0].strip() for line in lines[top + 2 :]]


@pytest.mark.parametrize("width", [80, 100])
def test_names_too_long_for_a_column_are_broken_between_their_parts(width: int) -> None:
    one = sample()
    missing = replace(one.missing[0], title=f"whether channel {LONG_NAME} is enabled")
    told = _column(_printed(replace(one, missing=(missing,)), width), "Fact")
    *first, last = [word for line in told for word in line.split() if word in LONG_NAME]
    assert "".join([*first, last]) == LONG_NAME
    assert first
    assert all(part[-1] in "-/" for part in first)


@pytest.mark.parametrize(
    ("line", "limit", "told"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two …"),
        ("one two three", 8, "one …"),
        ("onetwothree", 8, "onetwot…"),
    ],
)
def test_a_line_is_cut_between_words(line: str, limit: int, told: str) -> None:
    assert cut(line, limit) == told
    assert len(told) <= limit


def test_a_change_that_a_verdict_waits_for_is_told_with_its_cost_and_no_verdict() -> None:
    waiting = Branch("detection, once this is changed", None, YES, changes=(AUDIT_REMEDY,))
    out = StringIO()
    Console(file=out, width=120).print(render_tree(waiting))
    assert [line.rstrip() for line in out.getvalue().splitlines()] == [
        "detection, once this is changed: achievable",
        "└── Turn on Success auditing of Process Creation (Medium to high event volume)",
    ]


@pytest.mark.parametrize("width", [30, 40, 60, 80, 120, 300])
def test_no_number_of_a_table_is_cut_or_broken(width: int) -> None:
    table = FittingTable("T", "What", "#Hosts", "#Share", "#Of", "#Rules", "Why")
    rows = [("266/472", "123456", "99.9 %", "266/472", "1,234,567", "a/b 77/88 end")]
    for row in rows:
        table.add(*row)
    out = StringIO()
    Console(file=out, width=width).print(table)
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    for number in ("123456", "99.9", "1,234,567"):
        assert any(number in line for line in lines), lines
    assert sum(line.count("266/472") for line in lines) == 2
    assert "…" not in out.getvalue()


def test_an_old_terminal_gets_ascii_lines(assessment: Assessment) -> None:
    class Ascii(StringIO):
        encoding = "ascii"  # type: ignore[assignment]

    out = Ascii()
    print_details(replace(assessment, profiles=(), inventory="x"), Console(file=out, width=100))
    assert out.getvalue().isascii()


def _tree() -> list[str]:
    out = StringIO()
    Console(file=out, width=120).print(render_tree(branch()))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_each_link_of_the_tree_has_verdict_reason_evidence_and_remedy() -> None:
    assert _tree() == [
        "T1543 Create or Modify System Process: not achievable (any of)",
        "├── Security:4688: not achievable (all of)",
        "│   ├── audit policy: not achievable",
        "│   │   └── audit policy: not achievable: Process Creation is not audited",
        "│   │         evidence: ws/auditpol.csv line 12: Process Creation,Success",
        "│   │         remedy: Turn on Success auditing of Process Creation "
        "(Medium to high event volume)",
        "│   │         reference: https://learn.microsoft.com/windows/security/"
        "threat-protection/auditing/event-4688",
        "│   └── [bold]x[/bold] ␛[31m: unknown (partial)",
        "│       └── setting: unknown: the inventory does not say whether the command line "
        "is included",
        "│             remedy: Turn on 'Include command line in process creation events'",
        "│             missing: setting:process_creation_command_line",
        "└── Launch daemon: not applicable",
        "    └── os: not applicable: no platform of this technique is Windows",
    ]


def test_a_leaf_without_reasons_of_its_own_shows_those_of_its_verdict() -> None:
    leaf = replace(branch().children[0], children=())
    out = StringIO()
    Console(file=out, width=120).print(render_tree(leaf))
    assert "Process Creation is not audited" in out.getvalue()
