"""ATT&CK ids in the tags of rules, and where another version of ATT&CK has them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

_TECHNIQUE = re.compile(r"^attack\.(t\d{4}(?:\.\d{3})?)$", re.IGNORECASE)
_OTHER = re.compile(r"^attack\.(?!t\d{4}|[gs]\d{4}|c\d{4}|ta\d{4})([a-z][a-z_-]+)$", re.IGNORECASE)


def techniques_of(tags: Iterable[str]) -> tuple[str, ...]:
    """The technique ids among a rule's tags, as tagged, in upper case."""
    matches = (_TECHNIQUE.match(tag) for tag in tags)
    return tuple(dict.fromkeys(match[1].upper() for match in matches if match))


def tactics_of(tags: Iterable[str]) -> tuple[str, ...]:
    """The tactics among a rule's tags, by ATT&CK's short names ('lateral-movement')."""
    matches = (_OTHER.match(tag) for tag in tags)
    return tuple(dict.fromkeys(match[1].lower().replace("_", "-") for match in matches if match))


def place(
    tag_ids: Iterable[str], known_ids: Collection[str], crosswalk: Mapping[str, Collection[str]]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Technique ids in the version of ATT&CK at hand: (placed, unplaced), each sorted.

    An id among `known_ids` stays; another one becomes those of its `crosswalk` (id -> ids) that
    are known. What has neither is unplaced and has to be listed.
    """
    placed: set[str] = set()
    unplaced: set[str] = set()
    for tag in tag_ids:
        targets = {tag} if tag in known_ids else set(crosswalk.get(tag, ())) & set(known_ids)
        placed |= targets
        if not targets:
            unplaced.add(tag)
    return tuple(sorted(placed)), tuple(sorted(unplaced))


def most_specific(techniques: Iterable[str]) -> tuple[str, ...]:
    """Without the techniques of which a sub-technique is named as well."""
    distinct = set(techniques)
    parents = {technique.partition(".")[0] for technique in distinct if "." in technique}
    return tuple(sorted(distinct - parents))
