"""Fluent Bit's inputs winevtlog and winlog, as event queries, in both forms of its configuration.

Source: Fluent Bit's documentation (inputs, filters, 'Routing', 'Configuration file') and its
plugins in_winevtlog and in_winlog. Filters and outputs concern the tags that they match; what no
output matches is deleted. The filter rewrite_tag and stream tasks hand events on under other tags.
An input's `routes` (from 4.2 on) decide in place of tags. `${NAME}` is a variable of the
environment, which `env` and `@SET` define. The service runs as LocalSystem, which may read every
channel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files import marked
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.marked import Marked
from logreach.inventories.files.patterns import compiled, with_wildcards
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines
from logreach.inventories.forwarding import collectors
from logreach.inventories.forwarding.config_reader import ConfigReader
from logreach.inventories.forwarding.shipper_parts import parts, settings_that_add
from logreach.inventories.forwarding.subscriptions import Query, Subscription

_HINT = "Export fluent-bit.conf or fluent-bit.yaml, with the text of the files that it includes."
_CLASSIC = re.compile(
    r"^\[(?:INPUT|FILTER|OUTPUT|SERVICE)\][ \t\r]*$", re.MULTILINE | re.IGNORECASE
)
_YAML = re.compile(r"^\"?pipeline\"?:", re.MULTILINE)
_SECTION = re.compile(r"\[(\w+)\]")
_KINDS = ("input", "filter", "output")
_OURS = ("winevtlog", "winlog")
_ROUTING = ("filter", "output", "stream_task", "service")
_READ = {"name", "channels", "tag", "event_query", "match", "match_regex", "regex", "exclude"}
_VARIABLE = re.compile(r"\$\{([^}\s]*)\}")
_MOST_ROUTING = 500  # filters and outputs
_MOST_MATCHES = 50_000  # each filter and output is held against the tag of each input
_LONGEST = 64 * 1024  # characters of a setting, with what stands for its variables
_BLANK = "a blank in front of the channel, which belongs to its name"


@dataclass(slots=True)
class _Section:
    """An input, filter or output: its settings by their names in lower case, with lines."""

    kind: str
    line: int
    settings: list[tuple[str, str, int]] = field(default_factory=list)

    def text(self, name: str) -> str:
        """The last value of a setting; '' where it is not there."""
        return next((value for key, value, _ in reversed(self.settings) if key == name), "")

    @property
    def plugin(self) -> str:
        return self.text("name").lower()

    def matches(self, tag: str) -> bool | None:
        """Whether it concerns a tag; None where its expression is not known here."""
        if regex := self.text("match_regex"):
            pattern = compiled(regex)
            return None if pattern is None else pattern.found_in(tag)
        pattern = with_wildcards(self.text("match"))
        return None if pattern is None else pattern.is_all_of(tag)


def looks_like(head: str) -> bool:
    """Whether a text is a configuration of Fluent Bit."""
    classic = _CLASSIC.search(head) and re.search(
        r"^[ \t]+Name[ \t]+\S", head, re.MULTILINE | re.IGNORECASE
    )
    return bool(classic or (_YAML.search(head) and re.search(r"\b(?:inputs|outputs)\"?:", head)))


def read(source: Source) -> Reading:
    """What the inputs of a configuration take from the host; one subscription each."""
    reader = _FluentBitReader(source.path)
    return reader.reading(tuple(reader.subscriptions(source.text())), source.sha256)


class _FluentBitReader(ConfigReader):
    """Reads one file."""

    def subscriptions(self, config: str) -> Iterator[Subscription]:
        """A subscription for each input that reads event logs."""
        self._variables: dict[str, str] = {}
        sections = list(self._yaml(config) if _YAML.search(config) else self._classic(config))
        for section in sections:
            section.settings = [self._filled(*each) for each in section.settings]
        inputs = [section for section in sections if section.kind == "input"]
        ours = [section for section in inputs if section.plugin in _OURS]
        if not ours and not self.faults:
            names = ", ".join(sorted({each.plugin or "no name" for each in inputs})) or "no input"
            hint = f"Only the inputs winevtlog and winlog are read. {_HINT}"
            self.fault(f"a Fluent Bit configuration of {names}; not read", 1, hint)
        counts: dict[str, int] = {}
        routing = [section for section in sections if section.kind in _ROUTING]
        if len(routing) > _MOST_ROUTING or len(routing) * len(ours) > _MOST_MATCHES:
            words = f"{len(routing)} filters and outputs, beside {len(ours)} inputs, are too many"
            self.fault(words, routing[0].line)
            routing = routing[:1]
        for section in ours:
            number = counts[section.plugin] = counts.get(section.plugin, -1) + 1
            tag = section.text("tag") or f"{section.plugin}.{number}"
            yield self._input(section, tag, routing)

    def _input(self, section: _Section, tag: str, sections: Sequence[_Section]) -> Subscription:
        reasons = [
            f"{key} {value}" for key, value, _ in section.settings if key.startswith("remote")
        ]
        reasons += [key for key, _, _ in section.settings if key.startswith("processors")]
        sent, doubt = _sent(section, tag, sections)
        if doubt or self.faults:
            reasons.append(doubt or str(self.faults[0]))
        drops = [drop for each in sections for drop in _filtered(each, tag)]
        selects = (
            query
            for number, channel in enumerate(section.text("channels").split(","))
            for query in self._channel(section, channel, str(number), reasons)
        )
        queries = tuple(self.filtered(selects, drops))
        return Subscription(
            f"{self.name}: input {tag}",
            queries,
            enabled=sent,
            source=self.source,
            dialect="collector",
            line=section.line,
        )

    def _channel(
        self, section: _Section, channel: str, number: str, reasons: Sequence[str]
    ) -> Iterator[Query]:
        doubts = [*reasons]
        if channel != channel.strip():
            doubts.append(_BLANK)
        name = channel.strip() or "Application"
        select = Query(name, collectors.EVERYTHING, suppress=False, line=section.line)
        select = replace(select, query_id=number)
        if section.plugin == "winlog":
            if name.lower() not in map(str.lower, parts("fluent_bit", "classic_logs")):
                doubts.append(f"winlog opens Application where the registry has no log {name}")
            yield from collectors.taken(select, doubts)
            return
        query = section.text("event_query") or collectors.EVERYTHING
        yield from self.windows_query(replace(select, xpath=query.strip("'\"")), doubts)

    def _filled(self, key: str, value: str, line: int) -> tuple[str, str, int]:
        """A setting with the values of the variables that the file defines; others are faults."""
        filled = value
        names = _VARIABLE.findall(value)
        if sum(len(self._variables.get(name, "")) for name in names) <= _LONGEST:
            filled = _VARIABLE.sub(lambda name: self._variables.get(name[1], name[0]), value)
        if key in _READ:
            self.is_told(filled, key, line)
        return key, filled, line

    def _classic(self, config: str) -> Iterator[_Section]:
        section: _Section | None = None
        for number, line in lines(config):
            words = line.strip()
            if not words or words.startswith("#"):
                continue
            if header := _SECTION.fullmatch(words):
                if section is not None:
                    yield section
                section = _Section(header[1].lower(), number)
            elif words.startswith("@"):
                if words.lower().startswith("@set "):
                    name, _, value = words[5:].partition("=")
                    self._variables[name.strip()] = value.strip()
                if words.lower().startswith("@include"):
                    self.fault(f"{words[:60]!r} is not read", number, _HINT)
            elif section is None or line[:1] not in (" ", "\t"):
                self.fault(f"neither a section nor a setting: {words[:60]!r}", number, _HINT)
            else:
                key, _, value = words.partition(" ")
                section.settings.append((key.lower(), value.strip(), number))
        if section is not None:
            yield section

    def _yaml(self, config: str) -> Iterator[_Section]:
        try:
            root = marked.parse(config, self.source)
        except InputError as error:
            self.faults.extend(error.faults)
            return
        if (includes := root.fields.get("includes")) is not None:
            self.fault("includes other files, which are not read", includes.line, _HINT)
        if (variables := root.fields.get("env")) is not None:
            texts = {name: value.text for name, value in variables.fields.items()}
            self._variables.update((name, text) for name, text in texts.items() if text)
        if (service := root.fields.get("service")) is not None:
            yield _Section("service", service.line, list(_settings(service)))
        if (tasks := root.fields.get("stream_processor")) is not None:
            yield _Section("stream_task", tasks.line)
        pipeline = root.fields.get("pipeline")
        for kind in _KINDS:
            listed = pipeline.fields.get(f"{kind}s") if pipeline is not None else None
            if listed is not None and listed.tag != "seq":
                self.fault(f"{kind}s is no list", listed.line, _HINT)
            for entry in listed.items if listed is not None else ():
                yield _Section(kind, entry.line, list(_settings(entry)))


def _settings(entry: Marked) -> Iterator[tuple[str, str, int]]:
    for key, value in entry.fields.items():
        for item in value.items or (value,):
            yield key.lower(), item.text.strip(), item.line


def _sent(section: _Section, tag: str, sections: Sequence[_Section]) -> tuple[bool, str]:
    """Whether an output takes what an input reads, and why that is not sure."""
    if any(key == "routes" for key, _, _ in section.settings):
        return True, "routes"
    outputs = [section for section in sections if section.kind == "output"]
    if not outputs:
        return True, "an output, which the file lacks"
    nowhere = parts("fluent_bit", "nowhere")
    answers = [section.matches(tag) for section in outputs if section.plugin not in nowhere]
    if True in answers:
        return True, ""
    if other := next((each for each in sections if _tags_anew(each, tag)), None):
        return True, f"{other.kind} {other.plugin or 'streams'}, which gives events other tags"
    return None in answers, "an expression that decides which tags an output takes"


def _tags_anew(section: _Section, tag: str) -> bool:
    """Whether a filter or a stream task may hand on events of a tag under another one."""
    if section.kind == "filter":
        return section.plugin == "rewrite_tag" and section.matches(tag) is not False
    return section.kind == "stream_task" or bool(section.text("streams_file"))


def _filtered(section: _Section, tag: str) -> Iterator[str]:
    """What a filter drops of a tag's events, or may drop or change, as event queries."""
    if section.kind != "filter" or section.matches(tag) is False:
        return
    names = {key for key, _, _ in section.settings} - {"name", "match", "match_regex", "alias"}
    adding = set(settings_that_add(section.plugin))
    if section.plugin in parts("fluent_bit", "keeps_all") or (names and names <= adding):
        return
    rules = [each for each in section.settings if each[0] in ("regex", "exclude")]
    words = " ".join(f"{key} {value}" for key, value, _ in rules)
    undecided = collectors.undecided(f"filter {section.plugin or 'without a name'} {words}".strip())
    if section.plugin == "grep" and len(rules) == 1 and section.matches(tag):
        key, value, _ = rules[0]
        field_name, _, regex = value.partition(" ")
        numbers = collectors.matching_ids(regex.strip())
        if field_name.lstrip("$") == "EventID" and numbers is not None:
            # Only some versions match an expression against a number (fluent-bit issue 7271).
            fits = f"System[{collectors.spans(numbers)}]"
            yield (
                f"*[{fits} and {undecided}]"
                if key == "exclude"
                else f"*[not({fits}) or {undecided}]"
            )
            return
    yield f"*[{undecided}]"
