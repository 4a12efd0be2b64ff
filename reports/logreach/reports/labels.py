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
    DETECTION: "Achievable where one way to detect the technique holds whole: an event that "
    "records the act itself, an ATT&CK analytic with all its data components, or a rule on such "
    "an event; conditional where ways hold in part only.",
    VISIBILITY: "Completeness: at least one data component of the technique is logged; the best "
    "one counts, so this figure is optimistic.",
    ANALYTIC: "Completeness: at least one ATT&CK analytic has every log source that it names.",
    ANALYTIC_BY_ANY_EVENT: "Completeness: at least one ATT&CK analytic has all its data "
    "components, through any event that shows them.",
}


@dataclass(frozen=True, slots=True, eq=False)
class LabelStyle:
    """How a label is shown: a sign that survives greyscale, and colours that survive colour
    blindness (blue against orange, each of its own lightness). `ink` is the text's colour.

    There is one object a label, compared by identity.
    """

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
        "achievable elsewhere",
        "◉",
        "#62A3D6",
        "#000000",
        "Other hosts of the fleet, which are named, record the act; these hosts do not.",
    ),
    LabelStyle(
        "conditional",
        "◐",
        "#A6CEE8",
        "#000000",
        "Only part of the activity is logged; the reason says which part.",
    ),
    LabelStyle(
        "conditional elsewhere",
        "◑",
        "#D3E7F5",
        "#000000",
        "Other hosts of the fleet, which are named, record a part of it, or only some of them all "
        "of it; these hosts record less.",
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
VERDICT_LABELS = tuple(label for label in LABELS if not label.endswith("elsewhere"))
"""The labels of what is asked of a host by itself, such as a rule."""
LABEL_GROUPS = tuple(label for label in LABELS if label == "unknown" or label not in UNKNOWN_LABELS)
"""The labels by which people count and filter: every kind of unknown is one."""
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


BEST_FIRST = (
    "achievable",
    "achievable elsewhere",
    "unknown, at least conditional",
    "conditional",
    "conditional elsewhere",
    "unknown",
    "unknown, at best conditional",
    "not achievable",
)


def group_of(label: str) -> str:
    """The label of `LABEL_GROUPS` that a label counts under."""
    return "unknown" if label in UNKNOWN_LABELS else label


def best_label(counts: Mapping[str, float]) -> str:
    """The label that stands for a fleet: the best of any host, by the proven end first."""
    return next((label for label in BEST_FIRST if counts.get(label)), NOT_APPLICABLE.label)


def level_number(level: Level) -> float:
    """A level from 0 to 1."""
    return level / Level.YES
