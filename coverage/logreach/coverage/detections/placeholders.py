"""Placeholders in the values of rules: what each site fills in, '%domain_controllers%'."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

from logreach.coverage.detections.mapping import knowledge

if TYPE_CHECKING:
    from sigma.types import SigmaString

Placeholders = Mapping[str, tuple[str, ...]]
"""The values of placeholders, by name in lower case and without '%'."""
_WHOLE = re.compile(r"%([A-Za-z_][A-Za-z0-9_.-]*)%")


def filled(value: SigmaString, placeholders: Placeholders) -> Iterator[SigmaString]:
    """The texts that a value stands for, one for each value of its placeholders.

    Rules older than the modifier 'expand' have placeholders without it: '%name%' as the whole
    value, unless Windows has a variable of that name. As part of a text it is itself, as in WMI's
    'like'. Placeholders without values stay.
    """
    from sigma.types import Placeholder, SigmaString

    parts: list[Any] = list(value.s)
    if len(parts) == 1:
        parts = [_part(parts[0])]
    if not any(isinstance(part, Placeholder) for part in parts):
        yield value
        return
    choices = [
        placeholders.get(part.name.casefold(), ()) if isinstance(part, Placeholder) else ()
        for part in parts
    ]
    texts: list[list[Any]] = [
        [SigmaString(text).s for text in values] or [[part]]
        for part, values in zip(parts, choices, strict=True)
    ]
    for chosen in product(*texts):
        string = type(value)()
        pieces = _joined([piece for pieces in chosen for piece in pieces])
        string.s = type(value.s)(pieces)
        yield string


def _joined(pieces: list[Any]) -> list[Any]:
    """The parts of a text, with texts beside each other as one."""
    joined: list[Any] = []
    for piece in pieces:
        if joined and isinstance(piece, str) and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def filled_expression(
    expression: SigmaString | str, placeholders: Placeholders
) -> Iterator[SigmaString | str]:
    """As `filled`, for a regular expression: values stand for themselves."""
    from sigma.types import Placeholder

    if isinstance(expression, str) or not expression.contains_placeholder():
        yield expression
        return
    quoted = {
        name: tuple(re.escape(text) for text in values) for name, values in placeholders.items()
    }
    names = [part.name.casefold() for part in expression.s if isinstance(part, Placeholder)]
    if not all(name in quoted for name in names):
        yield expression
        return
    texts = [
        quoted[part.name.casefold()] if isinstance(part, Placeholder) else (str(part),)
        for part in expression.s
    ]
    yield from ("".join(chosen) for chosen in product(*texts))


def _part(part: object) -> object:
    from sigma.types import Placeholder

    placeholder = _WHOLE.fullmatch(part) if isinstance(part, str) else None
    if placeholder is None or placeholder[1].lower() in knowledge().environment:
        return part
    return Placeholder(placeholder[1])
