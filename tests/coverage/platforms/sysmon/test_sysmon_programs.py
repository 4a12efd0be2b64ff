"""Filters of possible programs: which is asked, what else decides, and what a change concerns."""

from __future__ import annotations

from dataclasses import replace

import hosts
import pytest

from logreach.coverage.engine.verdict import Level
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.platforms.sysmon.beyond import told_by_other, written
from logreach.coverage.platforms.sysmon.defective import settled_defects
from logreach.coverage.platforms.sysmon.engine import load
from logreach.coverage.platforms.sysmon.engine.defects import defects_of
from logreach.coverage.platforms.sysmon.kept_events import KeptPattern
from logreach.coverage.platforms.sysmon.prerequisites import SysmonHashes, SysmonKeeps
from logreach.coverage.platforms.sysmon.programs import Sieve, filters, sieve_of
from logreach.inventories.facts.facts import Facts, Known
from logreach.inventories.windows.facts import SYSMON, SysmonState

LEVELS = {"": Level.NO, "all": Level.YES, "some": Level.PARTIAL}
FILTERS = {
    "": "",
    "all": '<{tag} onmatch="exclude"/>',
    "some": '<{tag} onmatch="include"><Image condition="is">x</Image></{tag}>',
}


def xml(schema: str = "4.90", **tags: str) -> str:
    inside = "".join(FILTERS[kept].format(tag=tag) for tag, kept in tags.items())
    return f'<Sysmon schemaversion="{schema}"><EventFiltering>{inside}</EventFiltering></Sysmon>'


def sieve(schema: str = "4.90", version: str = "15.15", **tags: str) -> Sieve:
    text = xml(schema, **tags)
    return Sieve(load(text, version), text)


def pattern(number: int, **fields: str) -> EventPattern:
    return EventPattern(
        EventId.of("Sysmon", number),
        {name: (Constraint(Test.EQUALS, (value,)),) for name, value in fields.items()},
    )


@pytest.mark.parametrize("deleted", FILTERS)
@pytest.mark.parametrize("detected", FILTERS)
def test_a_deletion_is_told_by_one_of_two_events(deleted: str, detected: str) -> None:
    engine = sieve(FileDelete=deleted, FileDeleteDetected=detected)
    first, second = LEVELS[deleted], LEVELS[detected]
    assert written(engine, pattern(23)).level is first
    answer = written(engine, pattern(26))
    if second is Level.NO or first is Level.YES:
        assert (answer.level, answer.exact) == (Level.NO, True)
    elif first is Level.NO:
        assert (answer.level, answer.exact) == (second, True)
    else:  # what the one drops the other keeps, where it keeps all
        assert (answer.level, answer.exact) == (Level.PARTIAL, second is Level.YES)
    if answer.exact and answer.level is Level.PARTIAL and first is not Level.NO:
        told = engine.answer(pattern(23))
        assert (answer.kept, answer.dropped) == (told.dropped, told.kept)
    assert told_by_other(engine, pattern(26)) is (first is not Level.NO)
    helps = first is Level.NO and second is not Level.NO
    assert told_by_other(engine, pattern(23)) is helps
    assert told_by_other(engine, pattern(23, Image="y")) is (first is not Level.YES)
    assert not told_by_other(engine, pattern(1))


def test_an_old_sysmon_tells_a_deletion_by_one_event_alone() -> None:
    old = sieve("4.30", "11.10")
    assert not told_by_other(old, pattern(23))
    assert not told_by_other(old, pattern(23, Image="x"))


def test_defects_are_those_of_a_standalone_sysmon_that_is_there() -> None:
    version = "11.0"
    there = SysmonState(installed=True, version=version)
    assert settled_defects(there) == tuple(each for each in defects_of(version) if each.settled)
    assert settled_defects(there)
    assert settled_defects(replace(there, installed=False)) == ()
    assert settled_defects(replace(there, inbox=True)) == ()
    assert settled_defects(replace(there, version=None)) == ()


