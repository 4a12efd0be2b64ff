"""JSON exports: rows of plain values, with limits."""

from __future__ import annotations

import json
from typing import Any

from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source


def looks_like_json(text: str) -> bool:
    """Whether a text begins like a JSON object or list."""
    return text.lstrip()[:1] in ("{", "[")


def parse_rows(source: Source) -> list[dict[str, Any]]:
    """The objects of a JSON list, or the one object; InputError where it is neither."""
    text = source.text()
    try:
        found = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        message = f"is no sound JSON ({error.msg})"
        raise InputError(source.fault(message, f"line {error.lineno}")) from error
    except (ValueError, RecursionError) as error:
        raise InputError(source.fault(f"is no sound JSON ({type(error).__name__})")) from error
    rows = found if isinstance(found, list) else [found]
    if not all(isinstance(row, dict) for row in rows):
        raise InputError(source.fault("is JSON, but no object or list of objects"))
    return rows


def _refuse(constant: str) -> None:
    raise ValueError(constant)
