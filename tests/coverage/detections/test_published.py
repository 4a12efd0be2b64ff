"""The table of what published rules read, as it is loaded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from logreach.coverage.detections import published
from logreach.coverage.detections.published import EventFields, published_origin, published_rules
from logreach.coverage.engine.verdict import UNKNOWN, UNKNOWN_AT_BEST_PARTIAL
from logreach.coverage.events.event_id import EventId
from logreach.inventories.files.faults import InputError

LSASS = EventId.parse("Sysmon:10")
HEADER = "technique,reads,critical,high,medium,low,informational,none\n"


def test_it_tells_events_and_fields_by_technique() -> None:
    rules = published_rules()["T1003.001"]
    (access,) = (
        each
        for each in rules
        if each.reads == (EventFields(LSASS, ("GrantedAccess", "TargetImage")),)
    )
    assert access.counts == {"medium": 1}


def test_it_names_where_the_rules_are_from() -> None:
    origin = published_origin()
    assert origin.source.startswith("SigmaHQ")
    assert len(origin.commit) == 40
    assert origin.rules + sum(origin.left_out.values()) == 2407


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Security:1102", EventFields(EventId.parse("Security:1102"))),
        ("Sysmon:10 SourceImage", EventFields(LSASS, ("SourceImage",))),
        ("Sysmon:10 A Name;B", EventFields(LSASS, ("A Name", "B"))),
        ("Sysmon:10 (unknown)", EventFields(LSASS, (), UNKNOWN)),
        ("Sysmon:10 (at-best-partial) A", EventFields(LSASS, ("A",), UNKNOWN_AT_BEST_PARTIAL)),
    ],
)
def test_what_an_event_has_is_read_as_it_is_written(text: str, meant: EventFields) -> None:
    assert EventFields.parse(text) == meant
    assert str(meant) == text


@pytest.mark.parametrize(
    "text", ["", "Sysmon", "Sysmon:1 (perhaps) Image", "Sysmon:1 ", " Sysmon:1"]
)
def test_what_is_no_event_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no event"):
        EventFields.parse(text)


@pytest.fixture
def own_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "published_rules.csv"
    monkeypatch.setattr(published, "_TABLE", path)
    published_rules.cache_clear()
    yield path
    published_rules.cache_clear()


def test_faults_of_the_table_are_told_by_line(own_table: Path) -> None:
    own_table.write_text(f"{HEADER}T1001,Sysmon,,1,,,,\nT1001,Sysmon:1,,one,,,,\n", "utf-8")
    with pytest.raises(InputError) as raised:
        published_rules()
    assert [fault.where for fault in raised.value.faults] == ["line 2", "line 3"]


def test_levels_of_no_rule_are_left_out(own_table: Path) -> None:
    own_table.write_text(f"{HEADER}T1001,Sysmon:1 A | Sysmon:11 B,,2,,,,1\n", "utf-8")
    (rules,) = published_rules()["T1001"]
    assert [str(each) for each in rules.reads] == ["Sysmon:1 A", "Sysmon:11 B"]
    assert rules.counts == {"high": 2, "none": 1}


def test_loading_it_loads_neither_pysigma_nor_the_compiler() -> None:
    script = """
import sys
from logreach.coverage.detections.published import published_origin, published_rules
published_rules(), published_origin()
print("\\n".join(sys.modules))
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.splitlines())
    assert "logreach.coverage.detections.published" in loaded
    assert (
        loaded & {"sigma", "logreach.coverage.detections.load", "logreach.coverage.network"}
        == set()
    )
