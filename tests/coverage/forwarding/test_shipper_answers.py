"""What the configurations of further shippers let arrive, a case a behaviour."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.header import EventMetadata
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.forwarding import ForwardingFilter
from logreach.inventories.facts.facts import Facts, Known
from logreach.inventories.files.sources import Source
from logreach.inventories.forwarding import forwarding_files, wef
from logreach.inventories.forwarding.subscriptions import FORWARDING, Forwarding
from logreach.inventories.reading import recognise

CASES: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("shipper_answers.yaml").read_text(encoding="utf-8")
)
CHANNELS = {
    "Sysmon": "Microsoft-Windows-Sysmon/Operational",
    "PowerShell": "Microsoft-Windows-PowerShell/Operational",
    "Debug": "Microsoft-Windows-Sysmon/Debug",
}


def answered(forwarding: Forwarding, event: str) -> tuple[str, str]:
    """The answer for an event ('Security 4688', or with a field 'Security 4688 Field'), and why."""
    log, number, *fields = event.split()
    channel = CHANNELS.get(log, log)
    known = EventMetadata(
        channel, f"Maker of {log}", int(number), level=0, task=1, keywords=0, fields=("Field",)
    )
    asked = {name: (Constraint(Test.EQUALS, ("x",)),) for name in fields}
    pattern = EventPattern(EventId.parse(f"Security:{number}"), asked)
    answer = ForwardingFilter(forwarding, lambda _: known).answer(pattern)
    return (answer.level.word if answer.exact else "unknown"), answer.reason


@pytest.mark.parametrize("name", CASES)
def test_a_shipper_takes(name: str) -> None:
    case = CASES[name]
    configs = case["config"] if isinstance(case["config"], list) else [case["config"]]
    sources = [
        Source.of(f"H/{number}.conf", config.encode()) for number, config in enumerate(configs)
    ]
    readings = [forwarding_files.read(source) for source in sources]
    for source in sources:
        file_format, _ = recognise.read(source)
        assert file_format is not None
        assert FORWARDING.family in file_format.families
    reading = wef.merge(readings)
    faults = [str(fault) for fault in reading.faults]
    wanted = case.get("faults", [])
    assert len(faults) == len(wanted), faults
    for words in wanted:
        assert any(words in fault for fault in faults), (words, faults)
    fact = Facts.of(reading.statements, reading.missing).get(FORWARDING)
    if case.get("missing"):
        assert not isinstance(fact, Known)
        return
    assert isinstance(fact, Known)
    for level in ("yes", "no", "unknown", "partial"):
        for event in case.get(level, ()):
            found, reason = answered(fact.value, event)
            assert found == level, (event, reason)
    for event, words in case.get("why", {}).items():
        assert words in answered(fact.value, event)[1]


@dataclass(frozen=True)
class Condition:
    """A condition in the words of a collector, and the ids that meet it, worked out beside it."""

    text: str
    ids: frozenset[int]


EVERY = frozenset(range(1, 9))


def _compared(operator: str, number: int) -> Condition:
    meets = {
        "==": lambda each: each == number,
        "!=": lambda each: each != number,
        "<": lambda each: each < number,
        ">=": lambda each: each >= number,
    }[operator]
    return Condition(f"ID {operator} {number}", frozenset(filter(meets, EVERY)))


def _listed(numbers: list[int]) -> Condition:
    return Condition(f"ID in ({', '.join(map(str, numbers))})", EVERY & frozenset(numbers))


def _joined(pair: tuple[str, Condition, Condition]) -> Condition:
    word, left, right = pair
    ids = left.ids & right.ids if word == "and" else left.ids | right.ids
    return Condition(f"({left.text}) {word} ({right.text})", ids)


NUMBERS = st.integers(1, 8)
CONDITIONS = st.recursive(
    st.builds(_compared, st.sampled_from(["==", "!=", "<", ">="]), NUMBERS)
    | st.builds(_listed, st.lists(NUMBERS, min_size=1, max_size=4)),
    lambda inner: (
        st.tuples(st.sampled_from(["and", "or"]), inner, inner).map(_joined)
        | inner.map(lambda each: Condition(f"not({each.text})", EVERY - each.ids))
    ),
    max_leaves=6,
)
NXLOG = """<Input i>
Module im_msvistalog
Channel Security
Exec if {} drop();
</Input>
<Output o>
Module om_tcp
</Output>
<Route r>
Path i => o
</Route>
"""


def _rule(condition: str) -> str:
    source = {"name": "e", "streams": ["s"], "xPathQueries": ["Security!*"]}
    flow = {"streams": ["s"], "transformKql": f"source | where {condition}"}
    return json.dumps({"dataSources": {"windowsEventLogs": [source]}, "dataFlows": [flow]})


@settings(max_examples=80)
@given(CONDITIONS)
def test_conditions_on_ids_are_exact(condition: Condition) -> None:
    kept = _rule(condition.text.replace("ID", "EventID"))
    dropped = NXLOG.format(condition.text.replace("ID", "$EventID"))
    for config, wanted in ((kept, condition.ids), (dropped, EVERY - condition.ids)):
        (statement,) = forwarding_files.read(Source.of("f", config.encode())).statements
        assert isinstance(statement.value, Forwarding)
        for number in EVERY:
            level, reason = answered(statement.value, f"Security {number}")
            assert level == ("yes" if number in wanted else "no"), (config, number, reason)
