"""Whether access to any object of a kind is audited, whichever object it is."""

from __future__ import annotations

from logreach.coverage.engine.verdict import YES, Level, Verdict
from logreach.coverage.platforms.windows.sacls import grades
from logreach.coverage.platforms.windows.sacls.grades import (
    level_of,
    rights_of,
    with_limits,
)
from logreach.coverage.platforms.windows.sacls.known_sacls import AccessCoverage, KnownSacls
from logreach.coverage.platforms.windows.sacls.needs import (
    WITH_GLOBAL,
    AccessNeed,
    ObjectScope,
    built_in,
)
from logreach.coverage.platforms.windows.sacls.remedies import remedy_for
from logreach.inventories.facts.facts import Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.windows.facts import OS, SACL, Sacl
from logreach.inventories.windows.objects.object_names import normal

_MAX_LISTED = 3


def any_object(sacls: KnownSacls, need: AccessNeed) -> AccessCoverage:
    """Coverage of any object of the kind: only global entries cover all of them."""
    global_sacl = sacls.get(f"global:{need.kind}")
    graded = grades.everywhere(global_sacl.value.aces, need) if global_sacl else {}
    graded = grades.best([graded], need.masks)
    remedy = remedy_for(need, None, sacls.key(f"global:{need.kind}"))
    if global_sacl and level_of(graded) is Level.YES:
        explanation = f"global audit entries cover every {need.kind_title}"
        return AccessCoverage(YES, explanation, global_sacl.evidence)
    missing: FactKey[object] = SACL.every
    if need.kind in WITH_GLOBAL and global_sacl is None:
        missing = sacls.key(f"global:{need.kind}")
    audited = _audited_objects(sacls, need)
    if audited:
        listed = list(audited)[:_MAX_LISTED]
        explanation = f"the inventory shows audit entries on {', '.join(listed)}"
        explanation += "" if len(audited) == len(listed) else " and others"
        explanation += ", but not on every object"
        evidence = tuple(source for name in listed for source in audited[name])
        if need.scope is ObjectScope.SOME:
            explanation += "; which objects the pattern concerns is unknown"
        level = Level.NO if need.scope is ObjectScope.SOME else Level.PARTIAL
        verdict = Verdict.of(level, Level.YES)
        return AccessCoverage(verdict, explanation, evidence, remedy, missing)
    level = Level.NO if need.scope is ObjectScope.SOME else level_of(graded)
    explanation = (
        f"the inventory shows no audit entry on any {need.kind_title} for {rights_of(need)}"
    )
    return AccessCoverage(
        Verdict.of(level, Level.YES),
        with_limits(explanation, graded),
        global_sacl.evidence if global_sacl else (),
        remedy,
        missing,
    )


def _audited_objects(sacls: KnownSacls, need: AccessNeed) -> dict[str, tuple[Evidence, ...]]:
    """Objects of the kind with an entry for any of the rights, from the inventory or Windows."""
    evidence_of = {
        name: fact.evidence
        for name, (_, fact) in sorted(sacls.by_name.items())
        if _is_of_kind(name, need.kind) and _covers_some_right(fact.value, need)
    }
    os = sacls.facts.get(OS)
    for name, entry in built_in().items():
        if isinstance(os, Missing) or not (_is_of_kind(name, need.kind) and entry.on(os.value)):
            continue
        if _covers_some_right(entry.sacl, need):
            evidence_of.setdefault(name, os.evidence)
    return evidence_of


def _is_of_kind(name: str, kind: str) -> bool:
    object_name = normal(name)
    return object_name is not None and object_name.kind == kind


def _covers_some_right(sacl: Sacl, need: AccessNeed) -> bool:
    """Whether entries audit any of the rights, on the object itself or on objects below it."""
    itself = grades.on_object(sacl.aces, need)
    below = grades.below(sacl.aces, need, 0)
    return level_of(grades.best([itself, below], need.masks)) is not Level.NO
