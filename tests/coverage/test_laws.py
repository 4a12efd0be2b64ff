"""Laws of the assessment over hosts made of random facts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from typing import Any

import hosts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logreach.coverage.attack import load_attack
from logreach.coverage.build.model import Model, build
from logreach.coverage.evaluation import Evaluation, evaluate
from logreach.coverage.knowledge.events import load_events
from logreach.coverage.verdict import Level, Verdict
from logreach.inventories.facts import (
    Ace,
    FactKey,
    FactKind,
    Facts,
    Sacl,
)

TECHNIQUES = ("T1543.003", "T1543", "T1059.001", "T1003.001", "T1558.003", "T1136.002", "T1543.001")
"""Few, and unlike: services, PowerShell, LSASS, Kerberos, domain accounts, and one of macOS."""

_SLOW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
_SYSTEMS = (
    "Windows Vista SP2",
    "Windows 7 SP1",
    "Windows 10 1511",
    "Windows 10 1607",
    "Windows 11 23H2",
    "Windows Server 2008 SP2",
    "Windows Server 2012 R2",
    "Windows Server 2016",
    "Windows Server 2022",
    "Windows Server 2025",
)
_SOME_CREATED = (
    '<Sysmon schemaversion="4.50"><EventFiltering><ProcessCreate onmatch="include">'
    '<Image condition="end with">powershell.exe</Image></ProcessCreate>'
    '<RegistryEvent onmatch="exclude"/></EventFiltering></Sysmon>'
)
_EVERY_RIGHT = Sacl((Ace("S-1-1-0", 0xF01FF, True, True, True, True, "", "", True),))


@cache
def _model() -> Model:
    return build(load_attack(), TECHNIQUES)


def _states() -> st.SearchStrategy[str]:
    return st.sampled_from(("success and failure", "success", "failure", "none"))


@st.composite
def words(draw: st.DrawFn) -> dict[str, Any]:
    """A host in words: each fact is there or not."""
    knowledge = load_events()
    audit = {
        one.name: draw(_states())
        for one in knowledge.subcategories.values()
        if draw(st.integers(0, 3))
    }
    names = sorted({setting.name for setting in knowledge.settings.values()})
    said: dict[str, Any] = {
        "audit": audit,
        "settings": {name: draw(st.booleans()) for name in names if draw(st.booleans())},
        "channels": {
            channel.name: draw(st.booleans())
            for channel in knowledge.channels.values()
            if not draw(st.integers(0, 3))
        },
    }
    os = draw(st.none() | st.sampled_from(_SYSTEMS))
    if os:
        said["os"] = os
    if os and draw(st.booleans()):
        server = "Server" in os
        roles = ("server", "domain-controller") if server else ("workstation",)
        said["role"] = draw(st.sampled_from(roles))
    if draw(st.booleans()):
        said["sysmon"] = draw(
            st.sampled_from(
                (
                    "none",
                    {"version": "15.15", "config": "everything"},
                    {"version": "10.42", "config": _SOME_CREATED},
                    {"version": "15.15"},
                    {},
                )
            )
        )
    return said


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """The same as facts, some hosts with audit entries on objects."""
    said = hosts.facts(draw(words()))
    for name in ("HKLM\\SYSTEM\\CURRENTCONTROLSET\\SERVICES", "global:key", "global:file"):
        if draw(st.booleans()):
            sacl = draw(st.sampled_from((_EVERY_RIGHT, Sacl(()))))
            said = said.stating(FactKey(FactKind.SACL, name), sacl)
    return said


def _asked(evaluation: Evaluation) -> Iterator[tuple[str, Verdict]]:
    """Every verdict that a report shows."""
    shown = ("event:", "attribute:", "component:", "operation:", "via:", "wanted:", "technique:")
    for key in evaluation.compiled.keys:
        if key.startswith(shown) or key.startswith("analytic:"):
            yield key, evaluation.verdict(key)


def _within(new: Verdict, old: Verdict) -> bool:
    """Whether a verdict says nothing that the one with fewer facts excluded."""
    if not new.applicable:
        return old.proven is Level.NO
    return old.applicable and old.proven <= new.proven and new.possible <= old.possible


@given(facts(), st.randoms(use_true_random=False))
@_SLOW
def test_knowing_more_never_leads_out_of_what_was_possible(
    known: Facts, chance: random.Random
) -> None:
    full = dict(_asked(evaluate(_model().compiled, known)))
    forgotten = chance.choice(sorted(known.known) or [FactKey(FactKind.OS)])
    if chance.random() < 0.5 and FactKey(FactKind.OS) in known.known:
        forgotten = FactKey(FactKind.OS)
    rest = Facts({key: one for key, one in known.known.items() if key != forgotten})
    less = dict(_asked(evaluate(_model().compiled, rest)))
    wrong = [
        (key, less[key].label, full[key].label) for key in full if not _within(full[key], less[key])
    ]
    assert not wrong, f"without {forgotten}: {wrong[:10]}"
