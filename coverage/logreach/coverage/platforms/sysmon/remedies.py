"""What to change about Sysmon, as facts that can be weighed.

A change of the configuration is weighed by the events that it adds. Sysmon on a host that has none
is weighed at its widest, as if it kept every event: its configuration is still to be written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from xml.etree.ElementTree import Element, SubElement, tostring

from logreach.coverage.engine.judged import Remedy, Volume
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.platforms.sysmon.config_changes import (
    ConfigChange,
    Item,
    as_xml,
    item_xml,
    least_change,
)
from logreach.coverage.platforms.sysmon.engine import manifest, releases, systems
from logreach.coverage.platforms.sysmon.engine.config import RuleElement
from logreach.coverage.platforms.sysmon.engine.defects import Defect
from logreach.coverage.platforms.sysmon.kept_events import KeptPattern
from logreach.coverage.platforms.sysmon.programs import Sieve
from logreach.inventories.facts.facts import Fact, Missing
from logreach.inventories.files.wording import noun
from logreach.inventories.windows.facts import SYSMON, OperatingSystem, SysmonState

_KEY = SYSMON
INSTALLATION = "Sysmon installation"
"""The kind of the remedy that brings Sysmon to a host."""
_CONFIGURATION = "Sysmon configuration"
_BLOCKING = frozenset({27, 28})  # these do not only log: what they match is blocked
_NAMED_LINES, _NAMED_VALUES = 8, 2


def install(os: Fact[OperatingSystem]) -> Remedy | None:
    """Sysmon on a host that has none: the last release that runs on its Windows.

    None where no release is known to run there.
    """
    if isinstance(os, Missing):
        return None
    version = systems.newest_for(os.value)
    if version is None:
        return None
    state = SysmonState(installed=True, version=version, config=_keeps_everything(version))
    newest = version == releases.releases()[-1].name
    instruction = (
        f"Install Sysmon {version}{' or newer' if newest else ', the last that runs there,'} with "
        "a configuration that keeps the events wanted"
    )
    cost = "a service and a driver on every host, and their events"
    title = f"Sysmon {version}: installed"
    return Remedy(_KEY, state, instruction, cost, title, INSTALLATION)


def upgrade(os: Fact[OperatingSystem], defect: Defect) -> Remedy | None:
    """A release that lacks a defect: the last one that runs on that Windows.

    Where the Windows is not told, it is the first release without the defect. None where no
    release without it is known to run there.
    """
    version = defect.fixed_name if isinstance(os, Missing) else systems.newest_for(os.value)
    if version is None or releases.numbers(version) < defect.fixed:
        return None
    return Remedy(
        _KEY,
        SysmonState(installed=True, version=version),
        f"Replace Sysmon by {version}, with the configuration that it has",
        "a newer service and driver on every host; test the configuration with it",
        f"Sysmon: upgrade to {version}",
        "Sysmon installation",
    )


def keep(pattern: EventPattern, sieves: Sequence[Sieve]) -> Remedy | None:
    """Keep the events of a pattern by the least known change that works in every possible Sysmon;
    otherwise by keeping all events of the tag."""
    if int(pattern.event.number) in _BLOCKING:
        return None
    changes = [least_change(sieve.engine, pattern) for sieve in sieves] if pattern.fields else []
    change = changes[0] if changes else None
    if change is None or any(each != change for each in changes):
        return keep_all(int(pattern.event.number))
    kept = KeptPattern.of(pattern)
    state = SysmonState(installed=True, keeps_also=(kept,))
    title = f"Sysmon configuration: keep {_short(kept)}"
    instruction = _instruction(change, kept)
    return Remedy(_KEY, state, instruction, "the events that match", title, _CONFIGURATION)


@lru_cache(maxsize=64)
def keep_all(event_id: int) -> Remedy | None:
    """Let a configuration keep the events of one tag; None for events that have none."""
    event = manifest.event(event_id)
    if event is None or not event.tag or event_id in _BLOCKING:
        return None
    ids = manifest.tags(manifest.newest())[event.tag]
    kept = tuple(KeptPattern(EventId.of("Sysmon", number)) for number in ids)
    instruction = (
        f"Have the Sysmon configuration keep what it drops of {event.tag}; a single "
        f'<{event.tag} onmatch="exclude"/> keeps all of it'
    )
    if event.tag == "ClipboardChange":
        instruction = f"{instruction}, with <CaptureClipboard/> beside EventFiltering"
    title = f"Sysmon configuration: keep {event.tag}"
    state = SysmonState(installed=True, keeps_also=kept)
    volume, cost = Volume.of(manifest.volume_of(event_id)), "more events of this kind"
    return Remedy(_KEY, state, instruction, cost, title, _CONFIGURATION, volume)


def _instruction(change: ConfigChange, kept: KeptPattern) -> str:
    steps = [*_on_exclusions(change)]
    if change.include:
        steps.append(f"add at the end of EventFiltering: {as_xml(change)}")
    return f"Have the Sysmon configuration keep {kept}: {'; '.join(steps)}"


def _on_exclusions(change: ConfigChange) -> Iterator[str]:
    """The steps for the exclusions that may match the events to keep."""
    for exclusion in change.exclusions:
        element, items = exclusion.element, exclusion.items
        place = f"{element} (line {element.line})"
        if element.match_all:
            if change.sparing:
                rule = item_xml(RuleElement(change.sparing, match_all=True, name="", line=0))
                yield f"add to {place}: {rule}"
            else:
                yield f'empty {place}, so that <{change.tag} onmatch="exclude"/> is left'
            continue
        rules = f"each rule that can match ({_lines(items)})"
        if change.sparing:
            filters = "".join(map(item_xml, change.sparing))
            yield f'in {place} put {rules} into <Rule groupRelation="and"> with {filters}'
        else:
            yield f"in {place} take out {rules}"


def _lines(items: Sequence[Item]) -> str:
    """The lines of rules, the first of them."""
    numbers = list(dict.fromkeys(item.line for item in items))
    more = len(numbers) - _NAMED_LINES
    listed = ", ".join(map(str, numbers[:_NAMED_LINES]))
    further = f" and {more} more" if more > 0 else ""
    return f"{noun(len(numbers), 'line')} {listed}{further}"


def _short(kept: KeptPattern) -> str:
    """A pattern in a few words: its fields with their first values."""
    event = manifest.event(int(kept.event.number))
    conditions = [
        f"{name} {'/'.join(values[:_NAMED_VALUES])}{'/...' if len(values) > _NAMED_VALUES else ''}"
        for name, constraints in kept.fields
        if name != "EventType" or len(kept.fields) == 1
        for values in (constraint.values for constraint in constraints)
    ]
    return f"{event.tag if event else kept.event} with {', '.join(conditions)}"


@lru_cache(maxsize=16)
def _keeps_everything(version: str) -> str:
    """A configuration that this Sysmon loads, and that keeps every event that it only logs."""
    schema = releases.possible_binaries(version).binaries[0].schema
    root = Element("Sysmon", schemaversion=str(schema))
    SubElement(root, "HashAlgorithms").text = "*"
    if "CaptureClipboard" in manifest.options(schema):
        SubElement(root, "CaptureClipboard")
    filtering = SubElement(root, "EventFiltering")
    for tag, ids in manifest.tags(schema).items():
        if not _BLOCKING.intersection(ids):
            SubElement(filtering, tag, onmatch="exclude")
    return tostring(root, encoding="unicode")
