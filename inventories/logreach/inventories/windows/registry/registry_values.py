"""Registry values from any file format, turned into settings and channel facts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.facts.values import Scalar
from logreach.inventories.files.faults import Fault
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.facts import CHANNEL, SETTING, ChannelState
from logreach.inventories.windows.registry import channel_access
from logreach.inventories.windows.registry.registry_value import RegistryValue
from logreach.inventories.windows.registry.settings import RegistrySetting, channel_keys, settings

_HIVES = re.compile(r"^(?:HKEY_LOCAL_MACHINE|HKLM:?|MACHINE)(?=\\|$)", re.IGNORECASE)
ALL_VALUES = "**delvals."
"""The special value name by which a policy removes every value of a key ([MS-GPREG] 3.2.5.1)."""
_SPECIAL, _SOFT = "**", "**soft."
_WITHOUT_EFFECT = ("**comment:", "**securekey")  # they change no value
_RETENTION = {0: "overwrite"}  # any other number keeps old events for a time or for ever


def machine_key(path: str) -> str | None:
    """A key of the local machine as 'HKLM\\...'; None for a key of another hive."""
    key, replaced = _HIVES.subn("HKLM", path.strip().strip("\\"))
    return key if replaced else None


def reading(
    source: Source,
    values: Sequence[RegistryValue],
    strength: Strength,
    complete_below: Iterable[str] = (),
) -> Reading:
    """The settings and channels among registry values.

    `complete_below` names keys of which `values` holds everything below: a setting there without
    a value is known to be absent.
    """
    statements: list[Statement] = []
    faults: list[Fault] = []
    missing: list[tuple[FactKey[object], Missing]] = []
    roots = [root.casefold() for root in complete_below]
    special_values = [value for value in values if value.name.startswith(_SPECIAL)]
    values = [value for value in values if not value.name.startswith(_SPECIAL)]
    by_path: dict[str, list[RegistryValue]] = defaultdict(list)
    for value in values:
        by_path[value.path.casefold()].append(value)
    for setting in settings().values():
        matches = [value for path in setting.registry for value in _matching(by_path, path)]
        if matches:
            outcome = _state(source, setting, matches, strength)
            if isinstance(outcome, Statement):
                statements.append(outcome)
            elif outcome is not None:
                faults.append(outcome)
                key = SETTING(setting.name)
                missing.append((key, Missing(str(outcome), outcome)))
        elif setting.off_where_absent and _covered(setting, roots):
            evidence = source.evidence("", f"{setting.registry[0]} does not exist")
            key = SETTING(setting.name)
            statements.append(Statement(key, setting.where_absent, evidence, strength))
    statements.extend(_channels(source, values, strength))
    stated = {statement.key for statement in statements}
    doubted = _doubted_by_special_values(source, special_values)
    missing.extend((key, reason) for key, reason in doubted if key not in stated)
    access = channel_access.reading(source, values, strength)
    return Reading(
        (*statements, *access.statements),
        (*faults, *access.faults),
        (*missing, *access.missing),
    )


def _doubted_by_special_values(
    source: Source, special_values: Iterable[RegistryValue]
) -> Iterator[tuple[FactKey[object], Missing]]:
    """The settings that a policy's special values ([MS-GPREG] 3.2.5.1) may remove or set.

    Their effect depends on values that other policies or local administrators set, so that the
    host's setting is unknown.
    """
    for special in special_values:
        folded = special.name.casefold()
        if folded.startswith(_WITHOUT_EFFECT):
            continue
        soft = folded.startswith(_SOFT)
        effect = "sets a value only if it does not exist" if soft else "may remove values"
        fault = source.fault(f"{special.name} in {special.key} {effect}", special.location)
        name = special.name[len(_SOFT) :] if soft else None
        yield from unknown_settings(special.key, name, fault)


def unknown_settings(
    key: str, name: str | None, fault: Fault
) -> tuple[tuple[FactKey[object], Missing], ...]:
    """The settings and access lists of channels that an unreadable value may hold; `name` None:
    any value below the key."""
    path = key.casefold() if name is None else f"{key}\\{name}".casefold()
    unknown = (
        (SETTING(setting.name), Missing(str(fault), fault))
        for setting in settings().values()
        for registry_path in setting.registry
        if _pattern(registry_path).fullmatch(path)
        or (name is None and registry_path.casefold().startswith(f"{path}\\"))
    )
    return (*unknown, *channel_access.unknown(key, name, fault))


def _matching(by_path: dict[str, list[RegistryValue]], setting_path: str) -> list[RegistryValue]:
    if "*" not in setting_path:
        return by_path.get(setting_path.casefold(), [])
    pattern = _pattern(setting_path)
    return [
        value for path, values in by_path.items() if pattern.fullmatch(path) for value in values
    ]


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.escape(path.casefold()).replace(r"\*", r"([^\\]+)"))


def _covered(setting: RegistrySetting, roots: list[str]) -> bool:
    """Whether every path of a setting lies below a key that was exported completely."""
    paths = [path.casefold() for path in setting.registry]
    return all(any(path.startswith(root + "\\") for root in roots) for path in paths)


def _state(
    source: Source, setting: RegistrySetting, values: list[RegistryValue], strength: Strength
) -> Statement | Fault | None:
    """The setting's statement or a fault; None where the values state nothing."""
    key = SETTING(setting.name)
    last = values[-1]
    if setting.kind == "names":
        names = sorted({str(value.data) for value in values if value.data})
        evidence = source.evidence(values[0].location, values[0].shown)
        return Statement(key, ";".join(names), evidence, strength) if names else None
    if len({(value.data, value.type) for value in values}) > 1:
        message = f"{last.path} occurs more than once, with different data"
        return source.fault(message, last.location)
    if last.type in setting.ignored and setting.off_where_absent:
        quote = f"{last.shown}, which Windows ignores as {last.type}"
        evidence = source.evidence(last.location, quote)
        return Statement(key, setting.where_absent, evidence, strength)
    if last.type and last.type not in setting.heeded:
        expected = " or ".join(sorted(setting.heeded))
        message = f"{last.shown} is of type {last.type}, not {expected}"
        hint = "Whether Windows heeds it is not documented; set the value anew with that type."
        return source.fault(message, last.location, hint)
    value = _value(setting, last)
    if value is not None:
        return Statement(key, value, source.evidence(last.location, last.shown), strength)
    if last.data is None:
        return None
    return source.fault(f"{last.shown} means neither on nor off", last.location)


