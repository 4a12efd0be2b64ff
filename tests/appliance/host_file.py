"""Reads what an appliance prints of itself: a line a fact."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.facts import AUDITED, FAMILIES, IGNORED, MODEL, Ignored, Model

from logreach.inventories.facts.facts import Reading, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.reading.recognise import FileFormat

_PRODUCT = "Gatekeeper"


def looks_like(text: str) -> bool:
    return text.startswith(f"{_PRODUCT} ")


def read(source: Source) -> Reading:
    """Statements of an appliance; InputError where a line is none of its lines."""
    return Reading(tuple(_statements(source)))


def _statements(source: Source) -> Iterator[Statement]:
    for number, line in enumerate(source.text().splitlines(), start=1):
        place = f"line {number}"
        fact = _fact(*line.split())
        if fact is None:
            raise InputError(source.fault(f"is no line of a {_PRODUCT}: {line}", place))
        yield Statement(*fact, source.evidence(place, line))


def _fact(word: str, *values: str) -> tuple[FactKey[object], object] | None:
    match word, values:
        case "Gatekeeper", (version,) if version.isdecimal():
            return MODEL, Model(_PRODUCT, int(version))
        case "audit", (what, ("on" | "off") as switch):
            return AUDITED(what), switch == "on"
        case "ignore", users:
            return IGNORED, Ignored(frozenset(users))
    return None


FORMAT = FileFormat("appliance", looks_like, read, FAMILIES)
