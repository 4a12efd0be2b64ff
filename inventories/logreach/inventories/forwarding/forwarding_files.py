"""Files that say which events leave a host: subscriptions, Winlogbeat, Splunk inputs."""

from __future__ import annotations

import re

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.sources import Source
from logreach.inventories.forwarding import splunk, wef, wef_listing, winlogbeat

_XML = re.compile(r"<(?:Subscription|QueryList)\b")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL)
_WINLOGBEAT = re.compile(r"^winlogbeat(?:\.|:)", re.MULTILINE)
_SPLUNK = re.compile(r"^\[WinEventLog:/?/?", re.MULTILINE | re.IGNORECASE)


def looks_like(text: str) -> bool:
    """Whether a text is a subscription or a collector's configuration."""
    bare = _COMMENT.sub("", text).lstrip()
    found = _XML.match(bare) or _WINLOGBEAT.search(text) or _SPLUNK.search(text)
    return bool(found) or wef_listing.looks_like(text)


def read(source: Source) -> Reading:
    """Read by content; what is none of the three is told as no subscription."""
    text = source.text()
    if _SPLUNK.search(text):
        return splunk.read(text, source.path, source.sha256)
    if _WINLOGBEAT.search(text) and not text.lstrip().startswith("<"):
        return winlogbeat.read(text, source.path, source.sha256)
    return wef.read(text, source.path, source.sha256)
