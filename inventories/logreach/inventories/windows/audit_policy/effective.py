"""The effective audit policy of a host to which several GPOs apply.

Windows merges GPOs subcategory by subcategory: the GPO applied last wins. Legacy categories are
merged separately; each sets all its subcategories. SCENoApplyLegacyAuditPolicy decides between the
two results: if it is 1, Windows ignores the legacy categories; if it is 0, they overwrite the
subcategories. If no source states its value, a subcategory is known only where both results agree:
Microsoft documents 'enabled' as the effective default, yet the value is absent on a new system.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Fact, Known, Missing, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.facts.values import Scalar
from logreach.inventories.windows.audit_policy.origins import (
    FIRST_WITH_GPO_SUBCATEGORIES,
    FORCE,
    origins,
)
from logreach.inventories.windows.audit_policy.subcategories import AuditSubcategory, subcategories
from logreach.inventories.windows.facts import (
    AUDIT,
    AUDIT_ORIGINS,
    LEGACY_AUDIT,
    AuditSetting,
    OperatingSystem,
)
from logreach.inventories.windows.group_policy.gpo import Gpo

_OLD_WINDOWS = (
    "Windows Vista and Server 2008 take no subcategory settings from Group Policy, "
    "so the setting of {gpo} does not reach this host"
)


@dataclass(frozen=True, slots=True)
class EffectivePolicy:
    """The settled audit settings with the GPOs behind them, and the subcategories that stay
    unknown with the reason."""

    statements: tuple[Statement, ...] = ()
    missing: tuple[tuple[FactKey[object], Missing], ...] = ()


@dataclass(frozen=True, slots=True)
class _WinningGpo:
    """The last GPO that sets a subcategory or category, and the names of the GPOs it overrides.

    `unreadable` says why it may set it in a way that could not be read.
    """

    gpo: Gpo
    statement: Statement | None
    unreadable: Missing | None = None
    overridden: tuple[str, ...] = ()


@dataclass(slots=True)
class _Merge:
    gpos: Sequence[Gpo]
    force: Fact[Scalar]
    os: Fact[OperatingSystem]
    statements: list[Statement] = field(default_factory=list)
    missing: list[tuple[FactKey[object], Missing]] = field(default_factory=list)


def audit(gpos: Sequence[Gpo], force: Fact[Scalar], os: Fact[OperatingSystem]) -> EffectivePolicy:
    """The effective audit policy of GPOs, given in the order in which Windows applies them.

    `force` is the host's setting SCENoApplyLegacyAuditPolicy.
    """
    if not gpos:
        return EffectivePolicy()
    merge = _Merge(gpos, force, os)
    for subcategory in subcategories().values():
        _settle(merge, subcategory)
    policy_origins = origins(gpos, forced=_forced(force), too_old=_too_old(os))
    if policy_origins is not None:
        some = [statement for gpo in gpos for statement in _audit_settings(gpo)]
        evidence = replace(some[-1].evidence, quote="")
        merge.statements.append(Statement(AUDIT_ORIGINS, policy_origins, evidence, Strength.POLICY))
    return EffectivePolicy(tuple(merge.statements), tuple(merge.missing))


def _audit_settings(gpo: Gpo) -> Iterable[Statement]:
    return (*gpo.advanced.values(), *gpo.legacy.values())


def _settle(merge: _Merge, subcategory: AuditSubcategory) -> None:
    guid, category = subcategory.guid, subcategory.legacy_category
    of_subcategory = _last(
        _WinningGpo(gpo, gpo.advanced.get(guid), gpo.doubt(AUDIT(guid))) for gpo in merge.gpos
    )
    of_category = _last(
        _WinningGpo(gpo, gpo.legacy.get(category), gpo.doubt(LEGACY_AUDIT(category)))
        for gpo in merge.gpos
    )
    if of_subcategory is not None and _too_old(merge.os):
        _unknown(merge, subcategory, _OLD_WINDOWS.format(gpo=of_subcategory.gpo.name))
        of_subcategory = None
    elif of_subcategory is not None and isinstance(merge.os, Missing) and merge.os.fault:
        # What the host told of its system is damaged: it may be one of the old ones.
        merge.missing.append((_key(subcategory), merge.os))
        return
    for winner in (of_subcategory, of_category):
        ignored = winner is of_category and _forced(merge.force)
        if winner is not None and winner.unreadable is not None and not ignored:
            merge.missing.append((_key(subcategory), winner.unreadable))
            return
    if of_category is None or of_category.statement is None:
        _keep(merge, subcategory, of_subcategory)
    elif of_subcategory is None or of_subcategory.statement is None:
        _settle_category(merge, subcategory, of_category)
    else:
        _settle_both(merge, subcategory, of_subcategory, of_category)


def _settle_category(merge: _Merge, subcategory: AuditSubcategory, winner: _WinningGpo) -> None:
    forced = _forced(merge.force)
    if forced is False:
        _keep(merge, subcategory, winner)
    elif forced:
        reason = (
            f"{winner.gpo.name} sets {subcategory.legacy_category}, ignored since {FORCE} is on"
        )
        _unknown(merge, subcategory, reason)
    else:
        reason = (
            f"{winner.gpo.name} sets the category {subcategory.legacy_category} to "
            f"{_value(winner)}; whether it holds depends on {FORCE}, which no source states"
        )
        _unknown(merge, subcategory, reason)


def _settle_both(
    merge: _Merge,
    subcategory: AuditSubcategory,
    of_subcategory: _WinningGpo,
    of_category: _WinningGpo,
) -> None:
    forced = _forced(merge.force)
    same = _value(of_subcategory) == _value(of_category)
    if forced or (forced is None and same):
        _keep(merge, subcategory, of_subcategory)
    elif forced is False:
        _keep(merge, subcategory, of_category)
    else:
        reason = (
            f"{of_subcategory.gpo.name} sets the subcategory to {_value(of_subcategory)}, "
            f"{of_category.gpo.name} the category {subcategory.legacy_category} to "
            f"{_value(of_category)}; which of the two holds depends on {FORCE}, which no source "
            "states"
        )
        _unknown(merge, subcategory, reason)


def _forced(force: Fact[Scalar]) -> bool | None:
    """Whether subcategory settings override legacy categories; None if no source states it."""
    return bool(force.value) if isinstance(force, Known) else None


def _too_old(os: Fact[OperatingSystem]) -> bool:
    return isinstance(os, Known) and os.value.build < FIRST_WITH_GPO_SUBCATEGORIES


def _last(candidates: Iterable[_WinningGpo]) -> _WinningGpo | None:
    """The last candidate that sets the audit setting, or may set it; None if none does."""
    setting = [
        candidate
        for candidate in candidates
        if candidate.statement is not None or candidate.unreadable is not None
    ]
    if not setting:
        return None
    names = tuple(
        candidate.gpo.name for candidate in setting[:-1] if candidate.statement is not None
    )
    winner = setting[-1]
    return replace(
        winner, unreadable=None if winner.statement else winner.unreadable, overridden=names
    )


def _value(winner: _WinningGpo) -> AuditSetting | None:
    value = winner.statement.value if winner.statement else None
    return value if isinstance(value, AuditSetting) else None


def _keep(merge: _Merge, subcategory: AuditSubcategory, winner: _WinningGpo | None) -> None:
    if winner is None or winner.statement is None:
        return
    decision = f"{winner.gpo.name} decides"
    if winner.overridden:
        decision += f" over {', '.join(winner.overridden)}"
    evidence = winner.statement.evidence
    evidence = replace(evidence, quote=f"{decision}; {evidence.quote}")
    merge.statements.append(replace(winner.statement, key=_key(subcategory), evidence=evidence))


def _unknown(merge: _Merge, subcategory: AuditSubcategory, reason: str) -> None:
    merge.missing.append((_key(subcategory), Missing(reason)))


def _key(subcategory: AuditSubcategory) -> FactKey[object]:
    return AUDIT(subcategory.guid)
