"""Subscriptions and collectors' configurations, good and broken."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from support import shared

from logreach.inventories.facts.facts import Facts, Known, Reading
from logreach.inventories.forwarding import splunk, wef, winlogbeat
from logreach.inventories.forwarding.subscriptions import FORWARDING, Forwarding, Query
from logreach.inventories.forwarding.xpath import XPathError, parse

READERS: dict[str, ModuleType] = {"wef": wef, "winlogbeat": winlogbeat, "splunk": splunk}
CASES: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("forwarding_cases.yaml").read_text(encoding="utf-8")
)
LIST = '<QueryList><Query Id="0"><Select Path="{}">*</Select></Query></QueryList>'


def told(query: Query) -> str:
    return f"{query.line} {'-' if query.suppress else '+'} {query.path}: {query.xpath}"


def forwarding(reading: Reading) -> Forwarding:
    fact = Facts.of(reading.statements, reading.missing).get(FORWARDING)
    assert isinstance(fact, Known)
    return fact.value


@pytest.mark.parametrize("name", CASES)
def test_forwarding_reader(name: str) -> None:
    case = CASES[name]
    reading = READERS[case["reader"]].read(case["text"], "the.xml", "ab12")
    faults = [str(fault) for fault in reading.faults]
    wanted = case.get("faults", [])
    assert len(faults) >= len(wanted)
    assert bool(faults) == bool(wanted), faults
    for words in wanted:
        assert any(words in fault for fault in faults), faults
    if case.get("missing"):
        assert not reading.statements
        assert reading.missing[0][0] == FORWARDING
        return
    found = forwarding(reading)
    assert [told(query) for one in found.subscriptions for query in one.queries] == case["queries"]
    assert [one.enabled for one in found.subscriptions][-1] == case.get("enabled", True)
    assert list(found.incomplete) == faults
    for query in (query for one in found.subscriptions for query in one.queries):
        if not faults:
            parse(query.xpath)


def test_every_subscription_of_palantir_is_read_whole() -> None:
    folder = shared("wef/palantir")
    for path in sorted(folder.glob("*.xml")):
        text = path.read_text(encoding="utf-8-sig")
        reading = wef.read(text, path.name, "00")
        (one,) = forwarding(reading).subscriptions
        lines = text.splitlines()
        assert not reading.faults
        live = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
        assert len(one.queries) == live.count("<Select ") + live.count("<Suppress ")
        for query in one.queries:
            word = "<Suppress" if query.suppress else "<Select"
            assert word in lines[query.line - 1], (path.name, query.line)
            assert f'Path="{query.path}"' in lines[query.line - 1]
        assert one.allowed.startswith("O:NSG:NSD:")


def test_queries_of_one_list_stay_apart_though_their_ids_are_alike() -> None:
    query = (
        "<Query Id='0'><Select Path='A'>*</Select><Suppress Path='A'>*[System]</Suppress></Query>"
    )
    reading = wef.read(f"<QueryList>{query}{query}</QueryList>", "a.xml")
    (one,) = forwarding(reading).subscriptions
    ids = [query.query_id for query in one.queries]
    assert ids[0] == ids[1] != ids[2] == ids[3]


def test_merging_keeps_every_evidence_and_what_could_not_be_read() -> None:
    whole = wef.merge(
        [
            wef.read(LIST.format("A"), "a.xml", "aa"),
            wef.read("<Subscription>", "b.xml", "bb"),
            winlogbeat.read("winlogbeat.event_logs: [{name: C}]", "c.yml", "cc"),
        ]
    )
    fact = Facts.of(whole.statements, whole.missing).get(FORWARDING)
    assert isinstance(fact, Known)
    assert [evidence.source for evidence in fact.evidence] == ["a.xml", "c.yml"]
    assert [one.queries[0].path for one in fact.value.subscriptions] == ["A", "C"]
    assert len(fact.value.incomplete) == 1
    assert "b.xml" in fact.value.incomplete[0]


def test_merging_only_broken_files_leaves_the_fact_missing() -> None:
    whole = wef.merge([wef.read("", "a.xml"), wef.read("<a", "b.xml")])
    assert not whole.statements
    assert not isinstance(Facts.of((), whole.missing).get(FORWARDING), Known)
    assert len(whole.faults) == 2


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "text",
    [
        "<a>" * 100_000,
        "[" * 10_000,
        "(" * 100_000,
        "<QueryList><Query><Select Path='A'>" + "*[" * 50_000 + "</Select></Query></QueryList>",
        "[WinEventLog://A]\nwhitelist = EventCode=%" + "(a*)*" * 500 + "%",
        "x" * (17 * 1024 * 1024),
        "\ud800",
    ],
    ids=["tags", "brackets", "parentheses", "predicates", "regex", "huge", "surrogate"],
)
def test_hostile_text_is_a_fault(reader: str, text: str) -> None:
    READERS[reader].read(text, "the.xml")


PIECES = """* [ ] ( ) @ = != <= System EventID Data 1 'x' "y" / , :: ! " 0x1F 1.5 é band( not("""
SPACED = [" and ", " or ", "\0", "timediff("]
pieces = st.sampled_from([*PIECES.split(), *SPACED])


