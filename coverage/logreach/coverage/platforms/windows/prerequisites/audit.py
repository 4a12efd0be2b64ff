"""Link 2, the audit policy: the subcategory is on, for the outcome that is needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.verdict import NO, NOT_APPLICABLE, PARTIAL, UNKNOWN, YES, Verdict
from logreach.coverage.platforms.windows.knowledge.model import Span
from logreach.coverage.platforms.windows.prerequisites.audit_changes import AuditChange, audit_key
from logreach.inventories.facts.facts import Facts, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.windows.audit_policy.origins import FORCE
from logreach.inventories.windows.audit_policy.subcategories import AuditSubcategory
from logreach.inventories.windows.facts import AUDIT, AUDIT_ORIGINS, OS, SETTING, AuditSetting


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
        return (audit_key(self.subcategory.guid), OS, AUDIT_ORIGINS, SETTING(FORCE))

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
        key, fact = audit_key(self.subcategory.guid), facts.get(AUDIT(self.subcategory.guid))
        change = AuditChange(self.subcategory, self._wanted(), facts)
        title = f"audit subcategory {self.subcategory.name}"
        setting = change.now
        if setting is None:
            reason = fact.reason if isinstance(fact, Missing) else ""
            explanation = f"{title}: its state is unknown ({reason})"
            missing = change.undecided or key
            return self._reason(UNKNOWN, explanation, (), change.remedy(), missing=missing)
        verdict = self._judge(setting)
        assumed, evidence = (
            (False, ()) if isinstance(fact, Missing) else (fact.assumed, fact.evidence)
        )
        explanation = f"{title} is set to {setting}{' by default (assumed)' if assumed else ''}"
        if verdict == YES:
            return self._reason(verdict, explanation, evidence)
        explanation = f"{explanation}; {self.subject} needs {self._needed()}"
        if self.why:
            explanation = f"{explanation} ({self.why})"
        return self._reason(verdict, explanation, evidence, change.remedy())

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
