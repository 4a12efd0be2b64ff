"""What two assessments answer otherwise, host by host: what is gained and what is lost.

Profiles are matched by the hosts in them, never by their numbers: a change of one host's facts
renumbers all. What is compared are the answers on techniques (detection), rules, events and fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from logreach.coverage.assessment.as_of import AsOf
from logreach.coverage.assessment.result import Assessment, Profile
from logreach.coverage.engine.judged import Volume
from logreach.coverage.engine.verdict import Level, Verdict
from logreach.coverage.events.event_id import EventId


class Subject(StrEnum):
    """What an answer is about."""

    TECHNIQUE = "technique"
    RULE = "rule"
    EVENT = "event"
    ATTRIBUTE = "attribute"


class Direction(StrEnum):
    """What a change does to an answer: what is proven decides, and then what is possible."""

    LOST = "lost"
    GAINED = "gained"
    RULED_OUT = "ruled out"
    OPENED = "possible now"
    APPLIES = "applies now"
    APPLIES_NO_MORE = "applies no more"


class Answer(NamedTuple):
    """An answer on one profile: its verdict, its label, a name for people and the first reason."""

    verdict: Verdict
    label: str
    name: str = ""
    reason: str = ""


Answers = Mapping[Subject, Mapping[str, Answer]]


@dataclass(frozen=True, slots=True)
class ComparedProfile:
    """Hosts of one assessment that share all answers; `hosts` has how many machines each entry of
    the inventory stands for."""

    profile_id: str
    hosts: Mapping[str, int]
    answers: Answers


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two assessments. `title` is how a person named it; `hosts_beside` counts the hosts
    of its fleet that are not shown, `as_of` tells the days of its facts."""

    title: str
    attack_version: str
    scope: str
    profiles: tuple[ComparedProfile, ...]
    hosts_beside: int = 0
    as_of: AsOf | None = None

    @property
    def machines(self) -> int:
        """The hosts whose answers are shown."""
        return sum(sum(profile.hosts.values()) for profile in self.profiles)


class Change(NamedTuple):
    """An answer that differs. `reason` is the first reason of the answer afterwards."""

    subject: Subject
    key: str
    name: str
    before: str
    after: str
    direction: Direction
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HostsCompared:
    """Hosts that share their answers in both assessments, and the answers that differ."""

    hosts: tuple[str, ...]
    count: int
    profiles: tuple[str, str]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two assessments side by side.

    `only_before` and `only_after` are hosts that one of them has. `not_compared` are answers that
    only one side asks, of a rule that the other was not given for one, by subject.
    """

    before: Side
    after: Side
    hosts: tuple[HostsCompared, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    not_compared: Mapping[Subject, tuple[str, ...]]

    @property
    def lost(self) -> bool:
        """Whether anything is proven no longer, or a host is gone."""
        changes = (change for each in self.hosts for change in each.changes)
        return bool(self.only_before) or any(x.direction is Direction.LOST for x in changes)

    def changes(self, subject: Subject) -> Iterator[tuple[HostsCompared, Change]]:
        """The answers about a subject that differ, each with the hosts on which it does."""
        for each in self.hosts:
            for change in each.changes:
                if change.subject is subject:
                    yield each, change

    def counted(self, subject: Subject, direction: Direction) -> int:
        """How many pairs of a machine and an answer go one way."""
        changes = self.changes(subject)
        return sum(each.count for each, change in changes if change.direction is direction)


def side_of(assessment: Assessment, title: str) -> Side:
    """An assessment as one side."""
    return Side(
        title,
        assessment.attack_version,
        assessment.scope,
        tuple(
            ComparedProfile(
                profile.profile_id,
                profile.host_counts,
                _answers(profile),
            )
            for profile in assessment.profiles
        ),
        assessment.hosts_beside,
        assessment.as_of,
    )


def _answers(profile: Profile) -> Answers:
    return {
        Subject.TECHNIQUE: {
            technique.technique_id: Answer(
                technique.detection.judged.verdict,
                technique.detection.label,
                technique.name,
                technique.detection.judged.reason,
            )
            for technique in profile.techniques.values()
        },
        Subject.RULE: {
            rule.rule_id: Answer(
                rule.judged.verdict, rule.judged.verdict.label, rule.title, rule.judged.reason
            )
            for rule in profile.rules.values()
        },
        Subject.EVENT: {
            event: Answer(judged.verdict, judged.verdict.label, "", judged.reason)
            for event, judged in profile.events.items()
        },
        Subject.ATTRIBUTE: {
            field: Answer(judged.verdict, judged.verdict.label, "", judged.reason)
            for field, judged in profile.attributes.items()
        },
    }


def compare(before: Side, after: Side) -> Comparison:
    """What differs, for every host that both sides have."""
    old, new = _by_host(before), _by_host(after)
    together: dict[tuple[str, str], list[str]] = {}
    for host in new:
        if host in old:
            pair = old[host].profile_id, new[host].profile_id
            together.setdefault(pair, []).append(host)
    compared = [
        HostsCompared(
            tuple(hosts),
            sum(new[host].hosts[host] for host in hosts),
            pair,
            tuple(_changes(old[hosts[0]].answers, new[hosts[0]].answers)),
        )
        for pair, hosts in together.items()
    ]
    return Comparison(
        before,
        after,
        tuple(compared),
        tuple(host for host in old if host not in new),
        tuple(host for host in new if host not in old),
        {subject: tuple(_asked_once(before, after, subject)) for subject in Subject},
    )


def _by_host(side: Side) -> dict[str, ComparedProfile]:
    return {host: profile for profile in side.profiles for host in profile.hosts}


def _changes(before: Answers, after: Answers) -> Iterator[Change]:
    for subject in Subject:
        old = before[subject]
        for key, now in after[subject].items():
            was = old.get(key)
            direction = _direction(was.verdict, now.verdict) if was else None
            if was and direction:
                name = now.name or was.name
                yield Change(subject, key, name, was.label, now.label, direction, now.reason)


def _direction(before: Verdict, after: Verdict) -> Direction | None:
    """None where nothing differs that a person would act on."""
    if not (before.applicable and after.applicable):
        if before.applicable is after.applicable:
            return None
        if before.applicable and before.proven > Level.NO:
            return Direction.LOST
        return Direction.APPLIES if after.applicable else Direction.APPLIES_NO_MORE
    if after.proven is not before.proven:
        return Direction.GAINED if after.proven > before.proven else Direction.LOST
    if after.possible is not before.possible:
        return Direction.OPENED if after.possible > before.possible else Direction.RULED_OUT
    return None


def _asked_once(before: Side, after: Side, subject: Subject) -> list[str]:
    """The answers that one side alone has on the hosts that both have."""
    keys_by_side = [
        {key for profile in side.profiles for key in profile.answers[subject]}
        for side in (before, after)
    ]
    return sorted(keys_by_side[0] ^ keys_by_side[1])


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of several changes that are ranked: what the fleet has with it.

    `achievable` counts the pairs of a machine and a technique that are achievable, `rules` those of
    a machine and a rule; `in_part` counts both where a part is proven. `only` are techniques and
    rules that are achievable on more machines than with any other of them. `busy` are the events of
    which some are logged, and which come in great numbers according to a source.
    """

    title: str
    comparison: Comparison
    achievable: int
    rules: int
    in_part: Mapping[Subject, int]
    only: Mapping[Subject, tuple[str, ...]]
    busy: tuple[str, ...]


