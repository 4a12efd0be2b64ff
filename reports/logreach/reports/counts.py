"""Counts of verdicts and scores, and how reports write them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from logreach.coverage.assessment.result import Assessment, Profile
from logreach.coverage.engine.verdict import NOT_APPLICABLE
from logreach.reports.labels import ACHIEVABLE, LABELS


def counts_by_label(profile: Profile, question: str) -> dict[str, int]:
    """Techniques of a profile by label of one question, in the order of `LABELS`."""
    labels = (technique.label(question) for technique in profile.techniques.values())
    return dict.fromkeys(LABELS, 0) | Counter(labels)


def applying(counts: Mapping[str, int]) -> int:
    """The number of techniques to which the question applies."""
    return sum(counts.values()) - counts.get(NOT_APPLICABLE.label, 0)


def achievable(counts: Mapping[str, int]) -> int:
    """The number of those that are achievable, here or elsewhere in the fleet."""
    return sum(counts.get(label, 0) for label in ACHIEVABLE)


def achieved(profile: Profile, question: str, between: str = " of ") -> str:
    """'421 of 472': the techniques that are achievable, of those that apply."""
    counts = counts_by_label(profile, question)
    return f"{achievable(counts)}{between}{applying(counts)}"


def totals(assessment: Assessment, question: str) -> dict[str, int]:
    """Host and technique pairs by label of one question, over the whole fleet."""
    counts = dict.fromkeys(LABELS, 0)
    for profile in assessment.profiles:
        for label, number in counts_by_label(profile, question).items():
            counts[label] += number * profile.count
    return counts


def tally(counts: Mapping[str, float]) -> str:
    """'850 achievable, 52 unknown', in the order of the labels; '' for no counts."""
    return ", ".join(f"{counts[label]:g} {label}" for label in LABELS if counts.get(label))


def score_text(score: tuple[float, float] | None) -> str:
    """'0.50' or, where the ends differ, '0.25 to 0.75'; 'none' where nothing applies."""
    if score is None:
        return "none"
    low, high = (f"{end:.2f}" for end in score)
    return low if low == high else f"{low} to {high}"


def percent(part: int, total: int) -> float:
    """A share in percent with one decimal; 0 of 0 is 0."""
    return round(100 * part / total, 1) if total else 0.0


def percent_text(part: float, total: float, decimals: int = 1) -> str:
    """A share in percent, never rounded to nothing or to all: 'under 0.1 %', 'over 99.9 %'."""
    share = 100 * part / total if total else 0.0
    step: float = 10**-decimals
    if 0 < share < step:
        return f"under {step:g} %"
    if 100 - step < share < 100:
        return f"over {100 - step:g} %"
    return f"{share:.{decimals}f} %"
