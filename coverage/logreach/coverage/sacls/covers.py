"""Whether the audit entries that an inventory tells cover an access."""

from __future__ import annotations

from collections.abc import Iterator

from logreach.coverage.sacls import grades
from logreach.coverage.sacls.anywhere import any_object
from logreach.coverage.sacls.grades import Grades, level_of, rights_of, with_limits
from logreach.coverage.sacls.known import Covered, KnownSacls
from logreach.coverage.sacls.needs import WITH_GLOBAL, AccessNeed, Scope, built_in, exempt
from logreach.coverage.sacls.remedies import remedy_for
from logreach.coverage.verdict import UNKNOWN, YES, Level, Verdict
from logreach.inventories.facts import (
    Evidence,
    FactKey,
    FactKind,
    Facts,
    Known,
    Missing,
    Sacl,
    Strength,
)
from logreach.inventories.object_names import ObjectName, is_domain, parents


def covers(facts: Facts, need: AccessNeed) -> Covered:
    """Whether an access is audited, why, and the entry to add if it is not.

    The object's own list decides where it is told (it shows inherited entries too). Otherwise
    what containers above hand down can prove that it is audited, never that it is not. Global
    object access entries count for every key or file: while nobody tells them, no list of a key
    or file can show that it is not audited.
    """
    why = exempt(need.kind)
    if why:
        return Covered(YES, why)
    name = need.name
    if name is not None and name.name in built_in():
        found = _by_windows(facts, need, name)
        if found is not None:
            return found
    known = KnownSacls.of(facts)
    if name is None:
        return any_object(known, need)
    return _Judge(known, need, name).covered()


def _by_windows(facts: Facts, need: AccessNeed, name: ObjectName) -> Covered | None:
    """By an entry that Windows sets itself; None where this Windows sets none."""
    entry = built_in()[name.name]
    os = facts.os()
    graded = grades.on_object(entry.sacl.aces, need)
    level = level_of(graded)
    if isinstance(os, Missing):
        text = f"{name.name} has an audit entry from Windows 10 on; the OS is not known"
        return Covered(Verdict(Level.NO, level), text, missing=FactKey(FactKind.OS))
    if not entry.on(os.value):
        return None
    if level is Level.NO or (level is Level.PARTIAL and need.scope is Scope.SOME):
        text = f"the entry that Windows sets on {name.name} is for other access"
        return Covered(UNKNOWN, text, os.evidence)
    text = f"Windows sets an audit entry on {name.name} itself ({entry.source})"
    return Covered(Verdict(level, level), with_limits(text, graded), os.evidence)


