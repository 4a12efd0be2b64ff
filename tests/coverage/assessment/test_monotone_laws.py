"""More logging, or more knowledge, never makes an answer worse than it was."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from typing import Any

import hosts
import pytest
import random_hosts
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from logreach.coverage.attack import load_attack
from logreach.coverage.engine.evaluation import Evaluation, evaluate, reevaluate
from logreach.coverage.engine.verdict import NOT_APPLICABLE, UNKNOWN, YES
from logreach.coverage.network.model import Model, build
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.coverage.platforms.windows.knowledge.model import Channel
from logreach.coverage.platforms.windows.prerequisites.settings import ChannelOn
from logreach.inventories.facts.facts import Facts, Known, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.windows.facts import (
    AUDIT,
    CHANNEL,
    OS,
    SETTING,
    SYSMON,
    AuditSetting,
    ChannelState,
    SysmonState,
)

TECHNIQUES = ("T1543.003", "T1059.001", "T1003.001", "T1558.003", "T1136.002", "T1070.001")
_COMMON = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to shrink a whole host takes minutes
    max_examples=8,
)


@cache
def _model() -> Model:
    return build(load_attack(), TECHNIQUES)


_SHOWN = {"event", "attribute", "component", "operation", "via", "technique", "analytic"}


def _lowered(before: Evaluation, after: Evaluation) -> list[str]:
    """Answers that a report shows of which less is proven, or less is possible."""
    keys = [before.compiled.keys[number] for number in sorted(after.changed)]
    answers = ((key, before.verdict(key), after.verdict(key)) for key in keys)
    return [
        f"{key}: {old.label} -> {new.label}"
        for key, old, new in answers
        if key.kind in _SHOWN
        and (new.proven < old.proven or new.possible < old.possible or not new.applicable)
    ]


def _more(facts: Facts) -> Iterator[tuple[FactKey[Any], object]]:
    """Every change that logs more: a subcategory, a setting, a channel, Sysmon."""
    knowledge = load_events()
    for guid in knowledge.subcategories:
        key = AUDIT(guid)
        fact = facts.get(key)
        if isinstance(fact, Missing):
            yield key, AuditSetting(True, True)
            continue
        yield key, AuditSetting(True, fact.value.failure)
        yield key, AuditSetting(fact.value.success, True)
    for setting in knowledge.settings.values():
        yield SETTING(setting.name), True
    for channel in knowledge.channels.values():
        yield CHANNEL(channel.name), ChannelState(enabled=True)
    keeping = SysmonState(True, "15.15", hosts.KEEPS_EVERYTHING, "sysmon.xml")
    sysmon, os = facts.get(SYSMON), facts.get(OS)
    if sysmon == Known(SysmonState(False)) and not isinstance(os, Missing):
        yield SYSMON, keeping


@given(random_hosts.facts(), st.randoms(use_true_random=False))
@_COMMON
def test_more_logging_never_lowers_an_answer(facts: Facts, chance: random.Random) -> None:
    before = evaluate(_model().compiled, facts)
    changes = [(key, value) for key, value in _more(facts) if facts.get(key) != Known(value)]
    for key, value in chance.sample(changes, min(40, len(changes))):
        after = reevaluate(before, facts.stating(key, value), [key])
        assert not _lowered(before, after), (key, value)


def test_a_fact_that_is_missing_leaves_its_prerequisite_open() -> None:
    """Proven NO, possible YES, except where every Windows answers alike, the default of Windows
    is known, or the question is asked only where another fact is told."""
    settled = set()
    for leaf in _model().compiled.leaves.by_number.values():
        if not leaf.reads:
            continue
        reason = leaf.check(Facts())
        if reason.verdict == UNKNOWN:
            assert reason.missing is not None, reason
            assert {reason.missing, reason.missing.family.every} & set(leaf.reads), reason
        else:
            settled.add((reason.link, reason.verdict))
            assert reason.missing is None, reason
    assert {one for one in settled if one[0] not in ("os", "sensor")} == {
        ("channel", YES),
        ("forwarding", NOT_APPLICABLE),
        ("channel access", NOT_APPLICABLE),
        ("filter", NOT_APPLICABLE),
        ("object SACL", YES),  # of objects that carry entries of their own, or need none
    }


@pytest.mark.parametrize("channel", load_events().channels.values(), ids=lambda one: one.short)
def test_a_channel_of_which_nobody_tells_is_on_only_where_a_source_has_it_on_by_default(
    channel: Channel,
) -> None:
    expected = YES if channel.on_by_default is True else UNKNOWN
    assert ChannelOn("event", channel).check(Facts()).verdict == expected
