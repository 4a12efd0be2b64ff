"""The result document: what an assessment found, as every report reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from logreach.coverage.assessment.as_of import AsOf
from logreach.coverage.assessment.picture import Picture
from logreach.coverage.attack import NO_COUNTERPARTS, Counterparts
from logreach.coverage.engine.judged import Judged, Remedy, Volume
from logreach.coverage.engine.verdict import Level, Verdict
from logreach.coverage.network.techniques import (
    ANALYTIC,
    ANALYTIC_BY_ANY_EVENT,
    DETECTION,
    QUESTIONS,
    VISIBILITY,
)
from logreach.inventories.facts.facts import Conflict
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence, InputFile
from logreach.inventories.files.faults import Fault


@dataclass(frozen=True, slots=True)
class ComponentResult:
    """A data component on a profile: over all events, by operation, and by each event alone.

    `attributes` are what detections want to read under it ('command line'): the best field of
    any event that carries it.
    """

    name: str
    judged: Judged
    operations: Mapping[str, Judged] = field(default_factory=dict)
    via: Mapping[str, Judged] = field(default_factory=dict)
    attributes: Mapping[str, Judged] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AnalyticResult:
    """An analytic of ATT&CK: by its named events, and with any event of its components."""

    analytic_id: str
    detection: Judged
    with_alternatives: Judged
    unparsed: tuple[str, ...] = ()


class WayKind(StrEnum):
    """What a way to detect a technique rests on."""

    DIRECT = "direct evidence"
    ANALYTIC = "analytic"
    RULES = "rules"
    SUBTECHNIQUES = "sub-techniques"


class Way(NamedTuple):
    """One way to detect a technique, on a profile.

    `name` is an event, an analytic's id, or the kind again. `holds` are the events and rules of it
    that are there, `lacks` those that are not; `text` says in words what is there and what is
    lacking. `hosts` are other hosts that record the evidence, where this one does not; `sensors`
    write what holds. `direct`: some of it records the act itself. `depth` is how many ways it
    stands for: of sub-techniques, that of the least deeply detected.
    """

    kind: WayKind
    name: str
    verdict: Verdict
    text: str
    holds: tuple[str, ...]
    lacks: tuple[str, ...]
    hosts: tuple[str, ...]
    sensors: tuple[str, ...]
    direct: bool = False
    depth: int = 1

    @property
    def whole(self) -> bool:
        """Whether it detects the technique by itself."""
        return self.verdict.proven is Level.YES

    @property
    def present(self) -> bool:
        """Whether something of it is surely there."""
        return self.verdict.proven > Level.NO


@dataclass(frozen=True, slots=True)
class Detection:
    """How a technique is detected on a profile: the best of its ways.

    `here` is the verdict by what the hosts themselves record. `none` says why no event records
    the act itself, '' where one does.
    """

    judged: Judged
    here: Verdict
    ways: tuple[Way, ...] = ()
    none: str = ""

    @property
    def elsewhere(self) -> bool:
        """Whether the evidence that settles it lies on other hosts."""
        verdict = self.judged.verdict
        return verdict.settled and verdict.proven > self.here.proven

    @property
    def label(self) -> str:
        """The verdict in words: 'achievable', 'conditional elsewhere', 'unknown'."""
        words = self.judged.verdict.label
        return f"{words} elsewhere" if self.elsewhere else words

    @property
    def where(self) -> tuple[str, ...]:
        """The other hosts that record the evidence; () where the answer is this host's own."""
        if not self.elsewhere:
            return ()
        best = [way for way in self.ways if way.verdict.proven is self.judged.verdict.proven]
        return tuple(dict.fromkeys(host for way in best for host in way.hosts))

    @property
    def holds(self) -> tuple[str, ...]:
        """The events and rules of every way that are there."""
        return tuple(dict.fromkeys(name for way in self.ways for name in way.holds))

    @property
    def lacks(self) -> tuple[str, ...]:
        """The events and rules of every way that are not."""
        holds = frozenset(self.holds)
        names = dict.fromkeys(name for way in self.ways for name in way.lacks)
        return tuple(name for name in names if name not in holds)

    @property
    def depth(self) -> int:
        """How many ways detect it by themselves and share no event; one alone is a sole source."""
        whole_ways = [way for way in self.ways if way.whole]
        deepest, ways, taken = 0, 0, set[str]()
        for way in sorted(whole_ways, key=lambda way: len(way.holds)):
            if way.kind is WayKind.SUBTECHNIQUES:
                deepest = way.depth
            elif taken.isdisjoint(way.holds):
                ways += 1
                taken.update(way.holds)
        return max(deepest, ways)

    @property
    def sensors(self) -> tuple[str, ...]:
        """The sensors that these ways rest on."""
        whole_ways = (way for way in self.ways if way.whole)
        return tuple(dict.fromkeys(sensor for way in whole_ways for sensor in way.sensors))

    @property
    def direct(self) -> bool:
        """Whether something that holds records the act itself."""
        return any(way.direct and way.present for way in self.ways)


