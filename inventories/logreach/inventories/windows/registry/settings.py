"""The settings that events depend on: their names, kinds and places in the registry."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from logreach.inventories.facts.values import Scalar
from logreach.inventories.files.tables import TABLES, Shape, yaml_table

SettingKind = Literal["bool", "int", "text", "names"]
_HEEDED = {"bool": ("REG_DWORD",), "int": ("REG_DWORD",), "text": ("REG_SZ",), "names": ()}
"""The one registry type that documentation names for such settings."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `registry` holds key paths with the value's name last, '*' one name.

    `off_where_absent` says that documentation takes a value that does not exist for 'off'.
    `heeded` are the registry types that a source says count, empty for any; `ignored` those that
    a source says count as if there were no value. Of every other type nobody says.
    """

    name: str
    title: str
    kind: SettingKind
    registry: tuple[str, ...]
    yes: frozenset[int]
    off_where_absent: bool
    source: str
    heeded: frozenset[str]
    ignored: frozenset[str]

    def of_number(self, number: int) -> Scalar | None:
        """The setting's value from a registry number; None where it means nothing."""
        if self.kind == "int":
            return number
        if self.kind != "bool":
            return None
        if number in self.yes:
            return True
        return False if number == 0 else None

    def accepts(self, value: Scalar) -> bool:
        """Whether a value written in YAML fits the setting."""
        if self.kind == "bool":
            return isinstance(value, bool)
        if self.kind == "int":
            return isinstance(value, int) and not isinstance(value, bool)
        return isinstance(value, str)


@cache
def settings() -> dict[str, Setting]:
    """Every setting by name."""
    return {
        name: Setting(
            name=name,
            title=one["title"],
            kind=one["type"],
            registry=tuple(one["registry"]),
            yes=frozenset(one.get("on_values", (1,))),
            off_where_absent=one.get("absent") is False,
            source=one["source"],
            heeded=frozenset(one.get("heeded", _HEEDED[one["type"]])),
            ignored=frozenset(one.get("ignored", ())),
        )
        for name, one in _table()["settings"].items()
    }


@cache
def audit_options() -> dict[str, str]:
    """The options of `auditpol /get /option` and the settings that they are."""
    return dict(_table()["audit_options"])


def channel_keys() -> tuple[tuple[str, int], ...]:
    """Registry keys that hold channels, '*' for their names, and the bytes that MaxSize counts."""
    return tuple((place["key"], place["unit"]) for place in _table()["channels"])


@cache
def _table() -> Any:
    setting: Shape = {
        "title": str,
        "type": str,
        "absent?": bool,
        "on_values?": [int],
        "heeded?": [str],
        "ignored?": [str],
        "types_source?": str,
        "registry": [str],
        "source": str,
    }
    shape: Shape = {
        "audit_options": {...: str},
        "settings": {...: setting},
        "channels": [{"key": str, "unit": int, "source": str}],
    }
    return yaml_table(TABLES / "settings.yaml", shape)


def nearest(word: str, words: Iterable[str]) -> str:
    """A hint that names the likeliest word meant, or all of them where none is near."""
    known = sorted(str(one) for one in words)
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"Did you mean {near[0]!r}?" if near else f"Known are: {', '.join(known)}."
