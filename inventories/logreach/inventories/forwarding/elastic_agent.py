"""Elastic Agent's policies, as Kibana shows them or as elastic-agent.yml: their winlog inputs.

Source: Elastic's documentation of the winlog input and of standalone policies, and the streams of
the integrations system and windows (elastic/integrations, agent/stream/winlog.yml.hbs). A stream
has the options of one of Winlogbeat's event logs. The agent runs as LocalSystem unless it was
installed otherwise; LocalSystem may read every channel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.marked import Marked
from logreach.inventories.files.sources import Source
from logreach.inventories.forwarding import collectors
from logreach.inventories.forwarding.config_reader import variable
from logreach.inventories.forwarding.subscriptions import Query, Subscription
from logreach.inventories.forwarding.winlogbeat import EventLogReader
from logreach.inventories.forwarding.winlogbeat_drops import find, text_at

_HINT = "Export the whole policy: Fleet, Agent policies, View policy, Download."
_INPUTS = re.compile(
    r'(?:^|[{,])[ \t]*"?(?:inputs|filebeat\.inputs|package_policies)"?\s*:', re.MULTILINE
)
_ELASTIC = re.compile(
    r"\btype\"?\s*:\s*[\"']?winlog\b|\bdata_stream\"?\s*:|\bpackage_policies\b|\bpolicy_template\b"
)
_ON_WINDOWS = re.compile(r"\$\{host\.platform\}\s*==\s*['\"]windows['\"]")
_OFF = ("false", "no", "off")


def looks_like(head: str) -> bool:
    """Whether a text is a policy of Elastic Agent, or a Filebeat that reads event logs."""
    if head.lstrip("\ufeff \t\r\n").startswith("<"):
        return False
    return bool(_INPUTS.search(head) and _ELASTIC.search(head))


def read(source: Source) -> Reading:
    """The event logs that the inputs of a policy take from the host."""
    reader = _PolicyReader(source.path)
    return reader.reading(tuple(reader.subscriptions(source.text())), source.sha256)


class _PolicyReader(EventLogReader):
    """Reads one file."""

    def subscriptions(self, config: str) -> Iterator[Subscription]:
        """One subscription for all streams, and a disabled one for those that are off."""
        root = self.parsed(config)
        if root is None:
            return
        inputs = list(self._inputs(root))
        if not inputs:
            self.fault("no inputs of Elastic Agent that can be read", root.line, _HINT)
            return
        everywhere = self.processed(find(root, "processors"))
        streams = {True: list[Query](), False: list[Query]()}
        for number, (entry, on) in enumerate(inputs):
            kind = text_at(entry, "type")
            if not self.is_told(kind, "type", entry.line) or kind != "winlog":
                continue
            shared = (*everywhere, *self.processed(find(entry, "processors")), *_perhaps(entry))
            for place, (stream, active) in enumerate(self._streams(entry)):
                queries = self._stream(stream, f"{number}.{place}", shared)
                streams[on and active].extend(queries)
        for enabled in (True, False) if streams[False] else (True,):
            yield Subscription(
                self.name,
                tuple(streams[enabled]),
                enabled=enabled,
                source=self.source,
                dialect="collector",
                line=streams[enabled][0].line if streams[enabled] else root.line,
            )

    def _inputs(self, root: Marked) -> Iterator[tuple[Marked, bool]]:
        """Every input of a policy, alone or of its package policies, and whether it is on."""
        for name in ("item", "policy"):
            if (inner := root.fields.get(name)) is not None and inner.tag == "map":
                yield from self._inputs(inner)
        for policy in _items(root, "package_policies"):
            on = not _off(policy)
            yield from ((entry, on and whether) for entry, whether in self._inputs(policy))
        for name in ("inputs", "filebeat.inputs"):
            inputs = find(root, name)
            if inputs is not None and inputs.tag != "seq":
                self.fault(f"{name} is no list of inputs", inputs.line, _HINT)
            for entry in inputs.items if inputs is not None else ():
                if entry.tag == "map":
                    yield entry, not _off(entry)
                else:
                    self.fault("an input that is no mapping", entry.line, _HINT)

    def _streams(self, entry: Marked) -> Iterator[tuple[Marked, bool]]:
        """The streams of an input, as the agent gets them; the input itself in a Filebeat."""
        if find(entry, "streams") is None:
            yield Marked("map", entry.line, fields=_own(entry)), True
            return
        for stream in _items(entry, "streams"):
            compiled = find(stream, "compiled_stream")
            if compiled is not None and compiled.tag == "map":
                yield replace(compiled, line=stream.line), not _off(stream)
            elif stream.tag != "map" or "vars" in stream.fields:
                self.fault("a stream that is not compiled", stream.line, _HINT)
            else:
                yield stream, not _off(stream)

    def _stream(self, stream: Marked, number: str, everywhere: tuple[str, ...]) -> Iterator[Query]:
        condition = find(stream, "condition")
        drops = [*everywhere, *_perhaps(stream)]
        if condition is not None and not _ON_WINDOWS.fullmatch(condition.text.strip()):
            drops.append(collectors.dropped(f"condition {condition.text}"))
        yield from self.entry(stream, number, tuple(drops))


def _own(entry: Marked) -> dict[str, Marked]:
    """The options of an input that stands for its only stream; its processors count already."""
    return {name: value for name, value in entry.fields.items() if name != "processors"}


def _items(node: Marked, name: str) -> tuple[Marked, ...]:
    child = find(node, name)
    return child.items if child is not None else ()


def _perhaps(node: Marked) -> Iterator[str]:
    """What is dropped where a variable decides whether an input or a stream is on."""
    if name := variable(text_at(node, "enabled")):
        yield collectors.dropped(f"enabled {name}")


def _off(node: Marked) -> bool:
    return text_at(node, "enabled").lower() in _OFF
