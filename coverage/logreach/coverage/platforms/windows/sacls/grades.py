"""How far one list of audit entries covers an access: each right by itself, with what limits it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from logreach.coverage.engine.verdict import Level
from logreach.coverage.platforms.windows.sacls.needs import AccessNeed
from logreach.inventories.windows.facts import Ace
from logreach.inventories.windows.objects import access_rights
from logreach.inventories.windows.objects.sddl import everybody

_READ_OR_WRITE_PROPERTY = 0x30


@dataclass(frozen=True, slots=True)
class Grade:
    """How far a right is covered, and what limits it ('only when X does it')."""

    level: Level
    limits: tuple[str, ...] = ()

    def limited(self, level: Level, why: str) -> Grade:
        """This grade, no better than `level`."""
        if level is Level.YES:
            return self
        return Grade(min(self.level, level), (*self.limits, why))


Grades = dict[str, Grade]
NOTHING = Grade(Level.NO)


def best(several: Iterable[Grades], names: Iterable[str]) -> Grades:
    """Right by right the best of several; lists of entries add up."""
    found = list(several)
    return {
        name: max((one.get(name, NOTHING) for one in found), key=_rank, default=NOTHING)
        for name in names
    }


def worst(several: Iterable[Grades], names: Iterable[str]) -> Grades:
    """Right by right the worst of several, where any of them may be what decides."""
    found = list(several)
    return {
        name: min((one.get(name, NOTHING) for one in found), key=_rank, default=NOTHING)
        for name in names
    }


def of_tree(itself: Grades, below_it: Grades) -> Grades:
    """Right by right over an object and all below it; where only one is covered, in part."""
    return {name: _of_both(itself[name], below_it[name]) for name in itself}


def _of_both(itself: Grade, below_it: Grade) -> Grade:
    if itself.level is below_it.level:
        return max(itself, below_it, key=lambda grade: len(grade.limits))
    if Level.NO in (itself.level, below_it.level):
        where = "below it" if itself.level is Level.NO else "itself, not below it"
        return max(itself, below_it, key=_rank).limited(Level.PARTIAL, f"only {where}")
    return min(itself, below_it, key=_rank)


def but_for(graded: Grades, own: Grades, name: str) -> Grades:
    """Right by right a tree's grades, no better than in part where one object lacks the entry."""
    found = dict(graded)
    for right, grade in graded.items():
        if own[right].level < grade.level:
            how = "not" if own[right].level is Level.NO else "only in part"
            found[right] = grade.limited(Level.PARTIAL, f"{how} on {name}")
    return found


def _rank(grade: Grade) -> tuple[Level, int]:
    return grade.level, -len(grade.limits)


def on_object(aces: Iterable[Ace], need: AccessNeed) -> Grades:
    """By the entries of the object itself."""
    return _graded(((ace, _here(ace)) for ace in aces), need)


def below(aces: Iterable[Ace], need: AccessNeed, levels: int) -> Grades:
    """By the entries of a container `levels` above; 0 for an unknown number of levels."""
    return _graded(((ace, _inherited(ace, need, levels)) for ace in aces), need)


def everywhere(aces: Iterable[Ace], need: AccessNeed) -> Grades:
    """By entries that count for every object of the kind, wherever it is."""
    return _graded(((ace, Grade(Level.YES)) for ace in aces), need)


def _graded(reaching: Iterable[tuple[Ace, Grade]], need: AccessNeed) -> Grades:
    by_right: dict[str, list[Grade]] = {name: [] for name in need.masks}
    for ace, reach in reaching:
        untyped = _by_outcome(ace, need, _by_principal(ace, reach))
        mask = access_rights.specific(need.kind, ace.rights)
        for name, bits in need.masks.items():
            grade = _by_type(ace, need.type_of(name), mask & bits, untyped)
            if grade.level is Level.NO or not mask & bits:
                continue
            level = Level.YES if mask & bits == bits else Level.PARTIAL
            by_right[name].append(grade.limited(level, f"only for some of {name}"))
    return {name: max(found, key=_rank, default=NOTHING) for name, found in by_right.items()}


