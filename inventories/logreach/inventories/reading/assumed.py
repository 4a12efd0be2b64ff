"""What a fresh Windows has, for hosts that ask to assume it where their inventory does not tell."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Facts, Known, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.tables import TABLES, Shape, yaml_table
from logreach.inventories.reading.builder import Builder
from logreach.inventories.windows.audit_policy.subcategories import default_settings
from logreach.inventories.windows.facts import AUDIT, OS, ROLE, SACL, OperatingSystem, Role, Sacl
from logreach.inventories.windows.log_access import EVENT_LOG_READERS, LOCAL_GROUP, GroupMembers
from logreach.inventories.windows.objects.object_names import is_domain, normal
from logreach.inventories.windows.objects.sddl import read_sacl


def assumed(builder: Builder, facts: Facts, missing: set[FactKey[object]]) -> list[Statement]:
    """The defaults that stand for what is neither stated nor lost to a fault."""
    return [
        *_audit_policy(builder, facts, missing),
        *_domain_root(builder, facts, missing),
        *_event_log_readers(builder, missing),
    ]


def _audit_policy(
    builder: Builder, facts: Facts, missing: set[FactKey[object]]
) -> Iterator[Statement]:
    """Windows' default audit policy, for a host without an audit policy export."""
    os = facts.get(OS)
    if builder.spec.audit_policy or not isinstance(os, Known):
        return
    observed = any(statement.key.family is AUDIT for statement in builder.statements)
    if observed or AUDIT.every in missing:
        return
    for guid, (setting, note) in default_settings(os.value).items():
        if AUDIT(guid) not in missing:
            evidence = _evidence(builder, _default_quote(os, note))
            yield Statement(AUDIT(guid), setting, evidence, Strength.ASSUMED)


def _domain_root(
    builder: Builder, facts: Facts, missing: set[FactKey[object]]
) -> Iterator[Statement]:
    """The audit entries of the domain's root, for a domain controller that shows no other's."""
    role = facts.get(ROLE)
    if not isinstance(role, Known) or role.value is not Role.DOMAIN_CONTROLLER:
        return
    stated_keys = {statement.key for statement in builder.statements} | missing
    if SACL.every in missing or any(
        key.family is SACL and _is_root(key.name) for key in stated_keys
    ):
        return
    entry = _default_sacls()["domain_root"]
    name = normal(entry["object"])
    if name is not None:
        evidence = _evidence(builder, f"assumed: {entry['note']}")
        sacl = read_sacl(entry["sddl"]) or Sacl(())
        yield Statement(SACL(name.name), sacl, evidence, Strength.ASSUMED)


def _event_log_readers(builder: Builder, missing: set[FactKey[object]]) -> Iterator[Statement]:
    """Event Log Readers without members, as Windows installs it, where nothing tells them."""
    key = LOCAL_GROUP(EVENT_LOG_READERS)
    if key not in missing and key.family.every not in missing:
        quote = "assumed: Windows installs the group Event Log Readers without members"
        yield Statement(key, GroupMembers(), _evidence(builder, quote), Strength.ASSUMED)


def _is_root(written: str) -> bool:
    name = normal(written)
    return name is not None and is_domain(name.name)


def _evidence(builder: Builder, quote: str) -> Evidence:
    line = f"line {builder.spec.assume_defaults}"
    return Evidence(builder.manifest.path, builder.manifest.sha256, line, quote)


def _default_quote(os: Known[OperatingSystem], note: str) -> str:
    quote = f"assumed: default of {os.value}"
    return f"{quote} ({note})" if note else quote


@cache
def _default_sacls() -> Any:
    shape: Shape = {"domain_root": {"object": str, "sddl": str, "note": str, "source": str}}
    return yaml_table(TABLES / "default_sacls.yaml", shape)
