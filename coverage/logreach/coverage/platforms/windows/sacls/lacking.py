"""Objects within a tree whose own lists are told and lack the entry: there no event is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from logreach.coverage.engine.judged import Remedy
from logreach.coverage.engine.verdict import Level
from logreach.coverage.platforms.windows.sacls import grades
from logreach.coverage.platforms.windows.sacls.grades import Grades, level_of
from logreach.coverage.platforms.windows.sacls.known import KnownSacls, ends_inheritance
from logreach.coverage.platforms.windows.sacls.needs import AccessNeed, Scope
from logreach.coverage.platforms.windows.sacls.remedies import remedy_for
from logreach.inventories.facts.facts import Known
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.windows.facts import Sacl
from logreach.inventories.windows.objects.object_names import ObjectName, parents


@dataclass(frozen=True, slots=True)
class Lacking:
    """An object below, its list, and how far that covers the access; it inherits no more.

    `shielded` says that an entry added above would not come down to it.
    """

    name: ObjectName
    key: FactKey[object]
    fact: Known[Sacl]
    graded: Grades
    shielded: bool


def lacking(known: KnownSacls, need: AccessNeed, name: ObjectName) -> list[Lacking]:
    """Every object below `name` whose list is told to its end and does not cover the access."""
    found: list[Lacking] = []
    for one, fact in known.below(name):
        if not ends_inheritance(fact):
            continue
        graded = _of_child(one, fact.value, need, name)
        if level_of(graded) is not Level.YES:
            shielded = _shielded(known, one, fact, name)
            found.append(Lacking(one, known.key(one.name), fact, graded, shielded))
    return found


def _of_child(one: ObjectName, sacl: Sacl, need: AccessNeed, name: ObjectName) -> Grades:
    here = grades.on_object(sacl.aces, need)
    handed = grades.below(sacl.aces, need, 0)
    if one.kind == "ad":
        return _of_class(one, here, handed, need, name)
    if one.kind == "key":
        return grades.of_tree(here, handed)
    folder = any(ace.inherits_to_children or ace.inherits_to_files for ace in sacl.aces)
    if folder and need.container is False:
        return handed
    return grades.of_tree(here, handed) if folder else here


def _of_class(
    one: ObjectName, here: Grades, handed: Grades, need: AccessNeed, name: ObjectName
) -> Grades:
    """A directory object may be of the class that is meant, or hold such objects, or both."""
    if not name.name.startswith("ad:"):
        return here
    if one.name.startswith("OU="):
        itself = name.name == "ad:ORGANIZATIONALUNIT"
        return grades.of_tree(here, handed) if itself else handed
    return grades.best([here, handed], need.masks)


def _shielded(known: KnownSacls, one: ObjectName, fact: Known[Sacl], name: ObjectName) -> bool:
    above = parents(one)
    between = above[: above.index(name.name)] if name.name in above else []
    lists = [fact, *filter(None, map(known.get, between))]
    return one.kind == "ad" or any(each.value.protected for each in lists)


def remedy_with(own: Remedy | None, need: AccessNeed, several: Sequence[Lacking]) -> Remedy | None:
    """The entries to add to the object (None: it needs none) and to what lies below it."""
    below = [_remedy_on(one, need) for one in _topmost(several)]
    wanted = [one for one in (own, *below) if one is not None]
    if len(wanted) <= 1 and None not in below:
        return next(iter(wanted), None)
    if None in below:
        return None
    first = wanted[0]
    text = "; and ".join(one.text for one in wanted)
    title = f"{first.title}, and on {len(wanted) - 1} more"
    return replace(first, value=None, text=text, title=title)


def _topmost(several: Sequence[Lacking]) -> Iterator[Lacking]:
    """Without those that will inherit what is added to another of them."""
    names = {one.name.name for one in several}
    for one in several:
        protected = one.shielded and one.fact.value.protected
        if protected or not names & set(parents(one.name)):
            yield one


def _remedy_on(one: Lacking, need: AccessNeed) -> Remedy | None:
    if one.name.kind not in ("key", "file"):
        return None
    wanted = replace(need, path=one.name.name, scope=Scope.TREE)
    return remedy_for(wanted, one.name, one.key, one.fact)
