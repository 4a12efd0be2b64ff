"""The words, signs and colours that every report of a baseline shares."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from logreach.coverage.baselines.result import (
    LABELS,
    MET_IN_PART,
    Answer,
    BaselineProfile,
    BaselineResult,
    Gain,
)
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.wording import counted
from logreach.inventories.windows.baselines.requirements import Requirement
from logreach.reports.profile_names import host_list
from logreach.reports.scope import ScopeLine, as_of_text

SIGNS = {
    "not met": "○",
    "unknown": "?",
    MET_IN_PART: "◐",
    "met": "●",
    "not applicable": "–",
}
MEANINGS = {
    "not met": "Facts prove that the host does not do what is asked.",
    "unknown": "No output of the host shows it; the command that would is named.",
    MET_IN_PART: "Facts of logging prove all that they can show of it. The control asks for more, "
    "which is named: this says nothing of whether the control is satisfied.",
    "met": "Outputs of the host, or what the inventory declares, prove it.",
    "not applicable": "The requirement is not for such hosts.",
}
PART_REMARK = (
    "Of some requirements facts of logging show a part only. What is beyond them stands beside "
    "each; no answer here says that such a control is satisfied."
)
METHOD = (
    (
        "Proof",
        "A requirement is met only where facts prove it that the host itself printed, or that the "
        "inventory declares; what an answer rests on is named. A policy (GPO, Intune) or a default "
        "of Windows says what should be and proves nothing: it leaves the answer unknown.",
    ),
    (
        "Gain",
        "What becomes achievable once a requirement alone is met: the changes are applied to the "
        "facts of the hosts and detection is evaluated again. Gains of several requirements do not "
        "add up; together they are evaluated together. A policy counts for detection as it does in "
        "logreach assess, so that what a policy asks for already gains nothing.",
    ),
    ("More", "Recording more than a requirement asks is no fault, unless it asks for exactly so."),
    ("Controls", PART_REMARK),
)
"""How a report came about: headings and texts."""


def signed_status(label: str) -> str:
    """A label behind its sign."""
    return f"{SIGNS[label]} {label}"


def scope_lines(result: BaselineResult) -> tuple[ScopeLine, ...]:
    """What the report speaks of: baseline, hosts, proof, detections, and the day of the facts."""
    baseline = result.baseline
    version = f", version {baseline.version}" if baseline.version else ""
    origin = "" if baseline.shipped else f"; file {baseline.path}, SHA-256 {baseline.sha256}"
    techniques = f"ATT&CK {result.attack_version}"
    if result.scope:
        techniques = f"{techniques}, restricted to {result.scope}"
    rules = counted(result.rules, "rule") if result.rules else "no rules given"
    return (
        ScopeLine("Baseline", f"{baseline.title}{version} ({baseline.name}{origin})"),
        ScopeLine("Source", baseline.source),
        ScopeLine("Requirements", counted(len(baseline.requirements), "requirement")),
        ScopeLine("Hosts", _hosts_text(result)),
        ScopeLine("Proof", _proof_text(result)),
        ScopeLine("Detections", f"{techniques}; {rules}"),
        ScopeLine("Facts as of", as_of_text(result.as_of, result.hosts)),
    )


def _hosts_text(result: BaselineResult) -> str:
    inventory, profiles = result.inventory, counted(len(result.profiles), "profile")
    shown = counted(result.hosts, "host")
    if not result.hosts_beside:
        return f"all {shown} of the inventory {inventory}, in {profiles}"
    names = [name for profile in result.profiles for name in profile.hosts]
    total = result.hosts + result.hosts_beside
    return f"{shown} of {total} of the inventory {inventory}, in {profiles}: {host_list(names, 8)}"


def _proof_text(result: BaselineResult) -> str:
    if result.observed_only:
        return "what hosts printed; what the inventory declares proves nothing"
    return "what hosts printed, and what the inventory declares"


def asks(requirement: Requirement) -> str:
    """What a requirement asks for, and of which hosts."""
    hosts = "" if requirement.applies_to.everywhere else f" [{requirement.applies_to}]"
    return f"{requirement.check}{hosts}"


def profile_words(profile: BaselineProfile, most: int = 2) -> str:
    """'P1 (WS)'."""
    return f"{profile.profile_id} ({host_list(profile.hosts, most)})"


def counts_words(counts: dict[str, int]) -> str:
    """'12 not met, 4 met', without what is nowhere so."""
    return ", ".join(f"{counts[label]} {label}" for label in LABELS if counts[label])


def gain_words(gain: Gain) -> str:
    """What meeting a requirement gains on a profile, in words; '' for nothing."""
    parts = []
    if gain.techniques:
        parts.append(f"{counted(len(gain.techniques), 'technique')} achievable")
    if gain.in_part:
        parts.append(f"{counted(len(gain.in_part), 'technique')} in part")
    if gain.rules:
        parts.append(f"{counted(len(gain.rules), 'rule')} achievable")
    if gain.rules_in_part:
        parts.append(f"{counted(len(gain.rules_in_part), 'rule')} in part")
    if gain.lost:
        parts.append(f"{len(gain.lost)} lost")
    return ", ".join(parts)


def evidence_words(evidence: Iterable[Evidence]) -> str:
    """'ws/auditpol.csv line 49; …': the places alone."""
    return "; ".join(
        dict.fromkeys(" ".join(filter(None, (each.source, each.where))) for each in evidence)
    )


def evidence_of(answer: Answer) -> tuple[Evidence, ...]:
    """The evidence of all hosts of a profile, each place once."""
    return tuple(dict.fromkeys(each for several in answer.evidence.values() for each in several))


def file_uri(path: str) -> str:
    """A file of the inventory as a relative reference; any name of a file will do."""
    return quote(path, errors="backslashreplace")


def remedy_lines(answer: Answer) -> list[str]:
    """The changes that meet a requirement, and what has to be found out besides."""
    if not answer.open:
        return []
    lines = [remedy.text for remedy in answer.remedies]
    if not answer.enough:
        lines.append(_MORE if lines else _NONE)
    return lines


_MORE = "What else it takes, the missing facts have to tell first"
_NONE = "No change that logreach knows meets it by itself: see the reasons"


def remedy_words(answer: Answer) -> str:
    """The same in a line."""
    return "; ".join(remedy_lines(answer))
