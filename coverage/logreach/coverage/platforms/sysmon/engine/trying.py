"""Whether a configuration logs one event, as far as the stated release of Sysmon tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.engine.candidates import load_all
from logreach.coverage.platforms.sysmon.engine.config import Config
from logreach.coverage.platforms.sysmon.engine.decision import Decision, decide
from logreach.coverage.platforms.sysmon.engine.defects import AND_AS_OR
from logreach.inventories.files.faults import InputError


@dataclass(frozen=True, slots=True)
class Trial:
    """The decision on an event with the configuration that took it.

    `kept` is None where the programs that the version may stand for disagree. `doubt` says what
    else may happen, or which defect of the release concerns the event; '' for nothing.
    """

    config: Config
    decision: Decision
    kept: bool | None
    doubt: str = ""


class Trier:
    """A configuration as a stated release takes it, for many events."""

    def __init__(self, xml: str | bytes, version: str | None = None) -> None:
        """Raises InputError where no Sysmon of that version loads the configuration."""
        self._loaded = loaded = load_all(xml, version)
        self._version = version or ""
        if not loaded.loaded:
            raise InputError(loaded.refusals[max(loaded.refusals)])

    @property
    def warnings(self) -> Iterator[str]:
        """What is to be said of the release, whatever the events are."""
        if self._loaded.why:
            yield self._loaded.why
        for binary, faults in self._loaded.refusals.items():
            yield f"with schema {binary.schema} Sysmon refuses the configuration: {faults[0]}"
        for defect, reach in self._loaded.defects:
            if defect.settled and (reach or defect.events or defect.fields):
                yield f"{defect.of(self._version)} (source: {defect.source})"

    def decide(self, event_id: int, fields: Mapping[str, str]) -> Trial:
        """Whether it logs an event."""
        tried = [(each, decide(each.config, event_id, fields)) for each in self._loaded.loaded]
        first, decision = tried[0]
        differing = [each for each, answer in tried if answer.logged is not decision.logged]
        if not differing:
            kept = None if self._loaded.refusals else decision.logged
            return Trial(first.config, decision, kept, self._doubt(event_id))
        defect = first.defect or differing[0].defect
        word = "dropped" if decision.logged else "kept"
        if first.defect:
            doubt = f"{first.defect.of(self._version)}; as written it would be {word}"
            return Trial(first.config, decision, decision.logged, doubt)
        reason = defect.of(self._version) if defect else self._loaded.why
        return Trial(first.config, decision, None, f"or {word}: {reason}")

    def _doubt(self, event_id: int) -> str:
        """The defects that concern the event and whose effect on it is not known."""
        event = manifest.event(event_id)
        concerned = (
            defect.of(self._version)
            for defect, reach in self._loaded.defects
            if defect.settled
            and (
                event_id in defect.events
                or (event and event.tag in reach and defect.filter != AND_AS_OR)
            )
        )
        return "; ".join(concerned)
