"""Splunk settings that change or drop events which the whitelists and blacklists let through.

Source: Splunk's inputs.conf and props.conf specifications; names in tables/splunk_settings.yaml.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from logreach.inventories.files.faults import Fault
from logreach.inventories.files.tables import TABLES, Shape, yaml_table
from logreach.inventories.forwarding.subscriptions import Altered

TEXTLESS = "suppress_text without renderXml"


@dataclass(slots=True)
class Stanza:
    """A stanza of a configuration: each setting with its line."""

    name: str
    line: int
    settings: dict[str, tuple[str, int]] = field(default_factory=dict)

    def on(self, name: str) -> bool:
        return self.text(name).lower() in ("1", "true", "t", "yes", "y")

    def text(self, name: str) -> str:
        return self.settings.get(name, ("", 0))[0].strip()

    def line_of(self, name: str) -> int:
        return self.settings.get(name, ("", self.line))[1]

    @property
    def textless(self) -> bool:
        """Whether events arrive without their text, the only place of their fields."""
        return self.on("suppress_text") and not self.on("renderxml") and not self.on("disabled")


def altered(stanza: Stanza) -> tuple[Altered, ...]:
    """The fields of its events that do not arrive as the host wrote them."""
    left_out = [
        Altered(f"{name} leaves them without {fields[0]}", tuple(fields))
        for name, fields in _table()["header"].items()
        if stanza.on(name)
    ]
    name = _table()["resolving"]
    if stanza.on(name):
        left_out.append(Altered(f"{name} writes names in place of SIDs", sids=True))
    return tuple(left_out)


def lost(stanza: Stanza, everywhere: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Why events of a stanza may not arrive, or not complete: words and line of each setting."""
    if stanza.textless:
        yield TEXTLESS, stanza.line_of("suppress_text")
    if stanza.text("start_from").lower() == "newest":
        # With current_only, the specification says, it collects nothing at all.
        yield "start_from = newest stops at the end of the log", stanza.line_of("start_from")
    if stanza.text("queue").lower() == "nullqueue":
        yield "queue = nullQueue", stanza.line_of("queue")
    yield from everywhere


def at_index_time(stanzas: Iterable[Stanza]) -> tuple[tuple[str, int], ...]:
    """Settings that change or discard events before they are stored, whichever they are."""
    beginnings = tuple(_table()["index_time"])
    settings = (
        (f"{key} in [{stanza.name}]", line)
        for stanza in stanzas
        for key, (_, line) in stanza.settings.items()
        if key.startswith(beginnings)
    )
    return tuple(dict.fromkeys(settings))


def notices(stanza: Stanza, losses: Iterable[tuple[str, int]], source: str) -> Iterator[Fault]:
    """A notice for each such setting. The file was read completely, so none is a reading fault."""
    if stanza.on("disabled"):
        return
    for words, line in losses:
        hint = "Whether rules match these events counts as unknown."
        if words == TEXTLESS:
            words = f"{TEXTLESS} in [{stanza.name}]: the fields of its events do not arrive"
            hint = "Set renderXml = true, or suppress_text = 0."
        yield Fault(words, source, f"line {line}", hint)


@cache
def _table() -> Any:
    shape: Shape = {"header": {...: [str]}, "resolving": str, "index_time": [str]}
    return yaml_table(TABLES / "splunk_settings.yaml", shape)
