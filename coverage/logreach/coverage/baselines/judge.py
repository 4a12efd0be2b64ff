"""One profile against a baseline: what its facts prove, what they leave open, what would mend it.

Each requirement is evaluated twice: on all facts, and on those alone that are proof. It is met
where both prove it, not met where neither leaves it possible, and unknown else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from logreach.coverage.assessment.profiles import HostGroup
from logreach.coverage.baselines.nodes import FORWARDING_KEY, RequirementNodes, hosts_key
from logreach.coverage.baselines.proof import BASES, facts_from
from logreach.coverage.baselines.result import Answer, Basis, Status
from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.evaluation import Evaluation, evaluate, supposing
from logreach.coverage.engine.graph import Combine
from logreach.coverage.engine.judged import Reason, Remedy
from logreach.coverage.engine.minimal_changes import fewest
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.reasons import Reasons, each_once
from logreach.coverage.engine.verdict import YES, Level, Verdict
from logreach.coverage.platforms.sysmon.remedies import INSTALLATION
from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Facts, Known
from logreach.inventories.facts.host import Host
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.facts.values import in_words
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.reading.telling import telling_command
from logreach.inventories.windows.baselines.requirements import Requirement
from logreach.inventories.windows.facts import AUDIT_ORIGINS


class RequirementGraph:
    """The part of the graph that the requirements hang on, evaluated many times for each profile.

    `on_nothing` is it where nothing is told: what still holds does so on every host.
    """

    def __init__(self, nodes: RequirementNodes) -> None:
        self.nodes = nodes
        self.compiled = Compiled(nodes.model.graph.below(nodes.keys.values()))
        self.on_nothing = evaluate(self.compiled, facts_from(Facts(), Strength.OBSERVED))
        self._leaves: dict[int, tuple[int, ...]] = {}

    def leaves(self, number: int) -> tuple[int, ...]:
        """The leaves below a node, by number."""
        if number not in self._leaves:
            reached, waiting = {number}, [number]
            while waiting:
                for child in self.compiled.children[waiting.pop()]:
                    if child not in reached:
                        reached.add(child)
                        waiting.append(child)
            leaves = reached & self.compiled.leaves.by_number.keys()
            self._leaves[number] = tuple(sorted(leaves))
        return self._leaves[number]


class JudgedProfile:
    """A profile, and the requirements as its facts answer them."""

    def __init__(
        self, graph: RequirementGraph, group: HostGroup, *, observed_only: bool = False
    ) -> None:
        self._graph = graph
        self._group = group
        self._all = evaluate(graph.compiled, group.facts)
        self._by_strength: dict[Strength, Evaluation] = {}
        self._proven = self._on(Strength.OBSERVED if observed_only else Strength.DECLARED)
        self._readings = {each: Reasons(each) for each in (self._all, self._proven)}

    def _on(self, least: Strength) -> Evaluation:
        """The graph on facts that are shown at least so directly."""
        if least not in self._by_strength:
            facts = facts_from(self._group.facts, least)
            self._by_strength[least] = evaluate(self._graph.compiled, facts)
        return self._by_strength[least]

    @cached_property
    def _offering(self) -> Evaluation:
        """The proof, with what policies ask for of the audit policy: it names the GPO to change."""
        facts, origins = self._proven.facts, self._group.facts.known.get(AUDIT_ORIGINS)
        if origins is None or AUDIT_ORIGINS in facts.known:
            return self._proven
        known = {**facts.known, AUDIT_ORIGINS: origins}
        return evaluate(self._graph.compiled, Facts(known, facts.missing, facts.conflicts))

    def answer(self, requirement: Requirement) -> Answer:
        """What the facts say of a requirement, without what meeting it would gain."""
        key = self._graph.nodes.keys[requirement.id]
        status = self._status(key, self._proven)
        by_proof = self._proven.verdict(key)
        is_open = status in (Status.NOT_MET, Status.UNKNOWN)
        # Where proof alone would settle it, what is no proof leaves it open, and has to be told.
        evaluation = self._all if status is Status.UNKNOWN and by_proof.settled else self._proven
        telling = _telling(self._reasons(evaluation, key), status)
        resting = [*telling, *self._gate(evaluation, requirement, status)]
        stating = _stating(evaluation.facts, resting)
        return Answer(
            requirement,
            status,
            self._basis(key, status),
            tuple(dict.fromkeys(reason.text for reason in telling)),
            self._evidence(stating, resting),
            tuple(dict.fromkeys(_commands(telling, status))),
            *(self._remedies(requirement) if is_open else ((), True)),
            contradicted=tuple(self._contradicted(stating)) if is_open else (),
        )

    def _gate(
        self, evaluation: Evaluation, requirement: Requirement, status: Status
    ) -> Iterator[Reason]:
        """That the requirement is for this host: a settled answer rests on that as well."""
        reason = evaluation.reason(hosts_key(requirement))
        if status in (Status.MET, Status.NOT_MET) and reason is not None:
            yield reason

    def _status(self, key: NodeKey, proven: Evaluation) -> Status:
        status = _status(self._all.verdict(key), proven.verdict(key))
        if status is Status.NOT_MET and (self._all.doubtful(key) or proven.doubtful(key)):
            return Status.UNKNOWN  # it may be for other hosts
        return status

    def _reasons(self, evaluation: Evaluation, key: NodeKey) -> tuple[Reason, ...]:
        """The reasons of a node; of needs that are all met those of each, however many they are."""
        graph = evaluation.graph
        node = graph.node(key)
        is_ours = node.kind in ("requirement", "required")
        if is_ours and node.combine is Combine.ALL and evaluation.verdict(key) is YES:
            children = (edge.child for edge in graph.edges(key))
            return each_once([self._reasons(evaluation, child) for child in children])
        return self._readings[evaluation].of(key)

    def _basis(self, key: NodeKey, status: Status) -> Basis:
        """What the answer rests on: the most direct facts that give it by themselves.

        Of an unknown one that is what would have it met, were it proof.
        """
        if status is Status.UNKNOWN:
            if self._all.verdict(key).proven is not Level.YES:
                return Basis.NONE
            return next(
                BASES[least]
                for least in sorted(Strength, reverse=True)
                if self._on(least).verdict(key).proven is Level.YES
            )
        if self._status(key, self._graph.on_nothing) is status:
            return Basis.ALWAYS
        return next(
            (
                BASES[least]
                for least in sorted(Strength, reverse=True)
                if self._status(key, self._on(least)) is status
            ),
            Basis.NONE,
        )

    def _remedies(self, requirement: Requirement) -> tuple[tuple[Remedy, ...], bool]:
        """What meets a requirement, and whether it surely does.

        Where nothing tells what is forwarded, no change of the host does: then what it lacks
        besides.
        """
        number = self._graph.compiled.number[self._graph.nodes.check_keys[requirement.id]]
        remedies = self._fewest(self._offering, number)
        if remedies is not None:
            return remedies, True
        forwarding = self._graph.compiled.number.get(FORWARDING_KEY)
        if forwarding is not None and forwarding in self._graph.leaves(number):
            remedies = self._fewest(supposing(self._offering, {forwarding: YES}), number)
        return remedies or (), False

    def _fewest(self, evaluation: Evaluation, number: int) -> tuple[Remedy, ...] | None:
        """The fewest changes that meet a check; those that bring a sensor only where none else do,
        as they bring far more than is asked."""
        every = self._graph.leaves(number)
        modest = [leaf for leaf in every if not _installs(evaluation.leaves[leaf])]
        remedies = fewest(evaluation, number, leaves=modest)
        if remedies is None and len(modest) < len(every):
            remedies = fewest(evaluation, number, leaves=every)
        return None if remedies is None else tuple(sorted(remedies, key=_order))

    def _evidence(
        self, stating: Mapping[FactKey[object], Known[object]], reasons: Iterable[Reason]
    ) -> dict[str, tuple[Evidence, ...]]:
        """By host: where its own files state the facts that decided."""
        first, *others = self._group.hosts
        places = {first.name: _once(each for reason in reasons for each in reason.evidence)}
        for host in others:
            places[host.name] = _once(_places(host, stating))
        return places

    def _contradicted(self, stating: Mapping[FactKey[object], Known[object]]) -> Iterator[str]:
        for conflict in self._group.facts.conflicts:
            if conflict.key in stating and conflict.dropped.strength is Strength.POLICY:
                place = conflict.dropped.evidence
                where = f"{place.source} {place.where}".rstrip()
                asked = in_words(conflict.dropped.value)
                yield f"a policy asks for {asked} ({where}); the host has it otherwise"


def _order(remedy: Remedy) -> tuple[str, str]:
    return remedy.title, remedy.text


def _installs(reason: Reason | None) -> bool:
    return reason is not None and reason.remedy is not None and reason.remedy.kind == INSTALLATION


def _status(by_all: Verdict, by_proof: Verdict) -> Status:
    if not (by_all.applicable and by_proof.applicable):
        # Whether it is asked of a host must not hang on what is no proof.
        same = by_all.applicable is by_proof.applicable
        return Status.NOT_APPLICABLE if same else Status.UNKNOWN
    if min(by_all.proven, by_proof.proven) is Level.YES:
        return Status.MET
    if max(by_all.possible, by_proof.possible) < Level.YES:
        return Status.NOT_MET
    return Status.UNKNOWN


def _telling(reasons: Iterable[Reason], status: Status) -> list[Reason]:
    """The reasons that say why; that a requirement is for this host needs no saying."""
    every = list(reasons)
    if status is Status.NOT_APPLICABLE:
        return every[:1]
    telling = [each for each in every if not (each.link == "role" and each.verdict is YES)]
    if status is Status.NOT_MET:
        breaking = [each for each in telling if each.verdict.possible < Level.YES]
        return breaking or telling or every
    return telling or every


def _commands(reasons: Iterable[Reason], status: Status) -> Iterator[str]:
    """The commands that tell what is missing."""
    for reason in reasons if status is Status.UNKNOWN else ():
        if reason.missing is not None and not reason.verdict.settled:
            command = telling_command(reason.missing)
            if command is not None:
                yield str(command)


def _stating(facts: Facts, reasons: Iterable[Reason]) -> dict[FactKey[object], Known[object]]:
    """The facts on whose evidence reasons rest."""
    used = {each for reason in reasons for each in reason.evidence}
    return {
        key: fact for key, fact in facts.known.items() if fact.evidence and used & {*fact.evidence}
    }


def _places(host: Host, stating: Iterable[FactKey[object]]) -> Iterator[Evidence]:
    for key in stating:
        fact = host.facts.known.get(key)
        if fact is not None:
            yield from fact.evidence


def _once(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(evidence))
