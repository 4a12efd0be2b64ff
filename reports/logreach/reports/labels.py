"""The questions and the labels of verdicts, with the signs and colours that all reports share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from logreach.coverage.engine.verdict import NOT_APPLICABLE, Level, Verdict

QUESTIONS = {
    "visibility": "Visibility",
    "detection": "Detection",
    "detection_with_alternatives": "Detection with alternatives",
}
QUESTION_MEANING = {
    "visibility": "At least one data component of the technique is logged. The best data component "
    "counts, so this figure is optimistic.",
    "detection": "At least one ATT&CK analytic has every log source that it names.",
    "detection_with_alternatives": "At least one ATT&CK analytic has all its data components, "
    "through any event that shows them.",
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
        "conditional",
        "◐",
        "#A6CEE8",
        "#000000",
        "Only part of the activity is logged; the reason says which part.",
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


def best_label(counts: Mapping[str, int]) -> str:
    """The label that stands for a fleet: the best of any host, by the proven end first."""
    labels = (verdict.label for verdict in Verdict if counts.get(verdict.label))
    return next(labels, NOT_APPLICABLE.label)


def level_number(level: Level) -> float:
    """A level from 0 to 1."""
    return level / Level.YES
