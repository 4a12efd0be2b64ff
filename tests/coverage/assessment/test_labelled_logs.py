"""Real attack logs, labelled with the technique that they show, against what hosts that log
everything are said to detect.

A log without events of Sysmon exists, so a fully audited host without Sysmon detects its technique,
at least in part; a log whose name tells which events show the technique names ways to detect it.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import hosts
import pytest
import yaml
from detected_on import detected_on
from support import shared

from logreach.coverage.assessment.result import Detection
from logreach.coverage.attack import carry_into, load_attack
from logreach.coverage.attack.shipped import SHIPPED_VERSIONS
from logreach.coverage.platforms.registry import sensors
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.inventories.facts.host import Inventory

_DATA = yaml.safe_load(Path(__file__).with_name("labelled_logs.yaml").read_text("utf-8"))
_TELLING = re.compile(r"ID ?([\d,x-]+)")
_SHOWN = ("achievable", "conditional", "achievable elsewhere", "conditional elsewhere")


class LabelledLog(NamedTuple):
    """A log and one technique that it shows; `telling` are the events that its name tells."""

    path: str
    technique: str
    events: frozenset[str]
    telling: frozenset[str]

    @property
    def with_sysmon(self) -> bool:
        return any(event.startswith("Sysmon:") for event in self.events)

    def __str__(self) -> str:
        return f"{self.technique}: {self.path.rpartition('/')[2]}"


@cache
def _logs(version: str) -> tuple[LabelledLog, ...]:
    path = shared("labelled/labels.jsonl.gz")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return tuple(log for line in lines for log in _of(json.loads(line), version))


def _of(row: Mapping[str, Any], version: str) -> Iterator[LabelledLog]:
    events = frozenset(map(_short, row["events"]))
    found = _TELLING.search(row["path"].rpartition("/")[2])
    numbers = set(re.split("[,-]", found[1])) if found else set()
    telling = frozenset(event for event in events if event.rpartition(":")[2] in numbers)
    for tag in row["techniques"]:
        for technique in carry_into(load_attack(version), tag).ids:
            yield LabelledLog(row["path"], technique, events, telling)


def _short(event: str) -> str:
    """An event by its channel's short name."""
    channel, _, number = event.rpartition(":")
    return f"{sensors().channels.get(channel.casefold(), channel)}:{number}"


@cache
def _fleet(*, sysmon: bool) -> Inventory:
    """A workstation and a domain controller that log all they can, with or without Sysmon."""
    words = dict(_DATA["host"])
    words["channels"] = {channel.name: True for channel in load_events().channels.values()}
    words["sysmon"] = {"version": "15.15", "config": "everything"} if sysmon else "none"
    return hosts.inventory(
        workstation=words | _DATA["workstation"], controller=words | _DATA["controller"]
    )


@cache
def _detections(version: str, *, sysmon: bool) -> tuple[Mapping[str, Detection], ...]:
    return tuple(detected_on(_fleet(sysmon=sysmon), version).values())


@pytest.mark.parametrize("version", SHIPPED_VERSIONS)
def test_what_a_log_shows_is_detected_by_hosts_that_log_everything(version: str) -> None:
    missed = {
        str(log)
        for log in _logs(version)
        if not any(
            found[log.technique].label in _SHOWN
            for found in _detections(version, sysmon=log.with_sysmon)
        )
    }
    assert missed == set(_DATA["not_for_windows"])


@pytest.mark.parametrize("version", SHIPPED_VERSIONS)
def test_the_events_that_tell_of_a_technique_are_ways_to_detect_it(version: str) -> None:
    named = [
        log for log in _logs(version) if log.telling and str(log) not in _DATA["not_for_windows"]
    ]
    missed = {
        str(log)
        for log in named
        if not any(
            log.telling.intersection(found[log.technique].holds)
            for found in _detections(version, sysmon=log.with_sysmon)
        )
    }
    assert missed == set(_DATA["telling_events_that_are_no_ways"])
    assert len(missed) <= len(named) // 20


@pytest.mark.parametrize("list_", ["not_for_windows", "telling_events_that_are_no_ways"])
def test_every_exception_has_its_reason(list_: str) -> None:
    assert all(len(reason) > 20 for reason in _DATA[list_].values())
