"""Wazuh's ossec.conf and agent.conf: its <localfile> of event channels, as event queries.

Source: Wazuh's documentation (localfile, centralized configuration) and the agent's source
(logcollector, config.c, os_xml.c). The agent hands a query to Windows as it is written. Of several
<localfile> of one location the last counts, agent.conf after ossec.conf. The manager keeps what a
rule of its own matches unless it archives all; that is not judged here. The agent runs as
LocalSystem, which may read every channel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.sources import Source
from logreach.inventories.files.xml_tree import OwnDtdError, XmlElement, XmlError, parse_documents
from logreach.inventories.forwarding import collectors
from logreach.inventories.forwarding.config_reader import ConfigReader
from logreach.inventories.forwarding.shipper_parts import parts
from logreach.inventories.forwarding.subscriptions import Query, Subscription

_HINT = "Export the agent's ossec.conf, or the group's agent.conf, as it is."
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL)
_ROOT = re.compile(r"<(?:ossec_config|agent_config)\b")
_ESCAPED = {"\\<": "&lt;", "\\>": "&gt;", "&": "&amp;"}
_ESCAPE = re.compile(r"\\[<>]|&")
_WINDOWS = "microsoft windows"
_FILTERS = ("ignore", "restrict")
_OF_WINDOWS = {"eventchannel", "eventlog"}
_OWN = "the agent's own ossec.conf"
_HINT_WINDOWS = "Export ossec.conf of an agent on Windows."


def looks_like(head: str) -> bool:
    """Whether a text is a configuration of Wazuh or OSSEC."""
    return bool(_ROOT.match(_COMMENT.sub("", head).lstrip("\ufeff \t\r\n")))


def read(source: Source) -> Reading:
    """What an agent takes from the host's channels; one subscription a <localfile>."""
    reader = _WazuhReader(source.path)
    subscriptions = collectors.last_of_slots(reader.subscriptions(source.text()))
    return reader.reading(subscriptions, source.sha256)


@dataclass(frozen=True, slots=True)
class _Block:
    """A block of Wazuh: why it may not be for this host ('' surely it is), and its rank."""

    unsure: str
    rank: int


class _WazuhReader(ConfigReader):
    """Reads one file."""

    def subscriptions(self, config: str) -> Iterator[Subscription]:
        """Every <localfile> of a channel in the blocks that are, or may be, for a Windows host."""
        # Wazuh's own parser knows no entities, and writes '<' within a text as '\<'.
        xml = _ESCAPE.sub(lambda escape: _ESCAPED[escape[0]], config)
        try:
            roots = parse_documents(xml.lstrip("\ufeff")).children
        except OwnDtdError as error:
            self.fault(str(error), error.line, "Remove it.")
            return
        except XmlError as error:
            self.fault(f"not well-formed XML: {error}", error.line, _HINT)
            return
        rank, formats = 0, set[str]()
        own = any(root.name == "ossec_config" for root in roots)
        yield self._own_file(own)
        for root in roots:
            if root.name not in ("ossec_config", "agent_config"):
                self.fault(f"<{root.name}> is no block of Wazuh", root.line, _HINT)
                continue
            central = root.name == "agent_config"
            unsure = _for_windows(root) if central else ""
            for element in root.children if unsure is not None else ():
                if element.name == "localfile":
                    rank += 1
                    formats.add(_value(element, "log_format") or "no format")
                    block = _Block(unsure or "", rank + 1_000_000 * central)
                    yield from self._localfile(element, block)

        if own and not formats & _OF_WINDOWS:
            listed = ", ".join(sorted(formats)) or "no <localfile>"
            words = f"a Wazuh configuration of {listed}, none for a channel of Windows; not read"
            self.fault(words, 1, _HINT_WINDOWS)

    def _own_file(self, is_here: bool) -> Subscription:
        """What the agent's own ossec.conf takes, to which agent.conf only adds: any event may be
        among that, as long as no such file is at hand."""
        name = f"{self.name}: {_OWN}"
        if is_here:
            return Subscription(name, (), source=self.source, slot=_OWN, rank=1)
        everything = Query("*", collectors.EVERYTHING, suppress=False, line=1)
        queries = tuple(collectors.taken(everything, [f"{_OWN}, which is not at hand"]))
        return Subscription(
            name, queries, source=self.source, dialect="collector", line=1, slot=_OWN
        )

    def _localfile(self, element: XmlElement, block: _Block) -> Iterator[Subscription]:
        log_format, location = _value(element, "log_format"), _value(element, "location")
        if log_format not in ("eventchannel", "eventlog"):
            return
        if not location or "%" in location:
            self.fault(f"<localfile> of {log_format} without a channel's name", element.line)
            return
        if log_format == "eventlog" and location not in parts("wazuh", "classic_logs"):
            return  # the agent says so in its log and goes on
        queries = tuple(self._queries(element, location, log_format, block))
        yield Subscription(
            f"{self.name}: {location}",
            queries,
            source=self.source,
            dialect="collector",
            line=element.line,
            slot=f"wazuh {location}",
            rank=block.rank,
            unsure=block.unsure,
        )

    def _queries(
        self, element: XmlElement, location: str, log_format: str, block: _Block
    ) -> Iterator[Query]:
        reasons = [block.unsure] if block.unsure else []
        reasons += [f"<{child.name}>" for child in element.children if child.name in _FILTERS]
        select = Query(location, collectors.EVERYTHING, suppress=False, line=element.line)
        query = element.child("query")
        if query is None or log_format == "eventlog":
            yield from collectors.taken(select, reasons)
            return
        xpath = " ".join(query.text.split())
        if "\\" in xpath:
            reasons.append("a backslash in <query>, which the agent may take for an escape")
        yield from self.windows_query(replace(select, xpath=xpath, line=query.line), reasons)


def _for_windows(block: XmlElement) -> str | None:
    """Why an <agent_config> may not be for this host, '' where it surely is; None: for others."""
    doubts: list[str] = []
    for name, pattern in block.attributes.items():
        if name == "overwrite":
            continue
        if name == "os":
            matches = [_is_windows(each.strip()) for each in pattern.lower().split("|")]
            if True in matches:
                continue
            if None not in matches:
                return None
        doubts.append(f"<agent_config> of {name} {pattern} may not be for this host")
    return doubts[0] if doubts else ""


def _is_windows(pattern: str) -> bool | None:
    """Whether the agent's name of a Windows matches; None where that depends on the version."""
    if pattern and pattern in _WINDOWS:
        return True
    other_systems = parts("wazuh", "other_systems")
    return False if any(map(pattern.startswith, other_systems)) else None


def _value(element: XmlElement, name: str) -> str:
    """The text of the last child of that name: a later one is written over an earlier one."""
    values = [child.text.strip() for child in element.children if child.name == name]
    return values[-1] if values else ""
