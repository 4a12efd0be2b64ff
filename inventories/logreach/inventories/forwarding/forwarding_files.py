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


def looks_like(head: str) -> bool:
    """Whether a text is a subscription or a collector's configuration."""
    bare = _COMMENT.sub("", head).lstrip()
    match = _XML.match(bare) or _WINLOGBEAT.search(head) or _SPLUNK.search(head)
    return bool(match) or wef_listing.looks_like(head)


def read(source: Source) -> Reading:
    """Read one, recognised by its content; anything else is a fault of the WEF reader."""
    content = source.text()
    if _SPLUNK.search(content):
        return splunk.read(content, source.path, source.sha256)
    if _WINLOGBEAT.search(content) and not content.lstrip().startswith("<"):
        return winlogbeat.read(content, source.path, source.sha256)
    return wef.read(content, source.path, source.sha256)
