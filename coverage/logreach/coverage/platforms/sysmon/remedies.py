"""What to change about Sysmon, as facts that can be weighed.

A remedy is weighed at its widest: the configuration that keeps every event of a kind. Its author
will keep less; what matters is which kind of event the verdicts hang on.
"""

from __future__ import annotations

from functools import lru_cache
from xml.etree.ElementTree import Element, SubElement, tostring

from logreach.coverage.engine.judged import Remedy
from logreach.coverage.platforms.sysmon.engine import manifest, releases, systems
from logreach.inventories.facts.facts import Fact, Missing
from logreach.inventories.windows.facts import SYSMON, OperatingSystem, SysmonState

_KEY = SYSMON
_BLOCKING = frozenset({27, 28})  # these do not only log: what they match is blocked


def install(os: Fact[OperatingSystem]) -> Remedy | None:
    """Sysmon on a host that has none; None where today's Sysmon is not known to run."""
    version = releases.releases()[-1].name
    if isinstance(os, Missing) or systems.doubt(version, os.value):
        return None
    state = SysmonState(installed=True, version=version, config=_keeps_everything())
    instruction = (
        f"Install Sysmon {version} or newer with a configuration that keeps the events wanted"
    )
    cost = "a service and a driver on every host, and their events"
    return Remedy(_KEY, state, instruction, cost, f"Sysmon {version}: installed")


@lru_cache(maxsize=64)
def widen(event_id: int) -> Remedy | None:
    """Let a configuration keep the events of one tag; None for events that have none."""
    event = manifest.event(event_id)
    if event is None or not event.tag or event_id in _BLOCKING:
        return None
    instruction = (
        f"Have the Sysmon configuration keep what it drops of {event.tag}; a single "
        f'<{event.tag} onmatch="exclude"/> keeps all of it'
    )
    title = f"Sysmon configuration: keep {event.tag}"
    return Remedy(_KEY, None, instruction, "more events of this kind", title)


@lru_cache(maxsize=1)
def _keeps_everything() -> str:
    root = Element("Sysmon", schemaversion=str(manifest.newest()))
    SubElement(root, "HashAlgorithms").text = "*"
    SubElement(root, "CaptureClipboard")
    filtering = SubElement(root, "EventFiltering")
    for tag, ids in manifest.tags(manifest.newest()).items():
        if not _BLOCKING.intersection(ids):
            SubElement(filtering, tag, onmatch="exclude")
    return tostring(root, encoding="unicode")
