"""The words, signs and colours that all reports share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter

from logreach.coverage.assessment.result import Assessment, Profile
from logreach.coverage.engine.judged import Judged, Reason, Remedy
from logreach.coverage.engine.verdict import NOT_APPLICABLE, YES, Level, Verdict
from logreach.inventories.facts.facts import Conflict
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.facts.values import in_words
from logreach.inventories.files.evidence import Evidence

QUESTIONS = {
    "visibility": "Visibility",
    "detection": "Detection",
    "detection_with_alternatives": "Detection with alternatives",
}
QUESTION_MEANING = {
    "visibility": "At least one data component of the technique can be seen; the best one counts, "
    "so this number reads high.",
    "detection": "At least one analytic of ATT&CK has every log source that it names.",
    "detection_with_alternatives": "At least one analytic of ATT&CK has all its data components, "
    "by any event that shows them.",
}
OTHERS_HOLD = "every other link holds too"


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How a verdict is shown: a sign that survives greyscale, colours that survive colour
    blindness (blue against orange, each of its own lightness). There is one object a label."""

    label: str
    sign: str
    fill: str
    ink: str
    meaning: str


_LOOKS = (
    Look("achievable", "●", "#1F6FB2", "#FFFFFF", "Every link of the chain is proven to hold."),
    Look(
        "conditional", "◐", "#A6CEE8", "#000000", "Only a part can be seen; the reason says what."
    ),
    Look(
        "unknown, at least conditional",
        "?",
        "#F2E29B",
        "#000000",
        "A part is proven; facts that the inventory does not tell decide about the rest.",
    ),
    Look("unknown", "?", "#F2E29B", "#000000", "Facts that the inventory does not tell decide."),
    Look(
        "unknown, at best conditional",
        "?",
        "#F2E29B",
        "#000000",
        "Facts that the inventory does not tell decide, and at best a part can be seen.",
    ),
    Look("not achievable", "○", "#E58A57", "#000000", "A link of the chain is proven broken."),
    Look("not applicable", "–", "#EDEDED", "#595959", "Does not concern such hosts; not counted."),
)
# One colour stands for every label that begins with 'unknown'.
LOOKS: Mapping[str, Look] = {look.label: look for look in _LOOKS}
LABELS = tuple(LOOKS)
_SIGNED = {label: f"{look.sign} {label}" for label, look in LOOKS.items()}


def look(verdict: Verdict) -> Look:
    """How this verdict is shown."""
    return LOOKS[verdict.label]


def signed(verdict: Verdict) -> str:
    """The label behind its sign: '● achievable'."""
    return _SIGNED[look(verdict).label]


def signed_label(label: str) -> str:
    """A label behind its sign; other words stay as they are."""
    return _SIGNED.get(label, label)


def plain(text: str) -> str:
    """Text without control characters that could move a cursor, break XML or turn text round.

    They are shown as pictures (U+2400 and on) or as U+FFFD, so nothing is lost unseen. Tabs and
    line feeds stay.
    """
    # Lines of plain text are common, and looking each letter up is slow.
    printable = text.isprintable() or text.replace("\n", "").isprintable()
    return text if printable else text.translate(_UNSAFE)


def _unsafe() -> dict[int, str]:
    pictures = {code: chr(0x2400 + code) for code in range(0x20) if code not in (0x09, 0x0A)}
    lost = [*range(0x80, 0xA0), *range(0xD800, 0xE000), *range(0x202A, 0x202F)]
    lost += [*range(0x2066, 0x206A), 0xFFFE, 0xFFFF]
    return {**pictures, 0x7F: "␡", **dict.fromkeys(lost, "\ufffd")}


_UNSAFE = _unsafe()