def _here(ace: Ace) -> Grade:
    return Grade(Level.YES if ace.applies_here else Level.NO)


def _inherited(ace: Ace, need: AccessNeed, levels: int) -> Grade:
    grade = _inherited_by_kind(ace, need)
    if ace.one_level and levels != 1:
        reach = Level.NO if levels > 1 else Level.PARTIAL
        grade = grade.limited(reach, "only directly below")
    return grade


def _inherited_by_kind(ace: Ace, need: AccessNeed) -> Grade:
    yes = Grade(Level.YES)
    if need.kind == "file":
        return _inherited_file(ace, need)
    if not ace.inherits_to_children:
        return Grade(Level.NO)
    if need.kind == "ad" and ace.inherited_type and ace.inherited_type != need.class_guid:
        reach = Level.NO if need.class_guid else Level.PARTIAL
        return yes.limited(reach, f"only on objects of the class {ace.inherited_type}")
    return yes


def _inherited_file(ace: Ace, need: AccessNeed) -> Grade:
    """Folders and files inherit by flags of their own; a path may mean either."""
    handed_to = {True: ace.inherits_to_children, False: ace.inherits_to_files}
    if need.container is not None:
        return Grade(Level.YES if handed_to[need.container] else Level.NO)
    if all(handed_to.values()):
        return Grade(Level.YES)
    if not any(handed_to.values()):
        return Grade(Level.NO)
    what = "folders" if ace.inherits_to_children else "files"
    return Grade(Level.PARTIAL, (f"only on {what} below",))


def _by_principal(ace: Ace, grade: Grade) -> Grade:
    level = Level.YES if everybody(ace.principal) else Level.PARTIAL
    grade = grade.limited(level, f"only when {ace.principal} does it")
    if ace.condition:
        return grade.limited(Level.PARTIAL, "only where the entry's condition holds")
    return grade


def _by_outcome(ace: Ace, need: AccessNeed, grade: Grade) -> Grade:
    if need.outcome == "both":
        if ace.success and ace.failure:
            return grade
        if ace.success or ace.failure:
            which = "success" if ace.success else "failure"
            return grade.limited(Level.PARTIAL, f"only {which}")
    held = ace.success if need.outcome == "success" else ace.failure
    return grade if held and need.outcome != "both" else Grade(Level.NO)


def _by_type(ace: Ace, wanted: str, held: int, grade: Grade) -> Grade:
    """By the property or extended right that an entry is for; `held` are the bits it is asked."""
    if not ace.object_type or ace.object_type == wanted:
        return grade
    # The entry's type may be a set of properties that holds the one wanted.
    if not wanted or held & _READ_OR_WRITE_PROPERTY:
        why = f"only for the property or right {ace.object_type}"
        return grade.limited(Level.PARTIAL, why)
    return Grade(Level.NO)


def level_of(graded: Grades) -> Level:
    """All rights covered: yes; none: no; else some are."""
    levels = {grade.level for grade in graded.values()}
    if not levels or levels == {Level.NO}:
        return Level.NO
    return Level.YES if levels == {Level.YES} else Level.PARTIAL


def rights_of(need: AccessNeed) -> str:
    return " and ".join(need.rights) or "access"


def with_limits(text: str, graded: Grades) -> str:
    """A text with what limits it: entries' own limits, and rights that none covers."""
    limits = [why for grade in graded.values() for why in grade.limits]
    covered = [name for name, grade in graded.items() if grade.level is not Level.NO]
    if covered and len(covered) < len(graded):
        limits.append(f"only for {', '.join(covered[:4])}")
    found = list(dict.fromkeys(limits))[:3]
    return f"{text}: {'; '.join(found)}" if found else text
