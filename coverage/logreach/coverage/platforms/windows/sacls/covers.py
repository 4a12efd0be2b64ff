"""Whether the audit entries that an inventory tells cover an access."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from logreach.coverage.engine.judged import Remedy
from logreach.coverage.engine.verdict import UNKNOWN, YES, Level, Verdict
from logreach.coverage.platforms.windows.sacls import grades
from logreach.coverage.platforms.windows.sacls.anywhere import any_object
from logreach.coverage.platforms.windows.sacls.grades import (
    Grades,
    level_of,
    rights_of,
    with_limits,
)
from logreach.coverage.platforms.windows.sacls.known import (
    OF_DOMAINS,
    Covered,
    KnownSacls,
    ends_inheritance,
    known_sacls,
    whole,
)
from logreach.coverage.platforms.windows.sacls.lacking import lacking, remedy_with
from logreach.coverage.platforms.windows.sacls.needs import (
    WITH_GLOBAL,
    AccessNeed,
    Scope,
    built_in,
    exempt,
    untold,
)
from logreach.coverage.platforms.windows.sacls.remedies import remedy_for
from logreach.inventories.facts.facts import Facts, Known, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.windows.facts import OS, SACL, Sacl
from logreach.inventories.windows.objects.object_names import ObjectName, is_domain, parents


@lru_cache(maxsize=4096)  # many events need the same access
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
    why = untold(need.kind)
    if why:
        return Covered(UNKNOWN, why)
    name = need.name
    if name is not None and name.name in built_in():
        found = _by_windows(facts, need, name)
        if found is not None:
            return found
    known = known_sacls(facts)
    if name is None:
        return any_object(known, need)
    return _Judge(known, need, name).covered()


def _by_windows(facts: Facts, need: AccessNeed, name: ObjectName) -> Covered | None:
    """By an entry that Windows sets itself; None where this Windows sets none."""
    entry = built_in()[name.name]
    os = facts.get(OS)
    graded = grades.on_object(entry.sacl.aces, need)
    level = level_of(graded)
    if isinstance(os, Missing):
        text = f"{name.name} has an audit entry from Windows 10 on; the OS is not known"
        return Covered(Verdict.of(Level.NO, level), text, missing=OS)
    if not entry.on(os.value):
        return None
    if level is Level.NO or (level is Level.PARTIAL and need.scope is Scope.SOME):
        text = f"the entry that Windows sets on {name.name} is for other access"
        return Covered(UNKNOWN, text, os.evidence)
    text = f"Windows sets an audit entry on {name.name} itself ({entry.source})"
    return Covered(Verdict.of(level, level), with_limits(text, graded), os.evidence)


class _Judge:
    """Weighs the object's own entries, those handed down, and global ones."""

    def __init__(self, known: KnownSacls, need: AccessNeed, name: ObjectName) -> None:
        self._known = known
        self._need = need
        self._name = name
        self._key, self._own = self._itself_told()
        self._world = known.get(f"global:{need.kind}")
        self._above = list(self._containers())
        self._lacking = lacking(known, need, name) if self._of_several() else []

    def _itself_told(self) -> tuple[FactKey[object], Known[Sacl] | None]:
        """The object's own list and its key; of the class domainDNS that of the one domain told."""
        name = self._name.name
        if name == OF_DOMAINS:
            domains = [one for one in self._known.by_name if is_domain(one)]
            name = domains[0] if len(domains) == 1 else name
        return self._known.key(name), self._known.get(name)

    def covered(self) -> Covered:
        need = self._need
        whole_tree = self._graded()
        graded = self._with_global(self._but_for_lacking(whole_tree))
        level = level_of(graded)
        if level is Level.YES:
            return Covered(YES, self._text(graded), self._evidence())
        text = self._text(graded)
        remedy = self._remedy(level_of(whole_tree))
        if level is Level.PARTIAL and need.scope is Scope.SOME:
            text += "; whether for what is meant is not known"
            missing = None if self._told() else self._key
            return Covered(UNKNOWN, text, self._evidence(), remedy, missing)
        if self._world is None and need.kind in WITH_GLOBAL and self._told():
            missing = self._known.key(f"global:{need.kind}")
            text += f"; {self._world_not_told()}"
            return Covered(Verdict.of(level, Level.YES), text, self._evidence(), remedy, missing)
        verdict = Verdict.of(level, max(level, self._most(level)))
        missing = None if verdict.settled or self._told() else self._key
        return Covered(verdict, text, self._evidence(), remedy, missing)

    def _most(self, level: Level) -> Level:
        """What facts that are not told may still make of it."""
        if self._told():  # not of what lies below it, which may have entries of its own
            return Level.PARTIAL if self._need.below else level
        if self._need.kind in WITH_GLOBAL and self._world is None:
            return Level.YES
        return Level.PARTIAL if any(whole(one.fact) for one in self._lacking) else Level.YES

    def _remedy(self, covered: Level) -> Remedy | None:
        """The entry that is wanting, or the entries where some lists inherit none."""
        own = remedy_for(self._need, self._name, self._key, self._own)
        if not self._lacking:
            return own
        if covered is Level.YES:
            return remedy_with(None, self._need, self._lacking)
        return remedy_with(own, self._need, [one for one in self._lacking if one.shielded])

    def _world_not_told(self) -> str:
        """Why entries elsewhere may still cover the access."""
        kind = self._need.kind
        text = f"whether global audit entries on every {kind} cover it is not told"
        return text + _fault_of(self._known.facts, f"global:{kind}")

    def _containers(self) -> Iterator[tuple[int, Known[Sacl]]]:
        """The known containers above, with how many levels; for a class, the domains.

        None above the nearest whose list is told whole, or is protected: the first holds what it
        inherits, and nothing from further above comes through the second. None either above one
        whose list could not be read: it may be protected.
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
                if ends_inheritance(fact):
                    return
            elif self._unread(name):
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
        return grades.best(parts, need.masks)

    def _of_several(self) -> bool:
        """Whether objects are meant that may have lists of their own."""
        by_class = self._name.name.startswith("ad:") and self._name.name != OF_DOMAINS
        tree = self._need.scope is Scope.TREE and self._has_children()
        return self._need.below or tree or by_class

    def _but_for_lacking(self, graded: Grades) -> Grades:
        for one in self._lacking:
            graded = grades.but_for(graded, one.graded, one.name.name)
        return graded

    def _with_global(self, graded: Grades) -> Grades:
        if self._world is None:
            return graded
        world = grades.everywhere(self._world.value.aces, self._need)
        return grades.best([graded, world], self._need.masks)

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
        if self._inherits():
            parts.append(self._from_above(0))
        if self._need.class_guid and self._name.name == OF_DOMAINS:
            each = [grades.on_object(fact.value.aces, self._need) for _, fact in self._above]
            parts.append(grades.worst(each, self._need.masks))
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
        if self._inherits():
            parts.append(self._from_above(extra))
        return grades.best(parts, self._need.masks)

    def _from_above(self, extra: int) -> Grades:
        """What the containers hand down; of several domains told, either may be the one meant."""
        each = [
            grades.below(fact.value.aces, self._need, levels + extra if levels else 0)
            for levels, fact in self._above
        ]
        several = grades.worst if self._name.name.startswith("ad:") else grades.best
        return several(each, self._need.masks)

    def _told(self) -> bool:
        """Whether the object's own list is told whole: a policy adds to what it inherits."""
        return self._own is not None and whole(self._own)

    def _inherits(self) -> bool:
        """Whether what containers hand down is to be added to the object's own list."""
        if self._own is None:
            return not self._unread(self._name.name)
        return not ends_inheritance(self._own)

    def _unread(self, name: str) -> bool:
        """Whether a list that should tell of an object could not be read."""
        return bool(_fault_of(self._known.facts, name))

    def _evidence(self) -> tuple[Evidence, ...]:
        facts = [self._own, *(fact for _, fact in self._above[:2]), self._world]
        if self._told():
            facts = [self._own, self._world]
        facts.extend(one.fact for one in self._lacking[:2])
        found = (one for fact in facts if fact is not None for one in fact.evidence)
        return tuple(dict.fromkeys(found))

    def _text(self, graded: Grades) -> str:
        level = level_of(graded)
        what = f"{self._name.name}\\*" if self._need.below else self._name.name
        if level is Level.YES:
            return f"{what} is audited for {rights_of(self._need)}"
        if level is Level.PARTIAL:
            return with_limits(f"{what} is audited for part of {rights_of(self._need)}", graded)
        if self._told() and self._need.below:
            rights = f"{rights_of(self._need)}, {self._need.outcome}"
            return f"{self._name.name} hands down no audit entry for {rights}"
        if self._told():
            return f"{what} has no audit entry for {rights_of(self._need)}, {self._need.outcome}"
        text = f"the audit entries of {what} are not told"
        if self._above:
            text += ", and none above covers it"
        return text + _fault_of(self._known.facts, self._name.name)


def _fault_of(facts: Facts, name: str) -> str:
    """What was wrong with the input that should have told an object's entries."""
    fact = facts.get(SACL(name))
    return f" ({fact.reason})" if isinstance(fact, Missing) and fact.fault is not None else ""
