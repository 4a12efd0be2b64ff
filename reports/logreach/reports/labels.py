"""The questions and the labels of verdicts, with the signs and colours that all reports share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from logreach.coverage.engine.verdict import NOT_APPLICABLE, Level, Verdict
from logreach.coverage.network.techniques import (
    ANALYTIC,
    ANALYTIC_BY_ANY_EVENT,
    DETECTION,
    VISIBILITY,
)

QUESTIONS = {
    DETECTION: "Detection",
    VISIBILITY: "Visibility",
    ANALYTIC: "Analytic as named",
    ANALYTIC_BY_ANY_EVENT: "Analytic by any event",
}
QUESTION_MEANING = {
    DETECTION: "The best way to detect the technique: an event that records the act itself, an "
    "ATT&CK analytic of which everything is logged, or a rule on such an event. Part of a way, or "
    "rules on other events, make it conditional.",
    VISIBILITY: "Completeness: at least one data component of the technique is logged. The best "
    "data component counts, so this figure is optimistic.",
    ANALYTIC: "Completeness: at least one ATT&CK analytic has every log source that it names.",
    ANALYTIC_BY_ANY_EVENT: "Completeness: at least one ATT&CK analytic has all its data "
    "components, through any event that shows them.",
}


@dataclass(frozen=True, slots=True)
class LabelStyle:
    """How a label is shown: a sign that survives greyscale, and colours that survive colour
    blindness (blue against orange, each of its own lightness). `ink` is the text's colour."""

    label: str
    sign: str
    fill: str
    ink: str
    meaning: str


_STYLES = (
    LabelStyle(
        "achievable", "●", "#1F6FB2", "#FFFFFF", "Every link of the chain is proven to hold."
    ),
    LabelStyle(
        "conditional",
        "◐",
        "#A6CEE8",
        "#000000",
        "Only part of the activity is logged; the reason says which part.",
    ),
    LabelStyle(
        "achievable elsewhere",
        "◉",
        "#4C8FC7",
        "#FFFFFF",
        "Proven to hold on other hosts of the fleet, which record the act; these do not.",
    ),
    LabelStyle(
        "conditional elsewhere",
        "◑",
        "#BFDDF0",
        "#000000",
        "Other hosts of the fleet record part of it; these record less.",
    ),
    LabelStyle(
        "unknown, at least conditional",
        "?",
        "#F2E29B",
        "#000000",
        "Part of the activity is proven to be logged; facts missing from the inventory decide the "
        "rest.",
    ),
    LabelStyle("unknown", "?", "#F2E29B", "#000000", "Facts missing from the inventory decide."),
    LabelStyle(
        "unknown, at best conditional",
        "?",
        "#F2E29B",
        "#000000",
        "Facts missing from the inventory decide; at best, part of the activity is logged.",
    ),
    LabelStyle(
        "not achievable", "○", "#E58A57", "#000000", "A link of the chain is proven broken."
    ),
    LabelStyle(
        "not applicable",
        "–",
        "#EDEDED",
        "#595959",
        "The technique or event does not concern these hosts; it is not counted.",
    ),
)
# One colour stands for every label that begins with 'unknown'.
LABEL_STYLES: Mapping[str, LabelStyle] = {style.label: style for style in _STYLES}
LABELS = tuple(LABEL_STYLES)
ACHIEVABLE = ("achievable", "achievable elsewhere")
UNKNOWN_LABELS = tuple(label for label in LABELS if label.startswith("unknown"))
_SIGNED = {label: f"{style.sign} {label}" for label, style in LABEL_STYLES.items()}


def style_of(verdict: Verdict) -> LabelStyle:
    """How this verdict is shown."""
    return LABEL_STYLES[verdict.label]


def signed(verdict: Verdict) -> str:
    """The label behind its sign: '● achievable'."""
    return _SIGNED[verdict.label]


def signed_label(label: str) -> str:
    """A label behind its sign; other words stay as they are."""
    return _SIGNED.get(label, label)


_BEST_FIRST = (
    "achievable",
    "achievable elsewhere",
    "unknown, at least conditional",
    "conditional",
    "conditional elsewhere",
    "unknown",
    "unknown, at best conditional",
    "not achievable",
)


def best_label(counts: Mapping[str, int]) -> str:
    """The label that stands for a fleet: the best of any host, by the proven end first."""
    return next((label for label in _BEST_FIRST if counts.get(label)), NOT_APPLICABLE.label)


def level_number(level: Level) -> float:
    """A level from 0 to 1."""
    return level / Level.YES
