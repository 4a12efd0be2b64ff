"""Link 4, a setting, and link 6, the channel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from logreach.coverage.engine.judged import Reason, Remedy, Volume
from logreach.coverage.engine.verdict import NO, UNKNOWN, YES, Level, Verdict
from logreach.coverage.platforms.windows.knowledge.model import Channel, Setting
from logreach.inventories.facts.facts import Facts, Known, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.facts.values import Off, Scalar
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.windows.facts import CHANNEL, OS, SETTING, ChannelState


@dataclass(frozen=True, slots=True)
class SettingOn:
    """A setting is on.

    `without` is what is left where it is not set at all. Off by a value of its own, it leaves
    nothing.
    """

    subject: str
    setting: Setting
    without: Level = Level.NO

    @property
    def _key(self) -> FactKey[object]:
        return SETTING(self.setting.name)

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (self._key,)

    def _without(self, level: Level, value: Scalar) -> Verdict:
        """What is left of the event where the setting is not on."""
        if not isinstance(value, Off):
            return Verdict.of(level, level)
        return Verdict.of(self.without if value is Off.NOT_SET else Level.NO, self.without)

    def check(self, facts: Facts) -> Reason:
        fact = facts.get(SETTING(self.setting.name))
        target = self.setting.whole or True
        remedy = Remedy(
            self._key,
            target,
            self.setting.remedy,
            self.setting.note,
            f"Setting: {self.setting.title}",
            "setting",
            Volume.of(self.setting.volume),
        )
        title = f"setting '{self.setting.title}'"
        if isinstance(fact, Missing):
            explanation = f"{title} is unknown ({fact.reason}); {self.subject} hangs on it"
            return Reason(
                "setting",
                self.subject,
                UNKNOWN,
                explanation,
                (),
                remedy,
                self.setting.source,
                self._key,
            )
        level = self.setting.level(fact.value)
        if level is Level.YES:
            explanation = f"{title} is on{' by default (assumed)' if fact.assumed else ''}"
            return Reason("setting", self.subject, YES, explanation, fact.evidence)
        verdict = self._without(level, fact.value)
        explanation = f"{title} is {_state(level, fact.value)}; {self.subject} hangs on it"
        if verdict.possible > level:
            explanation = (
                f"{explanation}: where it is not set at all, some are written all the same"
            )
        return Reason(
            "setting",
            self.subject,
            verdict,
            explanation,
            fact.evidence,
            remedy,
            self.setting.source,
            None if verdict.settled else self._key,
        )


def _state(level: Level, value: Scalar) -> str:
    """What is said of a setting that is not on."""
    if isinstance(value, Off):
        return value.value
    return "off" if level is Level.NO else f"on for a part only ({value})"


@dataclass(frozen=True, slots=True)
class LogFull:
    """What the log does when it is full: Security:1104 needs a log that keeps its events then,
    Security:1105 one that is archived.

    It offers no remedy: a log that keeps its oldest events loses the newest.
    """

    subject: str
    setting: Setting

    @property
    def _key(self) -> FactKey[object]:
        return CHANNEL(self.setting.channel)

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (self._key,)

    def check(self, facts: Facts) -> Reason:
        fact = facts.get(CHANNEL(self.setting.channel))
        retention = None if isinstance(fact, Missing) else fact.value.retention
        evidence = () if isinstance(fact, Missing) else fact.evidence
        reason = partial(Reason, "setting", self.subject, reference=self.setting.source)
        if retention not in _WHEN_FULL:
            explanation = (
                f"{self.subject} is written only where the log {self.setting.channel} "
                f"{_WHEN_FULL[self.setting.retention]} when it is full, which is unknown"
            )
            return reason(UNKNOWN, explanation, evidence, missing=self._key)
        explanation = f"the log {self.setting.channel} {_WHEN_FULL[retention]} when it is full"
        if retention == self.setting.retention:
            return reason(YES, explanation, evidence)
        needed = _WHEN_FULL[self.setting.retention]
        return reason(NO, f"{explanation}; {self.subject} is of one that {needed}", evidence)


_WHEN_FULL = {
    "overwrite": "overwrites its oldest events",
    "retain": "keeps its events and takes no new ones",
    "archive": "is archived",
}


@dataclass(frozen=True, slots=True)
class ChannelOn:
    """The event log channel is enabled. Where no source states it, Windows' default decides; where
    a source that should could not be read, it is unknown."""

    subject: str
    channel: Channel

    @property
    def _key(self) -> FactKey[object]:
        return CHANNEL(self.channel.name)

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (self._key, OS) if self.channel.on_builds else (self._key,)

    def check(self, facts: Facts) -> Reason:
        fact = facts.get(CHANNEL(self.channel.name))
        title = f"channel {self.channel.name}"
        state = None if isinstance(fact, Missing) else fact.value.enabled
        evidence = () if isinstance(fact, Missing) else fact.evidence
        reason = partial(Reason, "channel", self.subject)
        if isinstance(fact, Missing) and fact.fault is not None:
            explanation = f"whether {title} is enabled is unknown ({fact.reason})"
            return reason(UNKNOWN, explanation, remedy=self._remedy(), missing=self._key)
        if state is None:
            return self._by_default(facts, title, evidence)
        if state:
            return reason(YES, f"{title} is enabled", evidence)
        return reason(NO, f"{title} is disabled", evidence, self._remedy())

    def _by_default(self, facts: Facts, title: str, evidence: tuple[Evidence, ...]) -> Reason:
        """What Windows' own default says of a channel of which the inventory says nothing."""
        os = facts.get(OS) if self.channel.on_builds else None
        default = self.channel.default(os.value if isinstance(os, Known) else None)
        reference = "" if default == UNKNOWN else f"the default: {self.channel.source}"
        if default == YES:
            explanation = f"{title} is on by default, and the inventory does not say otherwise"
            return Reason("channel", self.subject, YES, explanation, evidence, reference=reference)
        by_default = (
            "it is off by default" if default == NO else "it is not known to be on by default"
        )
        return Reason(
            "channel",
            self.subject,
            UNKNOWN,
            f"whether {title} is enabled is unknown, and {by_default}",
            evidence,
            self._remedy(),
            reference,
            self._key,
        )

    def _remedy(self) -> Remedy:
        instruction = f'Enable the channel: wevtutil set-log "{self.channel.name}" /enabled:true'
        return Remedy(
            self._key,
            ChannelState(enabled=True),
            instruction,
            title=f"Channel {self.channel.name}: enabled",
            kind="channel",
        )
