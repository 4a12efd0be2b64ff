"""YAML as rules are read: dates stay texts, and keys that stand twice are told."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_MERGE = "tag:yaml.org,2002:merge"
_MEANING = frozenset({"logsource", "detection", "correlation", "filter", "taxonomy", "action"})
"""Keys of a document on which hangs what a rule finds; all others are metadata."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A key that stands twice in one mapping; `metadata`: what the rule finds hangs not on it."""

    key: str
    line: int
    metadata: bool


class _RuleLoader(yaml.CSafeLoader):
    """YAML in C, without dates: '2024-13-01' is a fault of the rule's metadata, not of its YAML."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own class attribute
        first: [(tag, expression) for tag, expression in resolvers if tag != _TIMESTAMP]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }

    def __init__(self, stream: bytes) -> None:
        super().__init__(stream)
        self.root: yaml.Node | None = None
        self.duplicates: list[Duplicate] = []

    def construct_document(self, node: yaml.Node) -> Any:
        self.root, self.duplicates = node, []
        return super().construct_document(node)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys: set[tuple[str, object]] = set()
        for key, _ in node.value:
            name = (key.tag, key.value if isinstance(key, yaml.ScalarNode) else id(key))
            if name in keys and key.tag != _MERGE:
                is_metadata = node is self.root and key.value not in _MEANING
                line = key.start_mark.line + 1
                self.duplicates.append(Duplicate(str(key.value), line, is_metadata))
            keys.add(name)
        return super().construct_mapping(node, deep)


def load_documents(content: bytes) -> Iterator[tuple[Any, tuple[Duplicate, ...]]]:
    """The documents of a file, each with the keys that stand twice in it.

    Raises what YAML does for what it cannot read.
    """
    loader = _RuleLoader(content)
    try:
        while loader.check_data():  # type: ignore[no-untyped-call]
            data = loader.get_data()
            yield data, tuple(loader.duplicates)
    finally:
        loader.dispose()
