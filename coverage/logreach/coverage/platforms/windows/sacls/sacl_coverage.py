"""Whether the audit entries that an inventory contains cover an access."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from logreach.coverage.engine.judged import Remedy
from logreach.coverage.engine.verdict import UNKNOWN, YES, Level, Verdict
from logreach.coverage.platforms.windows.sacls import grades
from logreach.coverage.platforms.windows.sacls.any_object import any_object
from logreach.coverage.platforms.windows.sacls.grades import (
    Grades,
    level_of,
    rights_of,
    with_limits,
)
from logreach.coverage.platforms.windows.sacls.known_sacls import (
    DOMAIN_CLASS,
    AccessCoverage,
    KnownSacls,
    ends_inheritance,
    is_complete,
    known_sacls,
)
from logreach.coverage.platforms.windows.sacls.needs import (
    WITH_GLOBAL,
    AccessNeed,
    ObjectScope,
    built_in,
    exempt,
    unreported,
)
from logreach.coverage.platforms.windows.sacls.remedies import remedy_for
from logreach.coverage.platforms.windows.sacls.uncovered_objects import (
    remedy_with,
    uncovered_objects,
)
from logreach.inventories.facts.facts import Facts, Known, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.windows.facts import OS, SACL, Sacl
from logreach.inventories.windows.objects.object_names import ObjectName, is_domain, parents


@lru_cache(maxsize=4096)  # many events need the same access
def access_coverage(facts: Facts, need: AccessNeed) -> AccessCoverage:
    """Whether an access is audited, why, and the entry to add if it is not.

    The object's own SACL decides if the inventory has it, as it shows inherited entries too.
    Otherwise the SACLs of containers can prove that the access is audited, never that it is not.
    Global object access entries apply to every key or file: as long as they are unknown, no SACL
    of a key or file can show that an access is not audited.
    """
    reason = exempt(need.kind)
    if reason:
        return AccessCoverage(YES, reason)
    reason = unreported(need.kind)
    if reason:
        return AccessCoverage(UNKNOWN, reason)
    name = need.name
    if name is not None and name.name in built_in():
        coverage = _by_windows(facts, need, name)
        if coverage is not None:
            return coverage
    sacls = known_sacls(facts)
    if name is None:
        return any_object(sacls, need)
    return SaclCoverage(sacls, need, name).coverage()


def _by_windows(facts: Facts, need: AccessNeed, name: ObjectName) -> AccessCoverage | None:
    """Coverage by an entry that Windows sets itself; None if this Windows sets none."""
    entry = built_in()[name.name]
    os = facts.get(OS)
    graded = grades.on_object(entry.sacl.aces, need)
    level = level_of(graded)
    if isinstance(os, Missing):
        explanation = (
            f"Windows sets an audit entry on {name.name} from Windows 10 on; the OS is unknown"
        )
        verdict = Verdict.of(Level.NO, level)
        return AccessCoverage(verdict, explanation, missing=OS)
    if not entry.on(os.value):
        return None
    if level is Level.NO or (level is Level.PARTIAL and need.scope is ObjectScope.SOME):
        explanation = f"the audit entry that Windows sets on {name.name} is for other rights"
        return AccessCoverage(UNKNOWN, explanation, os.evidence)
    explanation = f"Windows sets an audit entry on {name.name} itself ({entry.source})"
    return AccessCoverage(Verdict.of(level, level), with_limits(explanation, graded), os.evidence)


class SaclCoverage:
    """Coverage of an access by the object's own entries, inherited ones, and global ones."""

    def __init__(self, sacls: KnownSacls, need: AccessNeed, name: ObjectName) -> None:
        self._known = sacls
        self._need = need
        self._name = name
        self._key, self._object_sacl = self._key_and_sacl()
        self._global_sacl = sacls.get(f"global:{need.kind}")
        self._container_sacls = list(self._containers())
        self._uncovered = (
            uncovered_objects(sacls, need, name) if self._concerns_several_objects() else []
        )

    def _key_and_sacl(self) -> tuple[FactKey[object], Known[Sacl] | None]:
        """The object's SACL and its key; for the class domainDNS that of the only known domain."""
        name = self._name.name
        if name == DOMAIN_CLASS:
            domains = [known_name for known_name in self._known.by_name if is_domain(known_name)]
            name = domains[0] if len(domains) == 1 else name
        return self._known.key(name), self._known.get(name)

    def coverage(self) -> AccessCoverage:
        need = self._need
        tree_grades = self._graded()
        graded = self._with_global(self._limited_by_uncovered(tree_grades))
        level = level_of(graded)
        explanation = self._explanation(graded)
        if level is Level.YES:
            return AccessCoverage(YES, explanation, self._evidence())
        remedy = self._remedy(level_of(tree_grades))
        if level is Level.PARTIAL and need.scope is ObjectScope.SOME:
            explanation += "; whether that covers the objects concerned is unknown"
            missing = None if self._is_known() else self._key
            return AccessCoverage(UNKNOWN, explanation, self._evidence(), remedy, missing)
        if self._global_sacl is None and need.kind in WITH_GLOBAL and self._is_known():
            missing = self._known.key(f"global:{need.kind}")
            explanation += (
                f"; whether global audit entries on every {need.kind} cover it is unknown"
            )
            explanation += _fault_of(self._known.facts, f"global:{need.kind}")
            verdict = Verdict.of(level, Level.YES)
            return AccessCoverage(verdict, explanation, self._evidence(), remedy, missing)
        verdict = Verdict.of(level, max(level, self._possible(level)))
        missing = None if verdict.settled or self._is_known() else self._key
        return AccessCoverage(verdict, explanation, self._evidence(), remedy, missing)

    def _possible(self, level: Level) -> Level:
        """The best level that facts missing from the inventory still allow."""
        if self._is_known():  # objects below it may still have entries of their own
            return Level.PARTIAL if self._need.below else level
        if self._need.kind in WITH_GLOBAL and self._global_sacl is None:
            return Level.YES
        complete = any(is_complete(target.fact) for target in self._uncovered)
        return Level.PARTIAL if complete else Level.YES

    def _remedy(self, tree_level: Level) -> Remedy | None:
        """The missing entry, and those on objects below that would not inherit it."""
        root_remedy = remedy_for(self._need, self._name, self._key)
        if not self._uncovered:
            return root_remedy
        if tree_level is Level.YES:
            return remedy_with(None, self._need, self._uncovered)
        shielded = [target for target in self._uncovered if target.shielded]
        return remedy_with(root_remedy, self._need, shielded)

    def _containers(self) -> Iterator[tuple[int, Known[Sacl]]]:
        """The known SACLs of containers, with how many levels above; for a class, the domains'.

        Ends at the nearest complete or protected SACL: a complete one already shows the entries
        from further above, a protected one blocks them. Ends before a SACL that could not be read,
        as it may be protected.
        """
        if self._name.name.startswith("ad:"):
            for name in sorted(self._known.by_name):
                fact = self._known.get(name)
                if fact is not None and (is_domain(name) or name == DOMAIN_CLASS):
                    yield 0, fact
            return
        for levels, name in enumerate(parents(self._name), 1):
            fact = self._known.get(name)
            if fact is not None:
                yield levels, fact
                if ends_inheritance(fact):
                    return
            elif self._is_unreadable(name):
                return

    def _graded(self) -> Grades:
        """Coverage by all entries that are not global, objects that lack them left aside."""
        need = self._need
        graded: list[Grades] = []
        if need.below:
            graded.append(self._below(1))
        elif need.scope is ObjectScope.TREE and self._has_children():
            graded.append(grades.of_tree(self._itself(), self._below(1)))
        else:
            graded.append(self._itself())
        if need.below or need.scope is ObjectScope.TREE:
            graded.extend(self._single_objects_below())
        return grades.best(graded, need.masks)

    def _concerns_several_objects(self) -> bool:
        """Whether the need concerns objects that may have SACLs of their own."""
        by_class = self._name.name.startswith("ad:") and self._name.name != DOMAIN_CLASS
        tree = self._need.scope is ObjectScope.TREE and self._has_children()
        return self._need.below or tree or by_class

    def _limited_by_uncovered(self, graded: Grades) -> Grades:
        for target in self._uncovered:
            graded = grades.limited_by_object(graded, target.graded, target.name.name)
        return graded

    def _with_global(self, graded: Grades) -> Grades:
        if self._global_sacl is None:
            return graded
        everywhere = grades.everywhere(self._global_sacl.value.aces, self._need)
        return grades.best([graded, everywhere], self._need.masks)

    def _has_children(self) -> bool:
        """Whether the object may be a container; a file may be unless known not to be a folder."""
        if self._name.kind == "file":
            return self._need.container is not False
        return self._name.kind == "key"

    def _itself(self) -> Grades:
        """Coverage of the object itself by its own SACL and by entries of containers."""
        graded: list[Grades] = []
        if self._object_sacl is not None:
            graded.append(grades.on_object(self._object_sacl.value.aces, self._need))
        if self._inherits():
            graded.append(self._from_containers(0))
        if self._need.class_guid and self._name.name == DOMAIN_CLASS:
            domains = [
                grades.on_object(fact.value.aces, self._need) for _, fact in self._container_sacls
            ]
            graded.append(grades.worst(domains, self._need.masks))
        return grades.best(graded, self._need.masks)

    def _single_objects_below(self) -> Iterator[Grades]:
        """Partial coverage by entries that single objects below have themselves."""
        prefix = self._name.name.rstrip("\\") + "\\"
        for name, (_, fact) in sorted(self._known.by_name.items()):
            if name.startswith(prefix) and self._name.kind in ("key", "file"):
                graded = grades.on_object(fact.value.aces, self._need)
                yield {
                    right: grade.limited(Level.PARTIAL, f"only on {name}")
                    for right, grade in graded.items()
                }

    def _below(self, extra_levels: int) -> Grades:
        """Coverage of objects below by entries that the object or its containers pass on."""
        graded: list[Grades] = []
        if self._object_sacl is not None:
            graded.append(grades.below(self._object_sacl.value.aces, self._need, 0))
        if self._inherits():
            graded.append(self._from_containers(extra_levels))
        return grades.best(graded, self._need.masks)

    def _from_containers(self, extra_levels: int) -> Grades:
        """Coverage by entries of containers; of several known domains, any may be concerned."""
        graded = [
            grades.below(fact.value.aces, self._need, levels + extra_levels if levels else 0)
            for levels, fact in self._container_sacls
        ]
        combined = grades.worst if self._name.name.startswith("ad:") else grades.best
        return combined(graded, self._need.masks)

    def _is_known(self) -> bool:
        """Whether the inventory has the object's complete SACL."""
        return self._object_sacl is not None and is_complete(self._object_sacl)

    def _inherits(self) -> bool:
        """Whether entries of containers add to the object's own SACL."""
        if self._object_sacl is None:
            return not self._is_unreadable(self._name.name)
        return not ends_inheritance(self._object_sacl)

    def _is_unreadable(self, name: str) -> bool:
        """Whether the inventory has a SACL of the object that could not be read."""
        return bool(_fault_of(self._known.facts, name))

    def _evidence(self) -> tuple[Evidence, ...]:
        nearest = [fact for _, fact in self._container_sacls[:2]]
        sacls = [self._object_sacl, *([] if self._is_known() else nearest), self._global_sacl]
        sacls.extend(target.fact for target in self._uncovered[:2])
        sources = (source for fact in sacls if fact is not None for source in fact.evidence)
        return tuple(dict.fromkeys(sources))

    def _explanation(self, graded: Grades) -> str:
        used = [self._object_sacl, *(fact for _, fact in self._container_sacls)]
        assumed = any(fact is not None and fact.assumed for fact in used)
        return self._in_words(graded) + (" by default (assumed)" if assumed else "")

    def _in_words(self, graded: Grades) -> str:
        name, rights = self._name.name, rights_of(self._need)
        objects = f"{name}\\*" if self._need.below else name
        level = level_of(graded)
        if level is Level.YES:
            return f"{objects} is audited for {rights}"
        if level is Level.PARTIAL:
            return with_limits(f"{objects} is audited for part of {rights}", graded)
        if self._is_known() and self._need.below:
            return f"{name} hands down no audit entry for {rights}, {self._need.outcome}"
        if self._is_known():
            return f"{objects} has no audit entry for {rights}, {self._need.outcome}"
        explanation = f"the audit entries of {objects} are unknown"
        if self._container_sacls:
            explanation += ", and no known entry above covers it"
        return explanation + _fault_of(self._known.facts, name)


def _fault_of(facts: Facts, name: str) -> str:
    """The fault of the input with an object's SACL, in parentheses; '' if there was none."""
    fact = facts.get(SACL(name))
    return f" ({fact.reason})" if isinstance(fact, Missing) and fact.fault is not None else ""
