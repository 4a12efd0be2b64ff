"""What hosts are said to detect, against tables of expected answers from public sources.

Our own table (`answers/`, 19 hosts) was written by someone who had not seen the program's output or
its knowledge; a second one, by yet another hand, is read where it is at hand. Columns: `expected`
are all labels that the public record allows, 'unknown' stands for all its forms; `must_name_any`:
one of these events holds, where the label is achievable or conditional; `must_not_name`: none of
these does. Techniques have ids of 18.1; in 19.1 a row holds for what became of them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
import yaml
from detected_on import detected_on
from support import shared

from logreach.coverage.assessment.result import Detection
from logreach.coverage.attack import facts_carried_into, load_attack
from logreach.coverage.attack.shipped import SHIPPED_VERSIONS
from logreach.inventories import load

_OWN = Path(__file__).parent / "answers"
_DIFFER: Mapping[str, str] = yaml.safe_load((_OWN / "differ.yaml").read_text("utf-8"))
_TAGS: Mapping[str, str] = {
    "Windows PowerShell": "WindowsPowerShell",
    "LocalSessionManager": "TerminalServicesLocal",
}
"""What tables call a channel -> what the project calls it."""
Row = dict[str, str]


def _rows(folder: Path) -> list[Row]:
    with (folder / "answers.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def _detections(inventory: Path, version: str) -> Mapping[tuple[str, str], Detection]:
    return {
        (host.upper(), technique): detection
        for host, found in detected_on(load(inventory), version).items()
        for technique, detection in found.items()
    }


def _differences(folder: Path, version: str) -> dict[str, str]:
    """The rows that are not met, each with what is wrong."""
    differing = {}
    attack = load_attack(version)
    for row in _rows(folder):
        detections = _detections(folder / row["inventory"], version)
        wrong = [
            each
            for technique in facts_carried_into(attack, row["technique"])
            for each in _wrong(row, detections[row["host"].upper(), technique])
        ]
        if wrong:
            differing[f"{row['inventory']} {row['host']} {row['technique']}"] = "; ".join(wrong)
    return differing


def _wrong(row: Row, found: Detection) -> Iterator[str]:
    label = "unknown" if found.label.startswith("unknown") else found.label
    if label not in row["expected"].split("|"):
        yield f"{found.label}, not {row['expected']}"
    holds = set(found.holds)
    wanted = _events(row["must_name_any"])
    if label.startswith(("achievable", "conditional")) and wanted and not wanted & holds:
        yield f"none of {row['must_name_any']} holds"
    if wrongly := sorted(_events(row["must_not_name"]) & holds):
        yield f"{', '.join(wrongly)} holds"


def _events(cell: str) -> set[str]:
    """Events of a cell, by the project's names of their channels."""
    named = (event.rpartition(":") for event in cell.split("|") if event)
    return {f"{_TAGS.get(channel, channel)}:{number}" for channel, _, number in named}


@pytest.mark.parametrize("version", SHIPPED_VERSIONS)
def test_the_answers_are_those_of_the_table_or_the_difference_has_its_reason(version: str) -> None:
    assert len(_rows(_OWN)) >= 300
    assert _differences(_OWN, version).keys() == _DIFFER.keys()
    assert all(len(reason) > 30 for reason in _DIFFER.values())


@pytest.mark.parametrize("version", SHIPPED_VERSIONS)
def test_a_table_by_another_hand_is_met(version: str) -> None:
    assert _differences(shared("answers"), version) == {}


@pytest.mark.parametrize("technique", ["T1543", "T1543.003"])
def test_every_host_of_the_table_answers_for_services(technique: str) -> None:
    rows = [row for row in _rows(_OWN) if row["technique"] == technique]
    assert len({(row["inventory"], row["host"]) for row in rows}) >= 19
