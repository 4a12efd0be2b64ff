"""Configurations of further shippers: hostile texts, places of faults, queries that all parse."""

from __future__ import annotations

import pytest
from format_samples import SAMPLES
from hypothesis import given, settings
from hypothesis import strategies as st

from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.forwarding import forwarding_files, wef
from logreach.inventories.forwarding.event_conditions import Language, predicate
from logreach.inventories.forwarding.forwarding_files import SHIPPERS, Shipper
from logreach.inventories.forwarding.xpath import parse

LANGUAGE = Language(frozenset({"EventID"}), frozenset({"Channel"}), frozenset({"Source"}))
SHIPPED = [name for name in SAMPLES if any(name.startswith(each.name) for each in SHIPPERS)]
HOSTILE = [
    "<a>" * 100_000,
    "[" * 10_000,
    "{" * 10_000,
    "(" * 100_000,
    '{"dataSources": {"windowsEventLogs": [' + "[" * 900 + "]" * 900 + "]}}",
    '{"type": 5, "properties": 7, "dataFlows": {"streams": 5}, "windowsEventLogs": 1}',
    '{"dataSources": {"windowsEventLogs": [{"streams": 5, "xPathQueries": [1]}]}, "dataFlows": [3]}',
    "<ossec_config><localfile><query>\\<!DOCTYPE x [<!ENTITY e 'x'>]>\\</query></localfile></ossec_config>",
    "<Input a>\nModule im_msvistalog\nExec if " + "(" * 50_000 + " drop();\n</Input>",
    "<Input a>\nModule im_msvistalog\nExec if "
    + "$EventID == 1 or " * 20_000
    + "$x drop();\n</Input>",
    "define A %A%%A%\n" * 100 + "<Input a>\nModule im_msvistalog\nExec %A%\n</Input>",
    "define A " + "x" * 60_000 + "\ndefine B %A%%A%\nModule im_x\n",
    "[INPUT]\n    Name winevtlog\n    Channels " + "," * 100_000,
    "[INPUT]\n    Name winevtlog\n[OUTPUT]\n    Name es\n    Match_Regex " + "(a*)*" * 500,
    "inputs: &a [{type: winlog, streams: *a}]\ndata_stream: x\n",
    "receivers: {windowseventlog: 5}\nservice: {pipelines: {logs: [1]}}\n",
    "receivers: 5\nservice: 6\n",
    "pipeline: {inputs: [5, {name: [winevtlog]}], outputs: {}}\n",
    "x" * (17 * 1024 * 1024),
]


def read(shipper: Shipper, text: str) -> int:
    """How many faults and subscriptions a text has; InputError counts as a fault."""
    try:
        reading = shipper.read(Source.of("H/f", text.encode("utf-8", "replace")))
    except InputError as error:
        return len(error.faults)
    return len(reading.faults) + len(wef.subscriptions_of(reading))


@pytest.mark.parametrize("shipper", SHIPPERS, ids=lambda shipper: shipper.name)
@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_hostile_text_is_read_or_a_fault(shipper: Shipper, number: int) -> None:
    assert read(shipper, HOSTILE[number])


PIECES = """<ossec_config> </ossec_config> <localfile> </localfile> <location> </location> [INPUT] [OUTPUT]
<Input> </Input> inputs: receivers: pipeline: { } [ ] : , ' " \\ drop() if $EventID == 1 and not in ("""
pieces = st.sampled_from([*PIECES.split(), "\n", "\n  ", "\n    - ", " ", "Module im_msvistalog\n"])


@settings(max_examples=200)
@given(st.sampled_from(SHIPPERS), st.lists(pieces, max_size=25).map("".join))
def test_any_text_is_read_or_a_fault(shipper: Shipper, text: str) -> None:
    assert read(shipper, text)


@settings(max_examples=200)
@given(
    st.lists(
        st.sampled_from([*PIECES.split(), " ", "EventID", "Channel", "!in", "'x'"]), max_size=15
    )
)
def test_any_condition_becomes_a_predicate(parts: list[str]) -> None:
    parse(f"*[{predicate(' '.join(parts), LANGUAGE)}]")


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("EventID == 1", "System[EventID=1]"),
        ("EventID != 01", "System[EventID!=1]"),
        ("(EventID >= 5 AND Channel == 'Security')", "(System[EventID>=5] and System[Channel='Security'])"),
        ("EventID NOT IN (2, 1)", "not(System[(EventID>=1 and EventID<=2)])"),
        ("EventID !in (1)", "not(System[EventID=1])"),
        ("not (EventID in (4))", "not(System[EventID=4])"),
        ("EventID in ()", "System[EventID<0]"),
        ("Source != 'x'", "not(System[Provider[@Name='x']])"),
        ("Channel =~ 'x'", "undecided(\"Channel =~ 'x'\")"),
        ("EventID == '1'", "undecided(\"EventID == '1'\")"),
        ("EventID in (1, '2')", "undecided('EventID in a list')"),
        ("Channel == 'a\\\\b'", "undecided(\"Channel == 'a\\\\b'\")"),
        ("other == 1 or EventID == 2", "(undecided('other == 1') or System[EventID=2])"),
        ("EventID == 1 or EventID == 2 and EventID == 3", "undecided('EventID == 1 or EventID == 2 and EventID == 3')"),
        ("not EventID == 1", "undecided('not EventID == 1')"),
        ("EventID == 1 EventID == 2", "undecided('EventID == 1 EventID == 2')"),
        ("f(x)", "undecided('f(x)')"),
        ("", "undecided('')"),
    ],
)  # fmt: skip
def test_a_condition_in_words_of_a_collector(condition: str, found: str) -> None:
    assert predicate(condition, LANGUAGE) == found


@pytest.mark.parametrize("name", SHIPPED)
def test_every_query_of_a_good_file_parses_and_stands_in_its_line(name: str) -> None:
    source = Source.of("H/f", SAMPLES[name])
    found = wef.subscriptions_of(forwarding_files.read(source))
    queries = [query for each in found for query in each.queries]
    assert queries
    lines = len(source.text().splitlines())
    for query in queries:
        parse(query.xpath)
        assert 1 <= query.line <= lines
