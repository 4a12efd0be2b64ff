"""The objects that the events of a pattern concern, as far as the pattern determines them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.platforms.windows.knowledge.model import Event
from logreach.coverage.platforms.windows.sacls.needs import CHILD, ObjectScope, built_in, objects
from logreach.coverage.platforms.windows.subcategories import DIRECTORY, possible_cases
from logreach.inventories.windows.objects import access_rights
from logreach.inventories.windows.objects.object_names import normal

_NAME, _MASK, _LIST = "ObjectName", "AccessMask", "AccessList"
_HEX = re.compile(r"0x[0-9a-fA-F]{1,8}")
_PROPERTIES, _SERVER = "Properties", "ObjectServer"
_TEXT_TESTS = (Test.EQUALS, Test.BEGINS, Test.ENDS, Test.CONTAINS)
_EXTENSION = re.compile(r"\.[a-z]{2,4}\d?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AuditedObject:
    """An object, or with path '' any of its kind."""

    kind: str
    path: str = ""
    scope: ObjectScope = ObjectScope.TREE
    rights: tuple[str, ...] = ()


def objects_of_pattern(
    event: Event, pattern: EventPattern
) -> tuple[tuple[AuditedObject, ...], ...]:
    """The objects that the events of a pattern concern; several groups if it may be any of them.

    Within a group, some events concern each object. Empty: the pattern names no objects. If it
    excludes objects or rights, coverage of some of the objects proves nothing (ObjectScope.SOME).
    """
    need = event.sacl
    if need is None:
        return ()
    if DIRECTORY in need.objects:
        targets = tuple(of_other_servers(pattern) or _in_directory(event, pattern))
        return (targets,) if targets else ()
    kinds_by_type = _kinds_by_type(pattern)
    event_kinds = kinds_by_type or set(need.objects)
    by_name = [
        target for target in _objects_by_name(pattern) if _is_possible(target.kind, event_kinds)
    ]
    excluding = _excludes(pattern, (_NAME,))
    candidates = {target.kind for target in by_name} or set(_kinds_by_name(event_kinds, pattern))
    # If no object of this event can have the name or type, the event determines the kinds alone.
    kinds = {kind for kind in candidates if _is_possible(kind, event_kinds)} or event_kinds
    groups = []
    for kind in sorted(kinds):
        rights, exact = (need.rights, True) if need.rights else _rights(event, kind, pattern)
        group = [target for target in by_name if target.kind == kind]
        if not group:
            group = [AuditedObject(kind, scope=_scope_of_kind(pattern))]
        if excluding or not exact:  # coverage of an object and of its tree does not add up then
            group = [
                replace(target, scope=ObjectScope.SOME) for target in group if not _is_tree(target)
            ]
        groups.append(tuple(replace(target, rights=rights) for target in group))
    return tuple(groups)


def _is_possible(kind: str, event_kinds: Iterable[str]) -> bool:
    """Whether an event on these kinds may concern this kind; processes are kernel objects."""
    return kind in event_kinds or (kind == "process" and "kernel" in event_kinds)


def _values(
    pattern: EventPattern, field: str, tests: Sequence[Test] = _TEXT_TESTS
) -> tuple[str, ...]:
    """The values of a field's only constraint with such a test; () if there are none or several."""
    constraints = [
        constraint for constraint in _required(pattern, field) if constraint.test in tests
    ]
    return constraints[0].values if len(constraints) == 1 else ()


def _required(pattern: EventPattern, field: str) -> list[Constraint]:
    """The constraints on a field that are not negated."""
    return [constraint for constraint in pattern.fields.get(field, ()) if not constraint.negated]


def _excludes(pattern: EventPattern, fields: Iterable[str]) -> bool:
    """Whether a pattern excludes some values of these fields."""
    return any(
        constraint.negated and constraint.test not in (Test.EMPTY, Test.EXISTS)
        for field in fields
        for constraint in pattern.fields.get(field, ())
    )


