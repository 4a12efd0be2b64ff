"""Every command and option in the README and its pages exists, by the help of that command."""

from __future__ import annotations

import re
from functools import cache

import pytest
from support import ROOT
from typer.testing import CliRunner

from logreach.cli import app
from logreach.cli.exits import Exit

README = (ROOT / "README.md").read_text("utf-8")
PAGES = sorted((ROOT / "docs").glob("*.md"))
WRITTEN = "\n\n".join([README, *(page.read_text("utf-8") for page in PAGES)])
GROUPS = ("inventory", "sysmon", "attack")


@cache
def _help(*command: str) -> str:
    result = CliRunner().invoke(app, [*command, "--help"], terminal_width=200)
    assert result.exit_code == 0, command
    return result.stdout


def _quoted() -> list[str]:
    """Commands and options as the README and its pages quote them: in backquotes, or indented on a line."""
    inline = [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", WRITTEN)]
    lines = re.findall(r"^    (.*)$", WRITTEN, re.MULTILINE)
    return [*inline, *(part for line in lines for part in line.split(" && "))]


COMMANDS = sorted({code for code in _quoted() if code.startswith("logreach ")})
OPTIONS = sorted(
    {option for code in _quoted() if code.startswith("--") for option in code.split()[:1]}
)


@pytest.mark.parametrize("quoted", COMMANDS)
def test_a_quoted_command_exists_with_its_options(quoted: str) -> None:
    words = quoted.split()[1:]
    command = words[: 2 if words[0] in GROUPS else 1]
    shown = _help(*command)
    options = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert [option for option in sorted(options) if option not in shown] == []


@pytest.mark.parametrize("option", OPTIONS)
def test_a_quoted_option_belongs_to_a_command(option: str) -> None:
    commands = [line.split()[0] for line in _lines_of_commands(_help())]
    helps = [_help()]
    for name in commands:
        helps.append(_help(name))
        if name in GROUPS:
            helps += [_help(name, line.split()[0]) for line in _lines_of_commands(_help(name))]
    assert any(option in shown for shown in helps)


def test_the_quoted_answer_is_what_the_command_prints() -> None:
    command = "logreach explain Security:4688/CommandLine examples/contoso --host KIOSK"
    assert command in COMMANDS
    words = command.replace("examples", str(ROOT / "examples")).split()[1:]
    answer = CliRunner(env={"COLUMNS": "80"}).invoke(app, words).stdout
    assert answer
    assert "".join(f"    {line}\n" for line in answer.splitlines()) in README


def test_every_exit_code_is_in_the_table() -> None:
    table = re.findall(r"^\| (\d+) \| .", README, re.MULTILINE)
    assert table == [str(int(code)) for code in Exit]


def test_the_readme_quotes_commands_and_options() -> None:
    assert len(COMMANDS) > 10
    assert len(OPTIONS) > 5


def _lines_of_commands(shown: str) -> list[str]:
    _, _, commands = shown.partition("Commands:")
    return [line for line in commands.splitlines() if re.match(r"  \w", line)]


def test_every_page_is_linked_and_every_link_leads_to_a_file() -> None:
    linked = set(re.findall(r"\]\((?!https?:|#)([^)#]+)", README))
    assert {f"docs/{page.name}" for page in PAGES} <= linked
    assert [link for link in sorted(linked) if not (ROOT / link).is_file()] == []
