"""Why a verdict is what it is, by profile: the picture of a technique, an event, and the chain."""

from __future__ import annotations

from dataclasses import dataclass, replace

from logreach.coverage.assessment.detected import Detected
from logreach.coverage.assessment.evaluated import Assessed, evaluate_fleet
from logreach.coverage.assessment.event_view import EventView, add_fields, view
from logreach.coverage.assessment.lookup import current_id, resolve_nodes
from logreach.coverage.assessment.picture import Picture, Pictures
from logreach.coverage.assessment.profiles import group
from logreach.coverage.assessment.profiles import names as names_of
from logreach.coverage.assessment.result import Detection
from logreach.coverage.attack import AttackModel, Presence, counterparts
from logreach.coverage.engine.chain import Chain
from logreach.coverage.engine.evaluation import Evaluation
from logreach.coverage.engine.judged import Remedy
from logreach.coverage.engine.minimal_changes import applied, exceeds, fewest
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.reasons import Reasons
from logreach.coverage.engine.tree import Branch
from logreach.coverage.engine.verdict import YES, Level
from logreach.coverage.events.event_id import EventId
from logreach.coverage.network.keys import held_key
from logreach.coverage.network.model import Model, build
from logreach.inventories.facts.host import Inventory

_MOST_ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is said of a name on the hosts of one profile.

    `tree` is the chain behind the verdict; `subject` is what was asked for, by id and name, `hosts`
    and `count` are the inventory's entries of the profile and the machines that they stand for. A
    technique has a `picture` (None where it is not for such hosts) and its ways to be detected; an
    event, or a field of one, has the `event`.
    """

    tree: Branch
    subject: str = ""
    hosts: tuple[str, ...] = ()
    count: int = 0
    picture: Picture | None = None
    detection: Detection | None = None
    event: EventView | None = None


def explain(what: str, inventory: Inventory, attack: AttackModel) -> list[Explanation]:
    """One explanation a profile of a technique, an event, a field of one or a data component.

    An id of the other shipped ATT&CK means the technique that became of it. Raises InputError where
    `what` names none of these, or a technique that is several here.
    """
    what = current_id(attack, what)
    lookup = attack.look_up(what)
    model = build(attack, [lookup.id] if lookup.presence is Presence.CURRENT else [])
    technique = model.techniques[0] if model.techniques else None
    keys = resolve_nodes(what, model)
    subject = _name(keys[0])
    if technique is not None:
        what = _with_other_id(technique.id, attack)
        subject = f"{what} {technique.name}"
    event, names = _event_fields(keys[0], model)
    profiles, _ = evaluate_fleet(model, group(inventory.hosts), group(inventory.beside))
    explanations = []
    for profile in profiles:
        reasons = Reasons(profile.evaluation)
        explanations.append(
            Explanation(
                _tree(what, keys, profile, reasons),
                subject,
                names_of(profile.group.hosts),
                profile.group.count,
                Pictures(model, profile, reasons).of(technique) if technique else None,
                Detected(model, profile, reasons).of(technique.id) if technique else None,
                view(model, reasons, event, names) if event else None,
            )
        )
    return explanations


def _name(key: NodeKey) -> str:
    """'Security:4688/CommandLine': what a node is called that is no technique."""
    return "/".join(map(str, key.parts))


def _with_other_id(technique: str, attack: AttackModel) -> str:
    """A technique's id, with that in the other shipped ATT&CK where it differs."""
    counterpart = counterparts(attack.version, [technique])
    ids = counterpart.ids.get(technique)
    if ids is None:
        return technique
    return f"{technique} ({', '.join(ids) or 'none'} in ATT&CK {counterpart.version})"


def _event_fields(key: NodeKey, model: Model) -> tuple[EventId | None, tuple[str, ...]]:
    """The event that a node is about, if it is one, and the fields of it to be shown."""
    if key.kind not in ("event", "attribute"):
        return None, ()
    name, *field = map(str, key.parts)
    event = EventId.parse(name)
    return event, add_fields(model, event, *field)


def _tree(what: str, keys: list[NodeKey], profile: Assessed, reasons: Reasons) -> Branch:
    evaluation = profile.evaluation
    chain = Chain(evaluation, reasons)
    children = _once(keys, [_named(key, chain.below(key)) for key in keys])
    children[1:1] = _on_host(keys[0], evaluation)
    label = f"{what} on {', '.join(host.name for host in profile.group.hosts)}"
    verdict = children[0].verdict
    number = evaluation.compiled.number[keys[0]]
    asked = "detection" if keys[0].kind == "technique" else _name(keys[0])
    children += least_changes(asked, number, evaluation)
    return Branch(label, None, verdict, (), tuple(children))


def _on_host(key: NodeKey, evaluation: Evaluation) -> list[Branch]:
    """What the host itself holds of an event that does not arrive, or not whole."""
    if key.kind != "event":
        return []
    event = EventId.parse(str(key.parts[0]))
    verdict = evaluation.verdict(held_key(event))
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
            best = Branch(f"{name}, once this is changed", None, after, changes=changes)
            instead = _alternatives(changes[0], number, evaluation) if len(changes) == 1 else []
            label = f"{name}, once this is changed instead"
            return [best, *(Branch(label, None, after, changes=(each,)) for each in instead)]
    return [Branch(f"no change that is known makes {name} achievable here", None, verdict)]


def _alternatives(change: Remedy, number: int, evaluation: Evaluation) -> list[Remedy]:
    """Other single changes that bring as much; not one that asks for more than another does."""
    goal = applied(evaluation, [change]).verdict_at(number)
    offered = {
        reason.remedy.name: reason.remedy
        for _, reason in evaluation.reasons()
        if reason.remedy is not None
    }
    as_good = [
        remedy
        for remedy in offered.values()
        if remedy.name == change.name or applied(evaluation, [remedy]).verdict_at(number) is goal
    ]
    least = [x for x in as_good if not any(exceeds(x, other) for other in as_good)]
    return [x for x in least if x.name != change.name][:_MOST_ALTERNATIVES]


def _named(key: NodeKey, branch: Branch) -> Branch:
    """The questions to a technique have names of their own."""
    if key.kind != "technique":
        return branch
    _, question = key.parts
    return replace(branch, label=str(question).replace("_", " "))