@dataclass(frozen=True, slots=True)
class TechniqueResult:
    """A technique on a profile.

    `detection` is the answer; `visibility`, `analytic` and `analytic_by_any_event` say how complete
    what ATT&CK itself asks for is.

    `score` is (proven, possible), the mean level of its applicable components from 0 to 1; None
    where no component applies. `components` are keyed by name; where the technique narrows a
    component to operations of its own, the result is for those. `picture` shows these with the
    events of each sensor; None where the technique is not for such hosts.
    """

    technique_id: str
    name: str
    tactics: tuple[str, ...]
    detection: Detection
    visibility: Judged
    analytic: Judged
    analytic_by_any_event: Judged
    score: tuple[float, float] | None
    components: Mapping[str, ComponentResult] = field(default_factory=dict)
    analytics: Mapping[str, AnalyticResult] = field(default_factory=dict)
    picture: Picture | None = None

    def judged(self, question: str) -> Judged:
        """The verdict of one of the questions, with the links that decided it."""
        return {
            DETECTION: self.detection.judged,
            VISIBILITY: self.visibility,
            ANALYTIC: self.analytic,
            ANALYTIC_BY_ANY_EVENT: self.analytic_by_any_event,
        }[question]

    def label(self, question: str) -> str:
        """A question's verdict in words; of detection, also where the evidence is."""
        if question == DETECTION:
            return self.detection.label
        return self.judged(question).verdict.label


