"""A file of PolicyAnalyzer (.PolicyRules) as a baseline: what its policies set is what is asked.

PolicyAnalyzer itself compares for equality. Here more logging than asked is no fault: outcomes of
subcategories and sizes of logs count as the least that is wanted.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

from logreach.inventories.facts.facts import Statement
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.wording import counted
from logreach.inventories.files.xml_tree import read_xml
from logreach.inventories.windows.audit_policy.subcategories import subcategories
from logreach.inventories.windows.baselines.requirements import (
    AuditCheck,
    Baseline,
    ChannelCheck,
    FactCheck,
    LeftOut,
    Match,
    Requirement,
    SettingCheck,
)
from logreach.inventories.windows.facts import AUDIT, CHANNEL, SETTING, AuditSetting, ChannelState
from logreach.inventories.windows.group_policy import policy_rules
from logreach.inventories.windows.registry.settings import settings

_NOTHING = AuditSetting(success=False, failure=False)


def read(source: Source) -> Baseline:
    """The baseline in a file. Raises InputError with all faults where some rule is unreadable or
    two contradict each other."""
    reading = policy_rules.read(source)
    faults = [*reading.faults, *_contradicting(source, reading.statements)]
    if faults:
        raise InputError(faults)
    requirements: dict[str, Requirement] = {}
    left_out: list[LeftOut] = []
    for statement in reading.statements:
        check, why = _check(statement)
        if check is None:
            left_out.append(LeftOut(f"{statement.key} = {statement.value}", why))
        else:
            requirement = _requirement(check, statement)
            requirements.setdefault(requirement.id, requirement)
    if not requirements:
        message = "sets no audit subcategory, setting or log that logreach knows"
        raise InputError(source.fault(message))
    rules = len(read_xml(source)[0].children)
    others = rules - len(reading.statements)
    if others > 0:
        why = "they set nothing that events depend on, as far as logreach knows"
        left_out.append(LeftOut(counted(others, "other rule"), why))
    name = PurePath(source.path).stem
    return Baseline(
        name,
        f"PolicyAnalyzer baseline {name}",
        f"{source.path}, a file of the user's",
        tuple(requirements.values()),
        tuple(left_out),
        path=source.path,
        sha256=source.sha256,
    )


def _contradicting(source: Source, statements: Iterable[Statement]) -> list[Fault]:
    first: dict[object, Statement] = {}
    faults = []
    for statement in statements:
        earlier = first.setdefault(statement.key, statement)
        if earlier.value != statement.value and statement.key.family in (SETTING, CHANNEL):
            where = statement.evidence.where
            message = (
                f"{statement.key} is {statement.value}, and {earlier.value} in "
                f"{earlier.evidence.where}: the policies contradict each other"
            )
            faults.append(source.fault(message, where))
    return faults


def _check(statement: Statement) -> tuple[FactCheck | None, str]:
    """What a rule asks for; where it asks nothing that is judged, why."""
    key, value = statement.key, statement.value
    if key.family is AUDIT and isinstance(value, AuditSetting):
        if value == _NOTHING:
            return None, "the policy turns it off; recording more than asked is no fault"
        return AuditCheck(key.name, value, Match.AT_LEAST), ""
    if key.family is SETTING and isinstance(value, bool | int | str):
        setting = settings()[key.name]
        if not setting.accepts(value):
            return None, "its value is none that is compared"
        match = Match.CONTAINS if setting.kind == "names" else Match.EXACTLY
        return SettingCheck(key.name, value, match), ""
    if key.family is CHANNEL and isinstance(value, ChannelState):
        holds = None if value.max_bytes is None else value.max_bytes // 2**20
        if value.enabled is None and not holds and not value.retention:
            return None, "it asks nothing of the log that is judged"
        return ChannelCheck(key.name, value.enabled, holds or None, value.retention or ""), ""
    return None, "facts of this kind are not compared with baselines"


def _requirement(check: FactCheck, statement: Statement) -> Requirement:
    family = statement.key.family
    name = statement.key.name
    shown = subcategories()[name].name if isinstance(check, AuditCheck) else name
    digits = statement.evidence.where.removeprefix("line ")
    line = int(digits) if digits.isdecimal() else 0
    return Requirement(f"{family}: {shown}", str(check), check, line=line)
