"""Composes a short text that a regular expression matches, from the parsed expression."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from logreach.inventories.files.patterns import compiled

_MAX_LENGTH = 2_000  # characters of an example
_TRIED_LETTERS = "a1 _-.:/\\\"'|=\n"
_LETTER_OF_CATEGORY = {
    "CATEGORY_DIGIT": "1",
    "CATEGORY_NOT_DIGIT": "a",
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_SPACE": "a",
    "CATEGORY_WORD": "a",
    "CATEGORY_NOT_WORD": " ",
}
_Parsed = Iterable[tuple[Any, Any]]
# Python has no public parser of expressions. If a version lacks this one, there are no examples.
_parser: Any = getattr(re, "_parser", None)


class _NoExampleError(Exception):
    """The expression has a part for which no example can be composed."""


@lru_cache(maxsize=1024)
def example(expression: str) -> str | None:
    """A short text in which the expression is found; None if none could be composed.

    Composing ignores conditions on the surroundings, such as word bounds; the result is therefore
    searched with the expression itself, also between two spaces.
    """
    pattern = compiled(expression)
    if _parser is None or pattern is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            composed = _ExampleComposer().composed(_parser.parse(expression))
    except (re.error, RecursionError, OverflowError, _NoExampleError):
        return None
    candidates = (composed, f" {composed} ")
    return next((candidate for candidate in candidates if pattern.found_in(candidate)), None)


class _ExampleComposer:
    """Composes a text for a parsed expression, part by part."""

    def composed(self, parsed: _Parsed) -> str:
        example = "".join(self._part(str(kind), argument) for kind, argument in parsed)
        if len(example) > _MAX_LENGTH:
            raise _NoExampleError
        return example

    def _part(self, kind: str, argument: Any) -> str:
        compose = _COMPOSERS.get(kind)
        if compose is None:
            raise _NoExampleError
        return compose(self, argument)

    def repetition(self, argument: Any) -> str:
        least, _, parsed = argument
        if least > _MAX_LENGTH:
            raise _NoExampleError
        repeated = self.composed(parsed) if least else ""
        return repeated * int(least)

    def group(self, argument: Any) -> str:
        return self.composed(argument[-1])

    def branch(self, argument: Any) -> str:
        for parsed in argument[1]:
            try:
                return self.composed(parsed)
            except _NoExampleError:
                continue
        raise _NoExampleError


def _letter(fits: Callable[[str], bool]) -> str:
    letter = next(filter(fits, _TRIED_LETTERS), None)
    if letter is None:
        raise _NoExampleError
    return letter


def _letter_of_set(argument: Any) -> str:
    """A letter of a set such as [a-z], or outside of a negated set."""
    items = [(str(kind), value) for kind, value in argument]
    if items[0][0] == "NEGATE":
        return _letter(lambda letter: not any(_in_item(letter, *item) for item in items[1:]))
    kind, value = items[0]
    if kind == "CATEGORY":
        return _LETTER_OF_CATEGORY[str(value)]
    return chr(value[0] if kind == "RANGE" else value)


def _in_item(letter: str, kind: str, value: Any) -> bool:
    if kind == "RANGE":
        return bool(value[0] <= ord(letter) <= value[1])
    if kind == "CATEGORY":
        tests = {"DIGIT": str.isdigit, "SPACE": str.isspace, "WORD": _is_word}
        name = str(value).removeprefix("CATEGORY_")
        return tests[name.removeprefix("NOT_")](letter) is not name.startswith("NOT_")
    return bool(ord(letter) == value)


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def _nothing(_composer: _ExampleComposer, _argument: Any) -> str:
    return ""


_COMPOSERS: Mapping[str, Callable[[_ExampleComposer, Any], str]] = {
    "LITERAL": lambda _, code: chr(code),
    "NOT_LITERAL": lambda _, code: _letter(lambda letter: ord(letter) != code),
    "ANY": lambda _, _argument: "a",
    "IN": lambda _, argument: _letter_of_set(argument),
    "BRANCH": _ExampleComposer.branch,
    "SUBPATTERN": _ExampleComposer.group,
    "ATOMIC_GROUP": _ExampleComposer.composed,
    "MAX_REPEAT": _ExampleComposer.repetition,
    "MIN_REPEAT": _ExampleComposer.repetition,
    "POSSESSIVE_REPEAT": _ExampleComposer.repetition,
    "AT": _nothing,
}
