"""Documents as pySigma reads them, whatever is wrong with what a rule says of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")
_MEANING = ("title", "logsource", "detection", "correlation", "filter", "taxonomy", "name")
_MOST_LETTERS = 60


class MetadataError(ValueError):
    """A value of a rule's metadata that pySigma cannot read at all; `key` is where it stands."""

    def __init__(self, key: str, value: object) -> None:
        shown = repr(value)
        shown = shown if len(shown) <= _MOST_LETTERS else f"{shown[: _MOST_LETTERS - 3]}..."
        super().__init__(f"{key} cannot be {shown}")
        self.key = key


def read_with(
    read: Callable[[dict[str, Any]], T], data: dict[str, Any]
) -> tuple[T, list[Exception]]:
    """What pySigma makes of a document, without the metadata that it stumbles over, and an error
    for each of these.

    Raises what `read` does where something else is wrong.
    """
    try:
        return read(data), []
    except Exception:  # pySigma expects texts and lists, and fails in many ways on others
        kept, errors = _legible(data)
        return read(kept), errors


def _legible(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[Exception]]:
    kept: dict[str, Any] = {}
    errors: list[Exception] = []
    for key, value in data.items():
        if key in _MEANING or _is_legible(key, value):
            kept[key] = value
        elif not isinstance(value, dict | list) and _is_legible(key, str(value)):
            kept[key] = str(value)  # pySigma then says what is wrong with it
        else:
            errors.append(MetadataError(key, value))
    return kept, errors


def _is_legible(key: str, value: object) -> bool:
    from sigma.rule import SigmaRule

    try:
        SigmaRule.from_dict_common_params({"title": "title", key: value}, collect_errors=True)
    except Exception:
        return False
    return True
