"""The links that keep ways to detect from holding whole, over all hosts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from logreach.coverage.assessment.result import (
    Assessment,
    Detection,
    Profile,
    TechniqueResult,
    WayKind,
)
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.verdict import NO, YES, Level


@dataclass(slots=True)
class BrokenLink:
    """A link, and the pairs of a host and a technique short of achievable in whose ways it stands.
    `reason` is that of the first profile."""

    reason: Reason
    pairs: int = 0
    profiles: list[str] = field(default_factory=list)


def broken_links(assessment: Assessment) -> list[BrokenLink]:
    """Broken links, those in most pairs first."""
    links: dict[tuple[object, ...], BrokenLink] = {}
    for profile in assessment.profiles:
        for technique in profile.techniques.values():
            for reason in dict.fromkeys(broken_in(technique, profile)):
                key = (reason.link, reason.subject, reason.text, reason.verdict)
                link = links.setdefault(key, BrokenLink(reason))
                link.pairs += profile.count
                if link.profiles[-1:] != [profile.profile_id]:
                    link.profiles.append(profile.profile_id)
    return sorted(
        links.values(), key=lambda link: (-link.pairs, link.reason.link, link.reason.text)
    )


def broken_in(technique: TechniqueResult, profile: Profile) -> Iterator[Reason]:
    """What keeps a technique from being achievable: the first broken link of each event that is
    lacking; where none is, that of the verdict."""
    judged = technique.detection.judged
    if not judged.verdict.applicable or judged.verdict.proven is Level.YES:
        return
    lacking = (profile.events.get(event) for event in _lacking(technique.detection))
    broken = [*first_broken(event for event in lacking if event is not None)]
    yield from broken or first_broken([judged])


def _lacking(detection: Detection) -> Iterable[str]:
    """The events of which one would be a way of its own; where no event is, those of other ways."""
    direct = [way for way in detection.ways if way.kind is WayKind.DIRECT]
    return dict.fromkeys(event for way in direct or detection.ways for event in way.lacks)


def first_broken(verdicts: Iterable[Judged]) -> Iterator[Reason]:
    """The first link of each that some change could mend, or some fact could settle."""
    for judged in verdicts:
        broken = [reason for reason in judged.reasons if reason.verdict is not YES]
        written = not any(reason.link == "os" and reason.verdict is NO for reason in broken)
        if written:
            yield from [reason for reason in broken if reason.link != "knowledge"][:1]
