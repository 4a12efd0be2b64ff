"""Objects in a tree whose own SACLs lack the entry, so that access to them writes no event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from logreach.coverage.engine.judged import Remedy
from logreach.coverage.engine.verdict import Level
from logreach.coverage.platforms.windows.sacls import grades
from logreach.coverage.platforms.windows.sacls.grades import Grades, level_of
from logreach.coverage.platforms.windows.sacls.known_sacls import KnownSacls, ends_inheritance
from logreach.coverage.platforms.windows.sacls.needs import AccessNeed, ObjectScope
from logreach.coverage.platforms.windows.sacls.remedies import remedy_for
from logreach.inventories.facts.facts import Known
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.windows.facts import Sacl
from logreach.inventories.windows.objects.object_names import ObjectName, parents


@dataclass(frozen=True, slots=True)
class UncoveredObject:
    """An object in a tree, its SACL, and how far that covers the access.

    The SACL inherits nothing further. `shielded`: an entry added to the tree's root would not
    reach the object.
    """

    name: ObjectName
    key: FactKey[object]
    fact: Known[Sacl]
    graded: Grades
    shielded: bool


def uncovered_objects(
    sacls: KnownSacls, need: AccessNeed, root: ObjectName
) -> list[UncoveredObject]:
    """Every object below `root` whose SACL is final and does not fully cover the access."""
    uncovered: list[UncoveredObject] = []
    for child, fact in sacls.below(root):
        if not ends_inheritance(fact):
            continue
        graded = _grades_of_child(child, fact.value, need, root)
        if level_of(graded) is not Level.YES:
            shielded = _is_shielded(sacls, child, fact, root)
            uncovered.append(UncoveredObject(child, sacls.key(child.name), fact, graded, shielded))
    return uncovered


def _grades_of_child(child: ObjectName, sacl: Sacl, need: AccessNeed, root: ObjectName) -> Grades:
    itself = grades.on_object(sacl.aces, need)
    below = grades.below(sacl.aces, need, 0)
    if child.kind == "ad":
        if not root.name.startswith("ad:"):
            return itself
        return _grades_of_class(child, itself, below, need, root)
    if child.kind == "key":
        return grades.of_tree(itself, below)
    folder = any(ace.inherits_to_children or ace.inherits_to_files for ace in sacl.aces)
    if folder and need.container is False:
        return below
    return grades.of_tree(itself, below) if folder else itself


def _grades_of_class(
    child: ObjectName, itself: Grades, below: Grades, need: AccessNeed, root: ObjectName
) -> Grades:
    """A directory object may be of the class concerned, or contain such objects, or both."""
    if child.name.startswith("OU="):
        of_class = root.name == "ad:ORGANIZATIONALUNIT"
        return grades.of_tree(itself, below) if of_class else below
    return grades.best([itself, below], need.masks)


def _is_shielded(sacls: KnownSacls, child: ObjectName, fact: Known[Sacl], root: ObjectName) -> bool:
    above = parents(child)
    between = above[: above.index(root.name)] if root.name in above else []
    path_sacls = [fact, *filter(None, map(sacls.get, between))]
    return child.kind == "ad" or any(sacl.value.protected for sacl in path_sacls)


def remedy_with(
    root_remedy: Remedy | None, need: AccessNeed, uncovered: Sequence[UncoveredObject]
) -> Remedy | None:
    """The entries to add to the root (None: it needs none) and to the objects below it.

    None if an object needs an entry that cannot be added.
    """
    below = [_remedy_for_object(target, need) for target in _topmost(uncovered)]
    if None in below:
        return None
    remedies = [remedy for remedy in (root_remedy, *below) if remedy is not None]
    if len(remedies) <= 1:
        return next(iter(remedies), None)
    first = remedies[0]
    instructions = "; and ".join(remedy.text for remedy in remedies)
    title = f"{first.title}, and on {len(remedies) - 1} more"
    return replace(first, value=None, text=instructions, title=title)


def _topmost(uncovered: Sequence[UncoveredObject]) -> Iterator[UncoveredObject]:
    """The objects without those that inherit an entry which is added to another of them."""
    names = {target.name.name for target in uncovered}
    for target in uncovered:
        protected = target.shielded and target.fact.value.protected
        if protected or not names & set(parents(target.name)):
            yield target


def _remedy_for_object(target: UncoveredObject, need: AccessNeed) -> Remedy | None:
    if target.name.kind not in ("key", "file"):
        return None
    own_need = replace(need, path=target.name.name, scope=ObjectScope.TREE)
    return remedy_for(own_need, target.name, target.key)
