"""The settings that events depend on: their names, kinds and registry paths."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from logreach.inventories.facts.values import Off, Scalar
from logreach.inventories.files.tables import TABLES, Shape, yaml_table

SettingKind = Literal["bool", "int", "text", "names"]
_HEEDED = {"bool": ("REG_DWORD",), "int": ("REG_DWORD",), "text": ("REG_SZ",), "names": ()}
"""The registry types that documentation names for each kind of setting; empty for any."""


@dataclass(frozen=True, slots=True)
class RegistrySetting:
    """One setting. `registry` holds key paths that end in a value's name; '*' stands for one name.

    `yes` are the numbers that switch it on. `off_where_absent`: the documentation says that the
    setting is off if the value does not exist; with `unset_differs`, Windows then does something
    else than where the value says off. `heeded` are the registry types that Windows reads
    according to a source, empty for any; `ignored` those that it treats as an absent value. For
    every other type no source says what Windows does. `hotfix` is the update that the setting
    stands for, '' for none.
    """

    name: str
    title: str
    kind: SettingKind
    registry: tuple[str, ...]
    yes: frozenset[int]
    off_where_absent: bool
    unset_differs: bool
    source: str
    heeded: frozenset[str]
    ignored: frozenset[str]
    hotfix: str = ""

    @property
    def where_absent(self) -> Scalar:
        """The setting's value where `off_where_absent`, and its registry value does not exist."""
        return Off.NOT_SET if self.unset_differs else False

    def stated(self, value: Scalar) -> Scalar:
        """A value that a person states: a bare 'no' may mean either kind of off."""
        return Off.EITHER if value is False and self.unset_differs else value

    def of_number(self, number: int) -> Scalar | None:
        """The setting's value from a registry number; None if the number has no meaning."""
        if self.kind == "int":
            return number
        if self.kind != "bool":
            return None
        if number in self.yes:
            return True
        return False if number == 0 else None

    def accepts(self, value: Scalar) -> bool:
        """Whether a value from YAML is of the setting's kind."""
        if self.kind == "bool":
            return isinstance(value, bool)
        if self.kind == "int":
            return isinstance(value, int) and not isinstance(value, bool)
        return isinstance(value, str)


@cache
def settings() -> dict[str, RegistrySetting]:
    """Every setting by name."""
    return {
        name: RegistrySetting(
            name=name,
            title=row["title"],
            kind=row["type"],
            registry=tuple(row["registry"]),
            yes=frozenset(row.get("on_values", (1,))),
            off_where_absent=row.get("absent") is False,
            unset_differs=row.get("unset_differs", False),
            source=row["source"],
            heeded=frozenset(row.get("heeded", _HEEDED[row["type"]])),
            ignored=frozenset(row.get("ignored", ())),
            hotfix=row.get("hotfix", ""),
        )
        for name, row in _table()["settings"].items()
    }


@cache
def audit_options() -> dict[str, str]:
    """The setting behind each option of `auditpol /get /option`."""
    return dict(_table()["audit_options"])


@dataclass(frozen=True, slots=True)
class ChannelKey:
    """A registry key of channels, with '*' for their names.

    `unit` is the bytes of 1 in MaxSize, `access` the value that holds the access list; `policy`:
    what stands there is in force whatever the other keys hold.
    """

    key: str
    unit: int
    access: str
    policy: bool


@cache
def channel_keys() -> tuple[ChannelKey, ...]:
    """Every registry key that configures channels."""
    return tuple(
        ChannelKey(row["key"], row["unit"], row["access"], row.get("policy", False))
        for row in _table()["channels"]
    )


@cache
def _table() -> Any:
    setting: Shape = {
        "title": str,
        "type": str,
        "absent?": bool,
        "unset_differs?": bool,
        "on_values?": [int],
        "heeded?": [str],
        "ignored?": [str],
        "types_source?": str,
        "hotfix?": str,
        "registry": [str],
        "source": str,
    }
    shape: Shape = {
        "audit_options": {...: str},
        "settings": {...: setting},
        "channels": [{"key": str, "unit": int, "access": str, "policy?": bool, "source": str}],
    }
    return yaml_table(TABLES / "settings.yaml", shape)


def nearest(word: str, words: Iterable[str]) -> str:
    """A hint that names the word most like the misspelled one, or every word if none is."""
    valid = sorted(str(valid_word) for valid_word in words)
    near = difflib.get_close_matches(word, valid, n=1, cutoff=0.6)
    return f"Did you mean {near[0]!r}?" if near else f"Known are: {', '.join(valid)}."
