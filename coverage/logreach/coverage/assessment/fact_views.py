"""The facts of a profile as reports list them: title, state, value and evidence."""

from __future__ import annotations

from logreach.coverage.assessment.result import FactView
from logreach.coverage.events.host_kinds import HostKinds
from logreach.coverage.network.model import Model
from logreach.inventories.facts.facts import Fact, Facts, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.facts.values import in_words


def fact_views(model: Model, facts: Facts) -> tuple[FactView, ...]:
    """Every known fact, and every fact known to be missing."""
    expected = (
        key
        for sensor in model.sensors.every
        if HostKinds(model.sensors.kinds, (sensor.host_kind,)).include(facts)
        for key in sensor.expected_facts
    )
    keys = {*facts.known, *facts.missing, *expected}
    return tuple(_view(model, key, facts.get(key)) for key in sorted(keys))


def _view(model: Model, key: FactKey[object], fact: Fact[object]) -> FactView:
    title = model.sensors.fact_title(key)
    if isinstance(fact, Missing):
        return FactView(key, "unknown", fact.reason, (), title)
    state = "assumed" if fact.assumed else "known"
    return FactView(key, state, in_words(fact.value), fact.evidence, title)
