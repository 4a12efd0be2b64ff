"""What the configurations of further shippers let arrive, a case a behaviour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

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
