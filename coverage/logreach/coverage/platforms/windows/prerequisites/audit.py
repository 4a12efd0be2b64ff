"""Link 2, the audit policy: the subcategory is on, for the outcome that is needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from logreach.coverage.engine.judged import Reason, Remedy, Volume
from logreach.coverage.engine.verdict import NO, NOT_APPLICABLE, PARTIAL, UNKNOWN, YES, Verdict
from logreach.coverage.platforms.windows.knowledge.model import Span
from logreach.inventories.facts.facts import Facts, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.windows.audit_policy.subcategories import AuditSubcategory
from logreach.inventories.windows.facts import AUDIT, OS, AuditSetting


def audit_key(guid: str) -> FactKey[object]:
    """The fact that says what a subcategory records."""
    return AUDIT(guid)


@dataclass(frozen=True, slots=True)
class Audited:
    """One audit subcategory records the outcomes that an event has.

    `outcomes` empty: no source tells them; then only both together are proof. `span` are the
    builds on which the subcategory governs the event (None: all).
    """

    subject: str
    subcategory: AuditSubcategory
    outcomes: frozenset[str]
    why: str = ""
    span: Span | None = None
    reference: str = ""

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (audit_key(self.subcategory.guid), OS)

    def check(self, facts: Facts) -> Reason:
        return self._ungoverned(facts) or self._set(facts)

    def _ungoverned(self, facts: Facts) -> Reason | None:
        """Where the subcategory does not decide about the event, or may not; else None."""
        if self.span is None:
            return None
        os, reason = facts.get(OS), self._reason
        name = self.subcategory.name
        if isinstance(os, Missing):
            explanation = f"whether {name} governs {self.subject} hangs on the OS, unknown"
            return reason(UNKNOWN, explanation, missing=OS)
        governs = self.span.holds(os.value.build)
        if governs == YES:
            return None
        if governs == NO:
            explanation = f"{name} does not govern {self.subject} on {os.value}"
            return reason(NOT_APPLICABLE, explanation, os.evidence)
        explanation = f"no source tells whether {name} governs {self.subject} here"
        return reason(UNKNOWN, explanation, os.evidence)

    def _set(self, facts: Facts) -> Reason:
        """What the subcategory is set to, against what the event needs."""
        key = audit_key(self.subcategory.guid)
        fact = facts.get(AUDIT(self.subcategory.guid))
        title = f"audit subcategory {self.subcategory.name}"
        if isinstance(fact, Missing):
            explanation = f"{title}: its state is unknown ({fact.reason})"
            return self._reason(UNKNOWN, explanation, (), self._remedy(), missing=key)
        setting = fact.value
        verdict = self._judge(setting)
        explanation = (
            f"{title} is set to {setting}{' by default (assumed)' if fact.assumed else ''}"
        )
        if verdict == YES:
            return self._reason(verdict, explanation, fact.evidence)
        explanation = f"{explanation}; {self.subject} needs {self._needed()}"
        if self.why:
            explanation = f"{explanation} ({self.why})"
        return self._reason(verdict, explanation, fact.evidence, self._remedy())

    @property
    def _reason(self) -> partial[Reason]:
        return partial(Reason, "audit policy", self.subject, reference=self.reference)

    def _judge(self, setting: AuditSetting) -> Verdict:
        recorded = {"success": setting.success, "failure": setting.failure}
        outcomes = self.outcomes or frozenset(recorded)
        hit = [recorded[outcome] for outcome in sorted(outcomes)]
        if all(hit):
            return YES
        if not any(hit):
            return NO
        return PARTIAL if self.outcomes else UNKNOWN

    def _needed(self) -> str:
        return str(self._wanted()) if self.outcomes else "an outcome that no source tells"

    def _wanted(self) -> AuditSetting:
        return AuditSetting(
            success="success" in self.outcomes or not self.outcomes,
            failure="failure" in self.outcomes or not self.outcomes,
        )

    def _remedy(self) -> Remedy:
        """What is to be turned on, whatever else is on already."""
        value = self._wanted()
        switches = " /success:enable" * value.success + " /failure:enable" * value.failure
        explanation = (
            f"Turn on {self.subcategory.gpo_name} ({value}) under Advanced Audit Policy "
            f"Configuration > {self.subcategory.category}, or run: "
            f'auditpol /set /subcategory:"{{{self.subcategory.guid}}}"{switches}'
        )
        cost = f"event volume: {self.subcategory.volume}" if self.subcategory.volume else ""
        title = f"{self.subcategory.gpo_name}: {value}"
        volume = Volume.of(self.subcategory.volume)
        key = audit_key(self.subcategory.guid)
        return Remedy(key, value, explanation, cost, title, "audit policy", volume)
