"""How many small faults the tests notice, by module, and which they miss.

Run: python tests/benchmarks/mutation.py [--only PART] [--sample N --seed S] [--jobs 2]

Each mutant (mutants.py) is judged by the tests that run its lines, the quick ones first. The tests
are collected once. A mutant inside a function is then put into a fork of that process, by giving
the function other code, which costs milliseconds; one outside of functions, or one that survived
there although its line runs at import (that is not worked out again), gets a process of its own.
mutation_equivalent.yaml lists mutants that no test can tell from the original, with the reason.

Two mutation testers of PyPI do not fit: mutmut 3 knows one source root ('.', 'src' or 'source') and
mutates copies that an editable install does not import; cosmic-ray starts a whole test run for each
mutant and chooses no tests. Neither knows verdicts.
"""

from __future__ import annotations

import argparse
import gc
import importlib.machinery
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from operator import attrgetter
from pathlib import Path
from types import CodeType, FunctionType

import pytest
import yaml
from mutants import Module, Mutant
from reach import (
    FAILED,
    caches,
    hypothesis_without_search,
    in_child,
    measured,
    measuring_of,
    passes,
)

ROOT = Path(__file__).resolve().parents[2]
EQUIVALENT = Path(__file__).with_name("mutation_equivalent.yaml")
_COVERAGE, _INVENTORIES = "coverage/logreach/coverage/", "inventories/logreach/inventories/"
TARGETS = {
    f"{_COVERAGE}engine/*.py": (
        "tests/coverage/engine",
        "tests/coverage/assessment/test_rule_laws.py",
    ),
    f"{_COVERAGE}platforms/windows/prerequisites/*.py": (
        "tests/coverage/platforms/windows/prerequisites",
        "tests/coverage/assessment/test_verdict_cases.py",
    ),
    f"{_COVERAGE}platforms/sysmon/*.py": (
        "tests/coverage/platforms/sysmon/test_sysmon_answers.py",
        "tests/coverage/platforms/sysmon/test_sysmon_sensor.py",
        "tests/coverage/platforms/sysmon/test_kept_patterns.py",
        "tests/coverage/platforms/sysmon/test_include_rules.py",
        "tests/coverage/platforms/sysmon/test_sysmon_remedies.py",
        "tests/coverage/platforms/sysmon/test_sysmon_programs.py",
        "tests/coverage/platforms/sysmon/test_sysmon_prerequisites.py",
        "tests/coverage/platforms/sysmon/test_least_change.py",
        "tests/coverage/platforms/sysmon/test_config_changes.py",
    ),
    f"{_COVERAGE}forwarding/prerequisite.py": (
        "tests/coverage/forwarding/test_prerequisite_cases.py",
        "tests/coverage/forwarding/test_forwarding_remedies.py",
        "tests/coverage/forwarding/test_membership.py",
        "tests/coverage/forwarding/test_collector_hops.py",
        "tests/coverage/forwarding/test_channel_access.py",
    ),
    f"{_INVENTORIES}facts/*.py": (
        "tests/inventories/facts",
        "tests/inventories/reading/test_inventory_cases.py",
    ),
    f"{_INVENTORIES}reading/merge.py": (
        "tests/inventories/reading/test_merge.py",
        "tests/inventories/reading/test_inventory_cases.py",
    ),
    f"{_INVENTORIES}windows/audit_policy/effective.py": ("tests/inventories/windows/audit_policy",),
}
"""Modules, and the tests that are to notice a fault in them."""
ROOMS = {
    "ENGINE": ("coverage/engine/",),
    "PREREQUISITES": ("coverage/platforms/", "coverage/forwarding/"),
    "MERGING": ("inventories/",),
}
TIME_LIMIT = 20
"""Seconds of processor time after which a mutant counts as noticed: it loops, or is slow enough to
be seen."""
WAITING_LIMIT = 900.0
"""Seconds after which one counts as noticed that waits for what does not come."""
MEMORY = 3 << 30
SURVIVED, KILLED, NO_TEST, EQUAL = 0, FAILED, 2, 3


