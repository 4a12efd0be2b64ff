"""Names for people: what a fact is called where its key says little."""

from __future__ import annotations

from collections.abc import Iterator

from logreach.coverage.platforms.windows.knowledge.model import EventKnowledge
from logreach.inventories.facts.facts import FactValue
from logreach.inventories.facts.keys import FactKey, FactKind
from logreach.inventories.files.wording import counted
from logreach.inventories.forwarding.subscriptions import Forwarding
from logreach.inventories.windows.facts import ChannelState, Sacl, SysmonState
from logreach.inventories.windows.registry.settings import settings


def fact_title(knowledge: EventKnowledge, key: FactKey) -> str:
    """'Process Creation' for the GUID of a subcategory; '' where the key itself says it."""
    if key.kind is FactKind.AUDIT and key.name in knowledge.subcategories:
        return f"audit subcategory {knowledge.subcategories[key.name].name}"
    if key.kind is FactKind.SETTING:
        setting = knowledge.settings.get(key.name) or settings().get(key.name)
        return setting.title if setting else ""
    if key.kind is FactKind.SACL and not key.name:
        return "audit entries (SACLs) on objects"
    if key.kind is FactKind.SYSMON:
        return "Sysmon: presence, version and configuration"
    if key.kind is FactKind.CHANNEL:
        return f"whether channel {key.name} is enabled"
    if key.kind is FactKind.SACL:
        return f"audit entries (SACL) on {key.name}"
    if key.kind is FactKind.OS:
        return "operating system"
    return ""


def value_words(value: FactValue) -> str:
    """A fact's value in words."""
    if isinstance(value, SysmonState):
        if not value.installed:
            return "not installed"
        return f"{value.version or 'version not told'}, {_of_config(value)}"
    if isinstance(value, ChannelState):
        return ", ".join(_of_channel(value))
    if isinstance(value, Sacl):
        return counted(len(value.aces), "audit entry", "audit entries")
    if isinstance(value, Forwarding):
        return counted(len(value.subscriptions), "subscription")
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def _of_config(state: SysmonState) -> str:
    if state.config is None:
        return "configuration not told"
    loaded = {None: "", True: ", and it is the one loaded", False: ", but another one is loaded"}
    return f"configuration read{loaded[state.config_loaded]}"


def _of_channel(state: ChannelState) -> Iterator[str]:
    yield {None: "not told", True: "enabled", False: "disabled"}[state.enabled]
    if state.max_bytes is not None:
        yield f"at most {state.max_bytes / 2**20:g} MiB"
    if state.retention:
        yield state.retention
