"""A baseline as a YAML file, logreach's own or a user's: read whole, with every fault at once.

    name: our-logging
    title: What we log
    source: Our logging standard 2.1
    applies_to: {systems: [server]}
    requirements:
      - id: OL-1
        title: New processes are recorded
        audit: Process Creation
        records: Success

README has the keys. A requirement has one check: audit, setting, log, events, all or any.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from logreach.inventories.files.faults import InputError
from logreach.inventories.files.marked import Marked, parse
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.baselines.checks import read_check
from logreach.inventories.windows.baselines.contradictions import contradictions
from logreach.inventories.windows.baselines.nodes import Nodes
from logreach.inventories.windows.baselines.requirements import (
    AppliesTo,
    Baseline,
    LeftOut,
    Requirement,
)
from logreach.inventories.windows.facts import OsKind, Role
from logreach.inventories.windows.registry.settings import nearest
from logreach.inventories.windows.system.feature_files import feature_names

_HEADS = ("name", "title", "source", "version", "catalog", "applies_to", "requirements", "left_out")
_OWN = ("id", "title", "applies_to", "beyond", "control", "note", "source")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/() -]{0,99}")
_LAST_BUILD = 1_000_000


def read(source: Source, *, shipped: bool = False) -> Baseline:
    """The baseline in a file. Raises InputError with all faults where it is none."""
    document = parse(source.text(), source.path)
    nodes = Nodes(source.path)
    if document.tag != "map" or "requirements" not in document.fields:
        hint = "A baseline has the keys name, title, source and requirements (see README)."
        raise InputError(source.fault("is no baseline", f"line {document.line}", hint))
    nodes.only(document, _HEADS)
    name, title, origin = (nodes.text(document, key) for key in ("name", "title", "source"))
    if name and not _NAME.fullmatch(name):
        message = f"{name[:80]!r} is no name for a baseline (letters, digits, '.', '_' and '-')"
        nodes.fault(message, nodes.line(document, "name"))
    applies_to = _applies_to(nodes, document)
    requirements = _requirements(nodes, document, applies_to)
    left_out = _left_out(nodes, document)
    version, catalog = (nodes.text(document, key, needed=False) for key in ("version", "catalog"))
    nodes.faults += contradictions(requirements, source.path)
    if nodes.faults:
        raise InputError(nodes.faults)
    return Baseline(
        name,
        title,
        origin,
        requirements,
        left_out,
        version,
        catalog,
        source.path,
        source.sha256,
        shipped,
    )


def _requirements(nodes: Nodes, document: Marked, hosts: AppliesTo) -> tuple[Requirement, ...]:
    items = document.fields["requirements"]
    if items.tag != "seq" or not items.items:
        nodes.fault("'requirements' is no list", nodes.line(document, "requirements"))
        return ()
    requirements = []
    lines: dict[str, int] = {}
    for item in items.items:
        if not nodes.is_mapping(item, "a requirement"):
            continue
        requirement_id = nodes.text(item, "id")
        if requirement_id and not _ID.fullmatch(requirement_id):
            nodes.fault(f"{requirement_id[:80]!r} is no id", nodes.line(item, "id"))
        if requirement_id.casefold() in lines:
            first = lines[requirement_id.casefold()]
            message = f"{requirement_id!r} is given twice (first in line {first})"
            nodes.fault(message, nodes.line(item, "id"))
        lines.setdefault(requirement_id.casefold(), item.line)
        requirement = _requirement(nodes, item, requirement_id, hosts)
        if requirement is not None:
            requirements.append(requirement)
    return tuple(requirements)


def _requirement(
    nodes: Nodes, item: Marked, requirement_id: str, hosts: AppliesTo
) -> Requirement | None:
    title = nodes.text(item, "title")
    own = _applies_to(nodes, item)
    both = hosts.narrowed(own)
    if both is None:
        message = f"applies to no host: the baseline is for {hosts}, this for {own}"
        nodes.fault(message, nodes.line(item, "applies_to"))
    check = read_check(nodes, item, _OWN)
    beyond, control, note, source = (
        nodes.text(item, key, needed=False) for key in ("beyond", "control", "note", "source")
    )
    if check is None or both is None or not requirement_id:
        return None
    return Requirement(requirement_id, title, check, both, beyond, control, note, source, item.line)


def _applies_to(nodes: Nodes, parent: Marked) -> AppliesTo:
    node = parent.fields.get("applies_to")
    if node is None or node.empty or not nodes.is_mapping(node, "'applies_to'"):
        return AppliesTo()
    nodes.only(node, ("roles", "systems", "features", "first_build", "last_build"))
    roles = _words(nodes, node, "roles", tuple(Role))
    systems = _words(nodes, node, "systems", tuple(OsKind))
    features = _words(nodes, node, "features", tuple(feature_names()))
    first = nodes.number(node, "first_build", 1, _LAST_BUILD)
    last = nodes.number(node, "last_build", 1, _LAST_BUILD)
    if first is not None and last is not None and first > last:
        nodes.fault(f"no build is from {first} and up to {last}", node.line)
        first = last = None
    return AppliesTo(
        frozenset(map(Role, roles)), frozenset(map(OsKind, systems)), features, first, last
    )


def _words(nodes: Nodes, node: Marked, key: str, allowed: Collection[str]) -> frozenset[str]:
    words = nodes.texts(node, key, needed=False)
    for word in words:
        if word not in allowed:
            line = nodes.line(node, key)
            nodes.fault(f"{word[:80]!r} is none of the {key}", line, nearest(word, allowed))
    return frozenset(word for word in words if word in allowed)


def _left_out(nodes: Nodes, document: Marked) -> tuple[LeftOut, ...]:
    items = document.fields.get("left_out")
    if items is None or items.empty:
        return ()
    if items.tag != "seq":
        nodes.fault("'left_out' is no list", nodes.line(document, "left_out"))
        return ()
    entries = []
    for item in items.items:
        if nodes.is_mapping(item, "an entry of 'left_out'"):
            nodes.only(item, ("what", "why"))
            entries.append(LeftOut(nodes.text(item, "what"), nodes.text(item, "why")))
    return tuple(entries)
