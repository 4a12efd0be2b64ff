"""Help speaks of values, not of Python's types, and its lists of commands are whole sentences."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from logreach.cli import app

COMMANDS = (
    "assess",
    "explain",
    "rules",
    "collect",
    "baseline",
    "compare",
    "resilience",
    "init",
    "schema",
    "inventory show",
    "inventory check",
    "sysmon check",
    "sysmon try",
    "sysmon rules",
    "attack import",
    "attack show",
    "attack compare",
    "attack published-rules",
)


def _help(words: str) -> str:
    result = CliRunner().invoke(app, [*words.split(), "--help"], terminal_width=80)
    assert result.exit_code == 0
    return result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_options_name_what_they_take(command: str) -> None:
    _, _, options = _help(command).partition("Options:")
    assert "-h, --help" in options
    assert not re.findall(r"<(?:list|str|path|int|float)\b", options)


@pytest.mark.parametrize("group", ["", "sysmon", "attack"])
def test_a_list_of_commands_cuts_no_sentence(group: str) -> None:
    _, _, commands = _help(group).partition("Commands:")
    lines = [line for line in commands.splitlines() if line.strip()]
    assert lines
    assert [line for line in lines if not line.endswith(".") or line.endswith("...")] == []


def test_every_command_is_told_of() -> None:
    told = [
        " ".join((group, line.split()[0])).strip()
        for group in ("", "inventory", "sysmon", "attack")
        for line in _help(group).partition("Commands:")[2].splitlines()
        if re.match(r"  \w", line)
    ]
    assert {*COMMANDS, "inventory", "sysmon", "attack"} == set(told)