@settings(max_examples=200)
@given(st.lists(pieces, max_size=30).map("".join))
def test_any_text_parses_or_says_why_not(text: str) -> None:
    try:
        found = parse(text)
    except XPathError:
        return
    assert parse(f" {text} ").expression == found.expression


MARKUP = """<QueryList> </QueryList> </Query> </Select> * <Subscription> </Subscription> <Enabled>
</Enabled> ]]> <![CDATA[ &amp; & { }"""
LINES = """<Query Id='0'>
<Select Path='A'>
[WinEventLog://A]
blacklist=1
winlogbeat.event_logs:
- name: A
  event_id: 1
\\
"""
markup = st.sampled_from([*MARKUP.split(), *LINES.splitlines(keepends=True), "\t", "\r", ": "])


@settings(max_examples=150)
@given(st.sampled_from(sorted(READERS)), st.lists(markup, max_size=15).map("".join))
def test_any_text_is_read_or_a_fault(reader: str, text: str) -> None:
    reading = READERS[reader].read(text, "the.xml")
    assert reading.statements or reading.faults


BEAT = "winlogbeat.event_logs:\n  - name: Security\nprocessors:\n  - {}\n"
RENAME = "rename: {fields: [{from: winlog.event_data.Image, to: process.executable}], when: {}}"
TRUNCATE = "truncate_fields: {fields: [winlog.event_data.ScriptBlockText], max_characters: 500}"
CONVERT = "convert: {fields: [{from: winlog.a, to: b, type: ip}], mode: rename}"
SPLUNK = "[WinEventLog://Security]\nrenderXml = {}\nsuppress_text = {}\n"


