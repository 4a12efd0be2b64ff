"""Which objects a rule's events tell of, as far as its pattern says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from logreach.coverage.events.patterns import EventPattern, Test
from logreach.coverage.platforms.windows.knowledge.model import Event
from logreach.coverage.platforms.windows.sacls.needs import CHILD, Scope, built_in, objects
from logreach.inventories.windows.objects import access_rights
from logreach.inventories.windows.objects.object_names import normal

_NAME, _TYPE, _MASK, _LIST = "ObjectName", "ObjectType", "AccessMask", "AccessList"
_HEX = re.compile(r"0x[0-9a-fA-F]{1,8}")
_PROPERTIES, _SERVER = "Properties", "ObjectServer"
_PARTS = (Test.EQUALS, Test.BEGINS, Test.ENDS, Test.CONTAINS)
_EXTENSION = re.compile(r"\.[a-z]{2,4}\d?$", re.IGNORECASE)
_DIRECTORY = "ad"


@dataclass(frozen=True, slots=True)
class AuditedObject:
    """An object, or with path '' any of its kind; `subcategory` is the audit policy's for it."""

    kind: str
    path: str = ""
    scope: Scope = Scope.TREE
    rights: tuple[str, ...] = ()
    subcategory: str = ""


def objects_of_pattern(
    event: Event, pattern: EventPattern
) -> tuple[tuple[AuditedObject, ...], ...]:
    """The objects that the events of a pattern tell of; several groups where it may be either.

    Within a group, some events tell of each object. Empty: the pattern does not say. Where it
    excludes objects or rights, what is known of some of them proves nothing.
    """
    need = event.sacl
    if need is None:
        return ()
    if _DIRECTORY in need.objects:
        found = tuple(of_other_servers(pattern) or _in_directory(event, pattern))
        return (found,) if found else ()
    named = [one for one in _named(pattern) if _told_of(one.kind, need.objects)]
    excluding = _excludes(pattern, (_NAME,))
    told = {one.kind for one in named} or set(_kinds(need.objects, pattern))
    # A name or type that no object of this event has: the event says more than the name.
    kinds = {kind for kind in told if _told_of(kind, need.objects)} or set(need.objects)
    groups = []
    for kind in sorted(kinds):
        rights, clear = (need.rights, True) if need.rights else _rights(event, kind, pattern)
        subcategory = objects()["subcategories"].get(kind, "")
        group = [one for one in named if one.kind == kind] or [
            AuditedObject(kind, scope=_any(pattern))
        ]
        if excluding or not clear:  # what is known of an object and all below does not add up
            group = [replace(one, scope=Scope.SOME) for one in group if not _tree(one)]
        groups.append(tuple(replace(one, rights=rights, subcategory=subcategory) for one in group))
    return tuple(groups)


def _told_of(kind: str, possible: Iterable[str]) -> bool:
    """Whether an event on these kinds of object may be on this one; processes are of the kernel."""
    return kind in possible or (kind == "process" and "kernel" in possible)


def _values(pattern: EventPattern, field: str, tests: Sequence[Test] = _PARTS) -> tuple[str, ...]:
    """What a field must hold one of; () where nothing, or too much, is asked of it."""
    asked = [one for one in pattern.fields.get(field, ()) if not one.negated and one.test in tests]
    return asked[0].values if len(asked) == 1 else ()


def _excludes(pattern: EventPattern, fields: Iterable[str]) -> bool:
    """Whether a pattern leaves out some values of these fields."""
    asked = (one for field in fields for one in pattern.fields.get(field, ()))
    return any(one.negated and one.test not in (Test.EMPTY, Test.EXISTS) for one in asked)


def _any(pattern: EventPattern) -> Scope:
    """Any object of a kind: all of them, or those of a name that is not understood."""
    asked = any(not one.negated for one in pattern.fields.get(_NAME, ()))
    return Scope.SOME if asked else Scope.TREE


def _tree(one: AuditedObject) -> bool:
    return one.kind != "process" and bool(one.path) and one.scope is Scope.TREE


def _named(pattern: EventPattern) -> list[AuditedObject]:
    """Objects by whole names, by how names begin, or by an end that is known; all or none."""
    begun = [one for one in pattern.fields.get(_NAME, ()) if not one.negated]
    if len(begun) == 1 and begun[0].test is Test.BEGINS:
        trees = [tuple(_begun(value)) for value in begun[0].values]
        return [one for tree in trees for one in tree] if all(trees) else []
    whole = [normal(value) for value in _whole_names(pattern)]
    if whole and all(one is not None and one.kind in ("key", "file") for one in whole):
        return [AuditedObject(one.kind, one.name, Scope.OBJECT) for one in whole if one is not None]
    ends = [_known_end(value) for value in _values(pattern, _NAME, (Test.ENDS,))]
    return [AuditedObject("process", one) for one in ends] if ends and all(ends) else []


def _whole_names(pattern: EventPattern) -> list[str]:
    """The names of which an object must have one, but for those that the pattern excludes."""
    named = _values(pattern, _NAME, (Test.EQUALS,))
    asked = pattern.fields.get(_NAME, ())
    left = [name for name in named if all(one.admits(name) is not False for one in asked)]
    return left or list(named)