def test_the_filter_of_a_sysmon_is_one_where_one_program_loads_its_file() -> None:
    there = SysmonState(installed=True, version="15.15", config=xml(ProcessCreate="some"))
    filter_ = sieve_of(there)
    assert filter_ is not None
    assert filter_ is sieve_of(replace(there, config_source="elsewhere"))
    assert filter_.answer(pattern(1)).level is Level.PARTIAL
    assert filter_.answer(pattern(2)).level is Level.NO
    for other in (
        replace(there, installed=False),
        replace(there, config=None),
        replace(there, version=None),
        replace(there, config="<Sysmon"),
        replace(there, config="<Sysmon/>"),
    ):
        assert sieve_of(other) is None


def test_of_a_file_that_every_sysmon_refuses_the_newest_says_why() -> None:
    """Older ones refuse its schema already."""
    text = '<Sysmon schemaversion="4.90"><EventFiltering><Bogus onmatch="include"/></EventFiltering></Sysmon>'
    state = SysmonState(installed=True, config=text)
    refused = filters(state, hosts.facts({"os": "Windows 11 23H2"}))
    assert refused.loaded == ()
    assert "none that it may be loads this configuration" in refused.doubt
    assert "Bogus" in refused.doubt
    alone = filters(replace(state, version="15.15"), hosts.facts({"os": "Windows 11 23H2"}))
    assert alone.refusal is not None
    assert "Bogus" in alone.doubt


CHANGES = [
    KeptPattern(EventId.of("Sysmon", 1)),
    KeptPattern.of(pattern(1, Image="x")),
    KeptPattern.of(pattern(1, User="x")),
    KeptPattern.of(pattern(2, Image="x")),
]
ASKED = [pattern(1), pattern(1, Image="x"), pattern(1, Image="x", User="x"), pattern(1, Image="y")]


def facts(*kept: KeptPattern, version: str = "15.15") -> Facts:
    words = {
        "os": "Windows 11 23H2",
        "sysmon": {"version": version, "config": xml(FileDelete="all")},
    }
    told = hosts.facts(words)
    state = told.get(SYSMON)
    assert isinstance(state, Known)
    return told.stating(SYSMON, replace(state.value, keeps_also=kept))


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_change_concerns_the_patterns_whose_answer_it_may_alter(change: KeptPattern) -> None:
    before, after = facts(), facts(change)
    for asked in ASKED:
        leaf = SysmonKeeps(asked)
        concerned = leaf.concerned(before, after)
        assert concerned is not None
        is_other = leaf.check(before).verdict != leaf.check(after).verdict
        assert concerned(leaf) or not is_other
        here, there = KeptPattern.of(asked), change
        assert concerned(leaf) is (here.covers(there) or there.covers(here))
        assert concerned is leaf.concerned(before, after)  # remembered by this object
        back = leaf.concerned(after, before)
        assert back is not None
        assert back(leaf) is concerned(leaf)
        none = leaf.concerned(after, after)
        assert none is not None
        assert not none(leaf)


def test_another_program_concerns_all_and_so_does_a_change_for_deletions() -> None:
    leaf = SysmonKeeps(pattern(1))
    assert leaf.concerned(facts(), facts(version="15.14")) is None
    assert leaf.concerned(facts(), Facts()) is None
    deletion = KeptPattern.of(pattern(26))
    assert SysmonKeeps(pattern(23)).concerned(facts(), facts(deletion)) is None


def test_a_change_for_one_event_is_of_its_own_topic_but_for_deletions() -> None:
    topics = [SysmonKeeps(pattern(number)).topic for number in (1, 2, 23, 26)]
    assert topics[2] == topics[3]
    assert len(set(topics)) == 3
    changed = facts(KeptPattern(EventId.of("Sysmon", 1)))
    for number in (1, 2, 23, 26):
        leaf = SysmonKeeps(pattern(number))
        assert (leaf.state(facts()) == leaf.state(changed)) is (number != 1)
    hashes = SysmonHashes("Sysmon:1/Hashes", "")
    assert hashes.state(facts()) == hashes.state(changed)
    assert hashes.state(facts()) != hashes.state(facts(version="15.14"))
    assert hashes.state(Facts()) != hashes.state(facts())
