"""The frame of a Navigator layer, format 4.5: name, legend, scope and versions around its entries.

Written from our own model, since mitreattack.navlayers cuts fractions, loses links and writes
UTF-16. Its exporters set limits that these layers keep to: a layer's name becomes the title of a
worksheet, and a legend has room for twelve characters an item.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from logreach.coverage.assessment.method_notes import weights_text
from logreach.coverage.assessment.result import Assessment
from logreach.inventories.files.wording import counted
from logreach.reports.labels import LABEL_STYLES, QUESTION_MEANING, QUESTIONS
from logreach.reports.safe_text import one_line, plain, shortened, technique_url
from logreach.reports.scope import scope_lines, shown_hosts

Json = dict[str, Any]

LAYER_FORMAT = "4.5"
NAVIGATOR = "5.1.0"
FULL = LABEL_STYLES["achievable"].fill
SOME = "#7DB0DB"
"""Achievable on few hosts: darker than what is conditional, paler than what is achievable."""
LEGEND = {
    "achievable": "achievable",
    "achievable elsewhere": "elsewhere",
    "conditional": "conditional",
    "conditional elsewhere": "½ elsewhere",
    "unknown": "unknown",
    "not achievable": "no way",
    "not applicable": "n/a",
}
"""The label of a verdict in a legend: twelve characters are all that is drawn."""
LEGEND_MEANING = (
    "Legend: 'elsewhere' and '½ elsewhere' are what other hosts of the fleet record whole or in "
    "part, 'no way' is not achievable, 'n/a' not applicable."
)
SHARES_MEANING = (
    "A score is 99.4 at most where any is missing, as the Navigator draws none between that and "
    f"100. {LEGEND_MEANING}"
)
_INAPPLICABLE = LABEL_STYLES["not applicable"].fill
# The Navigator (5.1) has a hundred colours, takes the one at the rounded percentage of a score, and
# loads no layer in which that is the hundred-and-first.
_NEARLY_ALL = 99.4
_COMMENT = 600
_SHEET_NAME = 31  # Excel takes no longer title of a worksheet, nor one with these characters
_NOT_IN_SHEET_NAMES = re.compile(r"[:\\/?*\[\]]")
_LAYOUT: Json = {
    "layout": "side",
    "aggregateFunction": "average",
    "showID": True,
    "showName": True,
    "showAggregateScores": False,
    "countUnscored": False,
    "expandedSubtechniques": "annotated",
}


class Gradient:
    """The colours of scores, evenly spread from the least score to the greatest."""

    def __init__(self, least: int, greatest: int, *colours: str) -> None:
        self.least, self.greatest, self.colours = least, greatest, colours

    def as_json(self) -> Json:
        """As a layer has it."""
        return {"colors": [*self.colours], "minValue": self.least, "maxValue": self.greatest}


SHARES = Gradient(0, 100, SOME, FULL)
SHARES_LEGEND = (
    (FULL, "all hosts"),
    (SOME, "few hosts"),
    *((LABEL_STYLES[label].fill, LEGEND[label]) for label in list(LEGEND)[2:]),
)


def layer(
    assessment: Assessment,
    name: str,
    description: str,
    entries: Sequence[Json],
    gradient: Gradient,
    legend: Iterable[tuple[str, str]],
) -> Json:
    """A layer of an assessment, with its scope in the description and the metadata."""
    scope = one_line(assessment.scope)
    restricted = f" Restricted to {scope}." if scope else ""
    return layer_frame(
        name,
        f"{description}{restricted}",
        assessment.attack_version,
        entries,
        legend,
        _about(assessment),
        gradient,
    )


def layer_frame(
    name: str,
    description: str,
    attack_version: str,
    entries: Sequence[Json],
    legend: Iterable[tuple[str, str]],
    about: Iterable[tuple[str, str]],
    gradient: Gradient = SHARES,
) -> Json:
    """A layer around these entries; `legend` has colours with their meaning, `about` metadata."""
    _show_subtechniques(entries)
    return {
        "name": sheet_name(name),
        "versions": _versions(attack_version),
        "domain": "enterprise-attack",
        "description": shortened(description, 2000),
        "filters": {"platforms": ["Windows"]},
        "sorting": 0,
        "layout": dict(_LAYOUT),
        "hideDisabled": False,
        "techniques": [*entries],
        "gradient": gradient.as_json(),
        "legendItems": [{"label": label, "color": fill} for fill, label in legend],
        "metadata": [metadata_item(key, value) for key, value in about],
        "links": [],
        "showTacticRowBackground": False,
        "tacticRowBackground": "#dddddd",
        "selectTechniquesAcrossTactics": True,
        "selectSubtechniquesWithParent": False,
        "selectVisibleTechniques": False,
    }


def _show_subtechniques(entries: Iterable[Json]) -> None:
    """Unfold the techniques of which a sub-technique is coloured.

    The layout tells the Navigator to; mitreattack's exporters ask the technique, and fail on one
    whose sub-techniques are all for other platforms.
    """
    by_id = {entry["techniqueID"]: entry for entry in entries}
    for technique_id, each in by_id.items():
        parent = by_id.get(technique_id.partition(".")[0])
        if parent is not None and parent is not each and each.get("color") != _INAPPLICABLE:
            parent["showSubtechniques"] = True


def entry(
    technique_id: str, comment: str, metadata: list[Json], links: list[Json], last: str = ""
) -> Json:
    """An entry without a tactic stands in every column that has the technique.

    `last` is the comment's last line, which no cut takes away.
    """
    ending = f"\n{last}" if last else ""
    return {
        "techniqueID": technique_id,
        "comment": shortened(plain(comment), _COMMENT - len(ending)) + ending,
        "enabled": True,
        "metadata": metadata,
        "links": links,
        "showSubtechniques": False,
    }


def layer_name(assessment: Assessment, subject: str) -> str:
    """'Detection, 3 of 922 hosts, T1543': what the layer shows, and of what.

    Of a restriction for which there is no room, 'scoped' is all that is said.
    """
    hosts = hosts_words(assessment)
    scope = one_line(assessment.scope)
    if not scope:
        return sheet_name(f"{subject}, {hosts}")
    names = (
        f"{subject}, {hosts}, {scope.partition(' ')[2]}",
        f"{subject}, {hosts}, scoped",
        f"{subject}, {hosts.rpartition(' ')[0]}, scoped",
    )
    return sheet_name(next((name for name in names if len(name) <= _SHEET_NAME), names[-1]))


def hosts_words(assessment: Assessment) -> str:
    """'922 hosts', or '3 of 922 hosts'."""
    shown = shown_hosts(assessment)
    if assessment.hosts_beside:
        return f"{shown} of {shown + assessment.hosts_beside} hosts"
    return counted(shown, "host")


def sheet_name(text: str) -> str:
    """A name that can be the title of a worksheet, too."""
    name = _NOT_IN_SHEET_NAMES.sub("_", one_line(text))
    return (name if len(name) <= _SHEET_NAME else f"{name[: _SHEET_NAME - 1]}…").strip("'")


def share_score(part: float, total: float) -> float:
    """A share in percent with one decimal, neither rounded to nothing nor to all."""
    share = round(100 * part / total, 1)
    return min(max(share, 0.1), _NEARLY_ALL) if part < total else share


def technique_links(technique_id: str, references: Iterable[str] = ()) -> list[Json]:
    """ATT&CK's page, and the first few web references."""
    pages = {reference for reference in references if reference.startswith("https://")}
    return [
        {"label": "ATT&CK", "url": technique_url(technique_id)},
        *({"label": "Reference", "url": page} for page in sorted(pages)[:5]),
    ]


def metadata_item(name: str, value: object) -> Json:
    """Metadata; the Navigator refuses an empty name or value."""
    return {"name": one_line(name) or "-", "value": one_line(str(value)) or "-"}


def _versions(attack_version: str) -> Json:
    major = re.match(r"\d+", attack_version)
    attack = major.group() if major else attack_version
    return {"attack": attack, "navigator": NAVIGATOR, "layer": LAYER_FORMAT}


def _about(assessment: Assessment) -> list[tuple[str, str]]:
    rules = any(profile.rules for profile in assessment.profiles)
    return [
        *scope_lines(assessment),
        ("ATT&CK", assessment.attack_version),
        ("logreach", assessment.version),
        *((QUESTIONS[question], QUESTION_MEANING[question]) for question in QUESTIONS),
        *([("rules, weight of a level", weights_text())] if rules else []),
    ]
