"""The blinding cost of techniques as an ATT&CK Navigator layer."""

from __future__ import annotations

from pathlib import Path

from logreach.coverage.resilience.result import Blinding, Resilience
from logreach.inventories.files.wording import counted
from logreach.reports.json.lines import write_json_lines
from logreach.reports.labels import LABEL_STYLES
from logreach.reports.navigator.frame import (
    FULL,
    SOME,
    Gradient,
    Json,
    entry,
    layer_frame,
    metadata_item,
    technique_links,
)
from logreach.reports.resilience.words import (
    METHOD,
    Switches,
    TechniquePlace,
    by_technique,
    cost_text,
    profile_title,
    unseen_text,
)
from logreach.reports.safe_text import one_line

_COSTS = Gradient(1, 4, "#E58A57", SOME, "#4A8BC5", FULL)
_IN_PART = LABEL_STYLES["conditional elsewhere"].fill
_LEGEND = (
    *zip(_COSTS.colours, ("1 switch", "2 switches", "3 switches", "4 or more"), strict=True),
    (_IN_PART, "in part"),
)


def blinding_layer(result: Resilience) -> Json:
    """A layer of the techniques that are achievable on some host, by the fewest switches that an
    adversary must turn off on the profile where that is easiest."""
    switches = Switches(result)
    entries = [
        made
        for technique_id, places in by_technique(result).items()
        if (made := _entry(technique_id, places, switches)) is not None
    ]
    scope = one_line(result.scope)
    restricted = f" Restricted to {scope}." if scope else ""
    return layer_frame(
        "Blinding cost",
        "The fewest switches that an adversary must turn off until detection is no longer "
        "achievable. Score: those on the profile where that takes fewest. 'in part': achievable on "
        f"no host, detected in part on some.{restricted} {METHOD}",
        result.attack_version,
        entries,
        _LEGEND,
        [
            ("Inventory", one_line(result.inventory)),
            ("Hosts", str(sum(profile.count for profile in result.profiles))),
            ("Restricted to", scope or "nothing"),
            ("ATT&CK", result.attack_version),
            ("logreach", result.version),
        ],
        _COSTS,
    )


def _entry(technique_id: str, places: list[TechniquePlace], switches: Switches) -> Json | None:
    judged = [each for each in places if each.technique.whole or each.technique.part]
    if not judged:
        return None
    costs = [each.technique.whole.cost for each in judged if each.technique.whole]
    known_costs = [cost for cost in costs if cost is not None]
    metadata = [
        metadata_item(f"until {name}", f"{min(numbers)} to {max(numbers)}")
        for name, numbers in (
            ("not achievable", known_costs),
            ("nothing is detected", _costs_of([each.technique.part for each in judged])),
        )
        if numbers
    ]
    hosts = sum(each.profile.count for each in judged if each.technique.whole)
    metadata.append(metadata_item("achievable on", counted(hosts, "host")))
    comment = "\n".join(_line(each, switches) for each in judged)
    made = entry(technique_id, comment, metadata, technique_links(technique_id))
    if known_costs:
        return {**made, "score": min(known_costs)}
    return {**made, "color": FULL if costs else _IN_PART}


def _costs_of(blindings: list[Blinding | None]) -> list[int]:
    return [each.cost for each in blindings if each is not None and each.cost is not None]


def _line(place: TechniquePlace, switches: Switches) -> str:
    profile, technique = place.profile, place.technique
    blinding = technique.whole or technique.part
    assert blinding is not None  # noqa: S101 - the caller left the others out
    names = switches.named(blinding.switches, profile.profile_id)
    what = "not achievable" if technique.whole else "nothing detected"
    unseen = "" if blinding.unseen == blinding.switches else f"; unseen: {unseen_text(blinding)}"
    return (
        f"{profile_title(profile)}: {what} after {cost_text(blinding)} ({names}), "
        f"{blinding.seen.word}{unseen}"
    )


def write_blinding_layer(result: Resilience, path: Path) -> None:
    """Write the layer in UTF-8."""
    write_json_lines(blinding_layer(result), path, {"techniques": 1})
