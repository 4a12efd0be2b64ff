"""The operations of T1543 against what did not come from here: engine answers and real logs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from support import shared

from logreach.coverage.engine.verdict import Level
from logreach.coverage.events.operations import load_operations
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.platforms.sysmon.engine import SysmonFilter, load

CONFIGS = {
    "olaf-sysmonconfig.xml": "modular-sysmonconfig.xml",
    "olaf-sysmonconfig-excludes-only.xml": "modular-sysmonconfig-excludes-only.xml",
    "olaf-sysmonconfig-mde-augment.xml": "modular-sysmonconfig-mde-augment.xml",
    "olaf-sysmonconfig-with-filedelete.xml": "modular-sysmonconfig-with-filedelete.xml",
    "swift-sysmonconfig-export.xml": "swiftonsecurity.xml",
}
# What the engine was asked -> the operation of ours that it is a case of.
CASES = {
    "sc.exe create": "sc-create",
    "sc.exe config binPath": "sc-create",
    "powershell New-Service": "new-service",
    "service binary started by services.exe": "service-started",
    "cmd.exe started by services.exe": "service-started",
    "reg.exe add ImagePath (process)": "reg-add",
    "services.exe sets ImagePath": "image-path-set",
    "services.exe sets Start=2 auto": "start-set",
    "services.exe sets Start=3 demand": "start-set",
    "services.exe sets Start=4 disabled": "start-set",
    "services.exe sets Type": "type-set",
    "reg.exe sets ImagePath": "image-path-set",
    "services.exe sets ImagePath of a driver": "image-path-set",
    "services.exe sets ImagePath %%COMSPEC%%": "image-path-set",
    "services.exe sets FailureCommand": "failure-command-set",
    "powershell sets Parameters\\ServiceDll": "service-dll-set",
    "services.exe CreateKey of the service": "service-key-bare",
    "reg.exe CreateKey of the service": "service-key-bare",
    "powershell CreateKey Parameters": "service-key-bare",
    "RenameKey of a service": "service-key-renamed",
    "driver signed by Microsoft": "signed",
    "driver unsigned, in drivers": "unsigned",
    "driver unsigned, in Temp": "from-temp",
    "driver third-party signed, valid (not in a block list)": "signed",
    "file drop System32\\drivers\\evil.sys": "driver-dropped",
    "file drop System32\\evilsvc.dll": "service-binary-dropped",
    "file drop Windows\\PSEXESVC.exe by System": "service-binary-dropped",
}


def patterns() -> dict[str, list[EventPattern]]:
    """The patterns of each operation of T1543.003."""
    found: dict[str, list[EventPattern]] = {}
    for component in load_operations().of_technique["T1543.003"].values():
        for operation in component.operations:
            made = [shown.pattern for shown in operation.shown_by if shown.pattern is not None]
            found.setdefault(operation.name, []).extend(made)
    return found


@cache
def answers() -> list[dict[str, Any]]:
    text = shared("sysmon/vectors/t1543.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


@cache
def sieve(name: str) -> SysmonFilter:
    return SysmonFilter(load(shared(f"sysmon/configs/{name}").read_bytes()))


def of(
    pattern_list: list[EventPattern], event: str, fields: Mapping[str, str]
) -> list[bool | None]:
    return [one.admits(event, fields) for one in pattern_list if one.event == event]


@pytest.mark.parametrize("case", sorted(CASES))
def test_what_the_engine_was_asked_lies_in_the_operation(case: str) -> None:
    made = patterns()[CASES[case]]
    asked = [one for one in answers() if one["case"] == case]
    assert asked
    for one in asked:
        assert any(of(made, f"Sysmon:{one['event']}", one["fields"])), one["fields"]


def test_no_answer_of_the_engine_contradicts_what_we_say_of_an_operation() -> None:
    seen = dict.fromkeys(Level, 0)
    for one in answers():
        if one["config"] not in CONFIGS or one["case"] not in CASES:
            continue
        event = f"Sysmon:{one['event']}"
        for pattern in patterns()[CASES[one["case"]]]:
            if pattern.admits(event, one["fields"]):
                answer = sieve(CONFIGS[one["config"]]).answer(pattern)
                seen[answer.level] += 1
                if answer.level is not Level.PARTIAL:
                    expected = answer.level is Level.YES
                    assert one["result"]["logged"] is expected, (one["config"], one["case"])
    # No configuration in wide use keeps all of an operation, so YES has its proof elsewhere.
    assert seen[Level.NO] > 10
    assert seen[Level.PARTIAL] > 50


def records() -> Iterator[tuple[str, str, dict[str, str]]]:
    """(file, event key, fields) of the real logs of service creation."""
    from evtx import PyEvtxParser

    names = {
        "Security": "Security",
        "System": "System",
        "Microsoft-Windows-Sysmon/Operational": "Sysmon",
        "Microsoft-Windows-PowerShell/Operational": "PowerShell",
    }
    for path in sorted(shared("evtx/T1543.003").glob("*.evtx")):
        for record in PyEvtxParser(str(path)).records_json():
            event = json.loads(record["data"])["Event"]
            number = event["System"]["EventID"]
            number = number["#text"] if isinstance(number, dict) else number
            short = names.get(event["System"]["Channel"], "")
            data = event.get("EventData") or {}
            fields = {k: str(v) for k, v in data.items() if k != "#attributes" and v is not None}
            yield path.name, f"{short}:{number}", fields


def test_a_real_service_creation_is_seen_as_the_operations_say() -> None:
    """Each log holds an event that shows an operation of T1543.003, and its pattern admits it."""
    events = {
        shown.event
        for component in load_operations().of_technique["T1543.003"].values()
        for operation in component.operations
        for shown in operation.shown_by
        if shown.limit is None or shown.limit.possible > Level.NO
    }
    by_file: dict[str, list[str]] = {}
    for name, key, fields in records():
        if key == "Sysmon:13":
            held = [op for op, made in patterns().items() if any(of(made, key, fields))]
            by_file.setdefault(name, []).extend(held)
        elif key in events:
            by_file.setdefault(name, []).append(key)
    assert "image-path-set" in by_file["ID13-New_service_for_Mimikatz.evtx"]
    assert "Security:4697" in by_file["ID4697-New_service_for_Mimikatz.evtx"]
    assert "System:7045" in by_file["ID7045-Random_service_installation.evtx"]
    assert "Security:4688" in by_file["ID4688-Service_created_command.evtx"]
    assert {"Security:4688", "Security:4697"} <= set(
        by_file["ID4688-4697_RDP_hijack_via_service_creation.evtx"]
    )
