"""Whether access to just any object of a kind is audited."""

from __future__ import annotations

from logreach.coverage.engine.verdict import YES, Level, Verdict
from logreach.coverage.platforms.windows.sacls import grades
from logreach.coverage.platforms.windows.sacls.grades import (
    Grades,
    level_of,
    rights_of,
    with_limits,
)
from logreach.coverage.platforms.windows.sacls.known import Covered, KnownSacls
from logreach.coverage.platforms.windows.sacls.needs import WITH_GLOBAL, AccessNeed, Scope, built_in
from logreach.coverage.platforms.windows.sacls.remedies import remedy_for
from logreach.inventories.facts.facts import Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.windows.facts import OS, SACL, Sacl
from logreach.inventories.windows.objects.object_names import normal


def any_object(known: KnownSacls, need: AccessNeed) -> Covered:
    """Any object of the kind: only a global entry covers them all."""
    names = need.masks
    world = known.get(f"global:{need.kind}")
    graded = grades.everywhere(world.value.aces, need) if world else {}
    graded = grades.best([graded], names)
    remedy = remedy_for(need, None, known.key(f"global:{need.kind}"), world)
    if world and level_of(graded) is Level.YES:
        return Covered(YES, f"global audit entries cover every {need.what}", world.evidence)
    missing: FactKey[object] = SACL.every
    if need.kind in WITH_GLOBAL and world is None:
        missing = known.key(f"global:{need.kind}")
    some = _on_some(known, need)
    if some:
        named = list(some)[:3]
        text = f"audit entries are known on {', '.join(named)}"
        text += ", not on every object" if len(some) < 4 else " and others, not on every object"
        evidence = tuple(one for name in named for one in some[name])
        if need.scope is Scope.SOME:
            text += "; whether on those that are meant is not known"
        level = Level.NO if need.scope is Scope.SOME else Level.PARTIAL
        return Covered(Verdict.of(level, Level.YES), text, evidence, remedy, missing)
    level = Level.NO if need.scope is Scope.SOME else level_of(graded)
    text = f"no audit entry is known on any {need.what} for {rights_of(need)}"
    evidence = world.evidence if world else ()
    return Covered(
        Verdict.of(level, Level.YES), with_limits(text, graded), evidence, remedy, missing
    )


def _on_some(known: KnownSacls, need: AccessNeed) -> dict[str, tuple[Evidence, ...]]:
    """Objects of the kind that carry an entry for any of the access, told or set by Windows."""
    some = {
        name: fact.evidence
        for name, (_, fact) in sorted(known.by_name.items())
        if _is(name, need.kind) and level_of(_own(fact.value, need)) is not Level.NO
    }
    os = known.facts.get(OS)
    for name, entry in built_in().items():
        if isinstance(os, Missing) or not (_is(name, need.kind) and entry.on(os.value)):
            continue
        if level_of(_own(entry.sacl, need)) is not Level.NO:
            some.setdefault(name, os.evidence)
    return some


def _is(name: str, kind: str) -> bool:
    found = normal(name)
    return found is not None and found.kind == kind


def _own(sacl: Sacl, need: AccessNeed) -> Grades:
    here = grades.on_object(sacl.aces, need)
    return grades.best([here, grades.below(sacl.aces, need, 0)], need.masks)
