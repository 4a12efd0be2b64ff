"""Which tests run which lines, and what each costs."""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import _lru_cache_wrapper, cache, cached_property
from pathlib import Path
from types import FunctionType

import coverage
import pytest
from _pytest.runner import runtestprotocol
from hypothesis import HealthCheck, Phase, settings
from mutants import Mutant

BUDGET = 6.0
"""Seconds of tests that a mutant is put to at most, by what they took while their lines were
measured, which is some three times what they take."""
FAILED = 1


def hypothesis_without_search() -> None:
    """To find a smaller example costs time and tells nothing here."""
    settings.register_profile(
        "mutation",
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    settings.load_profile("mutation")


@dataclass(frozen=True)
class Reach:
    """Which tests run which lines, and how long each takes."""

    lines: dict[str, dict[int, set[str]]]
    seconds: dict[str, float]
    at_import: dict[str, frozenset[int]]

    def runs_at_import(self, path: Path, mutant: Mutant) -> bool:
        """Whether something that is made before the first test may hang on a mutant."""
        is_run = mutant.lines & self.at_import.get(str(path), frozenset())
        return not mutant.first_line or bool(is_run)

    def tests_of(self, path: Path, mutant: Mutant) -> tuple[str, ...]:
        """The tests that reach a mutant, the quick ones first, as many as the budget allows."""
        lines = self.lines.get(str(path), {})
        # What runs at import only may matter to every test that runs the module.
        chosen = (mutant.lines & lines.keys() if mutant.first_line else None) or lines.keys()
        reached = {test for line in chosen for test in lines[line]}
        if not reached and not mutant.first_line:  # what is made at import, anyone may read
            reached = set(self.seconds)
        spent, tests = 0.0, []
        started: set[str] = set()
        for test in sorted(reached, key=self._cost):
            start, seconds, _ = self._cost(test)
            file = test.partition("::")[0]
            spent += seconds if file in started else start
            if tests and spent > BUDGET:
                break
            started.add(file)
            tests.append(test)
        return tuple(tests)

    def _cost(self, test: str) -> tuple[float, float, str]:
        """What the dearest test of its file takes (it makes what all of them share), and itself."""
        return self._starts[test.partition("::")[0]], self.seconds[test], test

    @cached_property
    def _starts(self) -> dict[str, float]:
        starts: dict[str, float] = defaultdict(float)
        for test, seconds in self.seconds.items():
            file = test.partition("::")[0]
            starts[file] = max(starts[file], seconds)
        return starts


def measured(
    items: Sequence[pytest.Item], paths: Iterable[Path], importing: coverage.Coverage
) -> Reach:
    """Run every test once, in a fork, with the lines that it runs; failing ones are left out.

    `importing` has measured what ran until now.
    """
    for path in paths:
        importlib.import_module(_module_name(path))
    importing.stop()
    with tempfile.NamedTemporaryFile("r", suffix=".json") as out:
        pid = os.fork()
        if not pid:
            in_child(lambda: _measure(items, paths, Path(out.name)))
        _, status = os.waitpid(pid, 0)
        if status:
            raise pytest.exit.Exception("measuring the tests failed")
        told = json.load(out)
    importing.start()
    for name in told["modules"]:  # some are imported by the tests themselves: once for all forks
        importlib.import_module(name)
    importing.stop()
    ran = importing.get_data()
    at_import = {path: frozenset(ran.lines(path) or ()) for path in ran.measured_files()}
    for test in told["failed"]:
        print(f"left out, as it fails: {test}")
    lines = {
        path: {int(line): set(tests) for line, tests in rows.items()}
        for path, rows in told["lines"].items()
    }
    return Reach(lines, told["seconds"], at_import)


def measuring_of(paths: Iterable[Path]) -> coverage.Coverage:
    """What measures the lines of these modules that run."""
    files = sorted(map(str, paths))
    return coverage.Coverage(data_file=None, config_file=False, include=files, branch=False)


def _module_name(path: Path) -> str:
    return "logreach." + ".".join(path.with_suffix("").parts).rpartition(".logreach.")[2]


def _measure(items: Sequence[pytest.Item], paths: Iterable[Path], out: Path) -> int:
    measuring = measuring_of(paths)
    failed, seconds = [], {}
    measuring.start()
    remembering = [cached for path in paths for cached in caches()[str(path)]]
    for item, following in zip(items, [*items[1:], None], strict=True):
        for cached in remembering:  # else only the first test that asks would run the lines
            cached.cache_clear()
        measuring.switch_context(item.nodeid)
        started = time.process_time()
        passed = passes(item, following)
        seconds[item.nodeid] = time.process_time() - started
        if not passed:
            failed.append(item.nodeid)
    measuring.stop()
    data = measuring.get_data()
    lines = {
        path: {
            line: [test for test in tests if test and test not in failed]
            for line, tests in data.contexts_by_lineno(path).items()
        }
        for path in data.measured_files()
    }
    modules = sorted(name for name in sys.modules if name.startswith("logreach."))
    told = {"lines": lines, "seconds": seconds, "failed": failed, "modules": modules}
    out.write_text(json.dumps(told))
    return 0


@cache
def caches() -> Mapping[str, list[_lru_cache_wrapper[object]]]:
    """The functions that remember answers, by file, but for the one that makes equal keys the same
    object."""
    remembering = defaultdict(list)
    for found in gc.get_objects():
        if isinstance(found, _lru_cache_wrapper):
            function = getattr(found, "__wrapped__", None)
            if isinstance(function, FunctionType) and function.__name__ != "_node_key":
                remembering[function.__code__.co_filename].append(found)
    return remembering


def passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    reports = runtestprotocol(item, log=False, nextitem=following)
    return not any(report.failed for report in reports)


def in_child(work: Callable[[], int]) -> None:
    """Do the work of a forked process and end it, whatever happens."""
    result = FAILED
    try:
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        result = work()
    finally:
        os._exit(result)
