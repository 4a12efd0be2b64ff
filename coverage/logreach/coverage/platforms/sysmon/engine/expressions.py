"""A text that a regular expression finds, made from the expression itself."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, cast

_LONGEST = 2_000  # characters of an example; more is not worth a try
_TRIED = "a1 _-.:/\\\"'|=\n"
_OF_CATEGORY = {
    "CATEGORY_DIGIT": "1",
    "CATEGORY_NOT_DIGIT": "a",
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_SPACE": "a",
    "CATEGORY_WORD": "a",
    "CATEGORY_NOT_WORD": " ",
}
_Parsed = Iterable[tuple[Any, Any]]
# Python has no public way to take an expression apart; where this one is gone, none is made.
_parser: Any = getattr(re, "_parser", None)


class _NoExampleError(Exception):
    """The expression has a part of which no example is made."""


@lru_cache(maxsize=1024)
def example(expression: str) -> str | None:
    """A short text in which the expression is found; None where none was made.

    What goes round the text, such as a word's bounds, is left out while it is made, so it is
    looked for before it is told.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = re.compile(expression)
            text = _Maker().text(_parse(expression))
    except (re.error, RecursionError, OverflowError, _NoExampleError):
        return None
    return next((one for one in (text, f" {text} ") if found.search(one)), None)


def _parse(expression: str) -> _Parsed:
    if _parser is None:
        raise _NoExampleError
    return cast("_Parsed", _parser.parse(expression))


class _Maker:
    """Makes a text for a parsed expression, part by part; remembers what groups held."""

    def __init__(self) -> None:
        self._groups: dict[int, str] = {}

    def text(self, parsed: _Parsed) -> str:
        made = "".join(self._part(str(kind), held) for kind, held in parsed)
        if len(made) > _LONGEST:
            raise _NoExampleError
        return made

    def _part(self, kind: str, held: Any) -> str:
        make = _PARTS.get(kind)
        if make is None:
            raise _NoExampleError
        return make(self, held)

    def repeated(self, held: Any) -> str:
        least, _, parsed = held
        if least > _LONGEST:
            raise _NoExampleError
        made = self.text(parsed) if least else ""
        return made * int(least)

    def group(self, held: Any) -> str:
        number, _, _, parsed = held
        made = self.text(parsed)
        if number is not None:
            self._groups[number] = made
        return made

    def either(self, held: Any) -> str:
        for parsed in held[1]:
            try:
                return self.text(parsed)
            except _NoExampleError:
                continue
        raise _NoExampleError

    def again(self, held: Any) -> str:
        return self._groups.get(held, "")


def _letter(wanted: Callable[[str], bool]) -> str:
    found = next(filter(wanted, _TRIED), None)
    if found is None:
        raise _NoExampleError
    return found


def _one_of(held: Any) -> str:
    """A letter of a set, or one that is not in it."""
    items = [(str(kind), value) for kind, value in held]
    if items[0][0] == "NEGATE":
        return _letter(lambda letter: not any(_holds(letter, *item) for item in items[1:]))
    kind, value = items[0]
    if kind == "CATEGORY":
        return _OF_CATEGORY[str(value)]
    return chr(value[0] if kind == "RANGE" else value)


def _holds(letter: str, kind: str, value: Any) -> bool:
    if kind == "RANGE":
        return bool(value[0] <= ord(letter) <= value[1])
    if kind == "CATEGORY":
        tests = {"DIGIT": str.isdigit, "SPACE": str.isspace, "WORD": _is_word}
        name = str(value).removeprefix("CATEGORY_")
        return tests[name.removeprefix("NOT_")](letter) is not name.startswith("NOT_")
    return bool(ord(letter) == value)


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def _nothing(_maker: _Maker, _held: Any) -> str:
    return ""


_PARTS: Mapping[str, Callable[[_Maker, Any], str]] = {
    "LITERAL": lambda _, held: chr(held),
    "NOT_LITERAL": lambda _, held: _letter(lambda letter: ord(letter) != held),
    "ANY": lambda _, _held: "a",
    "IN": lambda _, held: _one_of(held),
    "BRANCH": _Maker.either,
    "SUBPATTERN": _Maker.group,
    "ATOMIC_GROUP": _Maker.text,
    "MAX_REPEAT": _Maker.repeated,
    "MIN_REPEAT": _Maker.repeated,
    "POSSESSIVE_REPEAT": _Maker.repeated,
    "GROUPREF": _Maker.again,
    "AT": _nothing,
    "ASSERT": _nothing,
    "ASSERT_NOT": _nothing,
}
