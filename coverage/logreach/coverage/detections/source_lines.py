"""Where in a rule file something stands: the keys to blame, and what YAML cannot read."""

from __future__ import annotations

from collections.abc import Iterator

import yaml


def line_of(content: bytes, index: int, *path: str) -> int:
    """The line of a key in a document: the deepest of `path` that is there.

    A last step that ends in '|' asks for any key below with that modifier, one that begins with
    '|' for any key below that tests that field.
    """
    nodes = list(yaml.compose_all(content, yaml.CSafeLoader))
    node = nodes[index] if index < len(nodes) else None
    line = node.start_mark.line + 1 if node is not None else 1
    for step in path:
        key = _key(node, step)
        if key is None:
            break
        line, node = key[0].start_mark.line + 1, key[1]
    return line


def _key(node: yaml.Node | None, step: str) -> tuple[yaml.Node, yaml.Node] | None:
    is_deep = step.startswith("|") or step.endswith("|")
    todo = [node]
    while todo:
        item = todo.pop(0)
        if isinstance(item, yaml.MappingNode):
            for key, value in item.value:
                if _is_meant(key, step):
                    return key, value
                if is_deep:
                    todo.append(value)
        elif isinstance(item, yaml.SequenceNode) and is_deep:
            todo.extend(item.value)
    return None


def _is_meant(key: yaml.Node, step: str) -> bool:
    if not isinstance(key.value, str):
        return False
    field, *modifiers = key.value.split("|")
    if step.startswith("|"):
        return field == step[1:]
    return key.value == step or (step.endswith("|") and step[:-1] in modifiers)


def place_of(content: bytes, error: Exception) -> str:
    """Where YAML gave up ('line 3'); '' where it does not say."""
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        return f"line {mark.line + 1}"
    if isinstance(error, yaml.reader.ReaderError):  # of bytes that are no text
        breaks = content.count(b"\n", 0, error.position)
        return f"line {breaks + 1}"
    line = _odd_value(content)
    return f"line {line}" if line else ""


def _odd_value(content: bytes) -> int:
    """The line of the first value that cannot be what it looks like, such as a 13th month; 0: no
    telling."""
    loader = yaml.SafeLoader("")
    for document in yaml.compose_all(content, yaml.CSafeLoader):
        for node in _values(document):
            if not _is_value(loader, node):
                return int(node.start_mark.line) + 1
    return 0


def _values(document: yaml.Node | None) -> Iterator[yaml.Node]:
    """The single values of a document, in order."""
    todo, visited = [document], {id(None)}
    while todo:
        node = todo.pop()
        if id(node) in visited:
            continue
        visited.add(id(node))
        if isinstance(node, yaml.MappingNode):
            todo.extend(part for pair in reversed(node.value) for part in reversed(pair))
        elif isinstance(node, yaml.SequenceNode):
            todo.extend(reversed(node.value))
        elif node is not None:
            yield node


def _is_value(loader: yaml.SafeLoader, node: yaml.Node) -> bool:
    try:
        loader.construct_object(node)
    except Exception:  # as in `documents`
        return False
    return True


def hint_of(error: Exception) -> str:
    """What YAML says of it."""
    problem = getattr(error, "problem", None) or getattr(error, "reason", None)
    if isinstance(error, ValueError):
        problem = problem or error
    return f"YAML says: {problem}." if problem else ""