def _value(setting: RegistrySetting, registry_value: RegistryValue) -> Scalar | None:
    if registry_value.data is None:
        return setting.where_absent if setting.off_where_absent else None
    if setting.kind == "text":
        return str(registry_value.data)
    if isinstance(registry_value.data, str) and not registry_value.type:
        return None  # digits may be a number or text
    number = registry_value.number
    return None if number is None else setting.of_number(number)


def _channels(
    source: Source, values: Iterable[RegistryValue], strength: Strength
) -> Iterable[Statement]:
    """Channel states, one statement for each channel and each key that configures channels."""
    for channel_key in channel_keys():
        pattern = _pattern(channel_key.key)
        by_channel: dict[str, list[RegistryValue]] = defaultdict(list)
        for value in values:
            if pattern.fullmatch(value.key.casefold()):
                by_channel[value.key.rpartition("\\")[2]].append(value)
        for channel, channel_values in by_channel.items():
            state = _channel(channel_values, channel_key.unit)
            if state is not None:
                first = channel_values[0]
                evidence = source.evidence(first.location, first.key)
                key = CHANNEL(channel)
                yield Statement(key, state, evidence, strength)


def _channel(values: list[RegistryValue], unit: int) -> ChannelState | None:
    """A channel's state; `unit` is the bytes of 1 in MaxSize."""
    numbers = {value.name.casefold(): value.number for value in values}
    size, enabled = numbers.get("maxsize"), numbers.get("enabled")
    seconds = numbers.get("retention")
    retention = None if seconds is None else _RETENTION.get(seconds, "retain")
    if retention == "retain" and numbers.get("autobackuplogfiles") == 1:
        retention = "archive"
    if size is None and enabled is None and retention is None:
        return None
    return ChannelState(
        enabled=None if enabled not in (0, 1) else bool(enabled),
        max_bytes=None if size is None else size * unit,
        retention=retention,
    )
