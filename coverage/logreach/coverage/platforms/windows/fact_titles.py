"""What the facts of a Windows host are called, where their keys say little."""

from __future__ import annotations

from logreach.coverage.platforms.windows.knowledge.model import EventKnowledge
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.windows.facts import (
    AUDIT,
    AUDIT_ORIGINS,
    CHANNEL,
    OS,
    SACL,
    SETTING,
)
from logreach.inventories.windows.log_access import CHANNEL_ACCESS, LOCAL_GROUP, STORED_ACCESS
from logreach.inventories.windows.registry.settings import settings


def title_of(knowledge: EventKnowledge, key: FactKey[object]) -> str:
    """'Process Creation' for the GUID of a subcategory; '' where the key itself says it."""
    if key.family is AUDIT and key.name in knowledge.subcategories:
        return f"audit subcategory {knowledge.subcategories[key.name].name}"
    if key.family is SETTING:
        setting = knowledge.settings.get(key.name) or settings().get(key.name)
        return setting.title if setting else ""
    if key.family is SACL and not key.name:
        return "audit entries (SACLs) on objects"
    if key.family in (CHANNEL_ACCESS, STORED_ACCESS):
        return f"access list of channel {key.name}".rstrip()
    if key.family is LOCAL_GROUP:
        return "members of the local group Event Log Readers"
    if key.family is CHANNEL:
        return f"channel {key.name}: whether it is enabled, what it does when full"
    if key.family is SACL:
        return f"audit entries (SACL) on {key.name}"
    if key.family is OS.family:
        return "operating system"
    return "GPOs that set the audit policy" if key.family is AUDIT_ORIGINS.family else ""
