"""Texts that regular expressions find, made from the expressions."""

from __future__ import annotations

import re

import pytest
from support import shared

from logreach.coverage.detections.load import load_rules
from logreach.coverage.events.patterns import Test
from logreach.coverage.platforms.sysmon.engine import expressions
from logreach.coverage.platforms.sysmon.engine.expressions import example

EXAMPLES = {
    "plain": "plain",
    r"\Aa\.b\Z": "a.b",
    r"net\s+use": "net use",
    r"x{3,}": "xxx",
    r"[0-9]{2}[^0-9a]?z": "00z",
    r"[^a]": "1",
    r"\D\S\w\W": "aaa ",
    r"(?:a|b)(c|d)": "ac",
    r"(?i)CMD\.exe": "CMD.exe",
    r"\bword\b": "word",
    r"\Bx": None,
    r"(?s)a.b": "aab",
    r"[\s\w]": " ",
    r"(?:[^\x00-\x7f]|z)y": "zy",
}


@pytest.mark.parametrize(("expression", "expected"), EXAMPLES.items())
def test_an_example_is_made_of_the_parts(expression: str, expected: str | None) -> None:
    assert example(expression) == expected
    if expected is not None:
        assert re.search(expression, expected)


@pytest.mark.parametrize(
    "expression",
    [
        "([a-z",
        "(?!a)a",
        r"(a)\1",
        "a(?=b)b",
        r"a\Ab",
        r"[^\x00-\U0010ffff]",
        "a{100000}",
        "(" * 20_000,
        "(a{999}){999}",
    ],
)
def test_what_cannot_be_made_or_read_gives_none(expression: str) -> None:
    assert example(expression) is None


def test_without_pythons_parser_no_example_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "_parser", None)
    assert example.__wrapped__("abc") is None


def test_every_expression_of_real_rules_has_an_example() -> None:
    rules = load_rules([shared("sigma/rules/windows/process_creation")]).rules
    tests = {
        value
        for rule in rules
        for branch in rule.branches
        for need in branch.needs
        if need.constraint.test is Test.MATCHES
        for value in need.constraint.values
    }
    assert len(tests) > 100
    assert {value for value in tests if example(value) is None} == set()