def one_line(text: str) -> str:
    """Plain text with line breaks and tabs as spaces."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(plain(text).split())


def shortened(text: str, limit: int) -> str:
    """Text of at most `limit` characters; a cut is told."""
    if len(text) <= limit:
        return text
    tail = f"… (cut; {len(text)} characters in all)"
    return text[: limit - len(tail)] + tail


def remedy_title(remedy: Remedy) -> str:
    """What a remedy changes, in a few words where there are some."""
    return remedy.title or remedy.text


def evidence_text(evidence: Iterable[Evidence]) -> str:
    """Every piece of evidence, one a line."""
    return "\n".join(str(one) for one in evidence)


def why(judged: Judged) -> str:
    """The most telling reason, behind what it is about.

    A verdict that is open although this reason is not needs a second: what it is that is unknown.
    One that is achievable rests on all of its reasons, and the first must not look like the only.
    """
    if not judged.reasons:
        return ""
    first = judged.reasons[0]
    if judged.verdict == YES and len(judged.reasons) > 1:
        return f"{reason_text(first)}; {OTHERS_HOLD}"
    if judged.verdict.settled or not first.verdict.settled:
        return reason_text(first)
    still_open = [one for one in judged.reasons if not one.verdict.settled]
    return "; ".join(map(reason_text, (first, *still_open[:1])))


def reason_text(reason: Reason) -> str:
    """A reason behind its subject, unless it names that itself."""
    if not reason.subject or reason.subject in reason.text:
        return reason.text
    return f"{reason.subject}: {reason.text}"


def fact_name(key: FactKey[object], title: str = "") -> str:
    """A fact's name for people; its key where it has none."""
    return title or str(key)


def value_text(value: object | None) -> str:
    """A fact's value in words; '' for none."""
    return "" if value is None else in_words(value)


def conflict_text(conflict: Conflict) -> str:
    """Which of two statements is believed, and what the other said."""
    kept, dropped = conflict.kept, conflict.dropped
    return (
        f"{conflict.key}: believed {value_text(kept.value)} ({kept.evidence}); "
        f"not believed {value_text(dropped.value)} ({dropped.evidence})"
    )


def score_text(score: tuple[float, float] | None) -> str:
    """'0.50' or, where the ends differ, '0.25 to 0.75'; 'none' where nothing applies."""
    if score is None:
        return "none"
    low, high = (f"{end:.2f}" for end in score)
    return low if low == high else f"{low} to {high}"


def percent(part: int, whole: int) -> float:
    """A share in percent with one decimal; 0 of nothing is 0."""
    return round(100 * part / whole, 1) if whole else 0.0


def percent_text(part: float, whole: float, decimals: int = 1) -> str:
    """A share in percent, never rounded to nothing or to all: 'under 0.1 %', 'over 99.9 %'."""
    share = 100 * part / whole if whole else 0.0
    step: float = 10**-decimals
    if 0 < share < step:
        return f"under {step:g} %"
    if 100 - step < share < 100:
        return f"over {100 - step:g} %"
    return f"{share:.{decimals}f} %"


def counts_by_label(profile: Profile, question: str) -> dict[str, int]:
    """Techniques of a profile by label of one question, in the order of `LABELS`."""
    asked = attrgetter(f"{question}.verdict")
    counts = dict.fromkeys(LABELS, 0)
    # Engines share one object between verdicts that are alike, so few are left to look up.
    verdicts = [asked(technique) for technique in profile.techniques.values()]
    alike = dict(zip(map(id, verdicts), verdicts, strict=True))
    for identity, number in Counter(map(id, verdicts)).items():
        counts[look(alike[identity]).label] += number
    return counts


def applying(counts: Mapping[str, int]) -> int:
    """How many there are to which the question applies."""
    return sum(counts.values()) - counts.get("not applicable", 0)


def achieved(profile: Profile, question: str, between: str = " of ") -> str:
    """'421 of 472': the techniques that are achievable, of those that apply."""
    counts = counts_by_label(profile, question)
    return f"{counts['achievable']}{between}{applying(counts)}"


def totals(assessment: Assessment, question: str) -> dict[str, int]:
    """Host and technique pairs by label of one question, over the whole fleet."""
    counts = dict.fromkeys(LABELS, 0)
    for profile in assessment.profiles:
        for label, number in counts_by_label(profile, question).items():
            counts[label] += number * profile.count
    return counts


def tally(counts: Mapping[str, float]) -> str:
    """'850 achievable, 52 unknown', in the order of the labels; '' of nothing."""
    return ", ".join(f"{counts[label]:g} {label}" for label in LABELS if counts.get(label))


def technique_url(technique_id: str) -> str:
    """ATT&CK's own page of a technique."""
    return f"https://attack.mitre.org/techniques/{technique_id.replace('.', '/')}/"


def is_link(reference: str) -> bool:
    """True for a reference that can be followed."""
    return reference.startswith(("https://", "http://")) and not set(reference) & set(' "<>\\\n\t')


def standing(counts: Mapping[str, int]) -> str:
    """The label that stands for a fleet: the best that any host has, by what is proven first."""
    found = (verdict.label for verdict in Verdict if counts.get(verdict.label))
    return next(found, NOT_APPLICABLE.label)


def level_number(level: Level) -> float:
    """A level from 0 to 1."""
    return level / Level.YES
