"""Registry values from whatever wrote them down, turned into settings and channel facts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.facts.values import Scalar
from logreach.inventories.files.faults import Fault
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.facts import CHANNEL, SETTING, ChannelState
from logreach.inventories.windows.registry.settings import Setting, channel_keys, settings

_HIVES = re.compile(r"^(?:HKEY_LOCAL_MACHINE|HKLM:?|MACHINE)(?=\\|$)", re.IGNORECASE)
ALL_VALUES = "**delvals."
"""The order of a policy to remove every value of a key."""
_ORDER, _SOFT = "**", "**soft."
_WITHOUT_EFFECT = ("**comment:", "**securekey")  # on what values hold
_RETENTION = {0: "overwrite"}  # any other number keeps old events for a time or for ever


@dataclass(frozen=True, slots=True)
class RegistryValue:
    """One value: `data` is a number or text, None where the source deletes the value.

    `key` begins with 'HKLM\\'; `name` is '' for the key's default value. `type` is the registry's
    name of its type ('REG_SZ'), '' where the source does not tell it.
    """

    key: str
    name: str
    data: int | str | None
    where: str
    type: str = ""

    @property
    def path(self) -> str:
        return f"{self.key}\\{self.name}"

    @property
    def shown(self) -> str:
        data = "(deleted)" if self.data is None else str(self.data)
        return f"{self.path} = {data}"

    @property
    def number(self) -> int | None:
        """The data as a number; some are stored as text, where '01' is not 1."""
        if isinstance(self.data, int):
            return self.data
        text = self.data or ""
        if not (text.isascii() and text.isdecimal() and len(text) < 12):
            return None
        return int(text) if text == str(int(text)) else None


def of_bytes(data: bytes) -> int | str:
    """REG_BINARY as a number where it is one byte, else its digits."""
    return data[0] if len(data) == 1 else data.hex()


def machine_key(written: str) -> str | None:
    """A key of the local machine, as 'HKLM\\...'; None for a key of another hive."""
    key, found = _HIVES.subn("HKLM", written.strip().strip("\\"))
    return key if found else None


def reading(
    source: Source,
    values: Sequence[RegistryValue],
    strength: Strength,
    complete_below: Iterable[str] = (),
) -> Reading:
    """Settings and channels among registry values.

    `complete_below` names keys below which `values` is all there is: a setting whose value is
    not among them is then known to be absent.
    """
    statements: list[Statement] = []
    faults: list[Fault] = []
    missing: list[tuple[FactKey[object], Missing]] = []
    roots = [root.casefold() for root in complete_below]
    orders = [value for value in values if value.name.startswith(_ORDER)]
    values = [value for value in values if not value.name.startswith(_ORDER)]
    by_path = _by_path(values)
    for setting in settings().values():
        found = [value for path in setting.registry for value in _matching(by_path, path)]
        if found:
            told = _state(source, setting, found, strength)
            if isinstance(told, Statement):
                statements.append(told)
            elif told is not None:
                faults.append(told)
                key = SETTING(setting.name)
                missing.append((key, Missing(str(told), told)))
        elif setting.off_where_absent and _covered(setting, roots):
            evidence = source.evidence("", f"{setting.registry[0]} does not exist")
            key = SETTING(setting.name)
            statements.append(Statement(key, value=False, evidence=evidence, strength=strength))
    statements.extend(_channels(source, values, strength))
    set_here = {one.key for one in statements}
    missing.extend(one for one in _ordered(source, orders) if one[0] not in set_here)
    return Reading(tuple(statements), tuple(faults), tuple(missing))


def _ordered(
    source: Source, orders: Iterable[RegistryValue]
) -> Iterator[tuple[FactKey[object], Missing]]:
    """The settings that orders of a policy ([MS-GPREG] 3.2.5.1) may undo, or leave as they are.

    They concern what another policy or nobody sets, so that it is open what a host then has.
    """
    for order in orders:
        folded = order.name.casefold()
        if folded.startswith(_WITHOUT_EFFECT):
            continue
        soft = folded.startswith(_SOFT)
        what = "is set only where nothing is" if soft else "may be removed with others of its key"
        fault = source.fault(f"{order.key}: by {order.name}, a value here {what}", order.where)
        yield from lost(order.key, order.name[len(_SOFT) :] if soft else None, fault)


def lost(key: str, name: str | None, fault: Fault) -> tuple[tuple[FactKey[object], Missing], ...]:
    """The settings that a registry value which cannot be read may tell; None: any below the key."""
    folded = key.casefold() if name is None else f"{key}\\{name}".casefold()
    return tuple(
        (SETTING(setting.name), Missing(str(fault), fault))
        for setting in settings().values()
        for one in setting.registry
        if _pattern(one).fullmatch(folded)
        or (name is None and one.casefold().startswith(f"{folded}\\"))
    )


def _by_path(values: Iterable[RegistryValue]) -> dict[str, list[RegistryValue]]:
    by_path: dict[str, list[RegistryValue]] = defaultdict(list)
    for value in values:
        by_path[value.path.casefold()].append(value)
    return by_path


def _matching(by_path: dict[str, list[RegistryValue]], path: str) -> list[RegistryValue]:
    if "*" not in path:
        return by_path.get(path.casefold(), [])
    pattern = _pattern(path)
    return [one for name, found in by_path.items() if pattern.fullmatch(name) for one in found]


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.escape(path.casefold()).replace(r"\*", r"([^\\]+)"))


def _covered(setting: Setting, roots: list[str]) -> bool:
    """Whether every place of a setting lies below a key that was exported whole."""
    paths = [path.casefold() for path in setting.registry]
    return all(any(path.startswith(root + "\\") for root in roots) for path in paths)


def _state(
    source: Source, setting: Setting, found: list[RegistryValue], strength: Strength
) -> Statement | Fault | None:
    """What the values say of a setting, or what is wrong with them; None: nothing."""
    key = SETTING(setting.name)
    last = found[-1]
    if setting.kind == "names":
        names = sorted({str(one.data) for one in found if one.data})
        evidence = source.evidence(found[0].where, found[0].shown)
        return Statement(key, ";".join(names), evidence, strength) if names else None
    if len({(one.data, one.type) for one in found}) > 1:
        return source.fault(f"{last.path} is given twice and differently", last.where)
    if last.type in setting.ignored and setting.off_where_absent:
        quote = f"{last.shown}, passed over as {last.type}"
        evidence = source.evidence(last.where, quote)
        return Statement(key, value=False, evidence=evidence, strength=strength)
    if last.type and last.type not in setting.heeded:
        wanted = " or ".join(sorted(setting.heeded))
        message = f"{last.shown} is of type {last.type}, not {wanted}"
        hint = "Whether it counts is not known; set the value anew with that type."
        return source.fault(message, last.where, hint)
    value = _value(setting, last)
    if value is not None:
        return Statement(key, value, source.evidence(last.where, last.shown), strength)
    if last.data is None:
        return None
    return source.fault(f"{last.shown} means neither on nor off", last.where)


def _value(setting: Setting, found: RegistryValue) -> Scalar | None:
    if found.data is None:
        return False if setting.off_where_absent else None
    if setting.kind == "text":
        return str(found.data)
    if isinstance(found.data, str) and not found.type:
        return None  # digits of a type that nobody tells
    number = found.number
    return None if number is None else setting.of_number(number)


def _channels(
    source: Source, values: Iterable[RegistryValue], strength: Strength
) -> Iterable[Statement]:
    """Channel states from the keys that hold them, one statement a channel and place."""
    for key, unit in channel_keys():
        pattern = _pattern(key)
        grouped: dict[str, list[RegistryValue]] = defaultdict(list)
        for value in values:
            if pattern.fullmatch(value.key.casefold()):
                grouped[value.key.rpartition("\\")[2]].append(value)
        for channel, found in grouped.items():
            state = _channel(found, unit)
            if state is not None:
                evidence = source.evidence(found[0].where, found[0].key)
                yield Statement(CHANNEL(channel), state, evidence, strength)


def _channel(values: list[RegistryValue], unit: int) -> ChannelState | None:
    numbers = {value.name.casefold(): value.number for value in values}
    size, enabled = numbers.get("maxsize"), numbers.get("enabled")
    kept = numbers.get("retention")
    retention = None if kept is None else _RETENTION.get(kept, "retain")
    if retention == "retain" and numbers.get("autobackuplogfiles") == 1:
        retention = "archive"
    if size is None and enabled is None and retention is None:
        return None
    return ChannelState(
        enabled=None if enabled not in (0, 1) else bool(enabled),
        max_bytes=None if size is None else size * unit,
        retention=retention,
    )
