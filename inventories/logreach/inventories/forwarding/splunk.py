"""Splunk's inputs.conf: [WinEventLog://CHANNEL] stanzas, as event queries.

Source: Splunk's inputs.conf specification. Lists of event ids are exact. Of `key=regex` filters
EventCode is exact (every id is tried); other keys look at rendered text, so they are undecided.
An event passes if it matches a whitelist (or none is given) and no blacklist. What else may be
taken from it, `splunk_losses` tells.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.faults import Fault
from logreach.inventories.files.text import lines
from logreach.inventories.forwarding import collectors, splunk_losses, wef
from logreach.inventories.forwarding.splunk_losses import Stanza
from logreach.inventories.forwarding.subscriptions import Query, Subscription

_LONGEST = 4 * 1024 * 1024  # characters
_LONGEST_REGEX = 400
_HIGHEST_ID = 65_535
_STANZA = re.compile(r"\[([^\]]*)\]")
_PREFIX = "wineventlog://"
_FILTER = re.compile(r"(?P<kind>whitelist|blacklist)(?P<number>[1-9]?)")
_PAIR = re.compile(r"\s*(?P<key>\$?\w+)\s*=\s*(?P<mark>[^\w\s])(?P<regex>.*?)(?P=mark)(?=\s|$)")
# Nested quantifiers can take a regular expression for ever; such a one is not tried.
_RISKY = re.compile(r"[+*}]\)?[+*{]|\([^)]*[+*][^)]*\)\s*[+*{]")


def read(text: str, source: str, sha256: str = "") -> Reading:
    """The channels that an inputs.conf takes from the host; one subscription a stanza."""
    faults: list[Fault] = []
    if len(text) > _LONGEST:
        faults.append(Fault(f"{len(text)} characters, over {_LONGEST}", source))
        return wef.reading_of((), faults, source, sha256)
    stanzas = list(_stanzas(text, source, faults))
    taken = [one for one in stanzas if one.name.lower().startswith(_PREFIX)]
    if not taken:
        faults.append(Fault("no [WinEventLog://...] stanza", source, "line 1"))
    faults.extend(_files(stanzas, source))
    everywhere = splunk_losses.at_index_time(stanzas)
    losses = [tuple(splunk_losses.lost(one, everywhere)) for one in taken]
    subscriptions = tuple(
        _subscription(one, why, source, faults) for one, why in zip(taken, losses, strict=True)
    )
    reading = wef.reading_of(subscriptions, faults, source, sha256)
    told = (
        notice
        for one, why in zip(taken, losses, strict=True)
        for notice in splunk_losses.notices(one, (*why, *_altered(one)), source)
    )
    return replace(reading, faults=(*reading.faults, *dict.fromkeys(told)))


def _altered(stanza: Stanza) -> Iterator[tuple[str, int]]:
    yield from (
        (f"[{stanza.name}]: {one.why}", stanza.line_of(one.why.partition(" ")[0]))
        for one in splunk_losses.altered(stanza)
    )


def _files(stanzas: list[Stanza], source: str) -> Iterator[Fault]:
    """Logs that are read as files: which channels they hold is not read here."""
    for one in stanzas:
        if one.name.lower().startswith("monitor://") and ".evt" in one.name.lower():
            yield Fault(f"[{one.name}] reads a log as a file", source, f"line {one.line}")


def _stanzas(text: str, source: str, faults: list[Fault]) -> Iterator[Stanza]:
    """Stanzas, each on top of [default] and [WinEventLog], later words for the same name."""
    found: dict[str, Stanza] = {"default": Stanza("default", 1)}
    stanza = found["default"]
    for number, line in _logical(text):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        header = _STANZA.fullmatch(stripped)
        if header is not None:
            name = header[1].strip()
            stanza = found.setdefault(name.lower(), Stanza(name, number))
            continue
        key, equals, value = stripped.partition("=")
        if not equals:
            message = f"neither a stanza nor a setting: {stripped[:60]!r}"
            faults.append(Fault(message, source, f"line {number}"))
            continue
        stanza.settings[key.strip().lower()] = (value.strip(), number)
    base = {**found["default"].settings}
    if "wineventlog" in found:
        base |= found["wineventlog"].settings
    for stanza in found.values():
        stanza.settings = {**base, **stanza.settings}
        yield stanza


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Lines, those ending in a backslash joined with the next."""
    held, start = "", 0
    for number, line in lines(text):
        start = start or number
        if line.endswith("\\"):
            held += line[:-1] + " "
            continue
        yield start, held + line
        held, start = "", 0
    if held:
        yield start, held


def _subscription(
    stanza: Stanza, losses: Sequence[tuple[str, int]], source: str, faults: list[Fault]
) -> Subscription:
    channel = stanza.name[len(_PREFIX) :].strip()
    queries = tuple(_queries(stanza, channel, losses, source, faults))
    return Subscription(
        name=stanza.name,
        queries=queries,
        enabled=not stanza.on("disabled"),
        source=source,
        dialect="collector",
        line=stanza.line,
        altered=splunk_losses.altered(stanza),
    )


def _queries(
    stanza: Stanza,
    channel: str,
    losses: Sequence[tuple[str, int]],
    source: str,
    faults: list[Fault],
) -> Iterator[Query]:
    listed = False
    for key, (value, line) in stanza.settings.items():
        found = _FILTER.fullmatch(key)
        if found is None or not value:
            continue
        condition = _condition(value, xml=stanza.on("renderxml"))
        if condition is None:
            faults.append(
                Fault(f"{key} is neither event ids nor key=regex", source, f"line {line}")
            )
            condition = f"*[{collectors.undecided(f'{key} {value}')}]"
        white = found["kind"] == "whitelist"
        listed = listed or white
        yield Query(channel, condition, suppress=not white, line=line)
    if not listed:
        yield Query(channel, collectors.EVERYTHING, suppress=False, line=stanza.line)
    for words, line in losses:
        yield Query(channel, f"*[{collectors.undecided(words)}]", suppress=True, line=line)


def _condition(value: str, *, xml: bool) -> str | None:
    """One whitelist or blacklist as a query; None where it is neither form."""
    listed = [collectors.ids(part.strip()) for part in value.split(",") if part.strip()]
    if listed and None not in listed:
        return collectors.on_system((collectors.any_of([part for part in listed if part]),))
    pairs: list[str] = []
    position = 0
    while position < len(value.rstrip()):
        found = _PAIR.match(value, position)
        if found is None:
            return None
        pairs.append(_pair(found["key"], found["regex"], xml=xml))
        position = found.end()
    return f"*[{' and '.join(pairs)}]" if pairs else None


def _pair(key: str, regex: str, *, xml: bool) -> str:
    numbers = None if xml or key.lower() != "eventcode" else _matching_ids(regex)
    if numbers is None:
        return collectors.undecided(f"{key}={regex}")
    return f"System[{collectors.spans(numbers)}]"


@lru_cache(maxsize=256)
def _matching_ids(regex: str) -> frozenset[int] | None:
    """Every event id that a regular expression finds; None where that is not tried."""
    if len(regex) > _LONGEST_REGEX or _RISKY.search(regex):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compiled = re.compile(regex)
    except (re.error, OverflowError, RecursionError):
        return None
    return frozenset(one for one in range(_HIGHEST_ID + 1) if compiled.search(str(one)))
