"""The values of a field in cells: classes of texts that no query of the filter distinguishes.

For one field and the literals with which queries compare it, every text lies in one cell: it is a
literal, another notation of a literal, or a text between literals. Queries treat all texts of a
cell alike, so that one text of each cell is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from logreach.coverage.engine.three_valued import Truth, all_true
from logreach.coverage.events.patterns import Constraint, Test, fold
from logreach.coverage.forwarding.field_literals import LiteralValue
from logreach.coverage.forwarding.xpath_truth import Number, as_number

_FILLER = "(another value)"
_NUMERIC = frozenset("0123456789abcdefxinty.+-_ \t")
_TEXT_TESTS = (Test.BEGINS, Test.ENDS, Test.CONTAINS)


@dataclass(frozen=True, slots=True)
class ValueCell:
    """One value for all of its cell (None: the event lacks the field).

    `certain`: the pattern admits this very value. Otherwise it represents others that the pattern
    may admit.
    """

    value: str | None
    certain: bool


def cells(
    constraints: tuple[Constraint, ...],
    literals: Iterable[LiteralValue],
    *,
    may_lack: bool,
    listed: bool,
) -> tuple[ValueCell, ...]:
    """The cells of one field that hold values of a pattern's events.

    `may_lack`: events may lack the field. `listed`: the event is known to have the field; if not,
    no cell is certain.
    """
    sorted_literals = sorted(literals, key=str)
    by_text: dict[str | None, ValueCell] = {}
    if may_lack:
        _add(by_text, None, constraints, proven=False)
    finite = _listed_texts(constraints, sorted_literals)
    if finite is not None:
        for value in finite:
            _add(by_text, value, constraints, proven=True)
    else:
        _add_open_cells(by_text, constraints, sorted_literals)
    if listed:
        return tuple(by_text.values())
    return tuple(ValueCell(cell.value, certain=False) for cell in by_text.values())


def admitted(constraints: Iterable[Constraint], value: str | None) -> Truth:
    """Whether a value (None: no such field) meets every constraint."""
    return all_true(constraint.admits(value) for constraint in constraints)


def _add(
    by_text: dict[str | None, ValueCell],
    value: str | None,
    constraints: tuple[Constraint, ...],
    *,
    proven: bool,
    stands_for_more: bool = False,
) -> None:
    """Add a value unless the pattern excludes it and all values that it represents."""
    in_pattern = admitted(constraints, value)
    if in_pattern is False and not stands_for_more:
        return
    certain = in_pattern is True and (proven or value is not None)
    if value not in by_text or certain:
        by_text[value] = ValueCell(value, certain)


def _listed_texts(
    constraints: tuple[Constraint, ...], literals: list[LiteralValue]
) -> list[str] | None:
    """Every text of the pattern, if it lists them; one for spellings that no literal tells apart.

    None if the pattern does not list its texts.
    """
    for constraint in constraints:
        if constraint.test is Test.EQUALS and not constraint.negated:
            spellings = (_spellings(value, constraint, literals) for value in constraint.values)
            return list(dict.fromkeys(spelling for of_value in spellings for spelling in of_value))
        if constraint.test is Test.EMPTY and not constraint.negated:
            return [""]
    return None


def _spellings(value: str, constraint: Constraint, literals: list[LiteralValue]) -> Iterator[str]:
    """A value as given, in the letter case of literals, and in one that no literal has."""
    yield value
    if constraint.cased:
        return
    literal_texts = {str(literal) for literal in literals}
    yield from (spelling for spelling in sorted(literal_texts) if fold(spelling) == fold(value))
    for variant in (value.lower(), value.upper(), value.swapcase(), value.title()):
        if variant not in literal_texts and fold(variant) == fold(value):
            yield variant
            return


def _add_open_cells(
    by_text: dict[str | None, ValueCell],
    constraints: tuple[Constraint, ...],
    literals: list[LiteralValue],
) -> None:
    for literal in literals:
        _add(by_text, str(literal), constraints, proven=True)
    if _numbers_possible(constraints):
        for value in _texts_near(literals):
            _add(by_text, value, constraints, proven=True, stands_for_more=True)
    literal_texts = {str(literal) for literal in literals}
    candidates = [value for value in _candidates(constraints) if value not in literal_texts]
    certain = [value for value in candidates if admitted(constraints, value)]
    for value in certain[:1]:
        _add(by_text, value, constraints, proven=True)
    # The other texts cannot be listed; a text that equals no literal represents them.
    _add(by_text, _FILLER, constraints, proven=True, stands_for_more=True)


def _numbers_possible(constraints: tuple[Constraint, ...]) -> bool:
    """False if the pattern demands text that occurs in no notation of a number."""
    for constraint in constraints:
        if constraint.negated or constraint.test not in _TEXT_TESTS:
            continue
        if all(set(value.lower()) - _NUMERIC for value in constraint.values):
            return False
    return True


def _texts_near(literals: list[LiteralValue]) -> Iterator[str]:
    """Numbers next to the literals, and the literals' numbers in other notations."""
    numbers = sorted({number for number in map(as_number, literals) if number is not None})
    for number in numbers:
        yield from _notations(number)
        yield str(int(number) - 1)
        yield str(int(number) + 1)


def _notations(number: Number) -> Iterator[str]:
    yield f"0{number}"
    if isinstance(number, int):
        yield hex(number)


def _candidates(constraints: tuple[Constraint, ...]) -> Iterator[str]:
    """Texts that may meet the constraints and may differ from every literal."""
    first_values: dict[Test, str] = {}
    for constraint in constraints:
        if not constraint.negated and constraint.values:
            first_values.setdefault(constraint.test, constraint.values[0])
    begins, middle, ends = (
        first_values.get(test, "") for test in (Test.BEGINS, Test.CONTAINS, Test.ENDS)
    )
    yield _FILLER
    for filler in (_FILLER, "x", "-", ""):
        yield f"{begins}{filler}{middle}{filler}{ends}"
    yield begins or middle or ends
    for test in (Test.LESS, Test.LESS_EQUAL, Test.GREATER, Test.GREATER_EQUAL, Test.MATCHES):
        value = first_values.get(test)
        if value is None:
            continue
        number = as_number(value)
        if number is not None:
            yield from (str(int(number) + shift) for shift in (-1, 0, 1, 2))
        yield value
