"""The sixteen filter conditions, compared as the engine compares."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from logreach.coverage.platforms.sysmon.engine.config import Condition
from logreach.coverage.platforms.sysmon.engine.tables import table_rows

Test = Callable[[str], bool]
"""Whether a field value, folded and not empty, meets a condition."""

_MAX_LENGTH = 259  # MAX_PATH without the closing NUL
_ASCII_CAPITALS = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_VARIABLE = re.compile(r"%([^%]+)%")


def fold(value: str) -> str:
    """Lower case as the engine does it: ASCII letters only."""
    return value.lower() if value.isascii() else value.translate(_ASCII_CAPITALS)


@lru_cache(maxsize=1)
def _environment() -> Mapping[str, str | None]:
    """The environment variables of a session; None for a value that differs between hosts."""
    return {
        row["variable"]: row["value"] if row["certain"] == "yes" else None
        for row in table_rows("environment.csv")
    }


def expand(value: str) -> str | None:
    """A folded filter value with its %VARIABLES% expanded; None if it grows too long.

    Unknown variables stay as they are written, as Windows leaves them.
    """
    if "%" not in value:
        return value
    environment = _environment()
    expanded, remaining = "", value
    while True:
        before, percent, after = remaining.partition("%")
        expanded += before
        if not percent:
            break
        name, closing, tail = after.partition("%")
        substitute = environment.get(name) if closing else None
        expanded += substitute if substitute is not None else "%" + name
        remaining = tail if substitute is not None else closing + tail
    return expanded if len(expanded) <= _MAX_LENGTH else None


def is_certain(value: str) -> bool:
    """Whether the value expands alike on every host: it has no variable such as %TEMP%."""
    environment = _environment()
    names = [name for name in _VARIABLE.findall(fold(value)) if name in environment]
    return all(environment[name] is not None for name in names)


def never(_: str) -> bool:
    """A test that no field value passes."""
    return False


def test(condition: Condition, value: str) -> Test:
    """A filter's condition and value as a test of field values."""
    operand = expand(fold(value))
    if operand is None:
        return never
    return _BUILDERS[condition](operand)


def searched_parts(value: str) -> tuple[str, ...]:
    """The `;` parts of `contains any` and similar conditions, as the engine searches for them.

    An empty part has no length, and the engine then searches for the remainder of the value.
    """
    searched, start = [], 0
    for part in value.split(";"):
        searched.append(part or value[start:])
        start += len(part) + 1
    return tuple(searched)


def sort_key(value: str) -> bytes:
    """A key that sorts field values as the engine does: by UTF-16 code units."""
    return value.encode("utf-16-be", "surrogatepass")


def _any_part(operand: str) -> Test:
    fragments = searched_parts(operand)
    return lambda value: any(fragment in value for fragment in fragments)


def _all_parts(operand: str) -> Test:
    fragments = searched_parts(operand)
    return lambda value: all(fragment in value for fragment in fragments)


def _no_part(operand: str) -> Test:
    fragments = searched_parts(operand)
    return lambda value: not any(fragment in value for fragment in fragments)


def _not_all_parts(operand: str) -> Test:
    fragments = searched_parts(operand)
    return lambda value: not all(fragment in value for fragment in fragments)


def _less_than(operand: str) -> Test:
    limit = sort_key(operand)
    return lambda value: sort_key(value) < limit


def _more_than(operand: str) -> Test:
    limit = sort_key(operand)
    return lambda value: sort_key(value) > limit


def _image(operand: str) -> Test:
    """A full path if the operand has a backslash, else the file name at the end of the path."""
    if "\\" in operand:
        return lambda value: value == operand
    return lambda value: value[value.rfind("\\") + 1 :] == operand


# From a condition's expanded value to its test of field values.
_BUILDERS: Mapping[Condition, Callable[[str], Test]] = {
    Condition.IS: lambda operand: lambda value: value == operand,
    Condition.IS_NOT: lambda operand: lambda value: value != operand,
    # An empty part of `is any` matches nothing, since no field value is empty.
    Condition.IS_ANY: lambda operand: frozenset(operand.split(";")).__contains__,
    Condition.CONTAINS: lambda operand: lambda value: operand in value,
    Condition.CONTAINS_ANY: _any_part,
    Condition.CONTAINS_ALL: _all_parts,
    Condition.EXCLUDES: lambda operand: lambda value: operand not in value,
    Condition.EXCLUDES_ANY: _no_part,
    Condition.EXCLUDES_ALL: _not_all_parts,
    Condition.BEGIN_WITH: lambda operand: lambda value: value.startswith(operand),
    Condition.NOT_BEGIN_WITH: lambda operand: lambda value: not value.startswith(operand),
    Condition.END_WITH: lambda operand: lambda value: value.endswith(operand),
    Condition.NOT_END_WITH: lambda operand: lambda value: not value.endswith(operand),
    Condition.LESS_THAN: _less_than,
    Condition.MORE_THAN: _more_than,
    Condition.IMAGE: _image,
}
