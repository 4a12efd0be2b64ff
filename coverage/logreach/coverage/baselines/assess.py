"""A baseline against an inventory: every requirement on every profile, and what it would gain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from logreach.coverage.assessment.as_of import as_of
from logreach.coverage.assessment.assess import Scope, fact_in_words, rule_work
from logreach.coverage.assessment.evaluated import Assessed, Fleet, evaluate_fleet
from logreach.coverage.assessment.profiles import group
from logreach.coverage.assessment.questions import Questions, technique_questions
from logreach.coverage.attack import AttackModel
from logreach.coverage.baselines.gains import gains
from logreach.coverage.baselines.judge import JudgedProfile, RequirementGraph
from logreach.coverage.baselines.nodes import RequirementNodes
from logreach.coverage.baselines.proof import provable_groups
from logreach.coverage.baselines.result import Answer, BaselineProfile, BaselineResult, Gain
from logreach.coverage.detections.model import RuleSet
from logreach.coverage.network.model import Model, build
from logreach.inventories.facts.host import Inventory
from logreach.inventories.windows.baselines.requirements import Baseline

Progress = Callable[[str, int, int], None]


def _quiet(what: str, done: int, total: int) -> None:
    """Report no progress."""


def assess_baseline(
    inventory: Inventory,
    attack: AttackModel,
    baseline: Baseline,
    *,
    scope: Scope,
    rules: RuleSet | None = None,
    version: str = "",
    day: date | None = None,
    observed_only: bool = False,
    progress: Progress = _quiet,
) -> BaselineResult:
    """Judge every requirement for every profile. Raises InputError where the baseline names
    events or fields that nobody knows."""
    narrow = scope.techniques is not None
    model = build(attack, scope.techniques, narrow=narrow, own_rules=rules is not None)
    nodes = RequirementNodes(model, baseline)
    work = rule_work(rules, model) if rules else None
    if work:
        detection = model.detection_part
        model.add_detection(work.ways(detection.direct_events, detection.recorded_by))
    questions = {**technique_questions(model), **(work.questions if work else {})}
    groups = provable_groups(inventory.hosts)
    shared = work.events.shared if work else {}
    assessed, fleet = evaluate_fleet(model, groups, group(inventory.beside), shared)
    answers = _answers(nodes, assessed, observed_only=observed_only, progress=progress)
    profiles = _weighed(model, nodes, questions, (assessed, fleet), answers, progress)
    return BaselineResult(
        version,
        attack.version,
        inventory.name,
        baseline,
        tuple(profiles),
        inventory.files,
        {technique.id: technique.name for technique in model.techniques},
        {rule.id: rule.title for rule in rules.rules} if rules else {},
        len(rules.rules) if rules else 0,
        scope.words,
        sum(host.count for host in inventory.beside),
        as_of(day, inventory.hosts),
        observed_only,
        (*inventory.faults, *(rules.faults if rules else ())),
    )


def _answers(
    nodes: RequirementNodes,
    assessed: Sequence[Assessed],
    *,
    observed_only: bool,
    progress: Progress,
) -> list[dict[str, Answer]]:
    graph = RequirementGraph(nodes)
    answers = []
    for place, profile in enumerate(assessed):
        progress("judging requirements", place, len(assessed))
        judged = JudgedProfile(graph, profile.group, observed_only=observed_only)
        answers.append({each.id: judged.answer(each) for each in nodes.baseline.requirements})
    return answers


def _weighed(
    model: Model,
    nodes: RequirementNodes,
    questions: Questions,
    fleet: tuple[Sequence[Assessed], Fleet],
    answers: list[dict[str, Answer]],
    progress: Progress,
) -> list[BaselineProfile]:
    """The profiles, with what each requirement gains alone, and all of them together."""
    assessed, evidence = fleet
    requirements = nodes.baseline.requirements
    for number, requirement in enumerate(requirements):
        progress("weighing requirements", number, len(requirements))
        remedies = {
            place: several[requirement.id].remedies for place, several in enumerate(answers)
        }
        for place, gain in enumerate(gains(questions, assessed, evidence, remedies)):
            several = answers[place]
            several[requirement.id] = replace(several[requirement.id], gain=gain)
    every = {
        place: tuple(dict.fromkeys(each for answer in several.values() for each in answer.remedies))
        for place, several in enumerate(answers)
    }
    together = gains(questions, assessed, evidence, every)
    return [
        _profile(model, profile, answers[place], together[place])
        for place, profile in enumerate(assessed)
    ]


def _profile(
    model: Model, profile: Assessed, answers: dict[str, Answer], together: Gain
) -> BaselineProfile:
    facts = profile.group.facts
    kind = model.sensors.hosts.of(facts)[0]
    return BaselineProfile(
        profile.group.profile_id,
        {host.name: host.count for host in profile.group.hosts},
        fact_in_words(facts, kind.system),
        fact_in_words(facts, kind.role),
        answers,
        together,
    )
