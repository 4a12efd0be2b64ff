"""What `explain` prints: signs with words, caveats where an event is written, every field."""

from __future__ import annotations

from functools import cache
from io import StringIO

import hosts
import pytest
from rich.console import Console

from logreach.coverage.assessment.explain import explain
from logreach.coverage.attack import load_attack
from logreach.reports.terminal.explanation import render_explanation

HOSTS = {
    "old": {"os": "Windows Server 2008 SP2", "role": "server", "audit": "success and failure"},
    "new": {
        "os": "Windows 11 23H2",
        "role": "workstation",
        "audit": "success and failure",
        "settings": {"process_creation_command_line": False},
        "sysmon": {"version": "15.15", "config": "everything"},
    },
    "silent": {"os": "Windows 11 23H2", "role": "workstation", "audit": "none", "sysmon": "none"},
}


@cache
def parts(name: str, host: str, width: int = 1_000) -> list[str]:
    """Each part of what is printed, without the lines of the tree."""
    (found,) = explain(name, hosts.inventory(HOST=HOSTS[host]), load_attack())
    printed = []
    for tree in render_explanation(found):
        out = StringIO()
        Console(file=out, width=width).print(tree)
        printed.append(out.getvalue())
    return printed


def below(text: str, first: str) -> str:
    """The lines of an event: the one that begins with its sign, and its details."""
    lines = text.splitlines()
    begin = next(n for n, line in enumerate(lines) if first in line)
    end = begin + 1
    while end < len(lines) and "──" not in lines[end]:
        end += 1
    return "\n".join(lines[begin:end])


def test_a_technique_is_told_by_its_answer_then_picture_then_chain() -> None:
    ways, picture, chain = parts("T1543.003", "new")
    assert picture.startswith(
        "T1543.003 Windows Service on HOST, what shows it: ✓ shows it whole; *"
    )
    assert ways.startswith("T1543.003 Windows Service on HOST: achievable, ways to detect it:")
    assert "✓ Security:4697: service installed" in ways
    assert "lacks: " in ways
    assert chain.startswith("T1543.003 on HOST: achievable")


def test_an_event_with_a_condition_says_it_and_its_caveats() -> None:
    told = below(parts("T1543.003", "old")[1], "* Security:4696")
    assert "condition: only where a process starts under another user's token" in told
    assert "written: since Windows Vista and Server 2008; of no use since Windows 7" in told
    assert "caveat: 4688 holds the token of the new process too" in told
    assert "never shows: sc.exe started" in told


def test_an_event_that_is_not_there_says_the_reason_and_no_caveat() -> None:
    told = below(parts("T1543.003", "new")[1], "✗ Security:4696")
    assert "reason: Security:4696 is not written on Windows 11 23H2" in told
    assert "caveat" not in told
    assert "condition" not in told


def test_caveats_stand_where_the_event_is_written_and_once() -> None:
    picture = parts("T1543.003", "new")[1]
    assert "caveat: CommandLine is in the record and empty" in below(picture, "✓ Security:4688")
    assert picture.count("caveat: CommandLine is in the record and empty") == 1
    assert picture.count("caveat: needs 'Set Value' auditing") == 1
    later = picture[picture.index("Windows Registry Key Modification: ") :]
    assert "caveats: as above" in below(later, "? Security:4657")
    assert "BYOVD" in below(picture, "✓ Sysmon:6")


def test_what_a_missing_fact_decides_names_the_fact() -> None:
    told = below(parts("T1543.003", "new")[1], "? Security:4657")
    assert "missing: audit entries (SACL) on HKLM" in told


@pytest.mark.parametrize("event", ["Security:4657", "Security:4688", "Sysmon:1", "Security:4696"])
def test_every_field_of_an_event_is_listed_once(event: str) -> None:
    view = parts(event, "new")[0]
    (found,) = explain(event, hosts.inventory(HOST=HOSTS["new"]), load_attack())
    assert found.event is not None
    for field in found.event.fields:
        assert view.count(f" {field.name}: ") == 1, field.name


def test_an_event_tells_what_it_records_its_caveats_and_values_of_fields() -> None:
    view, chain = parts("Security:4657", "new")
    assert "records: a value of a registry key was made, changed or deleted" in view
    assert "maybe: values only" in view
    assert "caveat: a key that is opened or closed is recorded by 4656 and 4658" in view
    assert "source: https://learn.microsoft.com/" in view
    assert "%%1906: value deleted" in view
    assert chain.startswith("Security:4657 on HOST: ")


def test_a_field_that_a_setting_leaves_empty_says_so() -> None:
    view = parts("Security:4688", "new")[0]
    told = below(view, "✗ CommandLine")
    assert "setting: setting 'Command line in process creation events' is off" in told
    assert "✓ NewProcessName" in view
    assert "1: %%1936, default" in below(view, "TokenElevationType")


def test_of_an_event_that_is_not_written_no_field_is_filled() -> None:
    view = parts("Security:4688", "silent")[0]
    assert "nothing is filled where the event is not written" in view
    assert "✗ NewProcessName" in view
    assert "✓ " not in view.partition("a missing fact decides")[2]


def test_what_no_sensor_is_known_to_show_says_so() -> None:
    picture = parts("T1543", "new")[1]
    lines = picture[picture.index("Container Creation: ") :].splitlines()
    assert "no event of any sensor is known to show it" in lines[1]


@pytest.mark.parametrize("width", [60, 100])
def test_lines_keep_to_the_width(width: int) -> None:
    for name in ("T1543.003", "Security:4657"):
        for part in parts(name, "new", width):
            assert max(map(len, part.splitlines())) <= width
