"""Why rules can fire on the hosts of an inventory or cannot."""

from __future__ import annotations

from collections.abc import Sequence

from logreach.coverage.assessment.evaluated import evaluate_with
from logreach.coverage.assessment.explain import Explanation, least_changes
from logreach.coverage.assessment.profiles import group, names
from logreach.coverage.detections.explain import explain_rule
from logreach.coverage.detections.judge import RuleJudge
from logreach.coverage.detections.model import Rule
from logreach.coverage.detections.nodes import RuleNodes
from logreach.coverage.engine.reasons import Reasons
from logreach.coverage.engine.verdict import Level
from logreach.coverage.network.rule_nodes import RuleEvents
from logreach.inventories.facts.host import Inventory


def explain_rules(
    chosen: Sequence[Rule], rules: Sequence[Rule], inventory: Inventory
) -> list[Explanation]:
    """One explanation per profile and chosen rule, with the least changes for it; `rules` are those
    whose matches a chosen correlation may count."""
    # Only a correlation needs the rules whose matches it counts.
    alone = all(rule.correlation is None for rule in chosen)
    events = RuleEvents.alone(broad=not alone)
    nodes = RuleNodes(chosen if alone else rules, events).by_id
    explanations = []
    profiles, _ = evaluate_with(
        events.compiled, events.shared.items(), group(inventory.hosts), group(inventory.beside)
    )
    for profile in profiles:
        evaluation = profile.evaluation
        judge = RuleJudge(evaluation, Reasons(evaluation))
        hosts = names(profile.group.hosts)
        for node in (nodes[rule.id] for rule in chosen):
            least = least_changes("the rule", node.node, evaluation, goal=Level.PARTIAL)
            tree = explain_rule(node, judge, ", ".join(hosts), least)
            subject = f"{node.rule.title} ({node.rule.id})"
            explanations.append(Explanation(tree, subject, hosts, profile.group.count))
    return explanations