class _Judge:
    """Weighs the object's own entries, those handed down, and global ones."""

    def __init__(self, known: KnownSacls, need: AccessNeed, name: ObjectName) -> None:
        self._known = known
        self._need = need
        self._name = name
        self._key, self._own = self._itself_told()
        self._world = known.get(f"global:{need.kind}")
        self._above = list(self._containers())

    def _itself_told(self) -> tuple[FactKey, Known[Sacl] | None]:
        """The object's own list and its key; of the class domainDNS that of the one domain told."""
        name = self._name.name
        if name == "ad:DOMAINDNS":
            domains = [one for one in self._known.by_name if is_domain(one)]
            name = domains[0] if len(domains) == 1 else name
        return self._known.key(name), self._known.get(name)

    def covered(self) -> Covered:
        need = self._need
        graded = self._graded()
        level = level_of(graded)
        remedy = remedy_for(need, self._name, self._key, self._own)
        if level is Level.YES:
            return Covered(YES, self._text(graded), self._evidence())
        text = self._text(graded)
        if level is Level.PARTIAL and need.scope is Scope.SOME:
            text += "; whether for what is meant is not known"
            missing = None if self._told() else self._key
            return Covered(UNKNOWN, text, self._evidence(), remedy, missing)
        if not self._told():
            missing = self._key
        elif self._world is None and need.kind in WITH_GLOBAL:
            missing = self._known.key(f"global:{need.kind}")
            text += f"; {self._world_not_told()}"
        else:
            return Covered(Verdict(level, level), text, self._evidence(), remedy)
        return Covered(Verdict(level, Level.YES), text, self._evidence(), remedy, missing)

    def _world_not_told(self) -> str:
        """Why entries elsewhere may still cover the access."""
        kind = self._need.kind
        text = f"whether global audit entries on every {kind} cover it is not told"
        return text + _fault_of(self._known.facts, f"global:{kind}")

    def _containers(self) -> Iterator[tuple[int, Known[Sacl]]]:
        """The known containers above, with how many levels; for a class, the domains.

        None above the nearest whose list is told whole: that list holds what it inherits, and
        where it is protected nothing from further above comes through it.
        """
        if self._name.name.startswith("ad:"):
            for name in sorted(self._known.by_name):
                fact = self._known.get(name)
                if fact is not None and is_domain(name):
                    yield 0, fact
            return
        for levels, name in enumerate(parents(self._name), 1):
            fact = self._known.get(name)
            if fact is not None:
                yield levels, fact
                if _whole(fact):
                    return

    def _graded(self) -> Grades:
        need = self._need
        parts: list[Grades] = []
        if need.below:
            parts.append(self._handed_down(1))
        elif need.scope is Scope.TREE and self._has_children():
            parts.append(grades.of_tree(self._itself(), self._handed_down(1)))
        else:
            parts.append(self._itself())
        if need.below or need.scope is Scope.TREE:
            parts.extend(self._known_below())
        if self._world is not None:
            parts.append(grades.everywhere(self._world.value.aces, need))
        return grades.best(parts, need.masks)

    def _has_children(self) -> bool:
        """A tree is meant; files known not to be folders and classes of objects have none."""
        if self._name.kind == "file":
            return self._need.container is not False
        return self._name.kind == "key"

    def _itself(self) -> Grades:
        """The object itself: its own list, or what containers hand down to it."""
        parts: list[Grades] = []
        if self._own is not None:
            parts.append(grades.on_object(self._own.value.aces, self._need))
        if not self._told():
            parts.extend(self._from_above(0))
        if self._need.class_guid and self._name.name == "ad:DOMAINDNS":
            parts.extend(grades.on_object(fact.value.aces, self._need) for _, fact in self._above)
        return grades.best(parts, self._need.masks)

    def _known_below(self) -> Iterator[Grades]:
        """What single objects below carry themselves: some of what is meant."""
        start = self._name.name.rstrip("\\") + "\\"
        for name, (_, fact) in sorted(self._known.by_name.items()):
            if name.startswith(start) and self._name.kind in ("key", "file"):
                graded = grades.on_object(fact.value.aces, self._need)
                yield {
                    right: grade.limited(Level.PARTIAL, f"only on {name}")
                    for right, grade in graded.items()
                }

    def _handed_down(self, extra: int) -> Grades:
        """Objects below: what the object hands down, or what containers above it do."""
        parts: list[Grades] = []
        if self._own is not None:
            parts.append(grades.below(self._own.value.aces, self._need, 0))
        if not self._told():
            parts.extend(self._from_above(extra))
        return grades.best(parts, self._need.masks)

    def _from_above(self, extra: int) -> Iterator[Grades]:
        for levels, fact in self._above:
            yield grades.below(fact.value.aces, self._need, levels + extra if levels else 0)

    def _told(self) -> bool:
        """Whether the object's own list is told whole: a policy adds to what it inherits."""
        return self._own is not None and _whole(self._own)

    def _evidence(self) -> tuple[Evidence, ...]:
        facts = [self._own, *(fact for _, fact in self._above[:2]), self._world]
        if self._told():
            facts = [self._own, self._world]
        found = (one for fact in facts if fact is not None for one in fact.evidence)
        return tuple(dict.fromkeys(found))

    def _text(self, graded: Grades) -> str:
        level = level_of(graded)
        what = f"{self._name.name}\\*" if self._need.below else self._name.name
        if level is Level.YES:
            return f"{what} is audited for {rights_of(self._need)}"
        if level is Level.PARTIAL:
            return with_limits(f"{what} is audited for part of {rights_of(self._need)}", graded)
        if self._told():
            return f"{what} has no audit entry for {rights_of(self._need)}, {self._need.outcome}"
        text = f"the audit entries of {what} are not told"
        if self._above:
            text += ", and none above covers it"
        return text + _fault_of(self._known.facts, self._name.name)


def _whole(fact: Known[Sacl]) -> bool:
    return fact.strength > Strength.POLICY


def _fault_of(facts: Facts, name: str) -> str:
    """What was wrong with the input that should have told an object's entries."""
    fact = facts.get(FactKey(FactKind.SACL, name))
    return f" ({fact.reason})" if isinstance(fact, Missing) and fact.fault is not None else ""
