"""JSON exports: lists of objects with plain values."""

from __future__ import annotations

import json
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
        document = json.loads(content, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        message = f"is not well-formed JSON ({error.msg})"
        raise InputError(source.fault(message, f"line {error.lineno}")) from error
    except (ValueError, RecursionError) as error:
        raise InputError(
            source.fault(f"is not well-formed JSON ({type(error).__name__})")
        ) from error
    rows = document if isinstance(document, list) else [document]
    if not all(isinstance(row, dict) for row in rows):
        raise InputError(source.fault("is JSON, but neither an object nor a list of objects"))
    return rows


def _refuse(constant: str) -> None:
    raise ValueError(constant)
