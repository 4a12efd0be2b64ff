"""Known facts about 51 real subscriptions, as one forwarding of a host."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import shared

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.header import EventMetadata
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.forwarding import ForwardingFilter
from logreach.inventories.forwarding import wef

TABLE: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("palantir.yaml").read_text(encoding="utf-8")
)


def metadata(key: str) -> EventMetadata | None:
    if key not in TABLE["events"]:
        return None
    channel, provider, level, *fields = TABLE["events"][key]
    number = int(key.partition(":")[2])
    return EventMetadata(channel, provider, number, level, fields=tuple(fields))


@cache
def palantir(folder: Path) -> ForwardingFilter:
    readings = [
        wef.read(path.read_text(encoding="utf-8-sig"), path.name)
        for path in sorted(folder.glob("*.xml"))
    ]
    assert len(readings) == 51
    merged = wef.merge(readings)
    assert not merged.faults
    (forwarding,) = {one.value for one in merged.statements}
    return ForwardingFilter(forwarding, metadata)


def constraint(written: list[str]) -> tuple[Constraint, ...]:
    test, *values = written
    if test == "cased":
        return (Constraint(Test.EQUALS, tuple(values), cased=True),)
    return (Constraint(Test(test), tuple(values)),)


@pytest.mark.parametrize("name", TABLE["cases"])
def test_palantir_answer(name: str) -> None:
    case = TABLE["cases"][name]
    fields = {field: constraint(told) for field, told in case.get("fields", {}).items()}
    answer = palantir(shared("wef/palantir")).answer(
        EventPattern(EventId.parse(case["event"]), fields)
    )
    assert (answer.level.word, answer.exact) == (case["level"], case.get("exact", True)), answer
    if "by" in case:
        name, line = case["by"]
        assert (name, line) in {(d.name.rpartition(" ")[2], d.line) for d in answer.deciders}