@dataclass(frozen=True, slots=True)
class Place:
    """A mutant with the module that it is in, and the tests that reach it."""

    module: Module
    mutant: Mutant
    tests: tuple[str, ...] = ()
    is_at_import: bool = False

    @property
    def name(self) -> str:
        path = self.module.path.relative_to(ROOT)
        return str(path).partition("logreach/")[2]

    def __str__(self) -> str:
        mutant = self.mutant
        return f"{self.name}:{mutant.line} {mutant.function}: {mutant.change}: {mutant.source}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", action="append", help="only modules with this in their path")
    parser.add_argument("--sample", type=int, help="only so many mutants, drawn at random")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--alone", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        return _alone(*options.alone)
    modules = _modules(options.only)
    if not modules:
        parser.error("no such module")
    places = [Place(one, mutant) for one in modules for mutant in one.mutants]
    if options.sample is not None:
        places = _sample(places, options.sample, options.seed)
    equivalent, stale = _equivalent(places, whole=not options.only)
    if options.sample is not None:
        stale = []
    tested = [one for one in places if one not in equivalent]
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = scratch
        session = _Session(tested, options.jobs)
        failed = pytest.main([*_ARGUMENTS, *_tests(modules)], plugins=[session])
    if session.results is None:
        return int(failed) or 1
    _report(places, session.results, equivalent)
    for entry in stale:
        print(f"{EQUIVALENT.name}: no such mutant: {entry}")
    return 0


def _sample(places: list[Place], size: int, seed: int) -> list[Place]:
    return random.Random(seed).sample(places, min(size, len(places)))  # noqa: S311


_ARGUMENTS = [
    "-o", "addopts=", "--import-mode=importlib", "-p", "no:cacheprovider", "-p", "no:terminal",
    "-p", "no:xdist", "-W", "ignore::pytest.PytestAssertRewriteWarning", "--hypothesis-seed=0",
    "--rootdir", str(ROOT),
]  # fmt: skip


def _modules(only: Sequence[str] | None) -> list[Module]:
    paths = sorted(path for pattern in TARGETS for path in ROOT.glob(pattern))
    chosen = [path for path in paths if not only or any(part in str(path) for part in only)]
    return [Module(path) for path in chosen]


def _tests(modules: Iterable[Module]) -> list[str]:
    """The tests that the table names for these modules, each once."""
    paths = [one.path.relative_to(ROOT) for one in modules]
    named = [
        test
        for pattern, tests in TARGETS.items()
        if any(path.match(pattern) for path in paths)
        for test in tests
    ]
    return [str(ROOT / test) for test in dict.fromkeys(named) if (ROOT / test).exists()]


def _equivalent(places: list[Place], *, whole: bool) -> tuple[set[Place], list[str]]:
    """The places that are listed as equivalent, and the entries that fit none: of all modules
    where the run is `whole`, else of those that it is about."""
    entries = yaml.safe_load(EQUIVALENT.read_text("utf-8")) if EQUIVALENT.exists() else []
    by_words: dict[tuple[str, ...], list[Place]] = defaultdict(list)
    for place in places:
        mutant = place.mutant
        by_words[place.name, mutant.function, mutant.source, mutant.change].append(place)
    modules = {place.name for place in places}
    listed: set[Place] = set()
    stale = []
    for entry in entries:
        changes = entry["change"] if isinstance(entry["change"], list) else [entry["change"]]
        for change in changes:
            words = (entry["module"], entry["function"], entry["source"], change)
            listed.update(by_words.get(words, ()))
            if (whole or entry["module"] in modules) and words not in by_words:
                stale.append(": ".join(words))
    return listed, stale


class _Session:
    """Measures the collected tests, then puts the mutants to them."""

    def __init__(self, places: list[Place], jobs: int) -> None:
        self._places = places
        self._jobs = jobs
        self.results: dict[Place, int] | None = None

    def pytest_configure(self) -> None:
        hypothesis_without_search()
        self._importing = measuring_of(place.module.path for place in self._places)
        self._importing.start()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Failed(f"{session.testsfailed} test modules cannot be collected")
        started = time.monotonic()
        paths = {place.module.path for place in self._places}
        reach = measured(session.items, paths, self._importing)
        spent = time.monotonic() - started
        print(f"{len(session.items)} tests measured in {spent:.0f} s", flush=True)
        items = {item.nodeid: item for item in session.items}
        places = [
            replace(
                place,
                tests=reach.tests_of(place.module.path, place.mutant),
                is_at_import=reach.runs_at_import(place.module.path, place.mutant),
            )
            for place in self._places
        ]
        _functions(), caches()
        gc.freeze()  # so that collecting in a fork copies no page of what is there
        self.results = {}
        for place, result in _judged(places, items, self._jobs):
            self.results[place] = result
            if result != KILLED:
                print("no test " if result == NO_TEST else "survived", place, flush=True)
        return True


