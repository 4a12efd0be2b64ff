"""Small configurations, patterns and events of Sysmon for property tests, and a slow oracle.

The vocabulary is small, so that filters, constraints and events meet often.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.platforms.sysmon.engine import Config, decide
from logreach.coverage.platforms.sysmon.engine.config import Condition

FIELDS = ("Image", "CommandLine", "ParentImage")
EVENT = "Sysmon:1"
ALWAYS = {
    "ProcessGuid": "{A}",
    "ProcessId": "7",
    "LogonGuid": "{B}",
    "LogonId": "0x1",
    "TerminalSessionId": "1",
    "ParentProcessGuid": "{C}",
    "ParentProcessId": "8",
}

pieces = st.sampled_from(
    (
        "a",
        "A",
        "b",
        "ab",
        "aB",
        "ba",
        "\\",
        "\\a",
        "a\\b",
        ".exe",
        "\\a.exe",
        "-",
        "é",
        "É",
        "s",
        "%",
    )
)
texts = st.lists(pieces, max_size=4).map("".join)
values = st.lists(texts, min_size=1, max_size=3).map(";".join)


@st.composite
def filters(draw: st.DrawFn) -> str:
    field = draw(st.sampled_from(FIELDS))
    condition = draw(st.sampled_from(list(Condition)))
    return f'<{field} condition="{condition}">{escape(draw(values))}</{field}>'


@st.composite
def items(draw: st.DrawFn) -> str:
    if draw(st.integers(0, 3)):
        return draw(filters())
    relation = draw(st.sampled_from(("and", "or")))
    inner = "".join(draw(st.lists(filters(), min_size=1, max_size=3)))
    return f'<Rule groupRelation="{relation}">{inner}</Rule>'


@st.composite
def configurations(draw: st.DrawFn) -> str:
    """A configuration with a few elements for ProcessCreate."""
    elements = []
    for _ in range(draw(st.integers(0, 3))):
        onmatch = draw(st.sampled_from(("include", "exclude")))
        inner = "".join(draw(st.lists(items(), max_size=4)))
        element = f'<ProcessCreate onmatch="{onmatch}">{inner}</ProcessCreate>'
        relation = draw(st.sampled_from((None, "and", "or")))
        if relation:
            name = quoteattr(draw(st.sampled_from(("", "g"))))
            element = f'<RuleGroup name={name} groupRelation="{relation}">{element}</RuleGroup>'
        elements.append(element)
    inner = "".join(elements)
    return f'<Sysmon schemaversion="4.90"><EventFiltering>{inner}</EventFiltering></Sysmon>'


USUAL = (Test.EQUALS, Test.BEGINS, Test.ENDS, Test.CONTAINS)
_WITHOUT_VALUES = (Test.EMPTY, Test.EXISTS, Test.UNKNOWN)


@st.composite
def constraints(draw: st.DrawFn, tests: tuple[Test, ...]) -> Constraint:
    test = draw(st.sampled_from(tests))
    wanted = () if test in _WITHOUT_VALUES else tuple(draw(st.lists(texts, min_size=1, max_size=3)))
    if test is Test.MATCHES:
        wanted = tuple(value.replace("\\", "\\\\") for value in wanted)
    cased = test in USUAL and tests != USUAL and draw(st.booleans())
    return Constraint(test, wanted, draw(st.booleans()), cased)


@st.composite
def patterns(draw: st.DrawFn, tests: tuple[Test, ...] = tuple(Test)) -> EventPattern:
    """A set of ProcessCreate events."""
    fields = {
        field: tuple(draw(st.lists(constraints(tests), min_size=1, max_size=2)))
        for field in FIELDS
        if draw(st.booleans())
    }
    return EventPattern(EventId.parse(EVENT), fields)


@st.composite
def events(draw: st.DrawFn) -> dict[str, str]:
    """A single ProcessCreate event; a field may be absent or empty."""
    found = {field: draw(st.none() | texts) for field in FIELDS}
    return ALWAYS | {field: text for field, text in found.items() if text is not None}


def every_event(alphabet: str, longest: int) -> Iterator[dict[str, str]]:
    """All events whose Image and CommandLine are absent or short texts over an alphabet."""
    short = ["".join(t) for size in range(longest + 1) for t in product(alphabet, repeat=size)]
    for image, command in product((None, *short), repeat=2):
        chosen = {"Image": image, "CommandLine": command}
        yield ALWAYS | {field: text for field, text in chosen.items() if text is not None}


def outcomes(config: Config, pattern: EventPattern, among: list[dict[str, str]]) -> set[bool]:
    """The slow oracle: what becomes of each of the events that surely lie in the pattern."""
    inside = (event for event in among if pattern.admits(EVENT, event) is True)
    return {decide(config, 1, event).logged for event in inside}
