"""What our tables say of events and channels against manifests of real builds and real records.

Every difference needs a decision in manifest_decisions.yaml, and every decision a difference: one
without the other is a fault. tests/benchmarks/compare_manifests.py runs it on a folder of
manifests; the test suite on the records of the reference data.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from manifests import Build, Forms
from real_records import Record

from logreach.coverage.engine.verdict import NO, YES
from logreach.coverage.events.event_id import EventId
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.coverage.platforms.windows.knowledge.model import Event, Layout
from logreach.inventories.windows.facts import OsKind

_FILE = Path(__file__).parent / "coverage/platforms/windows/knowledge/manifest_decisions.yaml"
_BINARY = {"__binLength": "", "BinaryData": "Binary"}
"""The binary part of classic events, as dumps write it and as records do."""

NOT_DEFINED = "the manifest lacks the event"
FORM_NOT_DEFINED = "the manifest lacks the form"
NEWEST_MISSING = "the newest form is not ours"
OLDER_MISSING = "an older form is not ours"
NOT_NAMED = "the manifest names the fields, we do not"


class Difference(NamedTuple):
    """One difference of an event; `version` is '' where it is none of one version."""

    event: str
    kind: str
    version: str


@dataclass(slots=True)
class Decisions:
    """manifest_decisions.yaml."""

    differences: dict[Difference, tuple[range, str]]
    renamed: Mapping[str, Mapping[str, str]]
    without_spaces: frozenset[str]
    records: Mapping[str, Mapping[str, Any]]
    channels: Mapping[str, str]
    unchecked_channels: Mapping[str, str]


@cache
def decisions() -> Decisions:
    """The decisions, by what they decide."""
    words = yaml.safe_load(_FILE.read_text("utf-8"))
    differences = {}
    for entry in words["differences"]:
        first, _, last = str(entry["builds"]).partition("..")
        builds = range(int(first), int(last or first) + 1)
        for event in entry["events"]:
            for version in map(str, entry.get("versions", [""])):
                key = Difference(event, entry["difference"], version)
                assert key not in differences, f"decided twice: {key}"
                differences[key] = (builds, entry["decision"])
    return Decisions(
        differences,
        {name: entry["names"] for name, entry in words["renamed"].items()},
        frozenset(words["names_without_spaces"]["providers"]),
        words["records"],
        words["channels"]["seen"],
        words["channels"]["unchecked"],
    )


def compare(builds: Iterable[Build]) -> dict[Difference, set[int]]:
    """Every difference between our layouts and the manifests, with the builds that show it."""
    found: dict[Difference, set[int]] = defaultdict(set)
    for build in builds:
        providers = build.providers
        for event in load_events().events.values():
            if event.provider in providers:
                forms = build.events.get((event.provider, event.event_id), {})
                for kind, version in _differences(event, build, _as_in_records(event, forms)):
                    found[Difference(str(event.key), kind, version)].add(build.number)
    return found


def not_compared(builds: Collection[Build]) -> set[str]:
    """The providers of ours that no manifest at hand defines."""
    known = {provider for build in builds for provider in build.providers}
    return {event.provider for event in load_events().events.values()} - known


def _as_in_records(event: Event, forms: Forms) -> Forms:
    """The forms with the names that records have in the place of a manifest's own."""
    names = _BINARY | dict(decisions().renamed.get(event.provider, {}))
    renamed = {v: tuple(names.get(field, field) for field in fields) for v, fields in forms.items()}
    return {v: tuple(field for field in fields if field) for v, fields in renamed.items()}


