"""Regular expressions of inputs run in RE2: none runs for ever, none is read otherwise than meant."""

from __future__ import annotations

import pytest

from logreach.inventories.files.patterns import compiled, with_wildcards
from logreach.inventories.forwarding import splunk, wef


@pytest.mark.parametrize(
    ("expression", "text", "found"),
    [
        ("^a.c$", "abc", True),
        (r"\Aabc\Z", "abc", True),
        (r"\Aabc\Z", "abcd", False),
        (r"\\Z", "\\Z", True),
        ("é", "É", True),
        ("x", "\ud800x", True),
        (r"\d", "٣", False),
        ("(?s)a.b", "a\nb", True),
    ],
)
def test_an_expression_is_searched_anywhere(expression: str, text: str, found: bool) -> None:
    pattern = compiled(expression, cased=False)
    assert pattern is not None
    assert pattern.found_in(text) is found


@pytest.mark.parametrize(
    "expression", ["(", "(?=a)", r"(a)\1", "a" * 40_000, "((a{99}){99}){99}", "\ud800"]
)
def test_what_re2_does_not_read_is_none(expression: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert compiled(expression) is None
    assert capfd.readouterr() == ("", ""), "RE2 would write the expression to standard error"


@pytest.mark.parametrize(
    "expression",
    [
        r"^\d?" + r"\d?" * 60 + "x$",
        "(a+)+$",
        "(a|a)*$",
        "(.*)(.*)(.*)(.*)(.*)(.*)x$",
        "(a?){50}a{50}",
    ],
)
def test_no_expression_tries_every_way(expression: str) -> None:
    """Python's own `re` needs longer than the age of the world for these."""
    pattern = compiled(expression)
    assert pattern is not None
    assert pattern.found_in("a" * 40 + "1" * 40 + "!") in (True, False)


def test_a_name_with_many_wildcards_is_told_at_once() -> None:
    pattern = with_wildcards("*a" * 2_000 + "*b")
    assert pattern is not None
    assert not pattern.is_all_of("a" * 3_000)
    short = with_wildcards("sel.*_x")
    assert short is not None
    assert short.is_all_of("sel.1_x")
    assert not short.is_all_of("sel1_x")


def _queries(conf: str) -> list[str]:
    (subscription,) = wef.subscriptions_of(splunk.read(conf, "inputs.conf"))
    return [query.xpath for query in subscription.queries]


@pytest.mark.parametrize("optional", [8, 12, 15, 60])
def test_a_blacklist_that_ran_for_ever_is_tried_on_every_id(optional: int) -> None:
    regex = "^" + r"\d?" * optional + "x$"
    first, _ = _queries(f"[WinEventLog://Security]\nblacklist1 = EventCode=%{regex}%\n")
    assert "undecided" not in first


def test_only_so_many_expressions_of_a_file_are_tried() -> None:
    filters = "".join(
        f"[WinEventLog://C{number}]\nblacklist = EventCode=%^{number}$%\n" for number in range(60)
    )
    subscriptions = wef.subscriptions_of(splunk.read(filters, "inputs.conf"))
    undecided = [each for each in subscriptions if "undecided" in each.queries[0].xpath]
    assert 0 < len(undecided) < 60
