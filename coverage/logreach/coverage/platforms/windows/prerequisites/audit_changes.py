"""What to change so that an audit subcategory records an outcome: where its policy comes from.

Where a GPO decides, that GPO is changed: a change by auditpol is undone when policy is applied
again. Where legacy categories contest the subcategories, the setting that decides between them is.
"""

from __future__ import annotations

from dataclasses import dataclass

from logreach.coverage.engine.judged import Remedy, Volume
from logreach.inventories.facts.facts import Facts, Known, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.facts.values import Scalar
from logreach.inventories.windows.audit_policy.origins import FORCE
from logreach.inventories.windows.audit_policy.subcategories import AuditSubcategory
from logreach.inventories.windows.facts import (
    AUDIT,
    AUDIT_ORIGINS,
    SETTING,
    AuditOrigin,
    AuditOrigins,
    AuditSetting,
)

_OPTION = (
    "'Audit: Force audit policy subcategory settings (Windows Vista or later) to override audit "
    "policy category settings'"
)
_UNDONE = "auditpol would be undone when Group Policy is applied again"
_NO_ORIGIN = AuditOrigin("")
_NO_ORIGINS = AuditOrigins(())


def audit_key(guid: str) -> FactKey[object]:
    """The fact that says what a subcategory records."""
    return AUDIT(guid)


@dataclass(frozen=True, slots=True)
class AuditChange:
    """The change that has a subcategory record what is wanted, on a host with these facts."""

    subcategory: AuditSubcategory
    wanted: AuditSetting
    facts: Facts

    @property
    def now(self) -> AuditSetting | None:
        """What the subcategory records; None where that is unknown.

        The facts were settled while a category contested it. Once a remedy has subcategories
        override categories, what its policies ask of it counts.
        """
        fact = self.facts.get(AUDIT(self.subcategory.guid))
        stated = fact.value if isinstance(fact, Known) else None
        origin = self._origin
        if origin.category and origin.asked and self._forced:
            return origin.asked.added_to(stated)
        return stated

    @property
    def undecided(self) -> FactKey[object] | None:
        """The setting that would tell whether the subcategory or its category holds, where that
        is what is unknown."""
        fact, force = self.facts.get(AUDIT(self.subcategory.guid)), self._force
        waits = isinstance(fact, Missing) and fact.fault is None and isinstance(force, Missing)
        return SETTING(FORCE) if waits and self._origin.category else None

    @property
    def _force(self) -> Known[Scalar] | Missing:
        return self.facts.get(SETTING(FORCE))

    @property
    def _forced(self) -> bool:
        force = self._force
        return isinstance(force, Known) and bool(force.value)

    @property
    def _origins(self) -> AuditOrigins:
        fact = self.facts.get(AUDIT_ORIGINS)
        return fact.value if isinstance(fact, Known) else _NO_ORIGINS

    @property
    def _origin(self) -> AuditOrigin:
        return self._origins.of(self.subcategory.guid) or _NO_ORIGIN

    def remedy(self) -> Remedy:
        """The change itself: of a GPO, of the host, or of the setting that decides."""
        origin = self._origin
        is_asked = origin.asked is not None and _records(origin.asked, self.wanted)
        if origin.category and not self._forced:
            return self._override() if is_asked else self._contested(origin)
        if is_asked and origin.gpo:
            return self._applied(origin.gpo)
        if not origin.gpo:
            return self._on_host()
        instruction = f"{_in_gpo(origin.gpo)} turn on {self._advanced}; a change by {_UNDONE}"
        return self._audit(instruction, origin.gpo)

    def _override(self) -> Remedy:
        """Have subcategories override categories: they ask for what is wanted already."""
        origins = self._origins
        gpos = " and ".join(map(_gpo, origins.category_gpos)) or "policy"
        instruction = (
            f"{_in_gpo(origins.force_gpo)} enable {_OPTION} under Security Options "
            "(SCENoApplyLegacyAuditPolicy = 1), or take the legacy audit categories out of "
            f"{gpos}: the subcategories wanted are asked for already"
        )
        cost = "what legacy categories alone record ends: set its subcategories first"
        title = f"Setting: subcategories override legacy categories{_behind(origins.force_gpo)}"
        return Remedy(
            SETTING(FORCE), value=True, text=instruction, cost=cost, title=title, kind="setting"
        )

    def _contested(self, origin: AuditOrigin) -> Remedy:
        """Change a subcategory that a category overwrites, or may overwrite."""
        contest = f"the legacy category {origin.category}"
        if origin.category_gpo:
            contest += f" of {_gpo(origin.category_gpo)}"
        if origin.by_category:
            gpo = origin.category_gpo
            instruction = (
                f"{_in_gpo(gpo)} have {origin.category} record {self.wanted} under Local Policies "
                f"> Audit Policy: {contest} decides about {self.subcategory.name} here"
            )
            return self._audit(instruction, gpo)
        instruction = (
            f"{_in_gpo(origin.gpo)} turn on {self._advanced}, and enable {_OPTION} under Security "
            f"Options, since {contest} may overwrite it otherwise"
        )
        return self._audit(instruction, origin.gpo)

    def _applied(self, gpo: str) -> Remedy:
        instruction = (
            f"The GPO '{gpo}' asks for {self.subcategory.gpo_name} ({self.wanted}) already: where "
            "the host does not have it, run gpupdate /force and see with gpresult /h why; a change "
            f"by {_UNDONE}"
        )
        return self._audit(instruction, gpo)

    def _on_host(self) -> Remedy:
        switches = " /success:enable" * self.wanted.success
        switches += " /failure:enable" * self.wanted.failure
        return self._audit(
            f"Turn on {self._advanced}, or, where no GPO sets the audit policy and on Windows "
            "Vista and Server 2008, which take none from a GPO, run: "
            f'auditpol /set /subcategory:"{{{self.subcategory.guid}}}"{switches}'
        )

    @property
    def _advanced(self) -> str:
        return (
            f"{self.subcategory.gpo_name} ({self.wanted}) under Advanced Audit Policy "
            f"Configuration > {self.subcategory.category}"
        )

    def _audit(self, instruction: str, gpo: str = "") -> Remedy:
        """A change of the subcategory itself, whatever else is on already."""
        words = self.subcategory.volume
        cost = f"event volume: {words}" if words else ""
        title = f"{self.subcategory.gpo_name}: {self.wanted}{_behind(gpo)}"
        key = audit_key(self.subcategory.guid)
        return Remedy(key, self.wanted, instruction, cost, title, "audit policy", Volume.of(words))


def _records(setting: AuditSetting, required: AuditSetting) -> bool:
    return setting.success >= required.success and setting.failure >= required.failure


def _gpo(name: str) -> str:
    return f"the GPO '{name}'"


def _in_gpo(name: str) -> str:
    return f"In {_gpo(name)}" if name else "In the policy of the host"


def _behind(name: str) -> str:
    return f" (GPO '{name}')" if name else ""
