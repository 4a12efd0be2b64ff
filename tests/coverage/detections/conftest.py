"""What the tests of rules share: Sigma's real logs, and Sigma's rules for Windows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import shared

from logreach.coverage.detections.load import load_rules
from logreach.coverage.detections.model import RuleSet

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class RealLog:
    """A log that fires the rule it is named for: its events as (key, fields, text)."""

    rule_id: str
    events: tuple[tuple[str, Mapping[str, str], str], ...]


@lru_cache(maxsize=1)
def _short_names() -> dict[str, str]:
    channels = ROOT / "coverage/logreach/coverage/platforms/windows/knowledge/channels.yaml"
    loaded = yaml.safe_load(channels.read_text(encoding="utf-8"))
    return {entry["name"]: short for short, entry in loaded.items()}


def _documents(text: str) -> Iterator[Any]:
    decoder, place = json.JSONDecoder(), 0
    while text[place:].strip():
        place += len(text[place:]) - len(text[place:].lstrip())
        found, place = decoder.raw_decode(text, place)
        yield from found if isinstance(found, list) else [found]


def _leaves(node: Any) -> Iterator[tuple[str, str]]:
    for name, value in (node or {}).items():
        if isinstance(value, dict):
            yield from _leaves(value)
        elif value is not None:
            yield name, str(value).lower() if isinstance(value, bool) else str(value)


def _event(found: dict[str, Any]) -> tuple[str, Mapping[str, str], str]:
    event = found["Event"]
    system = event["System"]
    number = system["EventID"]
    number = number["#text"] if isinstance(number, dict) else number
    fields = dict(_leaves(event.get("EventData"))) | dict(_leaves(event.get("UserData")))
    fields["Provider_Name"] = system["Provider"]["#attributes"]["Name"]
    return f"{_short_names()[system['Channel']]}:{number}", fields, json.dumps(found)


def _log(path: Path) -> RealLog:
    text = path.read_text(encoding="utf-8-sig")
    return RealLog(path.stem, tuple(_event(found) for found in _documents(text)))


@pytest.fixture(scope="session")
def real_logs() -> tuple[RealLog, ...]:
    folder = shared("sigma/regression_data")
    return tuple(_log(path) for path in sorted(folder.rglob("*.json")))


@pytest.fixture(scope="session")
def windows_rules() -> RuleSet:
    return load_rules([shared("sigma/rules/windows")])
