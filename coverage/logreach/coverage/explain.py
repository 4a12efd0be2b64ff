"""The chain behind one verdict: which node of the graph a text means, and its tree."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

from logreach.coverage.attack import AttackModel, Presence
from logreach.coverage.build.model import Model, build
from logreach.coverage.build.techniques import QUESTIONS
from logreach.coverage.chain import Chain
from logreach.coverage.evaluation import Evaluation, evaluate
from logreach.coverage.least import fewest
from logreach.coverage.profiles import HostGroup, group
from logreach.coverage.reasons import Reasons
from logreach.coverage.tree import Branch
from logreach.coverage.verdict import YES
from logreach.inventories.facts import Facts, Inventory
from logreach.inventories.faults import Fault, InputError

_ALTERNATIVES = "detection_with_alternatives"


def explain(what: str, inventory: Inventory, attack: AttackModel) -> list[Branch]:
    """One tree a profile for a technique, an event, a field of an event or a data component.

    Raises InputError where `what` names none of these.
    """
    wanted = attack.ask(what)
    scope = [wanted.id] if wanted.presence is Presence.CURRENT else []
    model = build(attack, scope)
    keys = _keys(what, model)
    return [_tree(what, keys, model, one) for one in group(inventory.hosts)]


def _keys(what: str, model: Model) -> list[str]:
    answer = model.attack.ask(what)
    if answer.presence is Presence.CURRENT:
        return [f"technique:{answer.id}/{question}" for question in QUESTIONS]
    if answer.presence is not Presence.UNKNOWN:
        hint = f"It was replaced by {answer.replacement}" if answer.replacement else ""
        raise InputError(Fault(f"ATT&CK {model.attack.version} has no {what}", hint=hint))
    for kind in ("event", "attribute", "component"):
        names = {
            node.label.casefold(): node.key
            for node in model.graph.nodes(kind)
            if "@" not in node.key
        }
        if what.casefold() in names:
            return [names[what.casefold()], *_uses(names[what.casefold()], model)]
    raise InputError(Fault(f"nothing here is called {what!r}", hint=_hint(what, model)))


def _uses(key: str, model: Model) -> list[str]:
    """For an event: what each data component gets from it alone."""
    kind, _, event = key.partition(":")
    if kind != "event":
        return []
    return [
        node.key
        for node in model.graph.nodes("coverage")
        if node.key.startswith("via:") and node.key.endswith(f"|{event}") and "@" not in node.key
    ]


def _hint(what: str, model: Model) -> str:
    names = [node.label for kind in ("event", "component") for node in model.graph.nodes(kind)]
    near = get_close_matches(what, names, 3)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return (
        "Say a technique (T1543.003), an event (Security:4688), a field "
        "(Security:4688/CommandLine) or a data component (Process Creation)"
    )


def _tree(what: str, keys: list[str], model: Model, one: HostGroup) -> Branch:
    evaluation = evaluate(model.compiled, one.facts)
    chain = Chain(evaluation, Reasons(evaluation))
    children = [_named(key, chain.below(key)) for key in keys]
    if _ALTERNATIVES in keys[-1]:
        children += _least(keys[-1], evaluation, one.facts)
    hosts = ", ".join(host.name for host in one.hosts)
    return Branch(f"{what} on {hosts}", None, children[0].verdict, (), tuple(children))


def _least(key: str, evaluation: Evaluation, facts: Facts) -> list[Branch]:
    """What to change for a detection that is not achievable yet."""
    verdict = evaluation.verdict(key)
    if verdict == YES or not verdict.applicable:
        return []
    name = _ALTERNATIVES.replace("_", " ")
    changes = fewest(evaluation, facts, key)
    if changes is None:
        return [Branch(f"no change that is known makes {name} achievable here", None, verdict)]
    made = tuple(Branch(one.text, None, YES, note=one.cost) for one in changes)
    return [Branch(f"{name}, once this is changed", None, YES, (), made)]


def _named(key: str, branch: Branch) -> Branch:
    """The questions to a technique have names of their own."""
    if not key.startswith("technique:"):
        return branch
    return replace(branch, label=key.partition("/")[2].replace("_", " "))
