"""An inventory with one change: a Sysmon configuration, a GPO, a baseline or a setting.

What a change sets stands in place of what a host has; all other facts stay. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from logreach.coverage.engine.verdict import NOT_APPLICABLE, YES
from logreach.coverage.platforms.sysmon.engine import systems
from logreach.coverage.platforms.windows.prerequisites.required import IsFor, required
from logreach.inventories.facts.facts import Facts, Known, Missing, Statement
from logreach.inventories.facts.host import Host, Inventory
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.facts.values import Scalar, added_to
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Folder, Source
from logreach.inventories.windows.audit_policy import effective
from logreach.inventories.windows.audit_policy.origins import FORCE
from logreach.inventories.windows.baselines.requirements import Check, CheckGroup, LoggedCheck
from logreach.inventories.windows.baselines.shipped import find_baseline
from logreach.inventories.windows.facts import OS, SETTING, SYSMON, SysmonState
from logreach.inventories.windows.group_policy import gpo
from logreach.inventories.windows.registry.settings import nearest, settings
from logreach.inventories.windows.system import sysmon_files

KINDS = ("sysmon", "sysmon-everywhere", "gpo", "baseline", "setting")


def changed(inventory: Inventory, change: str) -> Inventory:
    """The inventory with a change such as 'sysmon=FILE', 'gpo=DIR', 'baseline=NAME|FILE' or
    'setting=NAME=VALUE'. Raises InputError where the change is none or cannot be read.

    'sysmon' replaces the configuration where Sysmon runs; 'sysmon-everywhere' also installs the
    last release that runs there on hosts without Sysmon.
    """
    kind, _, value = change.partition("=")
    if kind not in KINDS or not value:
        hint = f"Write one of {', '.join(f'{each}=...' for each in KINDS)}."
        raise InputError(Fault(f"{change!r} is no change", hint=hint))
    change_of: Callable[[Host], Host]
    if kind.startswith("sysmon"):
        change_of = _sysmon(Path(value), everywhere=kind != "sysmon")
    elif kind == "gpo":
        change_of = _gpo(Path(value))
    elif kind == "baseline":
        change_of = _baseline(value)
    else:
        change_of = _setting(value)
    return replace(
        inventory,
        hosts=tuple(map(change_of, inventory.hosts)),
        beside=tuple(map(change_of, inventory.beside)),
    )


def _sysmon(path: Path, *, everywhere: bool) -> Callable[[Host], Host]:
    source = _source(path)
    xml = sysmon_files.config(source)

    def change(host: Host) -> Host:
        fact = host.facts.get(SYSMON)
        if isinstance(fact, Missing):
            return host
        state = fact.value
        if not state.installed:
            os = host.facts.get(OS)
            version = None if isinstance(os, Missing) else systems.newest_for(os.value)
            if not everywhere or version is None:
                return host
            state = SysmonState(installed=True, version=version)
        configured = replace(
            state,
            config=xml,
            config_source=source.path,
            config_sha256=source.sha256,
            config_loaded=None,
        )
        evidence = source.evidence(quote="as compared")
        return _with(host, {SYSMON: Known(configured, (evidence,))})

    return change


def _gpo(path: Path) -> Callable[[Host], Host]:
    if not path.is_dir():
        hint = "Name the folder of a GPO's backup."
        raise InputError(Fault("no such folder of a GPO", str(path), hint=hint))
    folder = Folder(path.resolve())
    policies = gpo.read(folder, folder.root)
    faults = [fault for policy in policies for fault in policy.faults]
    if faults:
        raise InputError(faults)
    statements = [each for policy in policies for each in (*policy.legacy.values(), *policy.others)]

    def change(host: Host) -> Host:
        stated = host.facts.get(SETTING(FORCE))
        forced = [each.value for each in statements if each.key == SETTING(FORCE)]
        force = Known(forced[-1]) if forced else stated
        audit = effective.audit(policies, force, host.facts.get(OS))  # type: ignore[arg-type]
        stating = {each.key: _known(each) for each in (*statements, *audit.statements)}
        return _with(host, stating, dict(audit.missing))

    return change


def _known(statement: Statement) -> Known[object]:
    return Known(statement.value, (statement.evidence,), statement.strength)


def _baseline(named: str) -> Callable[[Host], Host]:
    baseline = find_baseline(named)
    faults = [
        Fault(f"{each.id} of {baseline.name} asks for events, which no single fact brings")
        for each in baseline.requirements
        if not _met_by_facts(each.check)
    ]
    if faults:
        hint = "`logreach baseline` says what meeting each requirement gains."
        raise InputError([*faults[:3], Fault("such a baseline is no change", hint=hint)])
    evidence = Evidence(f"baseline {baseline.name}", quote=baseline.source)

    def change(host: Host) -> Host:
        # A baseline is the least that is asked; what a host logs beyond it stays.
        for requirement in baseline.requirements:
            if IsFor(requirement.id, requirement.applies_to).check(host.facts).verdict.applicable:
                host = _with(host, dict(_met(requirement.check, host.facts, evidence)))
        return host

    return change


def _met_by_facts(check: Check) -> bool:
    """Whether facts alone can meet a check."""
    if isinstance(check, CheckGroup):
        return (all if check.every else any)(map(_met_by_facts, check.checks))
    return not isinstance(check, LoggedCheck)


def _met(
    check: Check, facts: Facts, evidence: Evidence
) -> Iterator[tuple[FactKey[object], Known[object]]]:
    """The facts with which a check is met; of alternatives the first that facts can meet."""
    if isinstance(check, CheckGroup):
        able = [each for each in check.checks if _met_by_facts(each)]
        if not check.every and any(not list(_met(each, facts, evidence)) for each in able):
            return
        for each in able if check.every else able[:1]:
            yield from _met(each, facts, evidence)
    elif not isinstance(check, LoggedCheck):
        prerequisite = required(check)
        if prerequisite.check(facts).verdict not in (YES, NOT_APPLICABLE):
            value = added_to(_now(facts, prerequisite.key), prerequisite.target(facts))
            yield prerequisite.key, Known(value, (evidence,))


def _now(facts: Facts, key: FactKey[object]) -> object:
    fact = facts.known.get(key)
    return fact.value if fact else None


def _setting(written: str) -> Callable[[Host], Host]:
    name, _, value_text = written.partition("=")
    setting = settings().get(name)
    if setting is None:
        raise InputError(Fault(f"unknown setting {name!r}", hint=nearest(name, settings())))
    value = _value(value_text)
    if not setting.accepts(value):
        hint = {"bool": "Write true or false.", "int": "Write a whole number."}.get(
            setting.kind, "Write a text."
        )
        raise InputError(Fault(f"setting {name} cannot be {value_text!r}", hint=hint))
    stated = Known(setting.stated(value), (Evidence("as compared", quote=written),))
    return lambda host: _with(host, {SETTING(name): stated})


def _value(written: str) -> Scalar:
    if written.casefold() in ("true", "yes", "on"):
        return True
    if written.casefold() in ("false", "no", "off"):
        return False
    return int(written) if written.isdecimal() else written


def _with(
    host: Host,
    stated: Mapping[FactKey[object], Known[object]],
    missing: Mapping[FactKey[object], Missing] | None = None,
) -> Host:
    """The host with these facts in place of its own, and without those that are missing then."""
    gone = missing or {}
    facts = host.facts
    known_facts = {key: fact for key, fact in facts.known.items() if key not in gone} | dict(stated)
    unknown = {key: reason for key, reason in facts.missing.items() if key not in stated} | dict(
        gone
    )
    return replace(host, facts=Facts(known_facts, unknown, facts.conflicts))


def _source(path: Path) -> Source:
    try:
        return Source.of(path.name, path.read_bytes())
    except OSError as error:
        raise InputError(Fault(f"cannot be read ({error.strerror})", str(path))) from None
