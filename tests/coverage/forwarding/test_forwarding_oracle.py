"""The filter's answers hold for every event of a pattern, as a slow plain oracle sees them."""

from __future__ import annotations

from dataclasses import replace

from forwarding_oracle import forwards
from hypothesis import given, settings
from hypothesis import strategies as st

from logreach.coverage.engine.verdict import Level
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.header import EventMetadata
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.forwarding import ForwardingFilter
from logreach.inventories.forwarding.subscriptions import Forwarding, Query, Subscription

META = EventMetadata("Log", "Maker", 7, 4, 0x8020000000000000, fields=("A", "B", "C"))
# The same with less known of it: the first field alone, no fields, no level and keywords.
METAS = [
    META,
    replace(META, fields=("A",), more_fields=True),
    replace(META, fields=None),
    replace(META, level=None, keywords=None),
]
TEXTS = ["a", "A", "b", "ab", "", "3", "7", "x1", "%%9", "zz"]

texts = st.sampled_from(TEXTS)
names = st.sampled_from(["A", "B", "C"])
events = st.tuples(texts, texts, texts).map(lambda held: dict(zip("ABC", held, strict=True)))


@st.composite
def data_tests(draw: st.DrawFn) -> str:
    name, text = draw(names), draw(texts)
    return draw(
        st.sampled_from(
            [
                f"Data[@Name='{name}']='{text}'",
                f"Data[@Name='{name}']!='{text}'",
                f"Data[@Name='{name}']=3",
                f"Data[@Name='{name}'] >= 4",
                f"Data[@Name='{name}'] and Data='{text}'",
                f"Data='{text}'",
                f"Data[2]='{text}'",
                f"Data[@Name='{name}' or @Name='B']='{text}'",
                f"Data[@Name='{name}']",
            ]
        )
    )


@st.composite
def queries(draw: st.DrawFn) -> str:
    parts = draw(st.lists(data_tests(), min_size=1, max_size=3))
    word = draw(st.sampled_from([" and ", " or "]))
    inside = word.join(f"({part})" for part in parts)
    system = draw(
        st.sampled_from(
            [
                "",
                "System[EventID=7] and ",
                "System[(EventID>=5 and EventID<8) and Level=4] and ",
                "System[Provider[@Name='Maker']] and ",
                "System[band(Keywords,9007199254740992)] and ",
                "System[EventID=8] or ",
            ]
        )
    )
    return f"*[{system}EventData[{inside}]]"


@st.composite
def forwardings(draw: st.DrawFn) -> Forwarding:
    found = draw(
        st.lists(st.tuples(queries(), st.booleans(), st.sampled_from("01")), min_size=1, max_size=4)
    )
    made = [Query("Log", xpath, flip, at, group) for at, (xpath, flip, group) in enumerate(found)]
    half = len(made) // 2
    subscriptions = (
        Subscription("first", tuple(made[:half])),
        Subscription("second", tuple(made[half:]), enabled=draw(st.booleans())),
    )
    return Forwarding(subscriptions)


@st.composite
def constraints(draw: st.DrawFn) -> Constraint:
    test = draw(
        st.sampled_from(
            [Test.EQUALS, Test.BEGINS, Test.ENDS, Test.CONTAINS, Test.GREATER, Test.UNKNOWN]
        )
    )
    values = (
        ("3",) if test is Test.GREATER else tuple(draw(st.lists(texts, min_size=1, max_size=3)))
    )
    return Constraint(test, values, draw(st.booleans()), draw(st.booleans()))


patterns = st.dictionaries(names, constraints().map(lambda one: (one,)), max_size=3).map(
    lambda fields: EventPattern(EventId.parse("Log:7"), fields)
)


@st.composite
def metas_and_events(draw: st.DrawFn) -> tuple[EventMetadata, list[dict[str, str]]]:
    """Metadata, and events as it allows them: fields beyond those known in any order, or absent."""
    meta = draw(st.sampled_from(METAS))
    rest = [name for name in "ABC" if name not in (meta.fields or ())]
    found = []
    for _ in range(draw(st.integers(1, 8))):
        others = draw(st.permutations(rest))[: draw(st.integers(0, len(rest)))] if rest else []
        found.append({name: draw(texts) for name in (*(meta.fields or ()), *others)})
    return meta, found


def filter_of(forwarding: Forwarding) -> ForwardingFilter:
    return ForwardingFilter(forwarding, lambda _: META)


@settings(max_examples=150)
@given(forwardings(), events)
def test_a_single_event_is_taken_as_the_oracle_says(
    forwarding: Forwarding, event: dict[str, str]
) -> None:
    taken = filter_of(forwarding).takes(META, event)
    suppress_alone = any(  # a Suppress without Select is a doubt, and then nothing is certain
        query.suppress for one in forwarding.subscriptions for query in one.queries
    )
    if taken is None:
        every = [query.xpath for one in forwarding.subscriptions for query in one.queries]
        assert suppress_alone or any(">= 4" in xpath for xpath in every)
    else:
        assert taken == forwards(forwarding, META, event)


@settings(max_examples=200)
@given(forwardings(), patterns, metas_and_events())
def test_no_event_of_a_pattern_contradicts_the_answer(
    forwarding: Forwarding,
    pattern: EventPattern,
    drawn: tuple[EventMetadata, list[dict[str, str]]],
) -> None:
    meta, sampled = drawn
    answer = ForwardingFilter(forwarding, lambda _: meta).answer(pattern)
    for event in sampled:
        if pattern.admits("Log:7", event) is False or answer.level is Level.PARTIAL:
            continue
        assert forwards(forwarding, META, event) == (answer.level is Level.YES), answer
    if answer.level is Level.PARTIAL and answer.exact:
        assert answer.kept is not None
        assert answer.dropped is not None
        assert pattern.admits("Log:7", answer.kept)
        assert pattern.admits("Log:7", answer.dropped)
        assert forwards(forwarding, META, answer.kept)
        assert not forwards(forwarding, META, answer.dropped)


@settings(max_examples=80)
@given(forwardings(), events)
def test_a_pattern_of_one_event_is_answered_as_that_event(
    forwarding: Forwarding, event: dict[str, str]
) -> None:
    exactly = {
        name: (Constraint(Test.EQUALS, (text,), cased=True),) for name, text in event.items()
    }
    answer = filter_of(forwarding).answer(EventPattern(EventId.parse("Log:7"), exactly))
    taken = filter_of(forwarding).takes(META, event)
    expected = {True: Level.YES, False: Level.NO, None: Level.PARTIAL}[taken]
    assert answer.level is expected


PIECES = """* [ ] ( ) @Name = != <= System EventData UserData EventID Data Data[@Name='A'] 'x' '3' 3
0x10 1.5 / , band( timediff( not( position() and or *[EventData[ ]] Keywords"""


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from(PIECES.split()), min_size=1, max_size=14).map(" ".join),
    patterns,
    st.sampled_from(METAS),
)
def test_any_query_is_answered(xpath: str, pattern: EventPattern, meta: EventMetadata) -> None:
    one = Subscription("one", (Query("Log", xpath, suppress=False, line=1),))
    answer = ForwardingFilter(Forwarding((one,)), lambda _: meta).answer(pattern)
    assert answer.exact or answer.reason
