"""What Sysmon configurations answered for patterns, kept in the cache folder beside the rules.

A set of rules asks some thousands of questions of each configuration, and the answers depend on
nothing but the two and the engine that gives them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from logreach.coverage.detections import cache
from logreach.coverage.engine.verdict import Level
from logreach.coverage.events.filters import Remembering
from logreach.coverage.events.patterns import Decider, FilterAnswer
from logreach.coverage.platforms.sysmon.prerequisites import sieve_of
from logreach.coverage.platforms.sysmon.remedies import install
from logreach.inventories.facts.facts import Missing
from logreach.inventories.facts.host import Host
from logreach.inventories.windows.facts import OS, SYSMON, SysmonState

_KIND = "answers"
_ENGINE = ("platforms/sysmon/engine", "platforms/sysmon/knowledge", "events", "engine/verdict.py")


def remembered(hosts: Iterable[Host], folder: Path) -> AbstractContextManager[None]:
    """Inside, configurations of these hosts answer from the cache folder what they once did."""
    return remembered_by(_states(hosts), folder)


@contextmanager
def remembered_by(states: Iterable[SysmonState], folder: Path) -> Iterator[None]:
    """Inside, these Sysmons answer from the cache folder what they once did.

    What they are asked anew is kept there afterwards. A folder that cannot be used costs time
    alone, and a spoiled file is made again.
    """
    sieves: dict[str, Remembering] = {}
    for state in states:
        sieve = sieve_of(state)
        if sieve is not None:
            sieves[_name(state)] = sieve
    before = {name: _recall(name, sieve, folder) for name, sieve in sieves.items()}
    yield
    for name, sieve in sieves.items():
        if len(sieve.answers) > before[name]:
            entries = {key: _entry(answer) for key, answer in sieve.answers.items()}
            cache.store(folder, name, entries, _KIND)


def _states(hosts: Iterable[Host]) -> Iterator[SysmonState]:
    """The Sysmons of hosts and, where there is none, the one that a remedy would install."""
    for host in hosts:
        sysmon = host.facts.get(SYSMON)
        if isinstance(sysmon, Missing):
            continue
        yield sysmon.value
        remedy = None if sysmon.value.installed else install(host.facts.get(OS))
        if remedy is not None and isinstance(remedy.value, SysmonState):
            yield remedy.value


def _name(state: SysmonState) -> str:
    identity = f"{state.version}\0{state.config}\0{_engine()}"
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()


@lru_cache(maxsize=1)
def _engine() -> str:
    """A hash of the code and the tables that answer: another engine is not asked for these."""
    return cache.hash_of(cache.files_of(*_ENGINE))


def _recall(name: str, sieve: Remembering, folder: Path) -> int:
    """Give a filter the answers that were kept; returns how many."""
    kept = cache.load(folder, name, _KIND)
    try:
        answers = {str(key): _answer(entry) for key, entry in kept.items()}
    except (AttributeError, KeyError, TypeError, ValueError):
        return 0
    sieve.answers.update(answers)
    return len(answers)


def _entry(answer: FilterAnswer) -> list[Any]:
    deciders = [
        [decider.name, decider.line, decider.text, decider.source] for decider in answer.deciders
    ]
    return [
        int(answer.level),
        answer.exact,
        deciders,
        _plain(answer.kept),
        _plain(answer.dropped),
        answer.reason,
    ]


def _plain(fields: Mapping[str, str] | None) -> dict[str, str] | None:
    return None if fields is None else dict(fields)


def _answer(entry: list[Any]) -> FilterAnswer:
    level, exact, deciders, kept, dropped, reason = entry
    return FilterAnswer(
        Level(level),
        bool(exact),
        tuple(Decider(str(name), line, str(text), str(at)) for name, line, text, at in deciders),
        _plain(kept),
        _plain(dropped),
        str(reason),
    )
