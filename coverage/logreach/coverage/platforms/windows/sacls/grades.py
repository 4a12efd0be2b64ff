"""How far one SACL covers an access: a grade for each right, with its limits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from logreach.coverage.engine.verdict import Level
from logreach.coverage.platforms.windows.sacls.needs import AccessNeed
from logreach.inventories.windows.facts import Ace
from logreach.inventories.windows.objects import access_rights
from logreach.inventories.windows.objects.sddl import everybody

_READ_OR_WRITE_PROPERTY = 0x30
_MAX_LIMITS, _MAX_RIGHTS = 3, 4  # listed in an explanation


@dataclass(frozen=True, slots=True)
class Grade:
    """How far a right is covered, and the limits ('only when X does it')."""

    level: Level
    limits: tuple[str, ...] = ()

    def limited(self, level: Level, limit: str) -> Grade:
        """This grade, no better than `level`."""
        if level is Level.YES:
            return self
        return Grade(min(self.level, level), (*self.limits, limit))


Grades = dict[str, Grade]
"""By access right."""
NOTHING = Grade(Level.NO)


def best(several: Iterable[Grades], rights: Iterable[str]) -> Grades:
    """For each right the best grade, since the entries of all SACLs apply together."""
    listed = list(several)
    return {
        right: max((graded.get(right, NOTHING) for graded in listed), key=_rank, default=NOTHING)
        for right in rights
    }


def worst(several: Iterable[Grades], rights: Iterable[str]) -> Grades:
    """For each right the worst grade, since any one of the SACLs may be the one that applies."""
    listed = list(several)
    return {
        right: min((graded.get(right, NOTHING) for graded in listed), key=_rank, default=NOTHING)
        for right in rights
    }


def of_tree(itself: Grades, below_it: Grades) -> Grades:
    """For each right the grade of a tree: PARTIAL if only the object or only its children are."""
    return {right: _of_both(itself[right], below_it[right]) for right in itself}


def _of_both(itself: Grade, below_it: Grade) -> Grade:
    if itself.level is below_it.level:
        return max(itself, below_it, key=lambda grade: len(grade.limits))
    if Level.NO in (itself.level, below_it.level):
        extent = "below it" if itself.level is Level.NO else "itself, not below it"
        return max(itself, below_it, key=_rank).limited(Level.PARTIAL, f"only {extent}")
    return min(itself, below_it, key=_rank)


def limited_by_object(graded: Grades, of_object: Grades, name: str) -> Grades:
    """A tree's grades, PARTIAL at most for each right that one object in it covers less."""
    limited = dict(graded)
    for right, grade in graded.items():
        if of_object[right].level < grade.level:
            how = "not" if of_object[right].level is Level.NO else "only in part"
            limited[right] = grade.limited(Level.PARTIAL, f"{how} on {name}")
    return limited


def _rank(grade: Grade) -> tuple[Level, int]:
    return grade.level, -len(grade.limits)


def on_object(aces: Iterable[Ace], need: AccessNeed) -> Grades:
    """By the object's own entries."""
    return _graded(
        ((ace, Grade(Level.YES if ace.applies_here else Level.NO)) for ace in aces), need
    )


def below(aces: Iterable[Ace], need: AccessNeed, levels: int) -> Grades:
    """By the entries of a container `levels` above; 0 if the number of levels is unknown."""
    return _graded(((ace, _inherited(ace, need, levels)) for ace in aces), need)


def everywhere(aces: Iterable[Ace], need: AccessNeed) -> Grades:
    """By global entries, which apply to every object of the kind."""
    return _graded(((ace, Grade(Level.YES)) for ace in aces), need)


def _graded(reaching: Iterable[tuple[Ace, Grade]], need: AccessNeed) -> Grades:
    """Grades by entries, each with how far it reaches the object."""
    by_right: dict[str, list[Grade]] = {right: [] for right in need.masks}
    for ace, reach in reaching:
        untyped = _by_outcome(ace, need, _by_principal(ace, reach))
        mask = access_rights.specific(need.kind, ace.rights)
        for right, bits in need.masks.items():
            grade = _by_type(ace, need.type_of(right), mask & bits, untyped)
            if grade.level is Level.NO or not mask & bits:
                continue
            level = Level.YES if mask & bits == bits else Level.PARTIAL
            by_right[right].append(grade.limited(level, f"only for some of {right}"))
    return {
        right: max(of_entries, key=_rank, default=NOTHING) for right, of_entries in by_right.items()
    }


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
    """Folders and files inherit by separate flags; a path may name either."""
    inherits = {True: ace.inherits_to_children, False: ace.inherits_to_files}
    if need.container is not None:
        return Grade(Level.YES if inherits[need.container] else Level.NO)
    if all(inherits.values()):
        return Grade(Level.YES)
    if not any(inherits.values()):
        return Grade(Level.NO)
    children = "folders" if ace.inherits_to_children else "files"
    return Grade(Level.PARTIAL, (f"only on {children} below",))


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
            audited = "success" if ace.success else "failure"
            return grade.limited(Level.PARTIAL, f"only {audited}")
        return Grade(Level.NO)
    audited_outcome = ace.success if need.outcome == "success" else ace.failure
    return grade if audited_outcome else Grade(Level.NO)


def _by_type(ace: Ace, object_type: str, mask: int, grade: Grade) -> Grade:
    """By the property or extended right that an entry is for; `mask` are its bits of the right."""
    if not ace.object_type or ace.object_type == object_type:
        return grade
    # The entry's type may be a property set that contains the needed property.
    if not object_type or mask & _READ_OR_WRITE_PROPERTY:
        limit = f"only for the property or right {ace.object_type}"
        return grade.limited(Level.PARTIAL, limit)
    return Grade(Level.NO)


def level_of(graded: Grades) -> Level:
    """YES if all rights are covered, NO if none is, else PARTIAL."""
    levels = {grade.level for grade in graded.values()}
    if not levels or levels == {Level.NO}:
        return Level.NO
    return Level.YES if levels == {Level.YES} else Level.PARTIAL


def rights_of(need: AccessNeed) -> str:
    """The rights that an access needs, in words."""
    return " and ".join(need.rights) or "access"


def with_limits(explanation: str, graded: Grades) -> str:
    """An explanation with its limits: those of single entries, and that rights are missing."""
    limits = [limit for grade in graded.values() for limit in grade.limits]
    covered = [right for right, grade in graded.items() if grade.level is not Level.NO]
    if covered and len(covered) < len(graded):
        limits.append(f"only for {', '.join(covered[:_MAX_RIGHTS])}")
    listed = list(dict.fromkeys(limits))[:_MAX_LIMITS]
    return f"{explanation}: {'; '.join(listed)}" if listed else explanation
