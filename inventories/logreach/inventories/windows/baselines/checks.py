"""The checks of a baseline's file: audit subcategories, settings, logs, events, and groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from logreach.inventories.facts.values import Scalar
from logreach.inventories.files.marked import Marked
from logreach.inventories.windows.audit_policy.audit_words import outcome_of_word
from logreach.inventories.windows.audit_policy.subcategories import as_guid, subcategories
from logreach.inventories.windows.baselines.nodes import Nodes
from logreach.inventories.windows.baselines.requirements import (
    AuditCheck,
    ChannelCheck,
    Check,
    CheckGroup,
    LoggedCheck,
    Match,
    SettingCheck,
)
from logreach.inventories.windows.facts import AuditSetting
from logreach.inventories.windows.registry.settings import RegistrySetting, nearest, settings

WHEN_FULL = ("overwrite", "retain", "archive")
_LARGEST_LOG = 1 << 42  # MiB; no number of a file is larger
KEYS = {
    "audit": ("audit", "records", "match"),
    "setting": ("setting", "is", "match"),
    "log": ("log", "enabled", "holds_mib", "when_full"),
    "events": ("events", "forwarded"),
    "all": ("all",),
    "any": ("any",),
}
"""The kinds of check by the key that tells them apart, with all keys of each."""


def read_check(nodes: Nodes, node: Marked, others: Iterable[str] = ()) -> Check | None:
    """The check that a mapping holds; None, with faults, where it holds none.

    `others` are further keys that the mapping may have.
    """
    kinds = [kind for kind in KEYS if kind in node.fields]
    if len(kinds) != 1:
        problem = "names no check" if not kinds else f"names several checks ({', '.join(kinds)})"
        nodes.fault(f"{problem}: it needs one of {', '.join(KEYS)}", node.line)
        return None
    kind = kinds[0]
    nodes.only(node, (*KEYS[kind], *others))
    return _READERS[kind](nodes, node)


def _audit(nodes: Nodes, node: Marked) -> Check | None:
    name = nodes.text(node, "audit")
    words = nodes.text(node, "records")
    match = _match(nodes, node, (Match.AT_LEAST, Match.ANY_OF, Match.EXACTLY))
    guid = as_guid(name) or _guids().get(name.casefold(), "")
    if name and guid not in subcategories():
        hint = nearest(name, (each.name for each in subcategories().values()))
        nodes.fault(f"unknown audit subcategory {name[:80]!r}", nodes.line(node, "audit"), hint)
        guid = ""
    wanted = outcome_of_word(words) if words else None
    if words and not isinstance(wanted, AuditSetting):
        hint = "Write Success, Failure, Success and Failure or No Auditing."
        line = nodes.line(node, "records")
        nodes.fault(f"{words[:40]!r} is no audit setting", line, hint)
    if not guid or not isinstance(wanted, AuditSetting) or match is None:
        return None
    if not (wanted.success or wanted.failure) and match is not Match.EXACTLY:
        hint = "Write 'match: exactly' where nothing may be recorded."
        line = nodes.line(node, "records")
        nodes.fault(f"{match.value} No Auditing asks for nothing", line, hint)
        return None
    return AuditCheck(guid, wanted, match)


@cache
def _guids() -> dict[str, str]:
    """GUIDs by the names that auditpol and the Group Policy editor give subcategories."""
    return {
        name.casefold(): each.guid
        for each in subcategories().values()
        for name in (each.name, each.gpo_name)
    }


def _setting(nodes: Nodes, node: Marked) -> Check | None:
    name = nodes.text(node, "setting")
    setting = settings().get(name)
    if name and setting is None:
        hint = nearest(name, settings())
        nodes.fault(f"unknown setting {name[:80]!r}", nodes.line(node, "setting"), hint)
    matches = {"int": (Match.EXACTLY, Match.AT_LEAST), "names": (Match.CONTAINS, Match.EXACTLY)}
    allowed = matches.get(setting.kind if setting else "", (Match.EXACTLY,))
    match = _match(nodes, node, allowed)
    written = node.fields.get("is")
    if written is None or written.empty:
        nodes.fault("no key 'is'", node.line)
        return None
    if setting is None or match is None:
        return None
    wanted = _scalar(written, setting)
    if wanted is None:
        kinds = {"bool": "true or false", "int": "a whole number"}
        hint = f"Write {kinds.get(setting.kind, 'a text')}."
        line = nodes.line(node, "is")
        nodes.fault(f"setting {name} cannot be {written.text[:40]!r}", line, hint)
        return None
    return SettingCheck(name, wanted, match)


def _scalar(node: Marked, setting: RegistrySetting) -> Scalar | None:
    if setting.kind == "bool":
        return {"true": True, "false": False}.get(node.text.casefold())
    if setting.kind == "int":
        digits = node.text
        fits = digits.isascii() and digits.isdecimal() and len(digits) < 12
        return int(digits) if fits else None
    return node.text if node.tag in ("str", "int") and node.text else None


def _log(nodes: Nodes, node: Marked) -> Check | None:
    name = nodes.text(node, "log")
    enabled = nodes.truth(node, "enabled")
    holds = nodes.number(node, "holds_mib", 1, _LARGEST_LOG)
    when_full = nodes.text(node, "when_full", needed=False)
    if when_full and when_full not in WHEN_FULL:
        hint = f"Write one of {', '.join(WHEN_FULL)}."
        line = nodes.line(node, "when_full")
        nodes.fault(f"a log that is full cannot {when_full[:40]!r}", line, hint)
        return None
    if not {"enabled", "holds_mib", "when_full"} & node.fields.keys():
        nodes.fault("asks nothing of the log: enabled, holds_mib or when_full", node.line)
        return None
    asks = enabled is not None or holds is not None or when_full
    return ChannelCheck(name, enabled, holds, when_full) if name and asks else None


def _events(nodes: Nodes, node: Marked) -> Check | None:
    names = nodes.texts(node, "events")
    forwarded = nodes.truth(node, "forwarded")
    return LoggedCheck(names, bool(forwarded)) if names else None


def _group(nodes: Nodes, node: Marked) -> Check | None:
    key = "all" if "all" in node.fields else "any"
    items = node.fields[key]
    if items.tag != "seq" or not items.items:
        nodes.fault(f"{key!r} is no list of checks", nodes.line(node, key))
        return None
    checks = [
        read_check(nodes, item) if nodes.is_mapping(item, "a check") else None
        for item in items.items
    ]
    read = tuple(check for check in checks if check is not None)
    return CheckGroup(key == "all", read) if len(read) == len(checks) else None


def _match(nodes: Nodes, node: Marked, allowed: tuple[Match, ...]) -> Match | None:
    written = nodes.text(node, "match", needed=False)
    if not written:
        return allowed[0]
    if written in allowed:
        return Match(written)
    hint = f"Write one of: {', '.join(allowed)}."
    nodes.fault(f"cannot match {written[:40]!r} here", nodes.line(node, "match"), hint)
    return None


_READERS: dict[str, Callable[[Nodes, Marked], Check | None]] = {
    "audit": _audit,
    "setting": _setting,
    "log": _log,
    "events": _events,
    "all": _group,
    "any": _group,
}