def _differences(event: Event, build: Build, forms: Forms) -> Iterator[tuple[str, str]]:
    ours = list(_ours(event, build))
    proven = [layout for layout, surely in ours if surely]
    if not forms:
        if proven:
            yield NOT_DEFINED, ""
        return
    newest = max(forms)
    for version in sorted({layout.version for layout in proven}):
        same = [layout for layout, _ in ours if layout.version == version]
        if not _matches(event, same, forms.get(version)):
            yield FORM_NOT_DEFINED, str(version)
    of_newest = [layout for layout, _ in ours if layout.version == newest]
    if not _matches(event, of_newest, forms[newest]):
        yield NEWEST_MISSING, str(newest)
    if of_newest and forms[newest] and not any(layout.fields_known for layout in of_newest):
        yield NOT_NAMED, str(newest)
    for version in set(forms) - {newest} - {layout.version for layout in event.layouts}:
        yield OLDER_MISSING, str(version)


def _ours(event: Event, build: Build) -> Iterator[tuple[Layout, bool]]:
    """The layouts that the build may write, and whether it surely does.

    No dump of a server is public that lists the events of its roles, so what servers alone write is
    compared with the client of the same build.
    """
    client = build.kind is OsKind.CLIENT and any(layout.client for layout in event.layouts)
    for layout in event.layouts:
        span = layout.client if client else layout.server
        verdict = NO if span is None else span.holds(build.number)
        if verdict != NO:
            yield layout, verdict == YES


def _matches(event: Event, layouts: Iterable[Layout], fields: tuple[str, ...] | None) -> bool:
    """Whether one of the layouts is that form; one without names may be any."""
    if fields is None:
        return False
    spaces = event.provider in decisions().without_spaces
    return any(
        not layout.fields_known or _bare(layout.fields, spaces) == _bare(fields, spaces)
        for layout in layouts
    )


def _bare(fields: tuple[str, ...], spaces: bool) -> tuple[str, ...]:
    return tuple(field.replace(" ", "") for field in fields) if spaces else fields


def undecided(found: Mapping[Difference, set[int]]) -> list[str]:
    """The differences without a decision for all of their builds."""
    decided = decisions().differences
    return [
        f"{key.event} {key.version}: {key.kind} on {', '.join(map(str, sorted(builds)))}"
        for key, builds in sorted(found.items())
        if key not in decided or not builds <= set(decided[key][0])
    ]


def stale(found: Mapping[Difference, set[int]], builds: Iterable[Build]) -> list[str]:
    """The decisions whose builds are among these and show no difference."""
    numbers = {build.number for build in builds}
    return [
        f"{key.event} {key.version}: {key.kind}: decided, but there is no such difference"
        for key, (span, _) in sorted(decisions().differences.items())
        if numbers & set(span) and key not in found
    ]


def record_differences(records: Iterable[Record]) -> dict[str, set[str]]:
    """By event the fields of records that no layout of theirs has, where no decision tells why."""
    knowledge = load_events()
    shorts = {channel.name.casefold(): short for short, channel in knowledge.channels.items()}
    found: dict[str, set[str]] = defaultdict(set)
    for record in records:
        short = shorts.get(record.channel.casefold())
        event = knowledge.events.get(EventId.of(short, record.number)) if short else None
        if event is not None:
            found[str(event.key)] |= _strange(event, record)
    return {key: fields for key, fields in found.items() if fields}


def _strange(event: Event, record: Record) -> set[str]:
    layouts = [
        layout for layout in event.layouts if record.version in (None, layout.version)
    ] or list(event.layouts)
    if any(not layout.fields_known for layout in layouts):
        return set()
    allowed = set(decisions().records.get(str(event.key), {}).get("fields", ()))
    strange = [set(record.fields) - set(layout.fields) - allowed for layout in layouts]
    return min(strange, key=len)


def unchecked_channels(seen: Collection[str]) -> list[str]:
    """Our channels that no manifest, record or listing at hand has, and no decision names."""
    folded = {name.casefold() for name in seen}
    decided = {*decisions().channels, *decisions().unchecked_channels}
    ours = {channel.name for channel in load_events().channels.values()}
    return sorted(name for name in ours - decided if name.casefold() not in folded)
