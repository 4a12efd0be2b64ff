"""The values of a field, cut into cells between which no query of the filter can tell.

For one field and the literals that queries compare it with, every text lies in one cell: it is
one of the literals, or it is like a literal but written otherwise, or it lies between them. A
query says the same of all texts in a cell, so one text a cell is enough to know its answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from logreach.coverage.events.patterns import Constraint, Test, fold
from logreach.coverage.forwarding.asked import Text
from logreach.coverage.forwarding.truth import Number, as_number

_FILLER = "(another value)"
_NUMERIC = frozenset("0123456789abcdefxinty.+-_ \t")
_TEXT_TESTS = (Test.BEGINS, Test.ENDS, Test.CONTAINS)


@dataclass(frozen=True, slots=True)
class Cell:
    """One text for all of its cell (None: no such field).

    `sure` says that this very text lies in the pattern; otherwise it only stands for others that
    may.
    """

    text: str | None
    sure: bool


def cells(
    constraints: tuple[Constraint, ...],
    literals: Iterable[Text],
    *,
    may_lack: bool,
    listed: bool,
) -> tuple[Cell, ...]:
    """The cells of one field that a pattern may reach.

    `may_lack`: events may come without the field. `listed`: the event is known to have it; if
    not, nothing about it is sure.
    """
    wanted = sorted(literals, key=str)
    found: dict[str | None, Cell] = {}
    if may_lack:
        _add(found, None, constraints, proven=False)
    finite = _finite(constraints, wanted)
    if finite is not None:
        for text in finite:
            _add(found, text, constraints, proven=True)
    else:
        _spread(found, constraints, wanted)
    if listed:
        return tuple(found.values())
    return tuple(Cell(cell.text, sure=False) for cell in found.values())


def admitted(constraints: Iterable[Constraint], text: str | None) -> bool | None:
    """Whether a text meets every constraint."""
    held = [constraint.admits(text) for constraint in constraints]
    if False in held:
        return False
    return None if None in held else True


def _add(
    found: dict[str | None, Cell],
    text: str | None,
    constraints: tuple[Constraint, ...],
    *,
    proven: bool,
    stands_for_more: bool = False,
) -> None:
    """Add a text unless the pattern excludes it, and with it all that it stands for."""
    held = admitted(constraints, text)
    if held is False and not stands_for_more:
        return
    sure = held is True and (proven or text is not None)
    if text not in found or sure:
        found[text] = Cell(text, sure)


def _finite(constraints: tuple[Constraint, ...], literals: list[Text]) -> list[str] | None:
    """All texts (up to letter case that no literal tells apart) where the pattern lists them."""
    for constraint in constraints:
        if constraint.test is Test.EQUALS and not constraint.negated:
            spellings = (_spellings(value, constraint, literals) for value in constraint.values)
            return list(dict.fromkeys(text for texts in spellings for text in texts))
        if constraint.test is Test.EMPTY and not constraint.negated:
            return [""]
    return None


def _spellings(value: str, constraint: Constraint, literals: list[Text]) -> Iterator[str]:
    """A value as given, as literals spell it, and as none of them does."""
    yield value
    if constraint.cased:
        return
    known = {str(literal) for literal in literals}
    yield from (text for text in sorted(known) if fold(text) == fold(value))
    for other in (value.lower(), value.upper(), value.swapcase(), value.title()):
        if other not in known and fold(other) == fold(value):
            yield other
            return


def _spread(
    found: dict[str | None, Cell], constraints: tuple[Constraint, ...], literals: list[Text]
) -> None:
    for literal in literals:
        _add(found, str(literal), constraints, proven=True)
    if _numbers_possible(constraints):
        for text in _near(literals):
            _add(found, text, constraints, proven=True, stands_for_more=True)
    known = {str(literal) for literal in literals}
    tried = [text for text in _candidates(constraints) if text not in known]
    sure = [text for text in tried if admitted(constraints, text)]
    for text in sure[:1]:
        _add(found, text, constraints, proven=True)
    # What lies elsewhere cannot be listed; a text that equals no literal stands for it.
    _add(found, _FILLER, constraints, proven=True, stands_for_more=True)


def _numbers_possible(constraints: tuple[Constraint, ...]) -> bool:
    """False where the pattern asks for text that no notation of a number holds."""
    for constraint in constraints:
        if constraint.negated or constraint.test not in _TEXT_TESTS:
            continue
        if all(set(value.lower()) - _NUMERIC for value in constraint.values):
            return False
    return True


def _near(literals: list[Text]) -> Iterator[str]:
    """Numbers between the literals, and the literals' own numbers written otherwise."""
    numbers = sorted({n for n in map(as_number, literals) if n is not None})
    for number in numbers:
        yield from _notations(number)
        yield str(int(number) - 1)
        yield str(int(number) + 1)


def _notations(number: Number) -> Iterator[str]:
    yield f"0{number}"
    if isinstance(number, int):
        yield hex(number)


def _candidates(constraints: tuple[Constraint, ...]) -> Iterator[str]:
    """Texts that may meet the constraints and be no literal: to be tried."""
    parts: dict[Test, str] = {}
    for constraint in constraints:
        if not constraint.negated and constraint.values:
            parts.setdefault(constraint.test, constraint.values[0])
    begins, middle, ends = (parts.get(test, "") for test in (Test.BEGINS, Test.CONTAINS, Test.ENDS))
    yield _FILLER
    for filler in (_FILLER, "x", "-", ""):
        yield f"{begins}{filler}{middle}{filler}{ends}"
    yield begins or middle or ends
    for test in (Test.LESS, Test.LESS_EQUAL, Test.GREATER, Test.GREATER_EQUAL, Test.MATCHES):
        value = parts.get(test)
        if value is None:
            continue
        number = as_number(value)
        if number is not None:
            yield from (str(int(number) + shift) for shift in (-1, 0, 1, 2))
        yield value
