"""The chain behind one verdict, as a tree."""

from __future__ import annotations

from dataclasses import replace

from logreach.coverage.assessment.evaluated import Assessed, evaluate_fleet
from logreach.coverage.assessment.lookup import resolve_nodes
from logreach.coverage.assessment.profiles import group
from logreach.coverage.attack import AttackModel, Presence
from logreach.coverage.engine.chain import Chain
from logreach.coverage.engine.evaluation import Evaluation
from logreach.coverage.engine.minimal_changes import applied, fewest
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.reasons import Reasons
from logreach.coverage.engine.tree import Branch
from logreach.coverage.engine.verdict import YES, Level
from logreach.coverage.network.model import build
from logreach.inventories.facts.host import Inventory



def explain(what: str, inventory: Inventory, attack: AttackModel) -> list[Branch]:
    """One tree a profile for a technique, an event, a field of an event or a data component.

    Raises InputError where `what` names none of these.
    """
    wanted = attack.look_up(what)
    scope = [wanted.id] if wanted.presence is Presence.CURRENT else []
    model = build(attack, scope)
    keys = resolve_nodes(what, model)
    profiles, _ = evaluate_fleet(model, group(inventory.hosts), group(inventory.beside))
    return [_tree(what, keys, profile) for profile in profiles]


def _tree(what: str, keys: list[NodeKey], profile: Assessed) -> Branch:
    evaluation = profile.evaluation
    chain = Chain(evaluation, Reasons(evaluation))
    children = _once(keys, [_named(key, chain.below(key)) for key in keys])
    children[1:1] = _on_host(keys[0], evaluation)
    label = f"{what} on {', '.join(host.name for host in profile.group.hosts)}"
    verdict = children[0].verdict
    if keys[0].kind == "technique":
        number = evaluation.compiled.number[keys[0]]
        children += least_changes("detection", number, evaluation)
    return Branch(label, None, verdict, (), tuple(children))


def _on_host(key: NodeKey, evaluation: Evaluation) -> list[Branch]:
    """What the host itself holds of an event that does not arrive, or not whole."""
    if key.kind != "event":
        return []
    (event,) = key.parts
    verdict = evaluation.verdict(NodeKey.of("held", event))
    label = f"{event} on the host itself, whether or not it arrives"
    return [Branch(label, None, verdict)] if verdict != evaluation.verdict(key) else []


def _once(keys: list[NodeKey], children: list[Branch]) -> list[Branch]:
    """Where an event or technique does not apply to the host, the reason is told once."""
    if keys[0].kind == "event" and not children[0].verdict.applicable:
        return children[:1]
    same = {(child.verdict.applicable, child.reasons, child.children) for child in children}
    if children[0].verdict.applicable or len(same) > 1:
        return children
    return [replace(children[0], label=", ".join(child.label for child in children))]


def least_changes(
    name: str, number: int, evaluation: Evaluation, goal: Level = Level.YES
) -> list[Branch]:
    """What to change for a technique or rule that is not achievable yet; `name` is what it is
    called, `goal` the least that is to be proven."""
    verdict = evaluation.verdict_at(number)
    if verdict is YES or not verdict.applicable:
        return []
    for level in (Level.YES, goal):
        changes = fewest(evaluation, number, level) if verdict.proven < level else None
        if changes is not None:
            after = applied(evaluation, changes).verdict_at(number)
            return [Branch(f"{name}, once this is changed", None, after, changes=changes)]
    return [Branch(f"no change that is known makes {name} achievable here", None, verdict)]


def _named(key: NodeKey, branch: Branch) -> Branch:
    """The questions to a technique have names of their own."""
    if key.kind != "technique":
        return branch
    _, question = key.parts
    return replace(branch, label=str(question).replace("_", " "))
