"""51 real subscriptions against real event records, as the plain oracle sees the records' XML."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from evtx import PyEvtxParser
from forwarding_oracle import takes
from support import shared

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.header import EventMetadata
from logreach.coverage.forwarding import ForwardingFilter
from logreach.coverage.platforms.registry import sensors
from logreach.inventories.facts.facts import Facts
from logreach.inventories.forwarding import wef
from logreach.inventories.forwarding.subscriptions import Forwarding, Query, Subscription

# What the subscriptions of Palantir ask little of: values, places, absent names, numbers.
OWN = """
*[EventData[Data[@Name='LogonType']='3']]
*[EventData[Data[@Name='LogonType']=3] and System[EventID=4624]]
*[EventData[Data[@Name='LogonType']!=3]]
*[EventData[Data[2]='-' or Data[1]='S-1-5-18']]
*[EventData[Data='C:\\Windows\\System32\\cmd.exe']]
*[EventData[Data[@Name='NoSuchField']='1']]
*[EventData[Data[@Name='ServiceName'] and (Data='auto start' or Data='demand start')]]
*[EventData/Data[@Name='StartType']='demand start']
*[UserData/*/SubjectUserName='Administrator']
*[UserData[LogFileCleared[Channel='System']]]
*[System[band(Keywords,9007199254740992)]]
*[System[Level<=3]]
*[EventData[Data[@Name='RuleName']='-'] and System[EventID<=11]]
*[EventData[Data[1]='-']]
*[EventData[Data[@Name='User' or @Name='SourceUser']!='x']]
*[System[EventID>=4600 and EventID<=4700]] and *[EventData[Data[@Name='SubjectUserSid']!='x']]
Event[System[Task=12544]]
*/System[EventID=7045]
""".strip().splitlines()


def plain(element: Element) -> Element:
    for one in element.iter():
        one.tag = one.tag.rpartition("}")[2]
    root = Element("root")
    root.append(element)
    return root


def records(folder: Path) -> Iterator[Element]:
    for path in sorted(folder.rglob("*.evtx")):
        for record in PyEvtxParser(str(path)).records():
            yield plain(fromstring(record["data"].split("?>", 1)[-1].strip()))


def text(root: Element, name: str) -> str:
    return root.findtext(f"Event/System/{name}") or "0"


def event_of(root: Element) -> tuple[EventMetadata, dict[str, str]] | None:
    """The record as the filter takes it; None for shapes that it does not take."""
    provider = root.find("Event/System/Provider")
    data = root.find("Event/EventData")
    user = root.find("Event/UserData")
    wrapper = user[0] if user is not None and len(user) else None
    if provider is None or (data is None and wrapper is None):
        return None
    holders = list(data) if wrapper is None and data is not None else list(wrapper or ())
    named = [(one.get("Name") or one.tag, one.text or "") for one in holders]
    if len(dict(named)) < len(named) or "Binary" in dict(named) or any(map(len, holders)):
        return None
    meta = EventMetadata(
        text(root, "Channel"),
        provider.get("Name", ""),
        int(text(root, "EventID")),
        int(text(root, "Level")),
        int(text(root, "Keywords"), 16),
        task=int(text(root, "Task")),
        user_data=wrapper.tag if wrapper is not None else "",
    )
    return meta, dict(named)


@pytest.fixture(scope="module")
def palantir() -> Forwarding:
    readings = [
        wef.read(path.read_text(encoding="utf-8-sig"), path.name)
        for path in sorted(shared("wef/palantir").glob("*.xml"))
        if path.name != "Event-Log-Diagnostics.xml"  # an operator in capitals: never certain
    ]
    (value,) = {one.value for one in wef.merge(readings).statements}
    assert isinstance(value, Forwarding)
    return value


@pytest.fixture(scope="module")
def events() -> list[tuple[Element, EventMetadata, dict[str, str]]]:
    roots = [*records(shared("sigma/regression_data")), *records(shared("evtx/T1543.003"))]
    return [(root, *event) for root in roots if (event := event_of(root)) is not None]


def test_real_records_are_taken_as_the_oracle_says(
    palantir: Forwarding, events: list[tuple[Element, EventMetadata, dict[str, str]]]
) -> None:
    filter_ = ForwardingFilter(palantir, lambda _: None)
    answers = [filter_.takes(meta, fields) for _, meta, fields in events]
    assert answers == [takes(palantir, meta.channel, root) for root, meta, _ in events]
    assert len(answers) > 200


def test_real_records_and_queries_of_every_form(
    events: list[tuple[Element, EventMetadata, dict[str, str]]],
) -> None:
    seen = {True: 0, False: 0}
    for root, meta, fields in events:
        for xpath in OWN:
            one = Subscription("one", (Query(meta.channel, xpath, suppress=False, line=1),))
            wanted = takes(Forwarding((one,)), meta.channel, root)
            assert (
                ForwardingFilter(Forwarding((one,)), lambda _: None).takes(meta, fields) is wanted
            )
            seen[wanted] += 1
    assert min(seen.values()) > 300


def test_headers_of_real_records_are_among_those_that_are_known(
    events: list[tuple[Element, EventMetadata, dict[str, str]]],
) -> None:
    compared = 0
    for root, meta, fields in events:
        event = EventId.of(sensors().channels[meta.channel.casefold()], meta.event_id)
        sensor = sensors().of(event)
        known = sensor.header(event, Facts()) if sensor else None
        if known is None or known.provider != meta.provider:
            continue
        compared += 1
        assert int(text(root, "Version")) in (known.versions or range(256))
        assert known.task in (None, meta.task)
        assert not [name for name in fields if known.lacks(name)]
    assert compared > 200
