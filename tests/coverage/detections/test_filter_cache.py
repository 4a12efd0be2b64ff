"""Answers of Sysmon configurations that are kept between runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from logreach.coverage.detections import cache, filter_cache
from logreach.coverage.detections.filter_cache import remembered
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.filters import Remembering
from logreach.coverage.events.patterns import Constraint, EventPattern, FilterAnswer, Test
from logreach.coverage.platforms.sysmon import programs
from logreach.inventories.facts.facts import Facts, Statement
from logreach.inventories.facts.host import Host
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.windows.facts import SYSMON, SysmonState

CONFIG = """<Sysmon schemaversion="4.90"><EventFiltering>
<ProcessCreate onmatch="include"><Image condition="end with">sc.exe</Image></ProcessCreate>
</EventFiltering></Sysmon>"""
STATE = SysmonState(installed=True, version="15.15", config=CONFIG)
TOOL = Constraint(Test.ENDS, ("\\sc.exe",))
PATTERNS = (
    EventPattern(EventId.parse("Sysmon:1"), {"Image": (TOOL,)}),
    EventPattern(EventId.parse("Sysmon:1"), {"CommandLine": (TOOL,)}),
    EventPattern(EventId.parse("Sysmon:5"), {"Image": (TOOL,)}),
)


def _hosts() -> list[Host]:
    said = Statement(SYSMON, STATE, Evidence("a"))
    return [Host("a", 1, Facts.of([said])), Host("b", 1, Facts())]


def _sieve() -> Remembering:
    found = programs.sieve_of(STATE)
    assert found is not None
    return found


def _asked(folder: Path) -> list[FilterAnswer]:
    """The answers of a run of its own: nothing is remembered but what the folder holds."""
    programs._sieve.cache_clear()
    with remembered(_hosts(), folder):
        return [_sieve().answer(pattern) for pattern in PATTERNS]


def test_answers_that_were_kept_equal_those_of_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _asked(tmp_path)
    monkeypatch.setattr(programs.SysmonFilter, "answer", None)  # the engine is not asked again
    assert _asked(tmp_path) == first


@pytest.mark.parametrize("content", ["", "[]", '{"Sysmon:1 x": [1]}', '{"Sysmon:1 x": [9, 1, []]}'])
def test_spoiled_answers_are_made_again(content: str, tmp_path: Path) -> None:
    first = _asked(tmp_path)
    (kept,) = tmp_path.glob("answers-*.json")
    kept.write_text(content, encoding="utf-8")
    assert _asked(tmp_path) == first


def test_another_engine_is_not_asked_for_these_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _asked(tmp_path)
    monkeypatch.setattr("logreach.coverage.detections.filter_cache._engine", lambda: "another")
    _asked(tmp_path)
    assert len(list(tmp_path.glob("answers-*.json"))) == 2


def test_what_an_engine_answers_hangs_on_its_code_and_tables() -> None:
    named = {file.name for file in cache.files_of(*filter_cache._ENGINE)}
    assert {"witnesses.py", "value_sets.py", "patterns.py", "fields.csv", "values.csv"} <= named


def test_a_compiled_rule_hangs_on_what_places_it_in_events() -> None:
    named = {file.name for file in cache.files_of(*cache._COMPILER)}
    assert {
        "reading.py",
        "candidate_events.py",
        "manifest.py",
        "categories.yaml",
        "fields.csv",
    } <= named
