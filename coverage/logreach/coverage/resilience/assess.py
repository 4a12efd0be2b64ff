"""Judge the resilience of a fleet: what its detections hang on, and who sees that taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from logreach.coverage.assessment.as_of import as_of
from logreach.coverage.assessment.assess import Scope, rule_work
from logreach.coverage.assessment.evaluated import Assessed, Fleet, evaluate_fleet
from logreach.coverage.assessment.profiles import HostGroup, group, names
from logreach.coverage.attack import AttackModel
from logreach.coverage.detections.model import RuleSet
from logreach.coverage.engine.evaluation import Evaluation
from logreach.coverage.engine.witness_sets import Ask, Witnesses
from logreach.coverage.network.model import Model, build
from logreach.coverage.platforms.switches import switches_of
from logreach.coverage.resilience.blinding import Cut, fewest_off
from logreach.coverage.resilience.fleet_switches import FleetSwitches
from logreach.coverage.resilience.host_switches import read_facts
from logreach.coverage.resilience.result import (
    Blinding,
    HostActResult,
    ProfileResilience,
    Resilience,
    SwitchResult,
    TechniqueResilience,
)
from logreach.coverage.resilience.tampering import Seen, Sight, Tampering, least, sights
from logreach.inventories.facts.host import Inventory

Progress = Callable[[str, int, int], None]


def _quiet(what: str, done: int, total: int) -> None:
    """Report no progress."""


def assess_resilience(
    inventory: Inventory,
    attack: AttackModel,
    scope: Scope | None = None,
    *,
    rules: RuleSet | None = None,
    version: str = "",
    progress: Progress = _quiet,
    day: date | None = None,
) -> Resilience:
    """The resilience of every technique in scope, for every profile of the inventory.

    With rules, these stand for the published ones. Hosts beside the inventory's own may record what
    is done on these, and have switches too.
    """
    scope = scope or Scope()
    narrow = scope.techniques is not None
    model = build(attack, scope.techniques, narrow=narrow, own_rules=rules is not None)
    work = rule_work(rules, model) if rules else None
    if work:
        detection = model.detection_part
        model.add_detection(work.ways(detection.direct_events, detection.recorded_by))
    own, beside = group(inventory.hosts), group(inventory.beside)
    tampering = _tampering(model, [*own, *beside])
    assessed, fleet = evaluate_fleet(
        model, [*own, *beside], shared=work.events.shared if work else {}
    )
    judge = _Judge(model, assessed, fleet, tampering, own=len(own))
    profiles = []
    for place in range(len(own)):
        progress("searching for what techniques hang on", place, len(own))
        profiles.append(judge.profile(place))
    return Resilience(
        version=version,
        attack_version=attack.version,
        inventory=inventory.name,
        scope=scope.words,
        as_of=as_of(day, inventory.hosts),
        rules=len(rules.rules) if rules else 0,
        hosts_beside=sum(host.count for host in inventory.beside),
        profiles=tuple(profiles),
        switches=tuple(map(judge.switch, range(len(judge.fleet.switches)))),
        host_acts=tuple(judge.host_acts),
    )


def _tampering(model: Model, groups: Iterable[HostGroup]) -> Tampering:
    """The acts of every switch there is, whose evidence is added to the graph."""
    tampering, groups = Tampering(model), list(groups)
    before = -1
    while len(model.compiled.keys) != before:  # evidence may read facts of further switches
        before = len(model.compiled.keys)
        read = read_facts(model.compiled)
        for each in groups:
            for switch in switches_of(each.facts, read):
                tampering.acts(switch)
    return tampering


def _beside(hosts: HostGroup) -> str:
    """What a profile is called that nobody asks about: 'beside DC01, DC02 and 3 more'."""
    first, rest = names(hosts.hosts)[:2], len(hosts.hosts) - 2
    return f"beside {', '.join(first)}{f' and {rest} more' if rest > 0 else ''}"


class _Judge:
    """Judges the first `own` profiles of a fleet; the others record for them."""

    def __init__(
        self,
        model: Model,
        assessed: Sequence[Assessed],
        fleet: Fleet,
        tampering: Tampering,
        own: int,
    ) -> None:
        self._model = model
        self._assessed = assessed
        self._own = own
        self._tampering = tampering
        self.fleet = FleetSwitches(model.compiled, assessed, fleet)
        self._ids = [
            each.group.profile_id if place < own else _beside(each.group)
            for place, each in enumerate(assessed)
        ]
        self._seen: dict[tuple[int, int], tuple[Sight, ...]] = {}
        self.host_acts = list(self._host_acts())
        every = range(len(self.fleet.switches))
        hidden = sum(1 << each for each in every if least(self._sights(each, 0)) is Seen.NO)
        # Switches that nobody sees turned off, first by themselves, then behind others.
        self._hidden = (hidden, self._turned_off(self.fleet.everything, Seen.NO))
        self._unseen = self._turned_off(self.fleet.everything, Seen.UNKNOWN)

    def profile(self, place: int) -> ProfileResilience:
        """The techniques that apply to a profile."""
        group_, evaluation = self._assessed[place].group, self._assessed[place].evaluation
        numbers = {technique: number for number, technique in self._model.questions.items()}
        return ProfileResilience(
            self._ids[place],
            names(group_.hosts),
            group_.count,
            {
                technique.id: TechniqueResilience(
                    technique.id,
                    technique.name,
                    technique.tactics,
                    evaluation.verdict_at(numbers[technique.id]),
                    self._blinding(place, numbers[technique.id], Ask.WHOLE),
                    self._blinding(place, numbers[technique.id], Ask.PART),
                )
                for technique in self._model.techniques
                if evaluation.applicable(numbers[technique.id])
            },
        )

    def switch(self, number: int) -> SwitchResult:
        """A switch, with what is lost without it."""
        placed = self.fleet.switches[number]
        after = self.fleet.without(1 << number)
        each_act = self._sights(number, 0)
        return SwitchResult(
            self._ids[placed.place],
            placed.switch.kind,
            placed.switch.title,
            self._assessed[placed.place].group.count,
            self._lost(after, Ask.WHOLE),
            self._lost(after, Ask.PART),
            each_act,
            least(each_act),
        )

    def _host_acts(self) -> Iterable[HostActResult]:
        """What acts take that turn off many switches of a host at once."""
        everything = self.fleet.everything
        for place in range(self._own):
            host = self.fleet.hosts[place]
            for host_act in self._tampering.host_acts:
                off = sum(host.bit(each) for each in host.switches if each.kind in host_act.covers)
                after = {
                    place: self.fleet.without(off).get(place, self._assessed[place].evaluation)
                }
                witnesses = self.fleet.witnesses[place]
                (sight,) = sights([host_act.act], witnesses, everything, everything & ~off)
                yield HostActResult(
                    self._ids[place],
                    host_act.name,
                    self._assessed[place].group.count,
                    self._lost(after, Ask.WHOLE).get(self._ids[place], ()),
                    self._lost(after, Ask.PART).get(self._ids[place], ()),
                    sight,
                )

    def _lost(self, after: Mapping[int, Evaluation], ask: Ask) -> dict[str, tuple[str, ...]]:
        """The techniques that hold no longer, by profile; of those that nobody asks about none."""
        lost = {}
        for place, evaluation in after.items():
            before = self._assessed[place].evaluation
            techniques = tuple(
                technique
                for number, technique in self._model.questions.items()
                if ask.met_by(before.verdict_at(number))
                and not ask.met_by(evaluation.verdict_at(number))
            )
            if techniques and place < self._own:
                lost[self._ids[place]] = techniques
        return lost

    def _blinding(self, place: int, number: int, ask: Ask) -> Blinding | None:
        if not ask.met_by(self._assessed[place].evaluation.verdict_at(number)):
            return None
        fleet = self.fleet
        witnesses = fleet.witnesses[place].of(number, ask)
        cut = fewest_off(fleet, place, number, ask, witnesses)
        unseen = fewest_off(fleet, place, number, ask, witnesses, self._unseen)
        cut = self._least_visible(cut, place, number, ask, witnesses, unseen)
        seen = self._seen_together(cut.switches) if cut.switches else Seen.UNKNOWN
        if cut.exact and seen is not Seen.YES:
            unseen = cut
        return Blinding(
            ways=len(witnesses.sets),
            all_ways=witnesses.complete,
            sole=tuple(fleet.among(self._sole(place, number, ask, witnesses))),
            cost=cut.cost,
            exact=cut.exact,
            switches=tuple(fleet.among(cut.switches)),
            seen=seen,
            unseen_cost=unseen.cost,
            unseen_exact=unseen.exact and self._seen_together(unseen.switches) is not Seen.YES,
            unseen=tuple(fleet.among(unseen.switches)),
            host_acts=self._at_one_act(place, number, ask),
        )

    def _least_visible(
        self, cut: Cut, place: int, number: int, ask: Ask, witnesses: Witnesses, unseen: Cut
    ) -> Cut:
        """Of sets of the same size, one that an adversary would take as it is seen least."""
        others = [
            *(fewest_off(self.fleet, place, number, ask, witnesses, each) for each in self._hidden),
            unseen,
        ]
        equal = [each for each in others if each.exact and each.cost == cut.cost is not None]
        return min(
            (*equal, cut), key=lambda each: (not each.exact, self._seen_together(each.switches))
        )

    def _at_one_act(self, place: int, number: int, ask: Ask) -> tuple[str, ...]:
        """The acts of the host itself that alone turn the detection off."""
        technique, profile = self._model.questions[number], self._ids[place]
        return tuple(
            each.name
            for each in self.host_acts
            if each.profile == profile
            and technique in (each.lost if ask is Ask.WHOLE else each.dark)
        )

    def _sole(self, place: int, number: int, ask: Ask, witnesses: Witnesses) -> int:
        """The switches in every set; where not all sets are listed, those without which nothing
        holds."""
        if witnesses.complete:
            return witnesses.in_every
        holds, sole = self.fleet.witnesses[place], 0
        for each in self.fleet.among(witnesses.in_every):
            if not holds.holds(number, self.fleet.everything & ~(1 << each), ask):
                sole |= 1 << each
        return sole

    def _sights(self, number: int, off: int) -> tuple[Sight, ...]:
        """Whether the acts that turn off a switch are seen, others being off already."""
        if (number, off) not in self._seen:
            placed = self.fleet.switches[number]
            witnesses = self.fleet.witnesses[placed.place]
            before = self.fleet.everything & ~off
            acts = self._tampering.acts(placed.switch)
            self._seen[number, off] = sights(acts, witnesses, before, before & ~(1 << number))
        return self._seen[number, off]

    def _turned_off(self, among: int, at_most: Seen) -> int:
        """Of some switches, those that can be turned off with each act seen that little at most.

        What is off already may have been what would have seen the next act, never the other way."""
        off, more = 0, True
        while more:
            more = False
            for number in self.fleet.among(among & ~off):
                if least(self._sights(number, off)) <= at_most:
                    off |= 1 << number
                    more = True
        return off

    def _seen_together(self, switches: int) -> Seen:
        """Whether turning off these switches is seen in whatever order that is done."""
        for seen in (Seen.NO, Seen.UNKNOWN):
            if self._turned_off(switches, seen) == switches:
                return seen
        return Seen.YES
