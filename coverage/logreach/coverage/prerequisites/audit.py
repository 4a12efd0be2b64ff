"""Link 2, the audit policy: the subcategory is on, for the outcome that is needed."""

from __future__ import annotations

from dataclasses import dataclass

from logreach.coverage.assessment import Reason, Remedy
from logreach.coverage.knowledge.model import Span, Subcategory
from logreach.coverage.verdict import NO, NOT_APPLICABLE, PARTIAL, YES, Level, Verdict
from logreach.inventories.facts import AuditSetting, Evidence, FactKey, FactKind, Facts, Missing


def audit_key(guid: str) -> FactKey:
    """The fact that says what a subcategory records."""
    return FactKey(FactKind.AUDIT, guid)


@dataclass(frozen=True, slots=True)
class Audited:
    """One audit subcategory records the outcomes that an event has.

    `outcomes` empty: no source tells them; then only both together are proof. `span` are the
    builds on which the subcategory governs the event (None: all).
    """

    subject: str
    subcategory: Subcategory
    outcomes: frozenset[str]
    why: str = ""
    span: Span | None = None

    @property
    def reads(self) -> tuple[FactKey, ...]:
        return (audit_key(self.subcategory.guid), FactKey(FactKind.OS))

    def check(self, facts: Facts) -> Reason:
        os = facts.os()
        if self.span and isinstance(os, Missing):
            text = (
                f"whether {self.subcategory.name} governs {self.subject} hangs on the OS, unknown"
            )
            unknown = Verdict(Level.NO, Level.YES)
            return self._reason(unknown, text, (), None, FactKey(FactKind.OS))
        if self.span and not isinstance(os, Missing) and self.span.holds(os.value.build) != YES:
            text = f"{self.subcategory.name} does not govern {self.subject} on {os.value}"
            if self.span.holds(os.value.build) == NO:
                return self._reason(NOT_APPLICABLE, text, os.evidence, None)
            text = f"no source tells whether {self.subcategory.name} governs {self.subject} here"
            return self._reason(Verdict(Level.NO, Level.YES), text, os.evidence, None)
        key = audit_key(self.subcategory.guid)
        fact = facts.audit(self.subcategory.guid)
        title = f"audit subcategory {self.subcategory.name}"
        if isinstance(fact, Missing):
            text = f"{title}: its state is unknown ({fact.reason})"
            unknown = Verdict(Level.NO, Level.YES)
            return self._reason(unknown, text, (), self._remedy(None), key)
        setting = fact.value
        verdict = self._judge(setting)
        text = f"{title} is set to {setting}{' by default (assumed)' if fact.assumed else ''}"
        if verdict != YES:
            text = f"{text}; {self.subject} needs {self._needed()}"
        if self.why and verdict != YES:
            text = f"{text} ({self.why})"
        remedy = None if verdict == YES else self._remedy(setting)
        return self._reason(verdict, text, fact.evidence, remedy)

    def _judge(self, setting: AuditSetting) -> Verdict:
        recorded = {"success": setting.success, "failure": setting.failure}
        wanted = self.outcomes or frozenset(recorded)
        hit = [recorded[outcome] for outcome in sorted(wanted)]
        if all(hit):
            return YES
        if not any(hit):
            return NO
        return PARTIAL if self.outcomes else Verdict(Level.NO, Level.YES)

    def _needed(self) -> str:
        return (
            " and ".join(word.capitalize() for word in sorted(self.outcomes, reverse=True))
            or "an outcome that no source tells"
        )

    def _remedy(self, setting: AuditSetting | None) -> Remedy:
        wanted = self.outcomes or frozenset({"success", "failure"})
        value = AuditSetting(
            success="success" in wanted or (setting is not None and setting.success),
            failure="failure" in wanted or (setting is not None and setting.failure),
        )
        switches = "".join(f" /{name}:enable" for name in ("success", "failure") if name in wanted)
        text = (
            f"Turn on {self.subcategory.gpo_name} ({value}) under Advanced Audit Policy "
            f"Configuration > {self.subcategory.category}, or run: "
            f'auditpol /set /subcategory:"{{{self.subcategory.guid}}}"{switches}'
        )
        cost = f"event volume: {self.subcategory.volume}" if self.subcategory.volume else ""
        return Remedy(audit_key(self.subcategory.guid), value, text, cost)

    def _reason(
        self,
        verdict: Verdict,
        text: str,
        evidence: tuple[Evidence, ...],
        remedy: Remedy | None,
        missing: FactKey | None = None,
    ) -> Reason:
        return Reason(
            "audit policy", self.subject, verdict, text, evidence, remedy, missing=missing
        )
