"""Which GPO decides about each audit subcategory, so that a remedy names what to change.

Advanced audit settings of Group Policy clear the computer's own before they are applied, and the
Group Policy client applies them again, so that a change by auditpol is undone (Microsoft Learn,
'Advanced security auditing FAQ'; [MS-GPAC] 5.2.1). SCENoApplyLegacyAuditPolicy = 1 keeps legacy
categories from overwriting subcategories ([MS-GPAC] 5.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from logreach.inventories.facts.facts import Statement
from logreach.inventories.facts.keys import FactFamily
from logreach.inventories.windows.audit_policy.subcategories import AuditSubcategory, subcategories
from logreach.inventories.windows.facts import (
    AUDIT,
    LEGACY_AUDIT,
    SETTING,
    AuditOrigin,
    AuditOrigins,
    AuditSetting,
)
from logreach.inventories.windows.group_policy.gpo import Gpo

FORCE = "sce_no_apply_legacy_audit_policy"
FIRST_WITH_GPO_SUBCATEGORIES = 7600  # Windows 7 and Server 2008 R2 read audit.csv from a GPO


def origins(gpos: Sequence[Gpo], *, forced: bool | None, too_old: bool) -> AuditOrigins | None:
    """The origins of a host's audit policy, of GPOs in order of application; None without any.

    `forced`: whether subcategories override categories, None where no source tells. `too_old`:
    the host takes no subcategories from a GPO.
    """
    setting = [gpo for gpo in gpos if gpo.advanced or gpo.legacy]
    if not setting:
        return None
    pairs = (
        (subcategory.guid, _origin(setting, subcategory, forced, too_old))
        for subcategory in subcategories().values()
    )
    force_gpos = (gpo.display_name(SETTING(FORCE)) for gpo in gpos if gpo.sets(SETTING(FORCE)))
    last = _last_name(setting, AUDIT) or _last_name(setting, LEGACY_AUDIT)
    categories = dict.fromkeys(
        name for gpo in setting for name in _names(gpo, LEGACY_AUDIT, gpo.legacy) if name
    )
    return AuditOrigins(
        tuple((guid, origin) for guid, origin in pairs if origin != AuditOrigin("")),
        ([*force_gpos] or [last])[-1],
        tuple(categories),
    )


def _origin(
    gpos: Sequence[Gpo], subcategory: AuditSubcategory, forced: bool | None, too_old: bool
) -> AuditOrigin:
    guid, category = subcategory.guid, subcategory.legacy_category
    of_subcategory = next((gpo for gpo in reversed(gpos) if guid in gpo.advanced), None)
    of_category = next((gpo for gpo in reversed(gpos) if category in gpo.legacy), None)
    if too_old:
        of_subcategory = None
    name = of_subcategory.display_name(AUDIT(guid)) if of_subcategory else ""
    name = name or _last_name(gpos, AUDIT) or _last_name(gpos, LEGACY_AUDIT)
    gpo_setting = _value(of_subcategory.advanced[guid]) if of_subcategory else None
    has_subcategories = not too_old and any(gpo.advanced for gpo in gpos)
    if forced or of_category is None:
        # Windows Vista and Server 2008 take subcategories from no GPO: none is to be changed.
        return AuditOrigin("" if too_old else name, gpo_setting)
    return AuditOrigin(
        name,
        gpo_setting,
        category,
        of_category.display_name(LEGACY_AUDIT(category)),
        by_category=too_old or (forced is False and not has_subcategories),
    )


def _value(statement: Statement) -> AuditSetting | None:
    return statement.value if isinstance(statement.value, AuditSetting) else None


def _last_name(gpos: Sequence[Gpo], family: FactFamily[AuditSetting]) -> str:
    """The GPO that is applied last of those with audit settings of a kind; '' where unnamed."""
    settings = ((gpo, gpo.advanced if family is AUDIT else gpo.legacy) for gpo in gpos)
    names = [name for gpo, some in settings for name in _names(gpo, family, some) if name]
    return names[-1] if names else ""


def _names(
    gpo: Gpo, family: FactFamily[AuditSetting], settings: Mapping[str, Statement]
) -> Iterator[str]:
    return (gpo.display_name(family(name)) for name in settings)
