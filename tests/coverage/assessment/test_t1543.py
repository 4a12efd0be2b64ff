"""The table for T1543: it comes out of the engine, case by case."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import hosts
import pytest
import yaml

from logreach.coverage.assessment.assess import Scope, assess
from logreach.coverage.assessment.result import Profile
from logreach.coverage.attack import load_attack
from logreach.coverage.attack.shipped import SHIPPED_VERSIONS
from logreach.coverage.network.techniques import QUESTIONS

_DATA = yaml.safe_load((Path(__file__).parent / "t1543.yaml").read_text("utf-8"))
_SERVICES = ("T1543", *(f"T1543.00{number}" for number in range(1, 6)))
_SCOPE = Scope((*_SERVICES, "T1078", "T1070.006", "T1055"), "services, and others for contrast")


@cache
def _profile(host: str, version: str) -> Profile:
    read = hosts.inventory(host=_DATA["hosts"][host])
    return assess(read, load_attack(version), _SCOPE).profiles[0]


@pytest.mark.parametrize("version", SHIPPED_VERSIONS)
@pytest.mark.parametrize("case", _DATA["cases"], ids=lambda case: case["name"])
def test_the_engine_finds_it(case: dict[str, Any], version: str) -> None:
    profile = _profile(case["host"], version)
    found: dict[str, Any] = {}
    components = profile.techniques["T1543.003"].components
    for kind in set(case) - {"name", "host"}:
        found[kind] = {
            "event": lambda: {k: profile.events[k].verdict.label for k in case["event"]},
            "attribute": lambda: {
                k: profile.attributes[k].verdict.label for k in case["attribute"]
            },
            "technique": lambda: {
                k: profile.techniques[k].detection.label for k in case["technique"]
            },
            "analytic": lambda: {
                k: profile.techniques[k].analytic.verdict.label for k in case["analytic"]
            },
            "via": lambda: {
                name: {k: components[name].via[k].verdict.label for k in wanted}
                for name, wanted in case["via"].items()
            },
            "operation": lambda: {
                name: {k: components[name].operations[k].verdict.label for k in wanted}
                for name, wanted in case["operation"].items()
            },
        }[kind]()
    assert found == {kind: case[kind] for kind in found}
    assert found


@pytest.mark.parametrize("version", SHIPPED_VERSIONS)
def test_every_verdict_that_is_not_settled_yes_says_why(version: str) -> None:
    for host in _DATA["hosts"]:
        profile = _profile(host, version)
        for technique in profile.techniques.values():
            for judged in map(technique.judged, QUESTIONS):
                assert judged.reasons, (host, technique.technique_id)
                assert all(reason.text for reason in judged.reasons)
