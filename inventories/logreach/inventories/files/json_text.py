"""JSON exports: lists of objects with plain values."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source


def looks_like_json(head: str) -> bool:
    """Whether a text begins like a JSON object or list."""
    return head.lstrip()[:1] in ("{", "[")


def parse_rows(source: Source) -> list[dict[str, Any]]:
    """The objects of a JSON list, or the one object; InputError where it is neither."""
    content = source.text()
    try:
        document = json.loads(content, parse_constant=_refuse, object_pairs_hook=_without_twins)
    except json.JSONDecodeError as error:
        message = f"is not well-formed JSON ({error.msg})"
        raise InputError(source.fault(message, f"line {error.lineno}")) from error
    except _TwinError as error:
        message = f"has the key {str(error)!r} twice in one object, so lines are lost or mixed"
        raise InputError(source.fault(message)) from error
    except (ValueError, RecursionError) as error:
        raise InputError(
            source.fault(f"is not well-formed JSON ({type(error).__name__})")
        ) from error
    rows = document if isinstance(document, list) else [document]
    if not all(isinstance(row, dict) for row in rows):
        raise InputError(source.fault("is JSON, but neither an object nor a list of objects"))
    return rows


class _TwinError(ValueError):
    """A key that an object has twice: no program writes that, and which value counts is open."""


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise _TwinError(next(key for key, count in counts.items() if count > 1)[:40])
    return mapping


def _refuse(constant: str) -> None:
    raise ValueError(constant)
