"""A second proof, past the project's own tables: real logs, and the facts as they were gathered.

What a log holds was written, so it must be possible on a host like the log's. What the table of
facts says of an event must come out of the engine, which reads tables made from it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import hosts
import pytest
import yaml
from support import shared

from logreach.coverage.attack import load_attack
from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.evaluation import Evaluation, evaluate, reevaluate
from logreach.coverage.engine.graph import Graph
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import NO, YES, Level, Verdict
from logreach.coverage.events.event_id import EventId
from logreach.coverage.network.events import Events
from logreach.coverage.network.keys import component_key
from logreach.coverage.network.model import Model, build
from logreach.coverage.platforms.registry import sensors
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.inventories.facts.facts import Facts
from logreach.inventories.windows.facts import AUDIT, AuditSetting

_CASES = yaml.safe_load((Path(__file__).parent / "second_proof.yaml").read_text("utf-8"))
_CHANNELS = {
    "Security": "Security",
    "System": "System",
    "Windows PowerShell": "WindowsPowerShell",
    "Microsoft-Windows-Sysmon/Operational": "Sysmon",
    "Microsoft-Windows-PowerShell/Operational": "PowerShell",
    "Microsoft-Windows-WMI-Activity/Operational": "WMI",
    "Microsoft-Windows-TaskScheduler/Operational": "TaskScheduler",
    "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall": "Firewall",
}
Row = Mapping[str, str]


class Chains:
    """The chains of some events and fields, evaluated for hosts in words."""

    def __init__(self, keys: Iterator[str] | list[str]) -> None:
        graph = Graph()
        part = Events(graph, sensors(), {})
        self._nodes: dict[str, NodeKey] = {}
        for key in dict.fromkeys(keys):
            event, _, name = key.partition("/")
            self._nodes[key] = (
                part.attribute(EventId.parse(event), name)
                if name
                else part.written(EventId.parse(event))
            )
        self._compiled = Compiled(graph)
        self._kept: dict[str, tuple[Evaluation, Facts]] = {}

    def verdicts(self, words: Mapping[str, Any]) -> dict[str, Verdict]:
        return self._read(evaluate(self._compiled, hosts.facts(words)))

    def switched(
        self, words: Mapping[str, Any], switches: Mapping[str, tuple[bool, bool]]
    ) -> dict[str, Verdict]:
        """The verdicts after some subcategories are set to record (success, failure)."""
        base = self._evaluated(str(words["audit"]), words)
        known, keys = base[1], []
        for guid, (success, failure) in switches.items():
            keys.append(AUDIT(guid))
            known = known.stating(keys[-1], AuditSetting(success, failure))
        return self._read(reevaluate(base[0], known, keys))

    def _evaluated(self, name: str, words: Mapping[str, Any]) -> tuple[Evaluation, Facts]:
        if name not in self._kept:
            known = hosts.facts(words)
            self._kept[name] = (evaluate(self._compiled, known), known)
        return self._kept[name]

    def _read(self, found: Evaluation) -> dict[str, Verdict]:
        return {key: found.verdict(node) for key, node in self._nodes.items()}


# Real logs -----------------------------------------------------------------------------------


@cache
def logged() -> dict[str, dict[str, set[str]]]:
    """Computer -> event -> fields that some record fills; from every real log at hand."""
    evtx = pytest.importorskip("evtx")
    found: dict[str, dict[str, set[str]]] = {}
    for folder in ("evtx", "sigma/regression_data"):
        for path in sorted(shared(folder).rglob("*.evtx")):
            for record in evtx.PyEvtxParser(str(path)).records_json():
                event = json.loads(record["data"])["Event"]
                system = event["System"]
                number = system["EventID"]
                number = number["#text"] if isinstance(number, dict) else number
                key = f"{_CHANNELS[system['Channel']]}:{number}"
                fields = found.setdefault(system["Computer"].casefold(), {}).setdefault(key, set())
                fields |= _filled(event)
    return found


def _filled(event: Mapping[str, Any]) -> set[str]:
    data = event.get("EventData") or next(iter((event.get("UserData") or {}).values()), None) or {}
    return {
        name for name, value in data.items() if not name.startswith("#") and value not in (None, "")
    }


def _host_of(computer: str) -> dict[str, Any]:
    words: dict[str, Any] = {
        "audit": "success and failure",
        "settings": dict.fromkeys(load_events().settings, True),
        "sysmon": {"version": "15.15", "config": "everything"},
    }
    if os := _CASES["log_hosts"].get(computer):
        words["os"] = os
    return words


def test_what_a_real_log_holds_is_possible_on_a_host_like_its_own() -> None:
    keys = [
        key
        for events in logged().values()
        for event, fields in events.items()
        for key in (event, *(f"{event}/{name}" for name in sorted(fields)))
    ]
    chains = Chains(keys)
    assert len(set(keys)) > 150
    wrong = []
    for computer, events in logged().items():
        verdicts = chains.verdicts(_host_of(computer))
        for event, fields in events.items():
            asked = (event, *(f"{event}/{name}" for name in sorted(fields)))
            wrong += [(computer, key) for key in asked if not _possible(verdicts[key])]
    assert not wrong, "\n".join(map(str, wrong))


def _possible(verdict: Verdict) -> bool:
    return verdict.applicable and verdict.possible is Level.YES


def test_what_sysmon_really_logged_is_achievable_with_a_sysmon_that_keeps_everything() -> None:
    """Sysmon's events need no fact but Sysmon's own, so here 'possible' must be 'proven'."""
    keys = [
        key
        for events in logged().values()
        for event, fields in events.items()
        if event.startswith("Sysmon:")
        for key in (event, *(f"{event}/{name}" for name in sorted(fields)))
    ]
    verdicts = Chains(keys).verdicts(_host_of("any"))
    assert {key for key in keys if verdicts[key] != YES} == set()


# Facts as gathered ---------------------------------------------------------------------------


@cache
def facts() -> dict[str, list[Row]]:
    """The rows of each Security event, by key."""
    found: dict[str, list[Row]] = {}
    with shared("facts/windows_events.csv").open(newline="", encoding="utf-8-sig") as handle:
        for row in csv.DictReader(handle):
            if row["channel"] == "Security":
                found.setdefault(f"Security:{row['event_id']}", []).append(row)
    return found


@cache
def chains() -> Chains:
    return Chains(sorted(facts()))


def _systems() -> list[tuple[str, str, int]]:
    """(words, client or server, build) of every release in the facts."""
    with shared("facts/operating_systems.csv").open(newline="", encoding="utf-8-sig") as handle:
        rows = list(csv.DictReader(handle))
    return [
        (f"{row['product']} {row['release']}".strip(), row["kind"], int(row["build"].split()[0]))
        for row in rows
    ]


def _sample() -> list[tuple[str, str, int]]:
    chosen = {
        *("Windows Vista SP2", "Windows 7 SP1", "Windows 8.1", "Windows 10 1507"),
        *("Windows 10 1809", "Windows 10 22H2", "Windows 11 22H2", "Windows 11 25H2"),
        *("Windows Server 2008 SP2", "Windows Server 2008 R2 SP1", "Windows Server 2012"),
        *("Windows Server 2012 R2", "Windows Server 2016 LTSC", "Windows Server 2019 LTSC"),
        *("Windows Server 2022 LTSC", "Windows Server 2025 LTSC"),
    }
    found = [one for one in _systems() if one[0] in chosen]
    assert len(found) == len(chosen)
    return found


def _everything(**more: Any) -> dict[str, Any]:
    """A host on which nothing but the facts asked about can be in the way."""
    knowledge = load_events()
    return {
        "audit": "success and failure",
        "settings": dict.fromkeys(knowledge.settings, True)
        | dict.fromkeys((setting.name for setting in knowledge.settings.values()), True),
        "features": {role: True for role in knowledge.roles if role != "domain-controller"},
        **more,
    }


def _first(rows: list[Row], kind: str) -> int | None:
    known = _CASES["first_windows"][kind]
    firsts = {known.get(row[f"min_{kind}_os"]) for row in rows}
    return firsts.pop() if len(firsts) == 1 else None


def test_no_event_is_possible_before_its_first_windows_and_every_one_is_after_it() -> None:
    early, since, wrong = 0, 0, []
    for os, kind, number in _sample():
        role = "workstation" if kind == "client" else "domain-controller"
        verdicts = chains().verdicts(_everything(os=os, role=role))
        for key, rows in facts().items():
            first = _first(rows, kind)
            if first is None or key in _CASES["earlier_all_the_same"]:
                continue
            found = verdicts[key]
            if number < first:
                early += 1
                good = found == NO or not found.applicable
            elif rows[0]["deprecated_from"]:
                continue
            else:
                since += found.applicable
                good = found.possible > Level.NO or not found.applicable
            if not good:
                wrong.append((os, key, found.label))
    assert not wrong, "\n".join(map(str, wrong))
    assert early > 100
    assert since > 2000


def test_events_of_domain_controllers_are_asked_of_no_other_host() -> None:
    of_controllers = [
        key
        for key, rows in facts().items()
        if {row["server_roles"] for row in rows} == {"domain controller"}
    ]
    assert len(of_controllers) > 50
    for words in (
        {"os": "Windows 11 23H2", "role": "workstation"},
        {"os": "Windows 10 1809"},
        {"os": "Windows Server 2022", "role": "server"},
    ):
        verdicts = chains().verdicts(_everything(**words))
        assert {key for key in of_controllers if verdicts[key].applicable} == set()
    verdicts = chains().verdicts(_everything(os="Windows Server 2022", role="domain-controller"))
    assert {key for key in of_controllers if not verdicts[key].applicable} == set()
    unknown = chains().verdicts(_everything(os="Windows Server 2022"))
    assert {key for key in of_controllers if unknown[key].proven} == set()


def _one_switch() -> dict[str, tuple[str, str]]:
    """Event -> (subcategory, outcomes) for those that one subcategory alone decides."""
    found: dict[str, tuple[str, str]] = {}
    for key, rows in facts().items():
        row = rows[-1]
        told = {(one["subcategory_guids"], one["outcomes"]) for one in rows}
        ignores = (
            "logged even if" in row["extra_policy"]
            or "cannot be turned off" in (row["extra_policy"])
        )
        guessed = "subcategory inferred" in row["caveats"]
        named = [name for name in row["subcategories"].split(";") if name]
        if len(told) == len(named) == 1 and row["subcategory_guids"] and not (ignores or guessed):
            disputed = key in _CASES["disputed_outcomes"]
            found[key] = (named[0], "" if disputed else row["outcomes"])
    return found


def _guids() -> dict[str, str]:
    with shared("facts/audit_subcategories.csv").open(newline="", encoding="utf-8-sig") as handle:
        return {row["subcategory"]: row["guid"].upper() for row in csv.DictReader(handle)}


def _switched(others: str, names: list[str], *, success: bool, failure: bool) -> dict[str, Verdict]:
    """All subcategories alike but for some: on a controller where nothing else is in the way."""
    words = _everything(os="Windows Server 2025", role="domain-controller") | {"audit": others}
    guids = _guids()
    return chains().switched(words, {guids[name]: (success, failure) for name in names})


def test_an_event_of_one_subcategory_needs_it_and_that_for_its_outcome() -> None:
    events = _one_switch()
    assert len(events) > 250
    wrong = []
    for name in sorted({name for name, _ in events.values()}):
        others = "success and failure"
        off = _switched(others, [name], success=False, failure=False)
        by = {
            "F": _switched(others, [name], success=True, failure=False),
            "S": _switched(others, [name], success=False, failure=True),
        }
        for key, (own, outcomes) in events.items():
            if own == name and off[key].applicable:
                asked = (off[key], by.get(outcomes, off)[key])
                wrong += [(key, name, one.label) for one in asked if one != NO]
    assert not wrong, "\n".join(map(str, wrong))


def test_a_subcategory_alone_suffices_where_nothing_else_is_needed() -> None:
    events = _one_switch()
    surely, wrong = 0, []
    for name in sorted({name for name, _ in events.values()}):
        on = [name, *_CASES["needs_as_well"].get(name, [])]
        alone = _switched("none", on, success=True, failure=True)
        for key, (own, outcomes) in events.items():
            if own != name or key == "Security:4690":  # that needs its object's entry as well
                continue
            expected = _expected(facts()[key], outcomes)
            surely += expected == YES
            good = alone[key] == expected if expected else alone[key].possible > Level.NO
            if not good:
                wrong.append((key, name, alone[key].label))
    assert not wrong, "\n".join(map(str, wrong))
    assert surely > 200


def _expected(rows: list[Row], outcomes: str) -> Verdict | None:
    """What the facts say of an event whose subcategory is on; None: only that it is possible."""
    if any(row["deprecated_from"] for row in rows):
        return NO
    if not outcomes or not all(row["needs_sacl"].startswith("no") for row in rows):
        return None
    return YES


# Components as an expert expects them -----------------------------------------------------------

_COMPONENTS = yaml.safe_load(
    (Path(__file__).parent / "second_proof_components.yaml").read_text("utf-8")
)


@cache
def _model() -> Model:
    return build(load_attack(), ())


@pytest.mark.parametrize("case", _COMPONENTS, ids=lambda case: case["name"])
def test_a_component_is_seen_as_an_expert_expects(case: dict[str, Any]) -> None:
    found = evaluate(_model().compiled, hosts.facts(case["host"]))
    labels = {name: found.verdict(component_key(name)).label for name in case["component"]}
    assert labels == case["component"]