@pytest.mark.parametrize(
    ("reader", "text", "words"),
    [
        (winlogbeat, BEAT.format("drop_fields: {fields: [agent, host.name, event.original]}"), ""),
        (
            winlogbeat,
            BEAT.format("drop_fields: {fields: [agent, winlog.event_data.CommandLine]}"),
            "drop_fields removes winlog.event_data.CommandLine",
        ),
        (winlogbeat, BEAT.format("drop_fields.fields: [winlog]"), "drop_fields removes winlog"),
        (winlogbeat, BEAT.format("drop_fields: {fields: ['/.*data.*/']}"), "removes /.*data.*/"),
        (winlogbeat, BEAT.format("drop_fields: {}"), "fields that the file does not name"),
        (winlogbeat, BEAT.format("include_fields: {fields: [event]}"), "does not name"),
        (winlogbeat, BEAT.format(RENAME), "rename changes winlog.event_data.Image"),
        (winlogbeat, BEAT.format("rename: {fields: [{from: a.b, to: c}]}"), ""),
        (winlogbeat, BEAT.format("rename.fields: [{from: event.code, to: c}]"), "changes event.code"),
        (winlogbeat, BEAT.format(TRUNCATE), "truncate_fields changes winlog.event_data.ScriptBlock"),
        (winlogbeat, BEAT.format("truncate_fields: {fields: [message], max_bytes: 9}"), ""),
        (winlogbeat, BEAT.format("copy_fields: {fields: [{from: winlog.user, to: user}]}"), ""),
        (winlogbeat, BEAT.format("copy_fields: {fields: [{from: a, to: winlog.b}]}"), "changes winlog.b"),
        (winlogbeat, BEAT.format("convert: {fields: [{from: winlog.a, to: b, type: ip}]}"), ""),
        (winlogbeat, BEAT.format("convert: {fields: [{from: winlog.a, type: long}]}"), "changes winlog.a"),
        (winlogbeat, BEAT.format(CONVERT), "convert changes winlog.a"),
        (winlogbeat, BEAT.format("fingerprint: {target_field: event.code}"), "changes event.code"),
        (winlogbeat, BEAT.format("fingerprint: {fields: [winlog.a]}"), ""),
        (winlogbeat, BEAT.format("timestamp: {field: a, target_field: winlog.b}"), "changes winlog.b"),
        (winlogbeat, BEAT.format("dns: {fields: {source.ip: winlog.b}}"), "dns changes winlog.b"),
        (winlogbeat, BEAT.format("dns: {fields: {source.ip: source.domain}}"), ""),
        (winlogbeat, BEAT.format("replace: {fields: [{field: event_data.A, pattern: x}]}"), "changes event_data.A"),
        (winlogbeat, BEAT.format("lowercase: {values: [winlog.event_data.Image]}"), "lowercase changes"),
        (winlogbeat, BEAT.format("move_fields: {from: winlog.event_data, to: x.}"), "move_fields changes"),
        (winlogbeat, BEAT.format("decode_json_fields: {fields: [winlog.a], target: x}"), "changes winlog.a"),
        (winlogbeat, BEAT.format("add_fields: {target: '', fields: {winlog.x: 1}}"), "changes winlog.x"),
        (winlogbeat, BEAT.format("add_fields: {target: project, fields: {winlog: 1}}"), ""),
        (winlogbeat, BEAT.format("add_host_metadata: {netinfo.enabled: true}"), ""),
        (splunk, SPLUNK.format("false", "1"), "suppress_text without renderXml"),
        (splunk, SPLUNK.format("true", "1"), ""),
        (splunk, SPLUNK.format("false", "0"), ""),
        (splunk, SPLUNK.format("true", "0\nstart_from = newest"), "stops at the end of the log"),
        (splunk, SPLUNK.format("true", "0\nqueue = nullQueue"), "queue = nullQueue"),
        (splunk, SPLUNK.format("true", "0\nSEDCMD-a = s/x//"), "sedcmd-a in [WinEventLog://Security]"),
        (splunk, SPLUNK.format("true", "0\n[a]\nTRANSFORMS-x = setnull"), "transforms-x in [a]"),
    ],
)  # fmt: skip
def test_fields_that_do_not_arrive_are_told_and_leave_their_events_undecided(
    reader: ModuleType, text: str, words: str
) -> None:
    reading = reader.read(text, "the.yml")
    found = forwarding(reading)
    assert found.incomplete == ()
    assert [words in str(fault) for fault in reading.faults] == ([True] if words else [])
    suppressed = [q.xpath for one in found.subscriptions for q in one.queries if q.suppress]
    assert ["undecided" in xpath for xpath in suppressed] == ([True] if words else [])


def test_fields_that_splunk_changes_are_told_and_leave_the_queries_as_they_are() -> None:
    text = "[WinEventLog://Security]\nevt_resolve_ad_obj = 1\nsuppress_keywords = 1\n"
    reading = splunk.read(text, "inputs.conf")
    (one,) = forwarding(reading).subscriptions
    assert [told(query) for query in one.queries] == ["1 + Security: *"]
    assert [(each.fields, each.sids) for each in one.altered] == [
        (("Keywords",), False),
        ((), True),
    ]
    assert [fault.where for fault in reading.faults] == ["line 3", "line 2"]
    assert forwarding(reading).incomplete == ()


def test_logs_that_splunk_reads_as_files_leave_open_what_else_is_taken() -> None:
    text = (
        "[WinEventLog://System]\n[monitor://C:\\Windows\\System32\\winevt\\Logs\\Security.evtx]\n"
    )
    found = forwarding(splunk.read(text, "inputs.conf"))
    assert [
        "reads an event log file, whose channel is not known" in one for one in found.incomplete
    ] == [True]
