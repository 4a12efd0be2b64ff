"""Files that say which events leave a host: subscriptions and configurations of shippers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.sources import Source
from logreach.inventories.forwarding import (
    data_collection_rules,
    elastic_agent,
    fluent_bit,
    nxlog,
    opentelemetry,
    splunk,
    wazuh,
    wef,
    wef_listing,
    winlogbeat,
)

_XML = re.compile(r"<(?:Subscription|QueryList)\b")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL)
_WINLOGBEAT = re.compile(r"^winlogbeat(?:\.|:)", re.MULTILINE)
_SPLUNK = re.compile(r"^\[WinEventLog:/?/?", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shipper:
    """A shipper's configuration: its name, how to recognise its beginning, and its reader."""

    name: str
    looks_like: Callable[[str], bool]
    read: Callable[[Source], Reading]


SHIPPERS = (
    Shipper("data collection rule", data_collection_rules.looks_like, data_collection_rules.read),
    Shipper("Wazuh", wazuh.looks_like, wazuh.read),
    Shipper("NXLog", nxlog.looks_like, nxlog.read),
    Shipper("Elastic Agent policy", elastic_agent.looks_like, elastic_agent.read),
    Shipper("Fluent Bit", fluent_bit.looks_like, fluent_bit.read),
    Shipper("OpenTelemetry Collector", opentelemetry.looks_like, opentelemetry.read),
)
"""Those that stand beside subscriptions, Winlogbeat and Splunk, in the order of recognition."""


def looks_like(head: str) -> bool:
    """Whether a text is a subscription, or a configuration of Winlogbeat or Splunk."""
    bare = _COMMENT.sub("", head).lstrip()
    match = _XML.match(bare) or _WINLOGBEAT.search(head) or _SPLUNK.search(head)
    return bool(match) or wef_listing.looks_like(head)


def read(source: Source) -> Reading:
    """Read one, recognised by its content; anything else is a fault of the WEF reader."""
    content = source.text()
    if not looks_like(content):
        for shipper in SHIPPERS:
            if shipper.looks_like(content):
                return shipper.read(source)
    if _SPLUNK.search(content):
        return splunk.read(content, source.path, source.sha256)
    if _WINLOGBEAT.search(content) and not content.lstrip().startswith("<"):
        return winlogbeat.read(content, source.path, source.sha256)
    return wef.read(content, source.path, source.sha256)
