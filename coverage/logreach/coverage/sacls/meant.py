"""Which objects a rule's events tell of, as far as its pattern says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from logreach.coverage.knowledge.model import Event
from logreach.coverage.patterns import EventPattern, Test
from logreach.coverage.sacls.needs import Scope, built_in, objects
from logreach.inventories import access_rights
from logreach.inventories.object_names import normal

_NAME, _TYPE, _MASK = "ObjectName", "ObjectType", "AccessMask"
_PROPERTIES, _SERVER = "Properties", "ObjectServer"
_PARTS = (Test.EQUALS, Test.BEGINS, Test.ENDS, Test.CONTAINS)
_EXTENSION = re.compile(r"\.[a-z]{2,4}\d?$", re.IGNORECASE)
_DIRECTORY = "ad"


@dataclass(frozen=True, slots=True)
class Meant:
    """An object, or with path '' any of its kind; `subcategory` is the audit policy's for it."""

    kind: str
    path: str = ""
    scope: Scope = Scope.TREE
    rights: tuple[str, ...] = ()
    subcategory: str = ""


def meant_by(event: Event, pattern: EventPattern) -> tuple[tuple[Meant, ...], ...]:
    """The objects that the events of a pattern tell of; several groups where it may be either.

    Within a group, some events tell of each object. Empty: the pattern does not say.
    """
    need = event.sacl
    if need is None:
        return ()
    if _DIRECTORY in need.objects:
        found = tuple(_in_directory(event, pattern))
        return (found,) if found else ()
    named = [one for one in _named(pattern) if _told_of(one.kind, need.objects)]
    told = {one.kind for one in named} or set(_kinds(need.objects, pattern))
    # A name or type that no object of this event has: the event says more than the name.
    kinds = {kind for kind in told if _told_of(kind, need.objects)} or set(need.objects)
    groups = []
    for kind in sorted(kinds):
        rights = need.rights or _right(kind, pattern)
        subcategory = objects()["subcategories"].get(kind, "")
        group = [one for one in named if one.kind == kind] or [Meant(kind)]
        groups.append(tuple(Meant(kind, one.path, one.scope, rights, subcategory) for one in group))
    return tuple(groups)


def _told_of(kind: str, possible: Iterable[str]) -> bool:
    """Whether an event on these kinds of object may be on this one; processes are of the kernel."""
    return kind in possible or (kind == "process" and "kernel" in possible)


def _values(pattern: EventPattern, field: str, tests: Sequence[Test] = _PARTS) -> tuple[str, ...]:
    """What a field must hold one of; () where nothing, or too much, is asked of it."""
    asked = [one for one in pattern.fields.get(field, ()) if not one.negated and one.test in tests]
    return asked[0].values if len(asked) == 1 else ()


def _named(pattern: EventPattern) -> list[Meant]:
    """Objects by their whole names, or by the end of a name that is known; all or none."""
    whole = [normal(value) for value in _values(pattern, _NAME, (Test.EQUALS,))]
    if whole and all(one is not None and one.kind in ("key", "file") for one in whole):
        return [Meant(one.kind, one.name, Scope.OBJECT) for one in whole if one is not None]
    ends = [_known_end(value) for value in _values(pattern, _NAME, (Test.ENDS,))]
    return [Meant("process", one) for one in ends] if ends and all(ends) else []


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
    names = [value.casefold() for value in _values(pattern, _NAME)]
    told = {_kind_of(name) for name in names}
    if names and "" not in told:
        yield from told
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


def _right(kind: str, pattern: EventPattern) -> tuple[str, ...]:
    """The one right that the access mask names; () where it names several, or none is told."""
    masks = _values(pattern, _MASK, (Test.EQUALS,))
    if len(masks) != 1 or not re.fullmatch(r"0x[0-9a-fA-F]{1,8}", masks[0]):
        return ()
    mask = int(masks[0], 16)
    names = access_rights.names(kind, mask) if mask.bit_count() == 1 else ()
    return names if names and access_rights.bits(kind, names[0]) is not None else ()


def _in_directory(event: Event, pattern: EventPattern) -> Iterator[Meant]:
    need = event.sacl
    if need is None or set(_values(pattern, _SERVER)) - {"DS"}:
        return
    guids = [value.casefold().strip("{}%") for value in _values(pattern, _PROPERTIES)]
    named = {objects()["types"][right]: right for right in objects()["extended_rights"]}
    if guids and set(guids) <= set(named):
        rights = tuple(sorted({named[guid] for guid in guids}))
        yield Meant(_DIRECTORY, "ad:domainDNS", rights=rights)
        return
    told = [
        _class(value) for value in _values(pattern, objects()["class_fields"].get(event.key, ""))
    ]
    if told and all(told):
        rights = need.rights or _right(_DIRECTORY, pattern)
        yield from (Meant(_DIRECTORY, f"ad:{one}", rights=rights) for one in dict.fromkeys(told))


def _class(value: str) -> str:
    """A directory class by its name or GUID; '' for one that the table lacks."""
    wanted = value.casefold().strip("{}%")
    classes = objects()["classes"]
    return next((name for name, guid in classes.items() if wanted in (name, guid)), "")
