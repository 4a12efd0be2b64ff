"""Conditions on text: what each of the sixteen means, as the engine compares."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.resources import files

from logreach.coverage.platforms.sysmon.engine.config import Condition

Test = Callable[[str], bool]

_LONGEST = 259  # MAX_PATH without the closing NUL
_CAPITALS = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_VARIABLE = re.compile(r"%([^%]+)%")


def fold(text: str) -> str:
    """Lower case as the engine does it: ASCII letters only."""
    return text.lower() if text.isascii() else text.translate(_CAPITALS)


@lru_cache(maxsize=1)
def _environment() -> Mapping[str, str | None]:
    """The variables of a user's session; None for a value that differs from host to host."""
    source = files("logreach.coverage.platforms.sysmon").joinpath("knowledge", "environment.csv")
    with source.open(encoding="utf-8") as file:
        return {
            row["variable"]: row["value"] if row["certain"] == "yes" else None
            for row in csv.DictReader(file)
        }


def expand(value: str) -> str | None:
    """A folded rule value with its %VARIABLES% filled in; None where it grows too long.

    Unknown variables stay as they are written, as Windows leaves them.
    """
    if "%" not in value:
        return value
    environment = _environment()
    out, rest = "", value
    while True:
        before, mark, after = rest.partition("%")
        out += before
        if not mark:
            break
        name, closing, behind = after.partition("%")
        known = environment.get(name) if closing else None
        out += known if known is not None else "%" + name
        rest = behind if known is not None else closing + behind
    return out if len(out) <= _LONGEST else None


def is_certain(value: str) -> bool:
    """Whether the value is the same on every host: it names no variable such as %TEMP%."""
    environment = _environment()
    names = [name for name in _VARIABLE.findall(fold(value)) if name in environment]
    return all(environment[name] is not None for name in names)


def never(_: str) -> bool:
    """A condition that nothing meets."""
    return False


def test(condition: Condition, value: str) -> Test:
    """The condition as a test of folded, non-empty text."""
    wanted = expand(fold(value))
    if wanted is None:
        return never
    return _BUILDERS[condition](wanted)


def parts(value: str) -> tuple[str, ...]:
    """The `;` parts of `contains any` and its kin as the engine searches for them.

    An empty part has no length, and the engine then searches for all that follows it.
    """
    found, start = [], 0
    for part in value.split(";"):
        found.append(part or value[start:])
        start += len(part) + 1
    return tuple(found)


def order(text: str) -> bytes:
    """A key that orders text as the engine does: by UTF-16 code units."""
    return text.encode("utf-16-be", "surrogatepass")


def _is(wanted: str) -> Test:
    return lambda text: text == wanted


def _is_not(wanted: str) -> Test:
    return lambda text: text != wanted


def _is_any(wanted: str) -> Test:
    return frozenset(wanted.split(";")).__contains__


def _contains(wanted: str) -> Test:
    return lambda text: wanted in text


def _excludes(wanted: str) -> Test:
    return lambda text: wanted not in text


def _contains_any(wanted: str) -> Test:
    pieces = parts(wanted)
    return lambda text: any(piece in text for piece in pieces)


def _contains_all(wanted: str) -> Test:
    pieces = parts(wanted)
    return lambda text: all(piece in text for piece in pieces)


def _excludes_any(wanted: str) -> Test:
    pieces = parts(wanted)
    return lambda text: not any(piece in text for piece in pieces)


def _excludes_all(wanted: str) -> Test:
    pieces = parts(wanted)
    return lambda text: not all(piece in text for piece in pieces)


def _begin_with(wanted: str) -> Test:
    return lambda text: text.startswith(wanted)


def _not_begin_with(wanted: str) -> Test:
    return lambda text: not text.startswith(wanted)


def _end_with(wanted: str) -> Test:
    return lambda text: text.endswith(wanted)


def _not_end_with(wanted: str) -> Test:
    return lambda text: not text.endswith(wanted)


def _less_than(wanted: str) -> Test:
    limit = order(wanted)
    return lambda text: order(text) < limit


def _more_than(wanted: str) -> Test:
    limit = order(wanted)
    return lambda text: order(text) > limit


def _image(wanted: str) -> Test:
    if "\\" in wanted:
        return _is(wanted)
    return lambda text: text[text.rfind("\\") + 1 :] == wanted


_BUILDERS: Mapping[Condition, Callable[[str], Test]] = {
    Condition.IS: _is,
    Condition.IS_NOT: _is_not,
    Condition.IS_ANY: _is_any,
    Condition.CONTAINS: _contains,
    Condition.CONTAINS_ANY: _contains_any,
    Condition.CONTAINS_ALL: _contains_all,
    Condition.EXCLUDES: _excludes,
    Condition.EXCLUDES_ANY: _excludes_any,
    Condition.EXCLUDES_ALL: _excludes_all,
    Condition.BEGIN_WITH: _begin_with,
    Condition.NOT_BEGIN_WITH: _not_begin_with,
    Condition.END_WITH: _end_with,
    Condition.NOT_END_WITH: _not_end_with,
    Condition.LESS_THAN: _less_than,
    Condition.MORE_THAN: _more_than,
    Condition.IMAGE: _image,
}
