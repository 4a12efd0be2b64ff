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
from logreach.coverage.platforms.sysmon.engine.config import DroppedElement
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
    content = gzip.decompress(data) if name.endswith("gz") else data
    return [json.loads(line) for line in content.splitlines()]


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
            result = decide(config, event["event_id"], event["fields"])
            expected = (event["logged"], event["rule"], event.get("disabled", False))
            if (result.logged, result.rule, result.disabled) != expected:
                yield f"{number}: {event}: {result}"


def test_every_random_configuration_loads_and_decides_as_the_engine_does() -> None:
    assert list(_differences()) == []
    assert sum(len(case["events"]) for case in _random() if case["loads"]) > 10_000


def test_every_real_event_is_decided_as_the_engine_does() -> None:
    events, *answers = _lines("real.jsonl.gz")
    for answer in answers:
        config = load(shared(f"sysmon/configs/{answer['config']}").read_bytes())
        results = [decide(config, event["event_id"], event["fields"]) for event in events["events"]]
        assert [result.logged for result in results] == answer["logged"], answer["config"]
        assert [result.rule for result in results] == answer["rule"], answer["config"]


def test_every_service_event_at_hand_is_decided_as_the_engine_does() -> None:
    configs = {
        name: load(shared(f"sysmon/configs/{file}").read_bytes()) for name, file in AT_HAND.items()
    }
    compared = 0
    for case in _lines("t1543.jsonl"):
        if case["config"] in configs:
            result = decide(configs[case["config"]], case["event"], case["fields"])
            engine = case["result"]
            expected = (engine["logged"], engine["rule"], engine.get("disabled", False))
            assert (result.logged, result.rule, result.disabled) == expected, case
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
    for (event, fields), engine in zip(case["events"], answers, strict=True):
        event_id = (
            event if isinstance(event, int) else manifest.tags(config.sysmon_schema)[event][0]
        )
        result = decide(config, event_id, fields)
        basis = engine["default"] or "element"
        assert (result.logged, result.rule, result.basis.value) == (
            engine["logged"],
            engine["rule"],
            basis,
        ), (case["name"], fields)
        assert result.disabled == engine.get("disabled", False)
        if result.basis.value == "element" and result.element:
            assert result.element.include == (engine["onmatch"] == "include")


@lru_cache(maxsize=1)
def _experiments() -> tuple[dict[str, Any], ...]:
    return tuple(_lines("experiments.jsonl"))


def _naive_parts(value: str) -> tuple[str, ...]:
    return tuple(value.split(";"))


def _includes_first(config: Any, event_id: int) -> Any:
    return tuple(reversed(ELEMENTS_FOR(config, event_id)))


def _everything_ored(element: Any, event: Any) -> Any:
    for item in element.items:
        status = item.status(event)
        if status != decision.NO_MATCH:
            return status, item.source
    return decision.NO_MATCH, None


def _keeps_later_elements(self: Any, ids: Any, nodes: Any) -> Any:
    includes = [(node, parent, self._include(node)) for node, parent in nodes]
    elements = [
        self._element(node, parent, include, ids)
        for node, parent, include in includes
        if include is not None
    ]
    self.dropped += [element for element in elements if isinstance(element, DroppedElement)]
    return [
        element
        for element in elements
        if element is not None and not isinstance(element, DroppedElement)
    ]


ELEMENTS_FOR = decision.elements_for
MUTATIONS: dict[str, tuple[object, str, Callable[..., Any]]] = {
    "an empty part is searched as an empty string": (conditions, "searched_parts", _naive_parts),
    "letter case counts": (conditions, "fold", str),
    "includes are asked before excludes": (decision, "elements_for", _includes_first),
    "an AND element is an OR": (decision.CompiledElement, "_status_of_all", _everything_ored),
    "absent text fails": (decision, "field_value", lambda _id, _name, value: value or None),
    "an incorrect field costs one element": (
        loading._ElementCompiler,
        "_elements",
        _keeps_later_elements,
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_broken_engine_is_found_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, attribute, broken = MUTATIONS[name]
    monkeypatch.setattr(owner, attribute, broken)
    assert next(_differences(), None) is not None