def _scope_of_kind(pattern: EventPattern) -> ObjectScope:
    """All objects of a kind, or some if the pattern requires a name that is not understood."""
    return ObjectScope.SOME if _required(pattern, _NAME) else ObjectScope.TREE


def _is_tree(target: AuditedObject) -> bool:
    return target.kind != "process" and bool(target.path) and target.scope is ObjectScope.TREE


def _objects_by_name(pattern: EventPattern) -> list[AuditedObject]:
    """Objects by full names, by how names begin, or by a known end; [] if any is not understood."""
    required = _required(pattern, _NAME)
    if len(required) == 1 and required[0].test is Test.BEGINS:
        trees = [tuple(_objects_beginning_with(value)) for value in required[0].values]
        return [target for tree in trees for target in tree] if all(trees) else []
    names = [normal(value) for value in _full_names(pattern)]
    if names and all(name is not None and name.kind in ("key", "file") for name in names):
        return [
            AuditedObject(name.kind, name.name, ObjectScope.OBJECT)
            for name in names
            if name is not None
        ]
    processes = [_audited_process(value) for value in _values(pattern, _NAME, (Test.ENDS,))]
    if not processes or not all(processes):
        return []
    return [AuditedObject("process", process) for process in processes]


def _full_names(pattern: EventPattern) -> list[str]:
    """The names of which an object must have one, without those that the pattern excludes."""
    names = _values(pattern, _NAME, (Test.EQUALS,))
    constraints = pattern.fields.get(_NAME, ())
    remaining = [
        name
        for name in names
        if all(constraint.admits(name) is not False for constraint in constraints)
    ]
    return remaining or list(names)


def _objects_beginning_with(value: str) -> Iterator[AuditedObject]:
    """The objects below a path; if it ends within a name, also objects with a longer name."""
    name = normal(value)
    if name is None or name.kind not in ("key", "file") or "\\" not in name.name:
        return
    if value.endswith("\\"):
        children = f"{name.name.rstrip(chr(92))}{CHILD}"
        yield AuditedObject(name.kind, children, ObjectScope.BELOW)
        return
    yield AuditedObject(name.kind, name.name)
    container = name.name.rstrip("\\").rpartition("\\")[0]
    yield AuditedObject(name.kind, f"{container}{CHILD}", ObjectScope.SOME)


def _audited_process(value: str) -> str:
    """The process at the end of a path, if Windows itself audits that process; else ''."""
    name = value.rpartition("\\")[2]
    return name if f"process:{name.upper()}" in built_in() and "\\" in value else ""


def _kinds_by_type(pattern: EventPattern) -> set[str]:
    """The kinds of object that a pattern's fields, such as the type, allow; empty: they tell none.

    Files on removable storage are files, and processes kernel objects.
    """
    kinds = {case.kind for case in possible_cases(pattern)} - {"removable"}
    return kinds - {"process"} if "kernel" in kinds else kinds


def _kinds_by_name(event_kinds: set[str], pattern: EventPattern) -> Iterator[str]:
    """The kinds of object, of those of the event, that a pattern's names allow."""
    names_by_constraint = [
        [value.casefold() for value in constraint.values]
        for constraint in _required(pattern, _NAME)
        if constraint.test in _TEXT_TESTS and constraint.values
    ]
    kinds_by_constraint = [{_kind_of(name) for name in names} for names in names_by_constraint]
    unambiguous = [kinds for kinds in kinds_by_constraint if "" not in kinds]
    if unambiguous:
        yield from set.intersection(*unambiguous) or event_kinds
    elif any("\\" in name for names in names_by_constraint for name in names):
        yield from (kind for kind in event_kinds if kind in ("key", "file"))
    else:
        yield from event_kinds


def _kind_of(name: str) -> str:
    """The only kind of object that has such names; '' if several may have them."""
    for kind, words in objects()["words"].items():
        if any(word in name for word in words):
            return str(kind)
    return "file" if _EXTENSION.search(name) else ""


