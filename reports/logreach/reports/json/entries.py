"""The objects of assessment.json, each with its keys in the order in which they are written.

`assessment.schema.json` describes the same objects for readers; a test validates what is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import UNSET, Struct, UnsetType


class VerdictEntry(Struct, frozen=True):
    """A verdict: both its ends and its label."""

    proven: str
    possible: str
    label: str


class EvidenceEntry(Struct, frozen=True):
    """Where a fact comes from."""

    source: str
    where: str
    quote: str
    sha256: str


class RemedyEntry(Struct, frozen=True):
    """A remedy by itself."""

    fact: str
    value: bool | int | str
    text: str
    cost: str
    title: str
    kind: str
    volume: str


class PlannedRemedyEntry(Struct, frozen=True):
    """A remedy with its gain."""

    fact: str
    value: bool | int | str
    text: str
    cost: str
    title: str
    kind: str
    volume: str
    profiles: tuple[str, ...]
    hosts: int
    gain: int
    raised: Mapping[str, str]
    needless: bool
    rule_gain: float
    rules_raised: Mapping[str, tuple[str, ...]]


class ReasonEntry(Struct, frozen=True):
    """A link of the chain that decided a verdict."""

    link: str
    subject: str
    verdict: VerdictEntry
    text: str
    evidence: Sequence[EvidenceEntry]
    remedy: RemedyEntry | None
    reference: str
    missing: str | None


class JudgedEntry(Struct, frozen=True):
    """A verdict with its reasons by number."""

    verdict: VerdictEntry
    reason_ids: Sequence[int]


class JudgedInFullEntry(Struct, frozen=True):
    """A verdict with its reasons."""

    verdict: VerdictEntry
    reasons: Sequence[ReasonEntry]


class ComponentEntry(Struct, frozen=True):
    """A data component on a profile."""

    verdict: VerdictEntry
    reasons: Sequence[ReasonEntry]
    operations: Mapping[str, JudgedEntry]
    via: Mapping[str, JudgedEntry]


class TechniqueComponentEntry(Struct, frozen=True):
    """A data component under a technique; `operations` and `via` only where the technique narrows
    the component."""

    verdict: VerdictEntry
    reason_ids: Sequence[int]
    narrowed: bool
    operations: Mapping[str, JudgedEntry] | UnsetType = UNSET
    via: Mapping[str, JudgedEntry] | UnsetType = UNSET


class AnalyticEntry(Struct, frozen=True):
    """An analytic under a technique."""

    as_named: JudgedEntry
    by_any_event: JudgedEntry
    unparsed: tuple[str, ...]


class ScoreEntry(Struct, frozen=True):
    """A technique's mean over its data components, from 0 to 1."""

    proven: float
    possible: float


class TechniqueReasonIds(Struct, frozen=True):
    """The reasons of a technique's verdicts, by number."""

    detection: Sequence[int]
    visibility: Sequence[int]
    analytic: Sequence[int]
    analytic_by_any_event: Sequence[int]


class WayEntry(Struct, frozen=True):
    """A way to detect a technique. `hosts` are other hosts that record its evidence."""

    kind: str
    name: str
    verdict: VerdictEntry
    text: str
    holds: tuple[str, ...]
    lacks: tuple[str, ...]
    hosts: tuple[str, ...]
    sensors: tuple[str, ...]
    direct: bool


class DetectionEntry(Struct, frozen=True):
    """How a technique is detected: the best of its ways. `here` leaves out what other hosts record,
    `where` are these."""

    proven: str
    possible: str
    label: str
    here: VerdictEntry
    where: tuple[str, ...]
    depth: int
    sensors: tuple[str, ...]
    direct: bool
    ways: Sequence[WayEntry]
    no_direct_evidence: str


class TechniqueEntry(Struct, frozen=True):
    """A technique on a profile."""

    name: str
    tactics: tuple[str, ...]
    detection: DetectionEntry
    visibility: VerdictEntry
    analytic: VerdictEntry
    analytic_by_any_event: VerdictEntry
    score: ScoreEntry | None
    reason_ids: TechniqueReasonIds
    components: Mapping[str, TechniqueComponentEntry]
    analytics: Mapping[str, AnalyticEntry]


class RuleEntry(Struct, frozen=True):
    """A detection rule on a profile."""

    title: str
    level: str
    source: str
    state: tuple[str, ...]
    reason: str
    verdict: VerdictEntry
    reason_ids: Sequence[int]
    techniques: tuple[str, ...]
    log_source: str
    dead_branches: tuple[str, ...]
    missing_fields: tuple[str, ...]