def _judged(
    places: Sequence[Place], items: dict[str, pytest.Item], jobs: int
) -> Iterator[tuple[Place, int]]:
    """What becomes of each mutant: in a fork, then, if it runs at import, in a process of its own.

    `jobs` run at a time, each within the time limit.
    """
    running: dict[int, tuple[Place, bool, float]] = {}
    waiting = [(place, not place.mutant.first_line) for place in reversed(places)]
    while waiting or running:
        while waiting and len(running) < jobs:
            place, alone = waiting.pop()
            if not place.tests:
                yield place, NO_TEST
                continue
            pid = _spawn(place) if alone else _fork(place, items)
            running[pid] = (place, alone, time.monotonic())
        ended = {pid: os.waitpid(pid, os.WNOHANG) for pid in running}
        for pid, (done, status) in ended.items():
            place, alone, started = running[pid]
            if done:
                del running[pid]
                if status or alone or not place.is_at_import:
                    yield place, KILLED if status else SURVIVED
                else:
                    waiting.append((place, True))
            elif time.monotonic() - started > WAITING_LIMIT:
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.005)


def _fork(place: Place, items: dict[str, pytest.Item]) -> int:
    pid = os.fork()
    if not pid:
        in_child(lambda: _in_fork(place, items))
    return pid


def _in_fork(place: Place, items: dict[str, pytest.Item]) -> int:
    _limit_resources()
    _put_in(place)
    tests = [items[test] for test in place.tests]
    for item, following in zip(tests, [*tests[1:], None], strict=True):
        if not passes(item, following):
            return KILLED
    return SURVIVED


def _limit_resources() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (TIME_LIMIT, TIME_LIMIT))


def _put_in(place: Place) -> None:
    """Give every function object of the mutant's function the changed code."""
    mutant = place.mutant
    wanted = (str(place.module.path), mutant.function, mutant.first_line)
    codes = _codes(place.module.compiled(mutant.number))
    code = next(code for code in codes if _definition(code) == wanted)
    for function in _functions()[wanted]:
        function.__code__ = code
    for cached in caches()[str(place.module.path)]:
        cached.cache_clear()


_definition = attrgetter("co_filename", "co_qualname", "co_firstlineno")


@cache
def _functions() -> Mapping[tuple[str, str, int], list[FunctionType]]:
    """Every function of this process by where it is defined: found once, before the first fork."""
    functions = defaultdict(list)
    for function in gc.get_objects():
        if isinstance(function, FunctionType):
            functions[_definition(function.__code__)].append(function)
    return functions


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _spawn(place: Place) -> int:
    tests = "\n".join(place.tests)
    command = [sys.executable, __file__, "--alone", str(place.module.path)]
    command += [str(place.mutant.number), tests]
    silent = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 1, 2)]
    return os.posix_spawn(sys.executable, command, os.environ, file_actions=silent)


def _alone(path: str, number: str, tests: str) -> int:
    """Run tests in this process, into which the module is loaded with the mutant in it."""
    _limit_resources()
    mutated = Module(Path(path)).compiled(int(number))
    plain = importlib.machinery.SourceFileLoader.get_code

    def get_code(loader: importlib.machinery.SourceFileLoader, name: str) -> CodeType | None:
        return mutated if loader.path == path else plain(loader, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
    hypothesis_without_search()
    os.chdir(ROOT)
    return int(pytest.main([*_ARGUMENTS, "-x", *tests.split("\n")]))


def _report(places: list[Place], results: dict[Place, int], equivalent: set[Place]) -> None:
    by_place = {(one.name, one.mutant.number): result for one, result in results.items()}
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for place in places:
        is_listed = place in equivalent
        result = EQUAL if is_listed else by_place[place.name, place.mutant.number]
        counts[place.name][result] += 1
    print(f"{'killed':>7} {'of':>5} {'%':>5} {'equivalent':>10}  module")
    for name, count in sorted(counts.items()):
        print(_row(count, name))
    for room, folders in ROOMS.items():
        inside = [count for name, count in counts.items() if name.startswith(folders)]
        if inside:
            print(_row(sum(inside, Counter()), room))


def _row(count: Counter[int], words: str) -> str:
    judged = count.total() - count[EQUAL]
    share = 100 * count[KILLED] / judged if judged else 100.0
    return f"{count[KILLED]:7} {judged:5} {share:5.1f} {count[EQUAL]:10}  {words}"


if __name__ == "__main__":
    sys.exit(main())
