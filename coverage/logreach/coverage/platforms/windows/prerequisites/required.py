"""What baselines ask of the facts of a host, as prerequisites with a remedy each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, partial

from logreach.coverage.engine.judged import Reason, Remedy, Volume
from logreach.coverage.engine.verdict import NO, NOT_APPLICABLE, UNKNOWN, YES, Verdict
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.coverage.platforms.windows.prerequisites.audit_changes import AuditChange
from logreach.inventories.facts.facts import Facts, Known, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.facts.values import Off, Scalar, in_words
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.windows.audit_policy.origins import FORCE
from logreach.inventories.windows.audit_policy.subcategories import subcategories, subcategories_of
from logreach.inventories.windows.baselines.contradictions import records
from logreach.inventories.windows.baselines.requirements import (
    AppliesTo,
    AuditCheck,
    ChannelCheck,
    FactCheck,
    Match,
    SettingCheck,
)
from logreach.inventories.windows.facts import (
    AUDIT,
    AUDIT_ORIGINS,
    CHANNEL,
    FEATURE,
    OS,
    ROLE,
    SETTING,
    AuditSetting,
    ChannelState,
    OperatingSystem,
    OsKind,
    Role,
)
from logreach.inventories.windows.registry.settings import settings
from logreach.inventories.windows.system.operating_systems import catalogue

_WHEN_FULL = {
    "overwrite": "overwrites its oldest events",
    "retain": "keeps its events and takes no new ones",
    "archive": "is archived",
}
_MIB = 2**20


@dataclass(frozen=True, slots=True)
class ExactAuditSetting(AuditSetting):
    """A setting that takes the place of the one there is, rather than be added to it."""

    def added_to(self, current: object) -> AuditSetting:  # noqa: ARG002
        """What the subcategory records afterwards."""
        return AuditSetting(self.success, self.failure)

    def exceeds(self, other: object) -> bool:  # noqa: ARG002
        """It turns off as well as on."""
        return False


@dataclass(frozen=True, slots=True)
class AuditAsRequired:
    """A subcategory is set as a baseline asks."""

    subject: str
    asked: AuditCheck

    @property
    def key(self) -> FactKey[object]:
        """The fact that is asked about."""
        return AUDIT(self.asked.guid)

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (self.key, OS, AUDIT_ORIGINS, SETTING(FORCE))

    def check(self, facts: Facts) -> Reason:
        asked = self.asked
        fact = facts.get(AUDIT(asked.guid))
        subcategory = subcategories()[asked.guid]
        change = AuditChange(subcategory, asked.wanted, facts)
        setting = change.now
        reason = partial(Reason, "audit policy", self.subject)
        os = facts.get(OS)
        if setting is None and isinstance(os, Known) and _lacks(os.value, asked.guid):
            words = f"{os.value} has no audit subcategory {subcategory.name}"
            return reason(NOT_APPLICABLE, words, os.evidence)
        title = f"audit subcategory {subcategory.name}"
        if setting is None:
            why = fact.reason if isinstance(fact, Missing) else "the inventory does not say"
            missing = change.undecided or AUDIT(asked.guid)
            words = f"{title}: its state is unknown ({why})"
            return reason(UNKNOWN, words, (), self._remedy(change), missing=missing)
        evidence = () if isinstance(fact, Missing) else fact.evidence
        words = f"{title} is set to {setting}"
        if records(asked, setting):
            return reason(YES, words, evidence)
        words = f"{words}; asked for is {asked.match.value} {asked.wanted}"
        return reason(NO, words, evidence, self._remedy(change))

    def target(self, facts: Facts) -> object:  # noqa: ARG002 - as of other requirements
        """What is added to the fact, or where it has to be exactly so takes its place."""
        wanted = self.asked.wanted
        exact = self.asked.match is Match.EXACTLY
        return ExactAuditSetting(wanted.success, wanted.failure) if exact else wanted

    def _remedy(self, change: AuditChange) -> Remedy:
        remedy = change.remedy()
        if self.asked.match is not Match.EXACTLY or remedy.key != self.key:
            return remedy
        wanted, subcategory = self.asked.wanted, change.subcategory
        switches = " ".join(
            f"/{outcome}:{'enable' if on else 'disable'}"
            for outcome, on in (("success", wanted.success), ("failure", wanted.failure))
        )
        text = (
            f"Set {subcategory.gpo_name} to exactly {wanted} under Advanced Audit Policy "
            f"Configuration > {subcategory.category}, or, where no GPO sets the audit policy, "
            f'run: auditpol /set /subcategory:"{{{subcategory.guid}}}" {switches}'
        )
        title = f"{subcategory.gpo_name}: exactly {wanted}"
        return replace(remedy, value=self.target(change.facts), text=text, title=title)


@cache
def _lacks(os: OperatingSystem, guid: str) -> bool:
    """Whether a later Windows of this kind has the subcategory and this one has it not."""
    if guid in subcategories_of(os):
        return False
    later = (each for each in catalogue() if each.kind is os.kind and each.build > os.build)
    return any(guid in subcategories_of(each) for each in later)


@dataclass(frozen=True, slots=True)
class SettingAsRequired:
    """A setting has the value that a baseline asks for."""

    subject: str
    asked: SettingCheck

    @property
    def key(self) -> FactKey[object]:
        """The fact that is asked about."""
        return SETTING(self.asked.name)

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (self.key,)

    def check(self, facts: Facts) -> Reason:
        asked, fact = self.asked, facts.get(SETTING(self.asked.name))
        title = f"setting '{settings()[asked.name].title}'"
        reason = partial(Reason, "setting", self.subject)
        if isinstance(fact, Missing):
            words = f"{title} is unknown ({fact.reason})"
            return reason(UNKNOWN, words, (), self._remedy(facts), missing=self.key)
        verdict = self._judge(fact.value)
        words = f"{title} is {in_words(fact.value)}"
        if verdict == YES:
            return reason(YES, words, fact.evidence)
        match = "" if asked.match is Match.EXACTLY else f"{asked.match.value} "
        words = f"{words}; asked for is {match}{in_words(asked.wanted)}"
        missing = None if verdict.settled else self.key
        return reason(verdict, words, fact.evidence, self._remedy(facts), missing=missing)

    def _judge(self, value: Scalar) -> Verdict:
        asked = self.asked
        if isinstance(value, Off):
            # Off by a value and not set at all differ, and some sources tell no more than either.
            return UNKNOWN if asked.wanted is False and value is Off.EITHER else NO
        if asked.match is Match.AT_LEAST:
            is_met = isinstance(value, int) and value >= int(asked.wanted)
        elif asked.match is Match.CONTAINS:
            is_met = isinstance(value, str) and str(asked.wanted) in value.split(";")
        else:
            is_met = type(value) is type(asked.wanted) and value == asked.wanted
        return YES if is_met else NO

    def target(self, facts: Facts) -> Scalar:
        """What the fact has to become; an entry is added to a list."""
        fact = facts.get(SETTING(self.asked.name))
        if self.asked.match is not Match.CONTAINS or isinstance(fact, Missing):
            return self.asked.wanted
        entries = [] if isinstance(fact.value, Off) else str(fact.value).split(";")
        return ";".join(dict.fromkeys(filter(None, (*entries, str(self.asked.wanted)))))

    def _remedy(self, facts: Facts) -> Remedy:
        asked, setting = self.asked, settings()[self.asked.name]
        known = load_events().settings.get(asked.name)
        value = self.target(facts)
        turns_on = asked.wanted is True or (known is not None and asked.wanted == known.whole)
        if known is not None and turns_on and known.name == asked.name:
            text, note, volume = known.remedy, known.note, Volume.of(known.volume)
        else:
            paths = " or ".join(setting.registry) or "no registry value holds it"
            text, note, volume = (
                f"Set {setting.title} to {in_words(value)} ({paths})",
                "",
                Volume.UNKNOWN,
            )
        title = f"Setting: {setting.title}: {in_words(asked.wanted)}"
        return Remedy(self.key, value, text, note, title, "setting", volume)


@dataclass(frozen=True, slots=True)
class ChannelAsRequired:
    """An event log is as a baseline asks: enabled, large enough, and does when full what it asks.

    Windows' defaults prove nothing here: only what the inventory tells of the log does, unless it
    is one that nobody can turn off.
    """

    subject: str
    asked: ChannelCheck

    @property
    def key(self) -> FactKey[object]:
        """The fact that is asked about."""
        return CHANNEL(self._name)

    @property
    def _name(self) -> str:
        """The log's full name, as Windows spells it."""
        return log_names().get(self.asked.name.casefold(), self.asked.name)

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (self.key,)

    def check(self, facts: Facts) -> Reason:
        fact = facts.get(CHANNEL(self._name))
        state = fact.value if isinstance(fact, Known) else ChannelState()
        if state.enabled is None and self._name in _always_on():
            state = replace(state, enabled=True)
        why = f" ({fact.reason})" if isinstance(fact, Missing) else ""
        parts = list(self._parts(state))
        lowest = min(parts, key=lambda part: (part[0].possible, part[0].proven))
        words = f"log {self._name}: {', '.join(text for _, text in parts)}{why}"
        evidence = fact.evidence if isinstance(fact, Known) else ()
        verdict = lowest[0]
        if verdict == YES:
            return Reason("channel", self.subject, YES, words, evidence)
        missing = None if verdict.settled else self.key
        remedy = self._remedy(facts)
        return Reason("channel", self.subject, verdict, words, evidence, remedy, missing=missing)

    def _parts(self, state: ChannelState) -> Iterator[tuple[Verdict, str]]:
        asked = self.asked
        if asked.enabled is not None:
            now = {None: "whether it is enabled is unknown", True: "enabled", False: "disabled"}
            verdict = UNKNOWN if state.enabled is None else _yes(state.enabled is asked.enabled)
            yield verdict, now[state.enabled]
        if asked.holds_mib is not None:
            size = state.max_bytes
            verdict = UNKNOWN if size is None else _yes(size >= asked.holds_mib * _MIB)
            words = "its size is unknown" if size is None else f"holds {size / _MIB:g} MiB"
            yield verdict, f"{words} (asked for: {asked.holds_mib} MiB)"
        if asked.when_full:
            verdict = (
                UNKNOWN if state.retention is None else _yes(state.retention == asked.when_full)
            )
            does = _WHEN_FULL.get(state.retention or "", "what it does is unknown")
            yield verdict, f"when full, {does} (asked for: {_WHEN_FULL[asked.when_full]})"

    def target(self, facts: Facts) -> ChannelState:
        """What the fact has to become; a log that holds more stays as large as it is."""
        asked, fact = self.asked, facts.get(CHANNEL(self._name))
        state = fact.value if isinstance(fact, Known) else ChannelState()
        if asked.enabled is not None:
            state = replace(state, enabled=asked.enabled)
        if asked.holds_mib is not None:
            state = replace(state, max_bytes=max(state.max_bytes or 0, asked.holds_mib * _MIB))
        return replace(state, retention=asked.when_full) if asked.when_full else state

    def _remedy(self, facts: Facts) -> Remedy:
        asked, value, switches = self.asked, self.target(facts), []
        if asked.enabled is not None:
            switches.append(f"/enabled:{str(asked.enabled).lower()}")
        if asked.holds_mib is not None:
            switches.append(f"/maxsize:{value.max_bytes}")
        if asked.when_full:
            keeps, archives = asked.when_full != "overwrite", asked.when_full == "archive"
            switches.append(f"/retention:{str(keeps).lower()} /autobackup:{str(archives).lower()}")
        text = f'Set the log: wevtutil set-log "{self._name}" {" ".join(switches)}'
        return Remedy(self.key, value, text, title=str(asked), kind="channel")