class RuleRollupEntry(Struct, frozen=True):
    """The rules of a technique by label, plain and weighed by level."""

    counts: Mapping[str, float]
    weights: Mapping[str, float]


class FactEntry(Struct, frozen=True):
    """A fact of a profile."""

    fact: str
    title: str
    state: str
    value: str
    evidence: Sequence[EvidenceEntry]


class StatementEntry(Struct, frozen=True):
    """A statement of a source about a fact."""

    value: str
    strength: str
    evidence: EvidenceEntry


class ConflictEntry(Struct, frozen=True):
    """Two sources that disagree about a fact."""

    fact: str
    kept: StatementEntry
    dropped: StatementEntry


class FaultEntry(Struct, frozen=True):
    """A fault of the input."""

    message: str
    source: str
    where: str
    hint: str


class ProfileEntry(Struct, frozen=True):
    """Hosts that are alike in every fact that matters."""

    id: str
    hosts: tuple[str, ...]
    count: int
    host_counts: Mapping[str, int]
    os: str
    role: str
    facts: Sequence[FactEntry]
    events: Mapping[str, JudgedInFullEntry]
    events_on_host: Mapping[str, JudgedEntry]
    attributes: Mapping[str, VerdictEntry]
    attribute_reason_ids: Mapping[str, Sequence[int]]
    components: Mapping[str, ComponentEntry]
    techniques: Mapping[str, TechniqueEntry]
    rules: Mapping[str, RuleEntry]
    rules_by_technique: Mapping[str, RuleRollupEntry]
    conflicts: Sequence[ConflictEntry]
    faults: Sequence[FaultEntry]


class FleetTechniqueEntry(Struct, frozen=True):
    """A technique over all hosts: hosts by label."""

    name: str
    tactics: tuple[str, ...]
    detection: Mapping[str, float]
    visibility: Mapping[str, float]
    analytic: Mapping[str, float]
    analytic_by_any_event: Mapping[str, float]
    achievable_share: float | None


class StepEntry(Struct, frozen=True):
    """A step of the plan; remedies by their position in the document's list."""

    remedies: tuple[int, ...]
    profiles: tuple[str, ...]
    hosts: int
    gain: float
    achievable: float
    techniques: tuple[str, ...]
    rules: tuple[str, ...]
    rule_gain: float
    kinds: tuple[str, ...]
    volume: str


class PlanEntry(Struct, frozen=True):
    """The plan in steps."""

    steps: Sequence[StepEntry]
    pairs: float
    open: float
    least: Mapping[str, Mapping[str, tuple[int, ...]]]


class MissingFactEntry(Struct, frozen=True):
    """A fact that the inventory lacks, with the number of verdicts that depend on it."""

    fact: str
    title: str
    profiles: tuple[str, ...]
    reason: str
    verdicts: int
    rules: int


class InputEntry(Struct, frozen=True):
    """A file that was read."""

    path: str
    sha256: str


class SummaryEntry(Struct, frozen=True):
    """Host and technique pairs by question and label, and what each question asks."""

    hosts: int
    techniques: int
    questions: Mapping[str, str]
    verdicts: Mapping[str, Mapping[str, float]]


class TacticEntry(Struct, frozen=True):
    """A tactic of ATT&CK."""

    id: str
    name: str


class NoteEntry(Struct, frozen=True):
    """A note on the method."""

    heading: str
    text: str


class CounterpartsEntry(Struct, frozen=True):
    """The ids of techniques in the other ATT&CK version that is included, where they differ."""

    version: str
    ids: Mapping[str, tuple[str, ...]]


class AsOfEntry(Struct, frozen=True):
    """The first and last day of the facts; `hosts` is None where the user named the day."""

    first: str
    last: str
    hosts: int | None


class AssessmentEntry(Struct, frozen=True):
    """The whole document."""

    schema_version: str
    logreach_version: str
    attack_version: str
    counterparts: CounterpartsEntry
    inventory: str
    scope: str
    hosts_beside: int
    as_of: AsOfEntry | None
    questions: tuple[str, ...]
    inputs: Sequence[InputEntry]
    summary: SummaryEntry
    profiles: Sequence[ProfileEntry]
    fleet: Mapping[str, FleetTechniqueEntry]
    remedies: Sequence[PlannedRemedyEntry]
    plan: PlanEntry
    rule_plan: PlanEntry
    missing: Sequence[MissingFactEntry]
    tactics: Sequence[TacticEntry]
    faults: Sequence[FaultEntry]
    notes: Sequence[NoteEntry]
    reasons: Sequence[ReasonEntry]
