"""The resilience of a fleet on a terminal: a page, or all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from logreach.coverage.resilience.result import Blinding, Resilience, SwitchResult
from logreach.reports.printing import safe
from logreach.reports.resilience.words import (
    IN_SHORT,
    METHOD,
    SEEN_METHOD,
    Switches,
    TechniquePlace,
    by_blast_radius,
    cost_counts,
    cost_text,
    fleet_acts,
    places_of,
    profile_title,
    switch_sights,
    switch_title,
    taken_text,
    unseen_text,
    ways_text,
)
from logreach.reports.terminal.layout import FittingTable, Row, number_of, page, put, wrapped

if TYPE_CHECKING:
    from rich.console import Console

_FEW, _ROWS, _PROFILES = 8, 11, 6


def print_resilience(result: Resilience, console: Console, *, verbose: bool) -> None:
    """Print what turns detections off; `verbose`, every profile, switch and technique."""
    console.print(
        safe(
            f"{result.inventory}: what an adversary must switch off, ATT&CK {result.attack_version}"
        ),
        soft_wrap=True,
    )
    most = len(result.profiles) if verbose else _PROFILES
    console.print(_costs(result, most))
    lines = _Lines(result, console)
    if verbose:
        put(lines.whole(), console, console)
    else:
        blocks = [(lines.switches, _FEW), (lines.host_acts, _FEW)]
        if result.scope:
            blocks = [(lines.techniques, _FEW), (lines.switches, _FEW)]
        put(page(blocks, console.width, _ROWS), console, console)
    for remark in (METHOD, SEEN_METHOD) if verbose else (IN_SHORT,):
        console.print(safe(remark, style="dim"))


def _costs(result: Resilience, most: int) -> FittingTable:
    """How many techniques so many switches turn off, on the profiles of most hosts."""
    profiles = sorted(result.profiles, key=lambda each: -each.count)[:most]
    table = FittingTable(
        "Techniques whose detection so many switches turn off",
        "Profile",
        "#Hosts",
        "#Achievable",
        "#1 switch",
        "#In part",
        "#1 switch",
        "#2",
        "#3+",
        caption="Achievable: until that is lost. In part or whole: until nothing is detected.",
    )
    for profile in profiles:
        techniques = profile.techniques.values()
        whole = cost_counts([each.whole for each in techniques])
        part = cost_counts([each.part for each in techniques])
        numbers = (profile.count, *whole[:2], *part)
        table.add(safe(profile_title(profile)), *(f"{number:,}" for number in numbers))
    if (rest := len(result.profiles) - most) > 0:
        table.add(safe(f"and {rest:,} more: -v"), *("" for _ in range(7)))
    return table


class _Lines:
    """Lines about switches, acts on hosts, and techniques."""

    def __init__(self, result: Resilience, console: Console) -> None:
        self._result = result
        self._console = console
        self._switches = Switches(result)
        self._by_radius = by_blast_radius(result)
        self._acts = fleet_acts(result)
        self._places = places_of(result)

    def switches(self, most: int) -> Sequence[Row]:
        """The switches that take most."""
        head = Text("Switches that take most by themselves", style="bold")
        shown = self._by_radius[:most]
        texts = map(self._switch, shown) if shown else ["none: nothing is detected"]
        rows = [Row(head), *self._items(texts)]
        return [*rows, *self._rest(len(self._by_radius), most)]

    def host_acts(self, most: int) -> Sequence[Row]:
        """What acts take that turn off many switches at once."""
        rows = [Row(Text("Acts on whole hosts, in pairs of a host and a technique", style="bold"))]
        texts = [act.text for act in self._acts[:most]]
        return [*rows, *self._items(texts), *self._rest(len(self._acts), most)]

    def techniques(self, most: int) -> Sequence[Row]:
        """What turns each technique off, on each profile."""
        rows = [Row(Text("Techniques", style="bold"))]
        texts = (text for place in self._places[:most] for text in self._technique(place))
        return [*rows, *self._items(texts), *self._rest(len(self._places), most)]

    def whole(self) -> Iterator[Row]:
        """All of it."""
        yield from self.techniques(len(self._places))
        yield Row(Text("Switches, by what they take by themselves", style="bold"))
        for switch in self._by_radius:
            yield from self._items([self._switch(switch)])
            yield from self._items([switch_sights(switch)], 4)
        yield from self.host_acts(len(self._acts))

    def _items(self, texts: Iterable[str], indent: int = 2) -> list[Row]:
        lead = " " * indent
        return [
            Row(row)
            for text in texts
            for row in wrapped(safe(text), self._console, indent + 2, lead)
        ]

    def _rest(self, total: int, shown: int) -> list[Row]:
        rest = total - shown
        return [Row(safe(f"  and {rest:,} more: -v", style="dim"))] if rest > 0 else []

    def _switch(self, switch: SwitchResult) -> str:
        here = taken_text(
            len(switch.lost.get(switch.profile, ())), len(switch.dark.get(switch.profile, ()))
        )
        others = [
            self._switches.owner(profile)
            for profile in dict.fromkeys((*switch.lost, *switch.dark))
            if profile != switch.profile
        ]
        also = f"; it also takes from {number_of(len(others), 'other profile')}" if others else ""
        return (
            f"{switch_title(switch)}, on {self._switches.owner(switch.profile)}: {here}{also}; "
            f"{switch.seen.word}"
        )

    def _technique(self, place: TechniquePlace) -> Iterator[str]:
        profile, technique = place.profile, place.technique
        head = f"{technique.technique_id} {technique.name}, {profile_title(profile)}"
        if technique.whole is None and technique.part is None:
            yield f"{head}: {technique.verdict.label}, nothing to turn off"
            return
        if technique.whole is not None:
            yield f"{head}, achievable: {self._blinding(technique.whole, profile.profile_id)}"
        if technique.part is not None:
            words = self._blinding(technique.part, profile.profile_id)
            yield f"{head}, until nothing is detected: {words}"

    def _blinding(self, blinding: Blinding, here: str) -> str:
        names = self._switches.named(blinding.switches, here)
        acts = f"; {' or '.join(blinding.host_acts)} does it too" if blinding.host_acts else ""
        unseen = ""
        if blinding.unseen != blinding.switches:
            names_unseen = self._switches.named(blinding.unseen, here)
            unseen = f"; least visible: {unseen_text(blinding)}"
            unseen += f" ({names_unseen})" if names_unseen else ""
        return (
            f"{cost_text(blinding)} for {ways_text(blinding)}"
            f"{f' ({names})' if names else ''}, {blinding.seen.word}{unseen}{acts}"
        )
