"""Splunk's inputs.conf: [WinEventLog://CHANNEL] stanzas, as event queries.

Source: Splunk's inputs.conf specification. Lists of event ids are exact. Of `key=regex` filters
EventCode is exact (every id is tried); other keys look at rendered text, so they are undecided.
An event passes if it matches a whitelist (or none is given) and no blacklist. Settings that drop
or change events besides are in `splunk_losses`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.faults import Fault
from logreach.inventories.files.text import lines
from logreach.inventories.forwarding import collectors, splunk_losses, wef
from logreach.inventories.forwarding.splunk_losses import Stanza
from logreach.inventories.forwarding.subscriptions import Query, Subscription

_LONGEST = 4 * 1024 * 1024  # characters
_MOST_TRIED = 40  # expressions a file; each is tried on every event id
_STANZA = re.compile(r"\[([^\]]*)\]")
_PREFIX = "wineventlog://"
_FILTER = re.compile(r"(?P<kind>whitelist|blacklist)(?P<number>[1-9]?)")
_PAIR = re.compile(r"\s*(?P<key>\$?\w+)\s*=\s*(?P<mark>[^\w\s])(?P<regex>.*?)(?P=mark)(?=\s|$)")


def read(conf: str, source: str, sha256: str = "") -> Reading:
    """The channels that an inputs.conf takes from the host; one subscription a stanza."""
    faults: list[Fault] = []
    if len(conf) > _LONGEST:
        faults.append(Fault(f"{len(conf)} characters, over {_LONGEST}", source))
        return wef.reading_of((), faults, source, sha256)
    stanzas = list(_stanzas(conf, source, faults))
    taken = [stanza for stanza in stanzas if stanza.name.lower().startswith(_PREFIX)]
    if not taken:
        faults.append(Fault("no [WinEventLog://...] stanza", source, "line 1"))
    faults.extend(_files(stanzas, source))
    everywhere = splunk_losses.at_index_time(stanzas)
    losses = [tuple(splunk_losses.lost(stanza, everywhere)) for stanza in taken]
    tried: set[str] = set()
    subscriptions = tuple(
        _subscription(stanza, loss, source, faults, tried)
        for stanza, loss in zip(taken, losses, strict=True)
    )
    reading = wef.reading_of(subscriptions, faults, source, sha256)
    notices = (
        notice
        for stanza, loss in zip(taken, losses, strict=True)
        for notice in splunk_losses.notices(stanza, (*loss, *_altered(stanza)), source)
    )
    return replace(reading, faults=(*reading.faults, *dict.fromkeys(notices)))


def _altered(stanza: Stanza) -> Iterator[tuple[str, int]]:
    yield from (
        (f"[{stanza.name}]: {alteration.why}", stanza.line_of(alteration.why.partition(" ")[0]))
        for alteration in splunk_losses.altered(stanza)
    )


def _files(stanzas: list[Stanza], source: str) -> Iterator[Fault]:
    """A fault for each event log that is read as a file: its channel is not known."""
    for stanza in stanzas:
        if stanza.name.lower().startswith("monitor://") and ".evt" in stanza.name.lower():
            yield Fault(
                f"[{stanza.name}] reads an event log file, whose channel is not known",
                source,
                f"line {stanza.line}",
            )


def _stanzas(conf: str, source: str, faults: list[Fault]) -> Iterator[Stanza]:
    """Stanzas on top of [default] and [WinEventLog]; in stanzas of one name the later wins."""
    stanzas: dict[str, Stanza] = {"default": Stanza("default", 1)}
    stanza = stanzas["default"]
    for number, line in _logical(conf):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        header = _STANZA.fullmatch(stripped)
        if header is not None:
            name = header[1].strip()
            stanza = stanzas.setdefault(name.lower(), Stanza(name, number))
            continue
        key, equals, value = stripped.partition("=")
        if not equals:
            message = f"neither a stanza nor a setting: {stripped[:60]!r}"
            faults.append(Fault(message, source, f"line {number}"))
            continue
        stanza.settings[key.strip().lower()] = (value.strip(), number)
    base = {**stanzas["default"].settings}
    if "wineventlog" in stanzas:
        base |= stanzas["wineventlog"].settings
    for stanza in stanzas.values():
        stanza.settings = {**base, **stanza.settings}
        yield stanza


def _logical(conf: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; a line that ends in a backslash is joined with the next."""
    joined, start = "", 0
    for number, line in lines(conf):
        start = start or number
        if line.endswith("\\"):
            joined += line[:-1] + " "
            continue
        yield start, joined + line
        joined, start = "", 0
    if joined:
        yield start, joined


def _subscription(
    stanza: Stanza,
    losses: Sequence[tuple[str, int]],
    source: str,
    faults: list[Fault],
    tried: set[str],
) -> Subscription:
    channel = stanza.name[len(_PREFIX) :].strip()
    queries = tuple(_queries(stanza, channel, losses, source, faults, tried))
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
    tried: set[str],
) -> Iterator[Query]:
    listed = False
    for key, (value, line) in stanza.settings.items():
        match = _FILTER.fullmatch(key)
        if match is None or not value:
            continue
        white = match["kind"] == "whitelist"
        words = f"{key} = {value}"
        if xml := stanza.on("renderxml"):
            words += " (with renderXml)"
        condition = _condition(value, words, tried, sure=not xml, white=white)
        if condition is None:
            faults.append(
                Fault(f"{key} is neither event ids nor key=regex", source, f"line {line}")
            )
            condition = collectors.dropped(words)
        listed = listed or white
        yield Query(channel, condition, suppress=not white, line=line)
    if not listed:
        yield Query(channel, collectors.EVERYTHING, suppress=False, line=stanza.line)
    for words, line in losses:
        yield Query(channel, collectors.dropped(words), suppress=True, line=line)


def _condition(value: str, words: str, tried: set[str], *, sure: bool, white: bool) -> str | None:
    """One whitelist or blacklist as a query; None where it is neither form.

    `sure`: whether it filters is known. With renderXml the specification names only $XmlRegex;
    what has another id than EventCode asks for is not blacklisted either way.
    """
    listed = [collectors.ids(part.strip()) for part in value.split(",") if part.strip()]
    if listed and None not in listed:
        return collectors.on_system((collectors.any_of([part for part in listed if part]),))
    conditions: list[str] = []
    pairs = set[tuple[str, str]]()
    position = 0
    end = len(value.rstrip())
    while position < end:
        match = _PAIR.match(value, position)
        if match is None:
            return None
        position = match.end()
        if (pair := (match["key"], match["regex"])) in pairs:
            continue
        pairs.add(pair)
        numbers = _numbers(*pair, tried)
        if numbers is None or not sure:
            conditions.append(collectors.undecided(words))
        if numbers is not None and (sure or not white):
            conditions.append(f"System[{collectors.spans(numbers)}]")
    return f"*[{' and '.join(dict.fromkeys(conditions))}]" if conditions else None


def _numbers(key: str, regex: str, tried: set[str]) -> frozenset[int] | None:
    """The event ids that `EventCode=regex` asks for; `tried` are the file's expressions so far."""
    if key.lower() != "eventcode" or (regex not in tried and len(tried) >= _MOST_TRIED):
        return None
    tried.add(regex)
    return collectors.matching_ids(regex)
