"""Which set of kept events lies within another, against the texts that each admits."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logreach.coverage.engine.verdict import Level
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, FilterAnswer, Test
from logreach.coverage.platforms.sysmon.beyond import with_kept
from logreach.coverage.platforms.sysmon.kept_events import (
    KeptPattern,
    kept_besides,
    within_or_around,
)
from logreach.inventories.windows.facts import SysmonState

ONE, TWO = EventId.of("Sysmon", 1), EventId.of("Sysmon", 2)
TEXTS = ["".join(letters) for size in range(5) for letters in product("aAbBz", repeat=size)]
"""Every text that can tell two constraints on at most two letters of "aAbB" apart: 'z' is a letter
of neither, and so may stand before, between and behind theirs."""

_values = st.sampled_from(["a", "A", "b", "ab", "aB", "ba", "aa"])
_tests = st.sampled_from([Test.EQUALS, Test.BEGINS, Test.ENDS, Test.CONTAINS])
_single = st.builds(
    Constraint, _tests, st.tuples(_values), negated=st.just(False), cased=st.booleans()
)
_any = st.builds(
    Constraint,
    st.sampled_from([*Test]),
    st.lists(_values, max_size=2).map(tuple),
    negated=st.booleans(),
    cased=st.booleans(),
)


def kept(*constraints: Constraint, event: EventId = ONE, field: str = "Image") -> KeptPattern:
    return KeptPattern(event, ((field, constraints),) if constraints else ())


def admitted(constraint: Constraint) -> set[str | None]:
    return {text for text in (None, *TEXTS) if constraint.admits(text)}


@given(_single, _single)
def test_a_set_covers_another_exactly_where_it_admits_all_its_texts(
    wide: Constraint, narrow: Constraint
) -> None:
    assert kept(wide).covers(kept(narrow)) is (admitted(narrow) <= admitted(wide))


@given(_any, _any)
def test_a_set_that_covers_another_admits_all_its_texts(
    wide: Constraint, narrow: Constraint
) -> None:
    if kept(wide).covers(kept(narrow)):
        assert admitted(narrow) <= admitted(wide)
    assert kept(wide).covers(kept(wide))


A, B = Constraint(Test.CONTAINS, ("a",)), Constraint(Test.CONTAINS, ("b",))
BOTH = Constraint(Test.CONTAINS, ("a", "b"))
AB = Constraint(Test.EQUALS, ("ab",))


@pytest.mark.parametrize(
    ("wide", "narrow", "covers"),
    [
        (kept(), kept(A), True),
        (kept(A), kept(), False),
        (kept(BOTH), kept(A), True),
        (kept(A), kept(BOTH), False),
        (kept(A, B), kept(A), False),
        (kept(A), kept(A, B), True),
        (kept(A, B), kept(AB), True),
        (kept(A), kept(A, event=TWO), False),
        (kept(), kept(event=TWO), False),
        (kept(A), kept(A, field="CommandLine"), False),
        (kept(Constraint(Test.CONTAINS)), kept(Constraint(Test.BEGINS)), False),
    ],
)
def test_fields_constraints_and_events_count(
    wide: KeptPattern, narrow: KeptPattern, *, covers: bool
) -> None:
    assert wide.covers(narrow) is covers
    touches = within_or_around([narrow, *SysmonState(True).keeps_also])
    assert touches(wide.pattern) is (covers or narrow.covers(wide))


def test_what_is_no_set_of_events_is_covered_by_none() -> None:
    assert not kept().covers("Sysmon:1")
    assert not within_or_around([])(EventPattern(ONE))


def test_a_pattern_and_its_set_are_the_same_events() -> None:
    pattern = EventPattern(ONE, {"Image": (A, B)})
    assert KeptPattern.of(pattern).pattern == pattern
    assert KeptPattern.of(pattern) == kept(A, B)


def test_only_what_is_kept_of_the_events_asked_for_is_told() -> None:
    state = SysmonState(True, keeps_also=(kept(A), kept(event=TWO), kept(B)))
    assert list(kept_besides(state, [ONE])) == [kept(A), kept(B)]
    assert list(kept_besides(state, [ONE, TWO])) == list(state.keeps_also)
    assert list(kept_besides(state, [])) == []


def test_a_set_in_words() -> None:
    assert str(kept()) == "every Sysmon:1"
    assert str(kept(BOTH, Constraint(Test.BEGINS, ("c",), negated=True))) == (
        "Sysmon:1 where Image contains a or b and Image not begins with c"
    )
    assert str(kept(Constraint(Test.EMPTY))) == "Sysmon:1 where Image empty"


DELETED, DETECTED = EventId.of("Sysmon", 23), EventId.of("Sysmon", 26)
ANSWERS = [
    FilterAnswer(Level.YES),
    FilterAnswer(Level.NO),
    FilterAnswer(Level.PARTIAL, kept={"Image": "a"}, dropped={"Image": "b"}),
    FilterAnswer(Level.PARTIAL, exact=False),
]


@pytest.mark.parametrize(
    "answer", ANSWERS, ids=lambda answer: f"{answer.level.name} {answer.exact}"
)
def test_what_is_kept_besides_raises_an_answer_as_far_as_it_is_sure(answer: FilterAnswer) -> None:
    asked = KeptPattern(ONE, (("Image", (A, B)),)).pattern
    around, inside, beside = kept(A), kept(A, B, AB), kept(A, field="User")
    assert with_kept(answer, asked, []) == answer
    for idle in (beside, kept(event=TWO), kept(A, B, event=TWO)):
        assert with_kept(answer, asked, [idle]) == answer
    for several in ([around], [kept()], [kept(A, B)], [beside, around], [kept(event=TWO), around]):
        all_ = with_kept(answer, asked, several)
        assert (all_.level, all_.exact) == (Level.YES, True)
    for several in ([inside], [beside, inside], [kept(event=TWO), inside]):
        part = with_kept(answer, asked, several)
        if answer.level is Level.NO:
            assert (part.level, part.exact) == (Level.PARTIAL, True)
        else:
            assert part == answer


@pytest.mark.parametrize(
    "answer", ANSWERS, ids=lambda answer: f"{answer.level.name} {answer.exact}"
)
def test_a_deletion_that_is_kept_as_the_other_event_may_be_lost_as_this_one(
    answer: FilterAnswer,
) -> None:
    detected = with_kept(answer, EventPattern(DETECTED), [kept(event=DELETED)])
    if answer.level is Level.NO:
        assert detected == answer
    else:
        assert (detected.level, detected.exact) == (Level.PARTIAL, False)
        assert (detected.kept, detected.dropped) == (None, None)
    assert with_kept(answer, EventPattern(DELETED), [kept(event=DETECTED)]) == answer
