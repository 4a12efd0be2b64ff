"""How statements that differ are settled: by strength, and among equals by order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Facts, Known, Missing, Statement
from logreach.inventories.facts.keys import FactFamily
from logreach.inventories.files.evidence import Evidence

LEVEL = FactFamily("level", int)
_NAMES = st.sampled_from(["a", "b"])
_SOURCES = [Evidence(name) for name in ("first", "second", "third")]
_STATEMENTS = st.lists(
    st.builds(
        Statement,
        _NAMES.map(LEVEL),
        st.integers(0, 2),
        st.sampled_from(_SOURCES),
        st.sampled_from([*Strength, Strength.OBSERVED, Strength.OBSERVED]),
        st.booleans(),
    ),
    max_size=8,
)


def believed(statements: Sequence[Statement]) -> Statement:
    """Of statements of one fact, the last of the strongest."""
    strongest = max(statement.strength for statement in statements)
    return [statement for statement in statements if statement.strength == strongest][-1]


def against(statements: Sequence[Statement]) -> set[object]:
    """What other files of the host's output say last, where the last statement, output of the
    host too, says something else."""
    *earlier, new = statements
    last_words = {each.evidence.source: each.value for each in earlier if printed(each)}
    last_words.pop(new.evidence.source, None)
    return set(last_words.values()) - {new.value} if printed(new) else set()


def printed(statement: Statement) -> bool:
    return statement.strength is Strength.OBSERVED and statement.by_host


def contradicting(statements: Sequence[Statement]) -> bool:
    """Whether two files that the host itself printed ever say different things."""
    return any(against(statements[: n + 1]) for n in range(len(statements)))


def of_key(statements: Sequence[Statement], name: str) -> list[Statement]:
    return [statement for statement in statements if statement.key == LEVEL(name)]


@given(_STATEMENTS, _NAMES)
def test_the_strongest_statement_wins_and_among_equals_the_later(
    statements: list[Statement], name: str
) -> None:
    stated = of_key(statements, name)
    fact = Facts.of(statements).get(LEVEL(name))
    assert isinstance(fact, Known) is (bool(stated) and not contradicting(stated))
    if isinstance(fact, Known):
        winner = believed(stated)
        assert (fact.value, fact.strength) == (winner.value, winner.strength)


@given(_STATEMENTS, _NAMES)
def test_a_value_keeps_the_evidence_of_every_statement_since_it_is_believed(
    statements: list[Statement], name: str
) -> None:
    stated = of_key(statements, name)
    fact = Facts.of(statements).get(LEVEL(name))
    if not isinstance(fact, Known):
        return
    others = [n for n in range(len(stated)) if believed(stated[: n + 1]).value != fact.value]
    since = stated[others[-1] + 1 :] if others else stated
    agreeing = [statement.evidence for statement in since if statement.value == fact.value]
    assert list(fact.evidence) == list(dict.fromkeys(agreeing))


def test_of_two_files_that_the_host_printed_neither_decides_and_of_lists_the_later() -> None:
    printed = [Statement(LEVEL("a"), n, Evidence(file)) for n, file in enumerate(("x", "y"))]
    fact = Facts.of(printed).get(LEVEL("a"))
    assert isinstance(fact, Missing)
    assert "contradict each other: x  and y" in fact.reason
    listed = Facts.of([replace(each, by_host=False) for each in printed]).get(LEVEL("a"))
    assert isinstance(listed, Known)
    assert listed.value == 1
    in_one_file = [replace(each, evidence=Evidence("x")) for each in printed]
    assert isinstance(Facts.of(in_one_file).get(LEVEL("a")), Known)


@given(_STATEMENTS)
def test_every_statement_that_differs_from_what_was_believed_is_a_conflict(
    statements: list[Statement],
) -> None:
    expected = []
    for number, new in enumerate(statements):
        earlier = of_key(statements[:number], new.key.name)
        old = believed(earlier) if earlier else new
        contradicted = against([*earlier, new])
        if contradicted:
            expected.append((new.key, new.value, new.strength, contradicted, Strength.OBSERVED))
        elif old.value != new.value:
            kept, dropped = (new, old) if new.strength >= old.strength else (old, new)
            expected.append((new.key, kept.value, kept.strength, {dropped.value}, dropped.strength))
    conflicts = Facts.of(statements).conflicts
    assert len(conflicts) == len(expected)
    for conflict, (key, value, strength, dropped_values, dropped_strength) in zip(
        conflicts, expected, strict=True
    ):
        kept, dropped = conflict.kept, conflict.dropped
        assert (conflict.key, kept.value, kept.strength) == (key, value, strength)
        assert dropped.value in dropped_values
        assert dropped.strength is dropped_strength


def test_two_files_of_the_host_contradict_each_other_whoever_else_agrees_with_one() -> None:
    a, b = (Statement(LEVEL("a"), value, Evidence(file)) for value, file in ((2, "a"), (1, "b")))
    listed = replace(b, evidence=Evidence("list"), by_host=False)
    declared = replace(listed, strength=Strength.DECLARED)
    corrected = replace(a, value=1)
    for statements in permutations([a, b, listed, declared]):
        facts = Facts.of(statements)
        assert isinstance(facts.get(LEVEL("a")), Missing)
        assert "neither is used" in [each.outcome.partition(": ")[2] for each in facts.conflicts]
    assert isinstance(Facts.of([corrected, b, a]).get(LEVEL("a")), Missing)
    wished = replace(a, value=1, strength=Strength.POLICY)  # in the file that printed another value
    assert isinstance(Facts.of([a, wished, b]).get(LEVEL("a")), Missing)


def test_of_what_a_conflict_is_settled_by_the_words_tell() -> None:
    first, second = (Statement(LEVEL("a"), value, Evidence(str(value))) for value in (1, 2))
    (conflict,) = Facts.of([first, second]).conflicts
    assert conflict.outcome.endswith("neither is used")
    (conflict,) = Facts.of([first, replace(second, by_host=False)]).conflicts
    assert conflict.outcome == "{kept} is used; {dropped} is not"


def test_of_two_policies_the_later_is_believed() -> None:
    first, second = (
        Statement(LEVEL("a"), value, Evidence(f"gpo {value}"), Strength.POLICY) for value in (1, 2)
    )
    facts = Facts.of([first, second])
    assert facts.get(LEVEL("a")) == Known(2, (Evidence("gpo 2"),), Strength.POLICY)
    assert [(each.kept, each.dropped) for each in facts.conflicts] == [(second, first)]