class RuleSummary(NamedTuple):
    """A detection rule on a profile (Sigma)."""

    rule_id: str
    title: str
    level: str
    source: str
    state: tuple[str, ...]
    judged: Judged
    techniques: tuple[str, ...] = ()
    log_source: str = ""
    dead_branches: tuple[str, ...] = ()
    missing_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleRollup:
    """The rules for one technique on a profile.

    `counts` are rules by label of their verdict; `weights` the same with each rule weighed by its
    level (critical 4, high 3, medium 2, low 1, informational 0.5, none 1).
    """

    counts: Mapping[str, int]
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class FactView:
    """A fact of a profile. `state` is 'known', 'assumed' or 'unknown', `value` its text, or why it
    is unknown, `title` its name for people ('Process Creation'), '' where the key says it."""

    key: FactKey[object]
    state: str
    value: str
    evidence: tuple[Evidence, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """Hosts that are alike in every fact that matters, assessed once.

    `host_counts` says how many machines each of `hosts` stands for, `count` all together.
    `events` are judged as they arrive: written, kept and, where subscriptions are known,
    forwarded. `events_on_host` then tells what the host itself holds; it is empty where
    forwarding is not judged. `attributes` are all fields of these events ('Sysmon:1/Image');
    those that no data component asks for come without reasons.
    """

    profile_id: str
    hosts: tuple[str, ...]
    count: int
    os: str
    role: str
    facts: tuple[FactView, ...]
    events: Mapping[str, Judged]
    attributes: Mapping[str, Judged]
    components: Mapping[str, ComponentResult]
    techniques: Mapping[str, TechniqueResult]
    events_on_host: Mapping[str, Judged] = field(default_factory=dict)
    rules: Mapping[str, RuleSummary] = field(default_factory=dict)
    rules_by_technique: Mapping[str, RuleRollup] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    faults: tuple[Fault, ...] = ()
    host_counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlannedRemedy:
    """A remedy with what it would gain.

    `profiles` are those on which it raises a verdict by itself, `hosts` their hosts; where it
    raises none anywhere, those whose chains ask for it. `raised` are the techniques of which some
    answer rises (technique id -> words such as 'detection: not achievable -> achievable'); `gain`
    counts the host x technique verdicts raised, to order remedies. `needless`: another remedy of
    the same fact asks for less and gains as much.

    `rules_raised` are the rules whose verdict rises, by the words for the change ('not achievable
    -> achievable'); `rule_gain` is the weight of their levels times the hosts, half where a part
    was proven before or only a part is proven then.
    """

    remedy: Remedy
    profiles: tuple[str, ...]
    hosts: int
    gain: int
    raised: Mapping[str, str]
    needless: bool = False
    rules_raised: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rule_gain: float = 0.0


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A few remedies that together make more detections achievable.

    `remedies` are places in `Assessment.remedies`; `profiles` need one, and have `hosts`. `gain`
    counts host x technique pairs on which detection becomes achievable by this step, `achievable`
    those after it and all before; `techniques` are those gained on some profile. In a plan for
    rules the pairs are of hosts and rules, weighed by level: `rules` are those gained on some
    profile, `rule_gain` the weight of their levels times the hosts. `kinds` are the kinds of its
    changes, `volume` the class of their events, `gained_on` the profiles that gain a technique.
    """

    remedies: tuple[int, ...]
    profiles: tuple[str, ...]
    hosts: int
    gain: float
    achievable: float
    techniques: tuple[str, ...]
    rules: tuple[str, ...] = ()
    rule_gain: float = 0.0
    kinds: tuple[str, ...] = ()
    volume: Volume = Volume.UNKNOWN
    gained_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to change, in steps, for detection with alternatives, or for rules.

    `pairs` counts the host x technique pairs that apply; `open` those that only a missing fact or
    a change that no prerequisite offers could make achievable. `least` holds, by profile and
    technique, a set of remedies that suffices for it (places in `Assessment.remedies`). In a plan
    for rules, each pair counts as much as the rule's level.
    """

    steps: tuple[PlanStep, ...] = ()
    pairs: float = 0
    open: float = 0
    least: Mapping[str, Mapping[str, tuple[int, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that the inventory does not tell, and how many technique verdicts hang on it.

    `title` names the fact for people, '' where the key does. `rules` counts host x rule verdicts.
    """

    key: FactKey[object]
    profiles: tuple[str, ...]
    reason: str
    verdicts: int
    title: str = ""
    rules: int = 0


@dataclass(frozen=True, slots=True)
class FleetTechnique:
    """A technique over all hosts: for each of the questions, hosts by label.

    `achievable_share` is the share of the hosts that the technique applies to on which detection
    is achievable, here or elsewhere.
    """

    technique_id: str
    name: str
    tactics: tuple[str, ...]
    detection: Mapping[str, int]
    visibility: Mapping[str, int]
    analytic: Mapping[str, int]
    analytic_by_any_event: Mapping[str, int]
    achievable_share: float | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that one run found.

    `notes` tell how it was done and what could not be judged (heading, text). `scope` is what
    the user restricted its techniques to, '' where nothing; `hosts_beside` counts the hosts of the
    fleet that are not shown, `as_of` tells the days of the facts. `counterparts` are the ids of
    techniques in the other shipped ATT&CK where they differ. `plan` is made for techniques,
    `rule_plan` in the same way for the rules that were given.
    """

    version: str
    attack_version: str
    inventory: str
    scope: str
    inputs: tuple[InputFile, ...]
    profiles: tuple[Profile, ...]
    fleet: Mapping[str, FleetTechnique]
    remedies: tuple[PlannedRemedy, ...]
    missing: tuple[MissingFact, ...]
    tactics: tuple[tuple[str, str], ...]
    faults: tuple[Fault, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    plan: Plan = Plan()
    rule_plan: Plan = Plan()
    questions: tuple[str, ...] = QUESTIONS
    counterparts: Counterparts = NO_COUNTERPARTS
    hosts_beside: int = 0
    as_of: AsOf | None = None