def _begun(value: str) -> Iterator[AuditedObject]:
    """What lies below a path; where it ends within a name, also what has a longer name."""
    found = normal(value)
    if found is None or found.kind not in ("key", "file") or "\\" not in found.name:
        return
    if value.endswith("\\"):
        yield AuditedObject(found.kind, f"{found.name.rstrip(chr(92))}{CHILD}", Scope.BELOW)
        return
    yield AuditedObject(found.kind, found.name)
    above = found.name.rstrip("\\").rpartition("\\")[0]
    yield AuditedObject(found.kind, f"{above}{CHILD}", Scope.SOME)


def _known_end(value: str) -> str:
    """The process that a path's end names, of those that Windows itself audits."""
    name = value.rpartition("\\")[2]
    return name if f"process:{name.upper()}" in built_in() and "\\" in value else ""


def _kinds(possible: Iterable[str], pattern: EventPattern) -> Iterator[str]:
    types = [value.casefold() for value in _values(pattern, _TYPE, (Test.EQUALS,))]
    if types:
        table = objects()["object_types"]
        yield from {table[one] for one in types} if all(one in table for one in types) else possible
        return
    several = [
        [value.casefold() for value in one.values]
        for one in pattern.fields.get(_NAME, ())
        if not one.negated and one.test in _PARTS and one.values
    ]
    names = [name for one in several for name in one]
    telling = [told for one in several if "" not in (told := {_kind_of(name) for name in one})]
    if telling:
        yield from set.intersection(*telling) or possible
    elif any("\\" in name for name in names):
        yield from (kind for kind in possible if kind in ("key", "file"))
    else:
        yield from possible


def _kind_of(name: str) -> str:
    """The kind of object of which only such names are; '' where several may have it."""
    for kind, words in objects()["words"].items():
        if any(word in name for word in words):
            return str(kind)
    return "file" if _EXTENSION.search(name) else ""


def _rights(event: Event, kind: str, pattern: EventPattern) -> tuple[tuple[str, ...], bool]:
    """The rights that a pattern asks for, () for whichever; and whether that is all it asks."""
    asked = [(field, one) for field in (_MASK, _LIST) for one in pattern.fields.get(field, ())]
    if not asked:
        return (), True
    field, one = asked[0]
    if len(asked) > 1 or one.negated or not one.values:
        return (), False
    if field == _LIST:
        named = [_by_code(kind, value) for value in one.values] if one.test in _PARTS else []
        return (tuple(dict.fromkeys(named)), True) if named and all(named) else ((), False)
    if one.test is not Test.EQUALS or not all(map(_HEX.fullmatch, one.values)):
        return (), False
    masks = [int(value, 16) for value in one.values]
    names = tuple(dict.fromkeys(n for mask in masks for n in access_rights.names(kind, mask)))
    if not names or any(access_rights.bits(kind, name) is None for name in names):
        return (), False
    whole = event.key in objects()["any_right"]
    return names, whole or all(mask.bit_count() == 1 for mask in masks)


def _by_code(kind: str, value: str) -> str:
    """The right that AccessList writes so; '' where it is not known or another kind's."""
    right = str(objects()["access_codes"].get(value.strip().casefold(), ""))
    return right if access_rights.bits(kind, right) is not None else ""


def of_other_servers(pattern: EventPattern) -> list[AuditedObject]:
    """Objects of other servers than the directory, of which some of its events tell as well."""
    servers = objects()["other_servers"].get(pattern.event)
    if servers is None:
        return []
    types = objects()["other_types"][pattern.event]
    named = {value.casefold() for value in _values(pattern, _SERVER, (Test.EQUALS,))}
    kinds = {servers.get(name, "foreign") for name in named}
    if not named:
        asked = [value.casefold() for value in _values(pattern, _TYPE)]
        kinds = {types.get(value, "") for value in asked}
    if not kinds or kinds & {"", "ds"} or "ds" in named:
        return []
    told = objects()["subcategories"]
    return [AuditedObject(kind, "", Scope.SOME, (), told.get(kind, "")) for kind in sorted(kinds)]


def _in_directory(event: Event, pattern: EventPattern) -> Iterator[AuditedObject]:
    need = event.sacl
    if need is None or need.objects != (_DIRECTORY,):
        return
    fields = objects()["directory_fields"]
    guids = [value.casefold().strip("{}%") for value in _values(pattern, _PROPERTIES)]
    named = {objects()["types"][right]: right for right in objects()["extended_rights"]}
    excluding = _excludes(pattern, fields)
    if guids and set(guids) <= set(named):
        rights = tuple(sorted({named[guid] for guid in guids}))
        scope = Scope.SOME if excluding else Scope.TREE
        yield AuditedObject(_DIRECTORY, "ad:domainDNS", scope, rights=rights)
        return
    class_field = objects()["class_fields"].get(event.key, "")
    told = [_class(value) for value in _values(pattern, class_field)]
    rights, clear = (need.rights, True) if need.rights else _rights(event, _DIRECTORY, pattern)
    understood = {class_field, _SERVER, _MASK, _LIST} if told and all(told) else {_MASK, _LIST}
    narrowed = any(field not in understood and pattern.fields.get(field) for field in fields)
    scope = Scope.SOME if narrowed or excluding or not clear else Scope.TREE
    if told and all(told):
        yield from (
            AuditedObject(_DIRECTORY, f"ad:{one}", scope, rights) for one in dict.fromkeys(told)
        )
    elif narrowed or excluding or rights != need.rights:
        yield AuditedObject(_DIRECTORY, "", scope, rights)


def _class(value: str) -> str:
    """A directory class by its name or GUID; '' for one that the table lacks."""
    wanted = value.casefold().strip("{}%")
    classes = objects()["classes"]
    return next((name for name, guid in classes.items() if wanted in (name, guid)), "")
