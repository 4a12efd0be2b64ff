"""Names for people: what a fact is called where its key says little."""

from __future__ import annotations

from logreach.coverage.knowledge.model import EventKnowledge
from logreach.inventories.facts import FactKey, FactKind


def fact_title(knowledge: EventKnowledge, key: FactKey) -> str:
    """'Process Creation' for the GUID of a subcategory; '' where the key itself says it."""
    if key.kind is FactKind.AUDIT and key.name in knowledge.subcategories:
        return f"audit subcategory {knowledge.subcategories[key.name].name}"
    if key.kind is FactKind.SETTING and key.name in knowledge.settings:
        return knowledge.settings[key.name].title
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