def ranked(
    comparisons: Sequence[Comparison], volume_of: Callable[[EventId], Volume]
) -> list[Alternative]:
    """Alternatives to the same inventory, the one with which most is achievable first; of equals
    that with more proven in part. `volume_of` says in what numbers an event comes."""
    subjects = (Subject.TECHNIQUE, Subject.RULE)
    machines = [
        {subject: _machines(each.after, subject, Level.YES) for subject in subjects}
        for each in comparisons
    ]
    alternatives = []
    for place, comparison in enumerate(comparisons):
        mine, rivals = machines[place], machines[:place] + machines[place + 1 :]
        alternatives.append(
            Alternative(
                comparison.after.title,
                comparison,
                sum(mine[Subject.TECHNIQUE].values()),
                sum(mine[Subject.RULE].values()),
                {
                    subject: sum(_machines(comparison.after, subject, Level.PARTIAL).values())
                    for subject in subjects
                },
                {
                    subject: tuple(
                        key
                        for key, count in counts.items()
                        if all(count > rival[subject].get(key, 0) for rival in rivals)
                    )
                    for subject, counts in mine.items()
                },
                _busy(comparison.after, volume_of),
            )
        )
    return sorted(alternatives, key=_rank)


def _rank(each: Alternative) -> tuple[int, int, int, int, str]:
    techniques, rules = (each.in_part[subject] for subject in (Subject.TECHNIQUE, Subject.RULE))
    return -each.achievable, -each.rules, -techniques, -rules, each.title


def _busy(side: Side, volume_of: Callable[[EventId], Volume]) -> tuple[str, ...]:
    logged = {
        EventId.parse(event)
        for profile in side.profiles
        for event, answer in profile.answers[Subject.EVENT].items()
        if answer.verdict.proven > Level.NO
    }
    busy = (event for event in logged if volume_of(event) is Volume.HIGH)
    return tuple(sorted(busy, key=lambda event: event.order))


def _machines(side: Side, subject: Subject, level: Level) -> dict[str, int]:
    """On how many machines just so much is proven of each technique or rule."""
    counts: dict[str, int] = {}
    for profile in side.profiles:
        machines = sum(profile.hosts.values())
        for key, answer in profile.answers[subject].items():
            if answer.verdict.proven is level:
                counts[key] = counts.get(key, 0) + machines
    return counts


def labels_of(side: Side, subject: Subject) -> dict[str, int]:
    """Pairs of a machine and an answer, by label."""
    counts: dict[str, int] = {}
    for profile in side.profiles:
        for answer in profile.answers[subject].values():
            counts[answer.label] = counts.get(answer.label, 0) + sum(profile.hosts.values())
    return counts


def fleet_changes(comparison: Comparison, subject: Subject) -> dict[str, dict[Direction, int]]:
    """For each answer that differs somewhere, the machines by direction."""
    counts: dict[str, dict[Direction, int]] = {}
    for each, change in comparison.changes(subject):
        by_direction = counts.setdefault(change.key, {})
        by_direction[change.direction] = by_direction.get(change.direction, 0) + each.count
    return counts
