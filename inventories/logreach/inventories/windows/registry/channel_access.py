"""Registry values that hold access lists of channels: ChannelAccess and CustomSD."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading, together
from logreach.inventories.facts.keys import FactFamily, FactKey
from logreach.inventories.files.faults import Fault
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.log_access import CHANNEL_ACCESS, STORED_ACCESS, AccessList
from logreach.inventories.windows.objects.channel_access import stated
from logreach.inventories.windows.registry.registry_value import RegistryValue
from logreach.inventories.windows.registry.settings import ChannelKey, channel_keys

_TEXT = ("", "REG_SZ")


def reading(source: Source, values: Iterable[RegistryValue], strength: Strength) -> Reading:
    """The access lists among registry values; a value that is deleted states none."""
    return together(
        *(
            _reading(source, key, value, strength)
            for value in values
            if value.data is not None
            if (key := _key_of(value.key, value.name)) is not None
        )
    )


def _reading(
    source: Source, key: FactKey[AccessList], value: RegistryValue, strength: Strength
) -> Reading:
    if value.type not in _TEXT:
        fault = source.fault(f"{value.path} is of type {value.type}, not REG_SZ", value.location)
        return Reading(faults=(fault,), missing=((key, Missing(str(fault), fault)),))
    return stated(source, key, str(value.data), value.location, strength)


def unknown(key: str, name: str | None, fault: Fault) -> Iterator[tuple[FactKey[object], Missing]]:
    """The access lists that an unreadable value may hold; `name` None: any value below the key."""
    reason = Missing(str(fault), fault)
    if name is not None:
        fact = _key_of(key, name)
        if fact is not None:
            yield fact, reason
        return
    for channel_key in channel_keys():
        if fact := _key_of(key, channel_key.access):
            yield fact, reason
        elif channel_key.key.casefold().startswith(f"{key.casefold()}\\"):
            yield _family(channel_key).every, reason


def _key_of(key: str, name: str) -> FactKey[AccessList] | None:
    """The fact that a value states; None where it holds no access list."""
    for channel_key in channel_keys():
        parent, _, channel = key.rpartition("\\")
        same = parent.casefold() == channel_key.key.removesuffix("\\*").casefold()
        if same and name.casefold() == channel_key.access.casefold():
            return _family(channel_key)(channel.casefold())
    return None


def _family(channel_key: ChannelKey) -> FactFamily[AccessList]:
    return CHANNEL_ACCESS if channel_key.policy else STORED_ACCESS
