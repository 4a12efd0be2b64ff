"""What differs between two versions of ATT&CK: techniques, tactics, analytics, data components."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from logreach.coverage.attack.crosswalk import Carry, carry_into
from logreach.coverage.attack.model import Analytic, AttackModel, DataComponent, LogSourceRef

_HEADINGS: Final = {
    "moved": "techniques with other ids",
    "new_techniques": "techniques that are new",
    "gone_techniques": "techniques that are gone",
    "renamed": "techniques with other names",
    "tactics": "tactics",
    "new_analytics": "analytics that are new",
    "changed_analytics": "analytics that name other log sources or platforms",
    "gone_analytics": "analytics of no technique any more",
    "components": "data components with other log sources",
}


@dataclass(frozen=True, slots=True)
class Differences:
    """The differences as lines of text, by kind; of `analytics`, the ids that are new and changed.

    An analytic that only belongs to a technique with another id now is no difference of its own.
    """

    lines: Mapping[str, tuple[str, ...]]
    new_analytics: frozenset[str]
    changed_analytics: frozenset[str]


def differences(old: AttackModel, new: AttackModel) -> Differences:
    """What the newer version has otherwise, in its words where it has them."""
    before = {analytic.id: analytic for analytic in old.analytics}
    now = {analytic.id: analytic for analytic in new.analytics}
    added = [each for each in new.analytics if each.id not in before]
    changed = [each for each in new.analytics if _is_changed(before.get(each.id), each)]
    lines = {
        "moved": _moved(old, new),
        "new_techniques": _new(old, new),
        "gone_techniques": _gone(old, new),
        "renamed": _renamed(old, new),
        "tactics": _tactics(old, new),
        "new_analytics": map(_analytic, added),
        "changed_analytics": (
            f"{_analytic(each)}: {_changes(before[each.id].refs, each.refs)}" for each in changed
        ),
        "gone_analytics": (
            each.id
            for each in old.analytics
            if each.techniques and not (each.id in now and now[each.id].techniques)
        ),
        "components": _components(old, new),
    }
    return Differences(
        {_HEADINGS[kind]: tuple(texts) for kind, texts in lines.items()},
        frozenset(each.id for each in added),
        frozenset(each.id for each in changed),
    )


def _is_changed(before: Analytic | None, now: Analytic) -> bool:
    return before is not None and (before.refs, before.platforms) != (now.refs, now.platforms)


def _moved(old: AttackModel, new: AttackModel) -> Iterator[str]:
    for technique in old.techniques:
        carried = carry_into(new, technique.id)
        if carried.carry in (Carry.MOVED, Carry.SPREAD):
            names = (f"{each} {new.technique_by_id[each].name}" for each in carried.ids)
            yield f"{technique.id} {technique.name} -> {', '.join(names)}"


def _new(old: AttackModel, new: AttackModel) -> Iterator[str]:
    for technique in new.techniques:
        if not carry_into(old, technique.id).ids:
            yield f"{technique.id} {technique.name} ({', '.join(technique.platforms)})"


def _gone(old: AttackModel, new: AttackModel) -> Iterator[str]:
    for technique in old.techniques:
        if not carry_into(new, technique.id).ids:
            yield f"{technique.id} {technique.name}"


def _renamed(old: AttackModel, new: AttackModel) -> Iterator[str]:
    for technique in new.techniques:
        before = old.technique_by_id.get(technique.id)
        if before is not None and before.name != technique.name:
            yield f"{technique.id} {before.name} -> {technique.name}"


def _tactics(old: AttackModel, new: AttackModel) -> Iterator[str]:
    before = {tactic.id: tactic.name for tactic in old.tactics}
    now = {tactic.id: tactic.name for tactic in new.tactics}
    for key in sorted(before.keys() | now.keys()):
        if before.get(key) != now.get(key):
            yield f"{key} {before.get(key, 'none')} -> {now.get(key, 'none')}"


def _analytic(analytic: Analytic) -> str:
    techniques = ", ".join(analytic.techniques) or "no technique"
    return f"{analytic.id} for {techniques} ({', '.join(analytic.platforms)})"


def _changes(before: Iterable[LogSourceRef], now: Iterable[LogSourceRef]) -> str:
    old, new = dict.fromkeys(before), dict.fromkeys(now)
    added = [f"+ {_ref(each)}" for each in new if each not in old]
    removed = [f"- {_ref(each)}" for each in old if each not in new]
    return "; ".join((*added, *removed)) or "other platforms"


def _ref(ref: LogSourceRef) -> str:
    return f"{ref.component}, {ref.source} {ref.channel}"


def _components(old: AttackModel, new: AttackModel) -> Iterator[str]:
    names = sorted(old.component_by_name.keys() | new.component_by_name.keys())
    for name in names:
        before, now = _sources(old, name), _sources(new, name)
        events = sorted({event for ref in now - before for event in ref.events})
        if before != now:
            counts = f"{len(now - before)} new, {len(before - now)} gone"
            yield "; ".join(filter(None, (f"{name}: {counts}", ", ".join(events))))


def _sources(attack: AttackModel, name: str) -> set[LogSourceRef]:
    component: DataComponent | None = attack.component_by_name.get(name)
    return set(component.log_sources) if component else set()