def _rights(event: Event, kind: str, pattern: EventPattern) -> tuple[tuple[str, ...], bool]:
    """The rights that a pattern requires, () for any, and whether these are all it requires."""
    constraints = [
        (field, constraint)
        for field in (_MASK, _LIST)
        for constraint in pattern.fields.get(field, ())
    ]
    if not constraints:
        return (), True
    field, constraint = constraints[0]
    values = constraint.values
    if len(constraints) > 1 or constraint.negated or not values:
        return (), False
    if field == _LIST:
        rights = [_right_of_code(kind, value) for value in values]
        understood = constraint.test in _TEXT_TESTS and all(rights)
        return (tuple(dict.fromkeys(rights)), True) if understood else ((), False)
    if constraint.test is not Test.EQUALS or not all(map(_HEX.fullmatch, values)):
        return (), False
    masks = [int(value, 16) for value in values]
    names = tuple(dict.fromkeys(name for mask in masks for name in access_rights.names(kind, mask)))
    if not names or any(access_rights.bits(kind, name) is None for name in names):
        return (), False
    any_right = event.key in objects()["any_right"]
    return names, any_right or all(mask.bit_count() == 1 for mask in masks)


def _right_of_code(kind: str, value: str) -> str:
    """The right of a code in AccessList such as %%1537; '' if unknown or of another kind."""
    right = str(objects()["access_codes"].get(value.strip().casefold(), ""))
    return right if access_rights.bits(kind, right) is not None else ""


def of_other_servers(pattern: EventPattern) -> list[AuditedObject]:
    """Objects of servers other than the directory; some directory events concern these too."""
    kinds = _kinds_by_type(pattern)
    if not kinds or DIRECTORY in kinds or not kinds <= objects()["unreported"].keys():
        return []
    return [AuditedObject(kind, "", ObjectScope.SOME) for kind in sorted(kinds)]


def _in_directory(event: Event, pattern: EventPattern) -> Iterator[AuditedObject]:
    """Directory objects by replication right or by class; none if the pattern adds nothing."""
    need = event.sacl
    if need is None or need.objects != (DIRECTORY,):
        return
    fields = objects()["directory_fields"]
    guids = [value.casefold().strip("{}%") for value in _values(pattern, _PROPERTIES)]
    right_of_guid = {objects()["types"][right]: right for right in objects()["extended_rights"]}
    excluding = _excludes(pattern, fields)
    if guids and set(guids) <= set(right_of_guid):
        rights = tuple(sorted({right_of_guid[guid] for guid in guids}))
        scope = ObjectScope.SOME if excluding else ObjectScope.TREE
        yield AuditedObject(DIRECTORY, "ad:domainDNS", scope, rights=rights)
        return
    class_field = objects()["class_fields"].get(event.key, "")
    classes = [_class(value) for value in _values(pattern, class_field)]
    by_class = bool(classes) and all(classes)
    rights, exact = (need.rights, True) if need.rights else _rights(event, DIRECTORY, pattern)
    understood = {class_field, _SERVER, _MASK, _LIST} if by_class else {_MASK, _LIST}
    narrowed = any(field not in understood and pattern.fields.get(field) for field in fields)
    scope = ObjectScope.SOME if narrowed or excluding or not exact else ObjectScope.TREE
    if by_class:
        for name in dict.fromkeys(classes):
            yield AuditedObject(DIRECTORY, f"ad:{name}", scope, rights)
    elif narrowed or excluding or rights != need.rights:
        yield AuditedObject(DIRECTORY, "", scope, rights)


def _class(value: str) -> str:
    """A directory class by its name or GUID; '' if the table lacks it."""
    identifier = value.casefold().strip("{}%")
    classes = objects()["classes"]
    return next((name for name, guid in classes.items() if identifier in (name, guid)), "")