@cache
def log_names() -> dict[str, str]:
    """The full names of logs that logreach knows, by these and by the short ones in any case."""
    names = {}
    for channel in load_events().channels.values():
        names[channel.short.casefold()] = channel.name
        names[channel.name.casefold()] = channel.name
    return names


@cache
def _always_on() -> frozenset[str]:
    """The logs that nobody can turn off."""
    channels = load_events().channels.values()
    return frozenset(channel.name for channel in channels if channel.always_on)


def _yes(holds: bool) -> Verdict:
    return YES if holds else NO


@dataclass(frozen=True, slots=True)
class IsFor:
    """The host is one of those that a requirement is for; others are not asked."""

    subject: str
    hosts: AppliesTo

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (OS, ROLE, *(FEATURE(name) for name in sorted(self.hosts.features)))

    def check(self, facts: Facts) -> Reason:
        answers = list(self._answers(facts))
        words = f"{self.subject} is for {self.hosts}"
        for verdict, evidence, _ in answers:
            if verdict == NO:
                text = f"{words}; this host is none of them"
                return Reason("role", self.subject, NOT_APPLICABLE, text, evidence)
        for verdict, _, missing in answers:
            if verdict == UNKNOWN:
                text = f"{words}; whether this host is one of them is unknown"
                return Reason("role", self.subject, UNKNOWN, text, missing=missing)
        evidence = tuple(dict.fromkeys(each for _, several, _ in answers for each in several))
        return Reason("role", self.subject, YES, words, evidence)

    def _answers(
        self, facts: Facts
    ) -> Iterator[tuple[Verdict, tuple[Evidence, ...], FactKey[object] | None]]:
        hosts, os, role = self.hosts, facts.get(OS), facts.get(ROLE)
        is_client = isinstance(os, Known) and os.value.kind is OsKind.CLIENT
        if hosts.systems:
            if isinstance(os, Known):
                yield _yes(os.value.kind in hosts.systems), os.evidence, None
            elif isinstance(role, Known):
                kind = OsKind.CLIENT if role.value is Role.WORKSTATION else OsKind.SERVER
                yield _yes(kind in hosts.systems), role.evidence, None
            else:
                yield UNKNOWN, (), OS
        if hosts.roles:
            if isinstance(role, Known):
                yield _yes(role.value in hosts.roles), role.evidence, None
            elif is_client and role.fault is None and isinstance(os, Known):
                yield _yes(Role.WORKSTATION in hosts.roles), os.evidence, None
            else:
                yield UNKNOWN, (), ROLE
        if hosts.first_build is not None or hosts.last_build is not None:
            if isinstance(os, Known):
                first, last = hosts.first_build or 0, hosts.last_build or os.value.build
                yield _yes(first <= os.value.build <= last), os.evidence, None
            else:
                yield UNKNOWN, (), OS
        for name in sorted(hosts.features):
            yield _featured(facts, name, is_client=is_client)


def _featured(
    facts: Facts, name: str, *, is_client: bool
) -> tuple[Verdict, tuple[Evidence, ...], FactKey[object] | None]:
    """Whether a host has a server role; no client has one."""
    feature, os, role = facts.get(FEATURE(name)), facts.get(OS), facts.get(ROLE)
    if isinstance(feature, Known):
        return _yes(feature.value), feature.evidence, None
    if is_client and isinstance(os, Known):
        return NO, os.evidence, None
    if isinstance(role, Known) and role.value is Role.WORKSTATION:
        return NO, role.evidence, None
    return UNKNOWN, (), FEATURE(name)


Required = AuditAsRequired | SettingAsRequired | ChannelAsRequired


def required(check: FactCheck) -> Required:
    """The prerequisite of a check of facts."""
    match check:
        case AuditCheck():
            return AuditAsRequired(str(check), check)
        case SettingCheck():
            return SettingAsRequired(str(check), check)
        case ChannelCheck():
            return ChannelAsRequired(str(check), check)
