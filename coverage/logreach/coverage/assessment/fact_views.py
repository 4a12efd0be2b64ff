"""The facts of a profile as reports list them: title, state, value and evidence."""

from __future__ import annotations

from logreach.coverage.assessment.result import FactView
from logreach.coverage.network.model import Model
from logreach.coverage.platforms.windows.knowledge.model import EventKnowledge
from logreach.inventories.facts.facts import Fact, Facts, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.facts.values import in_words
from logreach.inventories.windows.facts import (
    AUDIT,
    CHANNEL,
    OS,
    ROLE,
    SACL,
    SETTING,
    SYSMON,
)
from logreach.inventories.windows.registry.settings import settings


def fact_views(model: Model, facts: Facts) -> tuple[FactView, ...]:
    """Every known fact, and every fact known to be missing."""
    keys = {
        *facts.known,
        *facts.missing,
        OS,
        ROLE,
        SYSMON,
    }
    return tuple(_view(model, key, facts.get(key)) for key in sorted(keys))


def _view(model: Model, key: FactKey[object], fact: Fact[object]) -> FactView:
    title = fact_title(model.events, key)
    if isinstance(fact, Missing):
        return FactView(key, "unknown", fact.reason, (), title)
    state = "assumed" if fact.assumed else "known"
    return FactView(key, state, in_words(fact.value), fact.evidence, title)


def fact_title(knowledge: EventKnowledge, key: FactKey[object]) -> str:
    """'Process Creation' for the GUID of a subcategory; '' where the key itself says it."""
    if key.family is AUDIT and key.name in knowledge.subcategories:
        return f"audit subcategory {knowledge.subcategories[key.name].name}"
    if key.family is SETTING:
        setting = knowledge.settings.get(key.name) or settings().get(key.name)
        return setting.title if setting else ""
    if key.family is SACL and not key.name:
        return "audit entries (SACLs) on objects"
    if key.family is SYSMON.family:
        return "Sysmon: presence, version and configuration"
    if key.family is CHANNEL:
        return f"whether channel {key.name} is enabled"
    if key.family is SACL:
        return f"audit entries (SACL) on {key.name}"
    if key.family is OS.family:
        return "operating system"
    return ""
