"""What audit policy a host ends up with when several GPOs ask for it.

Windows merges a subcategory setting by setting: the GPO that is applied last wins. The old
categories are merged on their own, and cover every subcategory of a category. Which of the two
holds is decided by SCENoApplyLegacyAuditPolicy: where it is 1 the old categories are ignored,
where it is 0 they overwrite. Where nobody says, only what both agree on is known: Microsoft
documents 'enabled' as the effective default, yet the value does not exist on a fresh system.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from logreach.inventories.facts.facts import Fact, Known, Missing, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.facts.values import Scalar
from logreach.inventories.windows.audit_policy.subcategories import Subcategory, subcategories
from logreach.inventories.windows.facts import AUDIT, LEGACY_AUDIT, AuditSetting, OperatingSystem
from logreach.inventories.windows.group_policy.gpo import Gpo

FORCE = "sce_no_apply_legacy_audit_policy"
FIRST_WITH_GPO_SUBCATEGORIES = 7600  # Windows 7 and Server 2008 R2 read audit.csv from a GPO
_OLD_WINDOWS = (
    "Windows Vista and Server 2008 take no subcategory settings from Group Policy, "
    "so what {gpo} asks for does not reach this host"
)


@dataclass(frozen=True, slots=True)
class Effective:
    """Settled policy: statements, and subcategories that cannot be told, with the reason."""

    statements: tuple[Statement, ...] = ()
    missing: tuple[tuple[FactKey[object], Missing], ...] = ()


@dataclass(frozen=True, slots=True)
class _Winner:
    """The last GPO that sets something, and the names of those that it overrides."""

    gpo: Gpo
    statement: Statement | None
    lost: Missing | None = None
    overridden: tuple[str, ...] = ()


@dataclass(slots=True)
class _Merge:
    gpos: Sequence[Gpo]
    force: Fact[Scalar]
    os: Fact[OperatingSystem]
    statements: list[Statement] = field(default_factory=list)
    missing: list[tuple[FactKey[object], Missing]] = field(default_factory=list)


def audit(gpos: Sequence[Gpo], force: Fact[Scalar], os: Fact[OperatingSystem]) -> Effective:
    """The effective audit policy of GPOs in order of application.

    `force` is the setting SCENoApplyLegacyAuditPolicy of the host as far as it is known.
    """
    if not gpos:
        return Effective()
    merge = _Merge(gpos, force, os)
    for one in subcategories().values():
        _settle(merge, one)
    return Effective(tuple(merge.statements), tuple(merge.missing))


def _settle(merge: _Merge, one: Subcategory) -> None:
    new = _advanced(merge.gpos, one.guid)
    old = _legacy(merge.gpos, one.legacy_category)
    if new is not None and _too_old(merge.os):
        _unknown(merge, one, _OLD_WINDOWS.format(gpo=new.gpo.name))
        new = None
    for winner in (new, old):
        if winner is not None and winner.lost is not None and _counts(merge, winner is old):
            merge.missing.append((_key(one), winner.lost))
            return
    if old is None or old.statement is None:
        _keep(merge, one, new)
    elif new is None or new.statement is None:
        _settle_legacy(merge, one, old)
    else:
        _settle_both(merge, one, new, old)


def _settle_legacy(merge: _Merge, one: Subcategory, old: _Winner) -> None:
    forced = _forced(merge.force)
    if forced is False:
        _keep(merge, one, old)
    elif forced:
        reason = f"{old.gpo.name} sets {one.legacy_category}, ignored since {FORCE} is on"
        _unknown(merge, one, reason)
    else:
        reason = (
            f"{old.gpo.name} sets the category {one.legacy_category} to {_value(old)}; whether "
            f"it holds depends on {FORCE}, which no source tells"
        )
        _unknown(merge, one, reason)


def _settle_both(merge: _Merge, one: Subcategory, new: _Winner, old: _Winner) -> None:
    forced = _forced(merge.force)
    same = _value(new) == _value(old)
    if forced or (forced is None and same):
        _keep(merge, one, new)
    elif forced is False:
        _keep(merge, one, old)
    else:
        reason = (
            f"{new.gpo.name} sets the subcategory to {_value(new)}, {old.gpo.name} the category "
            f"{one.legacy_category} to {_value(old)}; which one holds depends on {FORCE}, "
            "which no source tells"
        )
        _unknown(merge, one, reason)


def _counts(merge: _Merge, legacy: bool) -> bool:
    """Whether an unreadable winner of this sort could decide."""
    return not (legacy and _forced(merge.force))


def _forced(force: Fact[Scalar]) -> bool | None:
    return bool(force.value) if isinstance(force, Known) else None


def _too_old(os: Fact[OperatingSystem]) -> bool:
    return isinstance(os, Known) and os.value.build < FIRST_WITH_GPO_SUBCATEGORIES


def _advanced(gpos: Iterable[Gpo], guid: str) -> _Winner | None:
    found = [_Winner(gpo, gpo.advanced.get(guid), gpo.doubt(AUDIT(guid))) for gpo in gpos]
    return _last(found)


def _legacy(gpos: Iterable[Gpo], category: str) -> _Winner | None:
    found = [
        _Winner(gpo, gpo.legacy.get(category), gpo.doubt(LEGACY_AUDIT(category))) for gpo in gpos
    ]
    return _last(found)


def _last(found: list[_Winner]) -> _Winner | None:
    setting = [one for one in found if one.statement is not None or one.lost is not None]
    if not setting:
        return None
    names = tuple(one.gpo.name for one in setting[:-1] if one.statement is not None)
    winner = setting[-1]
    return replace(winner, lost=None if winner.statement else winner.lost, overridden=names)


def _value(winner: _Winner) -> AuditSetting | None:
    value = winner.statement.value if winner.statement else None
    return value if isinstance(value, AuditSetting) else None


def _keep(merge: _Merge, one: Subcategory, winner: _Winner | None) -> None:
    if winner is None or winner.statement is None:
        return
    told = f"{winner.gpo.name} decides"
    if winner.overridden:
        told += f" over {', '.join(winner.overridden)}"
    evidence = winner.statement.evidence
    evidence = replace(evidence, quote=f"{told}; {evidence.quote}")
    merge.statements.append(replace(winner.statement, key=_key(one), evidence=evidence))


def _unknown(merge: _Merge, one: Subcategory, reason: str) -> None:
    merge.missing.append((_key(one), Missing(reason)))


def _key(one: Subcategory) -> FactKey[object]:
    return AUDIT(one.guid)
