"""Splunk's inputs.conf: [WinEventLog://CHANNEL] stanzas, as event queries.

Source: Splunk's inputs.conf specification. Lists of event ids are exact. Of `key=regex` filters
EventCode is exact (every id is tried); other keys look at rendered text, so they are undecided.
An event passes if it matches a whitelist (or none is given) and no blacklist.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from logreach.inventories import collectors, wef
from logreach.inventories.facts import Reading
from logreach.inventories.faults import Fault
from logreach.inventories.subscriptions import Query, Subscription
from logreach.inventories.text import lines

_LONGEST = 4 * 1024 * 1024  # characters
_LONGEST_REGEX = 400
_HIGHEST_ID = 65_535
_STANZA = re.compile(r"\[([^\]]*)\]")
_PREFIX = "wineventlog://"
_FILTER = re.compile(r"(?P<kind>whitelist|blacklist)(?P<number>[1-9]?)")
_PAIR = re.compile(r"\s*(?P<key>\$?\w+)\s*=\s*(?P<mark>[^\w\s])(?P<regex>.*?)(?P=mark)(?=\s|$)")
# Nested quantifiers can take a regular expression for ever; such a one is not tried.
_RISKY = re.compile(r"[+*}]\)?[+*{]|\([^)]*[+*][^)]*\)\s*[+*{]")
_TEXTLESS = "suppress_text without renderXml"


@dataclass(slots=True)
class _Stanza:
    name: str
    line: int
    settings: dict[str, tuple[str, int]] = field(default_factory=dict)

    def on(self, name: str) -> bool:
        value = self.settings.get(name, ("", 0))[0]
        return value.strip().lower() in ("1", "true", "t", "yes", "y")

    @property
    def textless(self) -> bool:
        """Whether events arrive without their text, in which alone their fields stand."""
        return self.on("suppress_text") and not self.on("renderxml") and not self.on("disabled")


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
    subscriptions = tuple(_subscription(one, source, faults) for one in taken)
    reading = wef.reading_of(subscriptions, faults, source, sha256)
    notices = (_without_text(one, source) for one in taken if one.textless)
    return replace(reading, faults=(*reading.faults, *notices))


def _without_text(stanza: _Stanza, source: str) -> Fault:
    """Without XML, an event's fields arrive in its text only; this leaves nothing unread."""
    message = f"{_TEXTLESS} in [{stanza.name}]: the fields of its events do not arrive"
    where = f"line {stanza.settings['suppress_text'][1]}"
    return Fault(message, source, where, "Set renderXml = true, or suppress_text = 0.")


def _stanzas(text: str, source: str, faults: list[Fault]) -> Iterator[_Stanza]:
    """Stanzas, each on top of [default] and [WinEventLog], later words for the same name."""
    found: dict[str, _Stanza] = {"default": _Stanza("default", 1)}
    stanza = found["default"]
    for number, line in _logical(text):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        header = _STANZA.fullmatch(stripped)
        if header is not None:
            name = header[1].strip()
            stanza = found.setdefault(name.lower(), _Stanza(name, number))
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


def _subscription(stanza: _Stanza, source: str, faults: list[Fault]) -> Subscription:
    channel = stanza.name[len(_PREFIX) :].strip()
    queries = tuple(_queries(stanza, channel, source, faults))
    return Subscription(
        name=stanza.name,
        queries=queries,
        enabled=not stanza.on("disabled"),
        source=source,
        dialect="collector",
        line=stanza.line,
    )


def _queries(stanza: _Stanza, channel: str, source: str, faults: list[Fault]) -> Iterator[Query]:
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
    if stanza.textless:
        undecided = f"*[{collectors.undecided(_TEXTLESS)}]"
        yield Query(channel, undecided, suppress=True, line=stanza.settings["suppress_text"][1])


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
