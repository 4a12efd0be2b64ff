"""The engine's own answers: every one of them, and proof that the comparison can fail."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import pytest
from support import shared

from logreach.coverage.platforms.sysmon.engine import (
    conditions,
    decide,
    decision,
    load,
    loading,
    manifest,
)
from logreach.coverage.platforms.sysmon.engine.config import Dropped
from logreach.inventories.files.faults import InputError

VECTORS = "sysmon/vectors"
# Configurations of t1543.jsonl that are at hand, under the names that they have there.
AT_HAND = {
    "olaf-sysmonconfig.xml": "modular-sysmonconfig.xml",
    "olaf-sysmonconfig-excludes-only.xml": "modular-sysmonconfig-excludes-only.xml",
    "olaf-sysmonconfig-mde-augment.xml": "modular-sysmonconfig-mde-augment.xml",
    "olaf-sysmonconfig-with-filedelete.xml": "modular-sysmonconfig-with-filedelete.xml",
    "swift-sysmonconfig-export.xml": "swiftonsecurity.xml",
}


@lru_cache(maxsize=1)
def _random() -> tuple[dict[str, Any], ...]:
    return tuple(_lines("random.jsonl.gz"))


def _lines(name: str) -> list[dict[str, Any]]:
    data = shared(f"{VECTORS}/{name}").read_bytes()
    text = gzip.decompress(data) if name.endswith("gz") else data
    return [json.loads(line) for line in text.splitlines()]


def _differences() -> Iterator[str]:
    """Every way in which the random configurations differ from the engine's answers."""
    for number, case in enumerate(_random()):
        try:
            config = load(case["config"])
        except InputError as error:
            if case["loads"]:
                yield f"{number}: refused: {error}"
            continue
        if not case["loads"]:
            yield f"{number}: loaded"
        if list(config.warnings) != case["errors"]:
            yield f"{number}: {config.warnings} instead of {case['errors']}"
        for event in case["events"]:
            found = decide(config, event["event_id"], event["fields"])
            wanted = (event["logged"], event["rule"], event.get("disabled", False))
            if (found.logged, found.rule, found.disabled) != wanted:
                yield f"{number}: {event}: {found}"


def test_every_random_configuration_loads_and_decides_as_the_engine_does() -> None:
    assert list(_differences()) == []
    assert sum(len(case["events"]) for case in _random() if case["loads"]) > 10_000


def test_every_real_event_is_decided_as_the_engine_does() -> None:
    events, *answers = _lines("real.jsonl.gz")
    for answer in answers:
        config = load(shared(f"sysmon/configs/{answer['config']}").read_bytes())
        found = [decide(config, one["event_id"], one["fields"]) for one in events["events"]]
        assert [one.logged for one in found] == answer["logged"], answer["config"]
        assert [one.rule for one in found] == answer["rule"], answer["config"]


def test_every_service_event_at_hand_is_decided_as_the_engine_does() -> None:
    configs = {
        name: load(shared(f"sysmon/configs/{file}").read_bytes()) for name, file in AT_HAND.items()
    }
    compared = 0
    for case in _lines("t1543.jsonl"):
        if case["config"] in configs:
            found = decide(configs[case["config"]], case["event"], case["fields"])
            result = case["result"]
            wanted = (result["logged"], result["rule"], result.get("disabled", False))
            assert (found.logged, found.rule, found.disabled) == wanted, case
            compared += 1
    assert compared == 35 * len(AT_HAND)


def _answers(case: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The engine's answers of an experiment; None where it did not load the configuration."""
    answers = case["out"]
    return None if answers and isinstance(answers[0], str) else answers


@pytest.mark.parametrize("number", range(196))
def test_every_experiment_ends_as_with_the_engine(number: int) -> None:
    case = _experiments()[number]
    answers = _answers(case)
    if answers is None:
        with pytest.raises(InputError):
            load(case["xml"])
        return
    config = load(case["xml"])
    for (event, fields), wanted in zip(case["events"], answers, strict=True):
        event_id = event if isinstance(event, int) else manifest.tags(config.binary)[event][0]
        found = decide(config, event_id, fields)
        basis = wanted["default"] or "element"
        assert (found.logged, found.rule, found.basis.value) == (
            wanted["logged"],
            wanted["rule"],
            basis,
        ), (case["name"], fields)
        assert found.disabled == wanted.get("disabled", False)
        if found.basis.value == "element" and found.element:
            assert found.element.include == (wanted["onmatch"] == "include")


@lru_cache(maxsize=1)
def _experiments() -> tuple[dict[str, Any], ...]:
    return tuple(_lines("experiments.jsonl"))


def _naive_parts(value: str) -> tuple[str, ...]:
    return tuple(value.split(";"))


def _includes_first(config: Any, event_id: int) -> Any:
    return tuple(reversed(ELEMENTS_FOR(config, event_id)))


def _everything_ored(element: Any, run: Any) -> Any:
    for item in element.items:
        status = item.status(run)
        if status is not decision.NO_MATCH:
            return status, item.source
    return decision.NO_MATCH, None


def _keeps_the_rest(self: Any, ids: Any, nodes: Any) -> Any:
    includes = [(node, parent, self._include(node)) for node, parent in nodes]
    found = [
        self._element(node, parent, include, ids)
        for node, parent, include in includes
        if include is not None
    ]
    self.dropped += [one for one in found if isinstance(one, Dropped)]
    return [one for one in found if one is not None and not isinstance(one, Dropped)]


ELEMENTS_FOR = decision.elements_for
MUTATIONS: dict[str, tuple[object, str, Callable[..., Any]]] = {
    "empty parts are searched as nothing": (conditions, "parts", _naive_parts),
    "letter case counts": (conditions, "fold", str),
    "includes are asked before excludes": (decision, "elements_for", _includes_first),
    "an AND element is an OR": (decision.CompiledElement, "_all", _everything_ored),
    "absent text fails": (decision, "field_text", lambda _id, _name, value: value or None),
    "an incorrect field costs one element": (loading._Compiler, "_tag", _keeps_the_rest),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_broken_engine_is_found_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, attribute, broken = MUTATIONS[name]
    monkeypatch.setattr(owner, attribute, broken)
    assert next(_differences(), None) is not None
