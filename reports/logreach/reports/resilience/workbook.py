"""resilience.xlsx: a cover, the cost of every technique, and every switch with what it takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from logreach.coverage.resilience.result import Blinding, Resilience
from logreach.inventories.files.wording import counted
from logreach.reports.excel.cover_sheet import contents, cover_block, cover_sheet, signing
from logreach.reports.excel.tables import Cell, Sheet, Table, columns
from logreach.reports.excel.workbook import workbook_bytes
from logreach.reports.labels import signed_label
from logreach.reports.profile_names import host_list
from logreach.reports.resilience.words import (
    METHOD,
    SEEN_METHOD,
    FleetCost,
    Switches,
    by_blast_radius,
    by_technique,
    cost_counts,
    fleet_cost,
    host_counts,
    pairs_lost,
    places_of,
    sight_text,
    switch_sights,
)
from logreach.reports.safe_text import one_line, shortened
from logreach.reports.scope import as_of_text

_LISTED = 60


def write_resilience_workbook(result: Resilience, path: Path) -> None:
    """Write the workbook; the same result gives the same bytes."""
    switches = Switches(result)
    sheets = [
        _profiles(result),
        _fleet(result),
        _techniques(result, switches),
        _switches(result, switches),
        _host_acts(result, switches),
    ]
    book = [_cover(result, sheets), *sheets]
    path.write_bytes(
        workbook_bytes(book, f"Resilience of {shortened(one_line(result.inventory), 60)}")
    )


def _cover(result: Resilience, sheets: list[Sheet]) -> Sheet:
    hosts = sum(profile.count for profile in result.profiles)
    restricted = f", restricted to {result.scope}" if result.scope else ""
    rules = f"{result.rules:,} given" if result.rules else "none given; published ones stand in"
    ids = {each for profile in result.profiles for each in profile.techniques}
    blocks = (
        cover_block("In short", ("Subject", "What"), _in_short(result)),
        cover_block(
            "Scope",
            ("Of", "What"),
            [
                ("Inventory", result.inventory),
                ("Hosts", f"{hosts:,}, in {counted(len(result.profiles), 'profile')}"),
                ("Techniques", f"{len(ids):,} of ATT&CK {result.attack_version}{restricted}"),
                ("Rules", rules),
                ("Facts as of", as_of_text(result.as_of, hosts)),
                ("logreach", result.version),
            ],
        ),
        cover_block(
            "How it is counted", ("Of", "What"), [("Switch", METHOD), ("Seen", SEEN_METHOD)]
        ),
        signing(),
        contents(sheets),
    )
    return cover_sheet("What an adversary must switch off", blocks)


def _in_short(result: Resilience) -> Iterator[tuple[Cell, ...]]:
    techniques = [each for profile in result.profiles for each in profile.techniques.values()]
    for name, blindings in (
        ("Achievable", [each.whole for each in techniques]),
        ("In part or whole", [each.part for each in techniques]),
    ):
        total, one, two, more = cost_counts(blindings)
        unseen = sum(each is not None and each.unseen_cost is not None for each in blindings)
        yield (
            name,
            f"{total:,} pairs of a profile and a technique: one switch turns {one:,} off, two "
            f"{two:,}, three or more {more:,}; {unseen:,} without an act that is surely seen.",
        )


def _profiles(result: Resilience) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for profile in result.profiles:
        techniques = profile.techniques.values()
        whole = cost_counts([each.whole for each in techniques])
        part = cost_counts([each.part for each in techniques])
        rows.append(
            (profile.profile_id, host_list(profile.hosts, 20), profile.count, *whole, *part)
        )
    numbers = [
        f"{name} :number"
        for what in ("achievable", "in part or whole")
        for name in (
            what.capitalize(),
            *(f"{what}: {cost}" for cost in ("1 switch", "2", "3 or more")),
        )
    ]
    return Sheet(
        "Profiles",
        "How many techniques does each number of switches turn off?",
        (12, 40, 9, *(14,) * 8),
        (Table("Profiles", columns("Profile", "Hosts", "Count :number", *numbers), rows),),
    )


def _fleet(result: Resilience) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for technique_id, places in by_technique(result).items():
        whole, part = (fleet_cost(places, whole=each) for each in (True, False))
        if whole.hosts or part.hosts:
            rows.append((technique_id, places[0].technique.name, *_fleet_cells(whole, part)))
    titles = columns(
        "Id",
        "Technique",
        "Achievable on :number",
        "Fewest switches :number",
        "Hosts that one switch blinds :number",
        "Where that is easiest",
        "In part or whole on :number",
        "Until nothing :number",
        "Hosts that one switch darkens :number",
        "Easiest there",
    )
    return Sheet(
        "Fleet",
        "Where in the fleet is each technique turned off most easily?",
        (12, 40, 14, 14, 16, 24, 14, 14, 16, 24),
        (Table("Fleet", titles, rows),),
        fixed=2,
    )


def _fleet_cells(*costs: FleetCost) -> Iterator[Cell]:
    for cost in costs:
        yield cost.total
        yield cost.least
        yield cost.hosts.get(1, 0)
        yield ", ".join(cost.weakest)


def _techniques(result: Resilience, switches: Switches) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for place in places_of(result):
        profile, technique = place.profile, place.technique
        for until, blinding in (
            ("not achievable", technique.whole),
            ("nothing detected", technique.part),
        ):
            if blinding is not None:
                rows.append(
                    (
                        technique.technique_id,
                        technique.name,
                        profile.profile_id,
                        host_list(profile.hosts, 6),
                        profile.count,
                        signed_label(technique.verdict.label),
                        until,
                        *_cells(blinding, profile.profile_id, switches),
                    )
                )
    titles = columns(
        "Id",
        "Technique",
        "Profile",
        "Hosts",
        "Count :number",
        "Verdict :verdict",
        "Until",
        "Switches :number",
        "Exact",
        "Which",
        "Seen",
        "Unseen :number",
        "Which, least visible",
        "Sole sources",
        "Ways :number",
        "One act does it too",
    )
    remark = (
        "A row for each profile and question: until detection is no longer achievable, and until "
        "nothing is detected. Unseen: the fewest without an act that is surely seen; empty: every "
        "way of turning it off is seen."
    )
    return Sheet(
        "Techniques",
        "What must be switched off before each technique is detected no longer?",
        (12, 34, 9, 24, 9, 18, 16, 10, 10, 50, 12, 10, 50, 50, 9, 30),
        (Table("Techniques", titles, rows, remark=remark),),
        fixed=2,
        printed=12,
    )


def _cells(blinding: Blinding, here: str, switches: Switches) -> tuple[Cell, ...]:
    return (
        blinding.cost,
        "yes" if blinding.exact else "at least",
        switches.named(blinding.switches, here),
        blinding.seen.word,
        blinding.unseen_cost,
        switches.named(blinding.unseen, here),
        switches.named(blinding.sole, here),
        blinding.ways,
        ", ".join(blinding.host_acts),
    )


def _switches(result: Resilience, switches: Switches) -> Sheet:
    counts = host_counts(result)
    rows: list[tuple[Cell, ...]] = [
        (
            switch.kind,
            switch.title,
            switches.owner(switch.profile),
            switch.hosts,
            pairs_lost(switch, counts, dark=False),
            pairs_lost(switch, counts, dark=True),
            _listed(switch.lost.get(switch.profile, ())),
            len([each for each in switch.lost if each != switch.profile]),
            switch.seen.word,
            switch_sights(switch),
        )
        for switch in by_blast_radius(result)
    ]
    titles = columns(
        "Kind",
        "Switch",
        "Profile",
        "Hosts :number",
        "Pairs lost :number",
        "Pairs dark :number",
        "Techniques that it alone turns off",
        "Other profiles :number",
        "Seen",
        "By which event",
    )
    remark = (
        "What is lost if one switch alone is turned off: pairs of a host and a technique that are "
        "no longer achievable, and those of which nothing is detected any more. Switches that "
        "take nothing by themselves are in resilience.json."
    )
    return Sheet(
        "Switches",
        "What does each switch take by itself, and who sees it?",
        (20, 44, 24, 9, 12, 12, 60, 12, 12, 80),
        (Table("Switches", titles, rows, remark=remark),),
        fixed=2,
    )


def _listed(techniques: tuple[str, ...]) -> str:
    shown = ", ".join(techniques[:_LISTED])
    rest = len(techniques) - _LISTED
    return f"{shown} and {rest} more" if rest > 0 else shown


def _host_acts(result: Resilience, switches: Switches) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (
            act.name,
            switches.owner(act.profile),
            act.hosts,
            len(act.lost),
            len(act.dark),
            act.sight.seen.word,
            sight_text(act.sight),
        )
        for act in result.host_acts
    ]
    titles = columns(
        "What",
        "Profile",
        "Hosts :number",
        "Techniques lost :number",
        "Techniques dark :number",
        "Seen",
        "By which event",
    )
    return Sheet(
        "One act",
        "What does one act take that turns off many switches?",
        (24, 24, 9, 14, 14, 12, 80),
        (Table("OneAct", titles, rows),),
    )
