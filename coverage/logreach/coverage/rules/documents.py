"""Rule files: their YAML documents, and the lines to blame."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from logreach.inventories.faults import Fault, InputError

_MOST_BYTES = 1_000_000  # a rule file; the largest known has some 30,000
_MOST_NODES = 50_000  # values in a document, aliases written out
_ENDINGS = ("yml", "yaml")


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A file as it was read; `name` is relative to the folder that was given."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document of a file; `line` is where it begins, from 1."""

    file: RuleFile
    index: int
    line: int
    data: dict[str, Any]


def rule_files(paths: Iterable[Path]) -> tuple[list[RuleFile], list[Fault]]:
    """The rule files under some folders, or the files themselves, in a fixed order.

    Raises `InputError` where a path does not exist.
    """
    paths = list(paths)
    absent = [path for path in paths if not path.exists()]
    if absent:
        raise InputError(Fault("no such rule file or folder", str(path)) for path in absent)
    found: dict[str, RuleFile] = {}
    faults: list[Fault] = []
    for path in paths:
        for file, name in _files_under(path, faults):
            try:
                content = _content(file)
            except OSError as error:
                faults.append(Fault(f"cannot be read: {error.strerror}", name))
            except ValueError as error:
                faults.append(Fault(str(error), name, hint="It was left out."))
            else:
                found[name] = RuleFile(name, content)
    return list(found.values()), faults


def _files_under(path: Path, faults: list[Fault]) -> Iterator[tuple[Path, str]]:
    if path.is_file():
        yield path, path.name
        return
    top = path.resolve().name
    for parts in sorted(_names_in(path, (), faults, top)):
        yield path.joinpath(*parts), f"{top}/{'/'.join(parts)}"


def _names_in(
    folder: Path, above: tuple[str, ...], faults: list[Fault], top: str
) -> Iterator[tuple[str, ...]]:
    """The rule files in a folder and those below it; links to folders are not followed.

    A folder that cannot be listed is a fault: rules may lie in it.
    """
    # A set of rules has thousands of files: the folder tells of each what it is.
    try:
        with os.scandir(folder) as entries:
            found = list(entries)
    except OSError as error:
        name = "/".join((top, *above))
        faults.append(Fault(f"folder cannot be read: {error.strerror}", name))
        return
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            yield from _names_in(folder / entry.name, (*above, entry.name), faults, top)
        elif _is_rules(entry.name) and entry.is_file():
            yield (*above, entry.name)


def _is_rules(name: str) -> bool:
    stem, _, ending = name.rpartition(".")
    return bool(stem) and ending.lower() in _ENDINGS


def _content(file: Path) -> bytes:
    with file.open("rb", buffering=0) as opened:
        if os.fstat(opened.fileno()).st_size > _MOST_BYTES:
            raise ValueError(f"larger than {_MOST_BYTES:,} bytes")
        return opened.readall()


def documents(file: RuleFile) -> tuple[list[Document], list[Fault]]:
    """The documents of a file; one that YAML cannot read ends it with a fault."""
    found: list[Document] = []
    try:
        loaded = list(yaml.load_all(file.content, yaml.CSafeLoader))  # safe, in C
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return [], [Fault("not readable as YAML", file.name, _yaml_place(error), _yaml_hint(error))]
    faults = []
    for index, data in enumerate(loaded):
        line = 1 if len(loaded) == 1 else line_of(file, index)
        if data is None:
            continue
        if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
            faults.append(Fault("no rule: not a mapping", file.name, f"line {line}"))
        elif _too_large(data):
            faults.append(Fault(f"more than {_MOST_NODES:,} values", file.name, f"line {line}"))
        else:
            found.append(Document(file, index, line, data))
    return found, faults


def _yaml_place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}" if mark is not None else ""


def _yaml_hint(error: Exception) -> str:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None)
    return f"YAML says: {problem}." if problem else ""


def _too_large(data: object) -> bool:
    left = _MOST_NODES
    todo = [data]
    while todo and left > 0:
        left -= 1
        item = todo.pop()
        if isinstance(item, dict):
            todo.extend(item.values())
        elif isinstance(item, list):
            todo.extend(item)
    return left <= 0


def line_of(file: RuleFile, index: int, *path: str) -> int:
    """The line of a key in a document: the deepest of `path` that is there.

    A last step that ends in '|' asks for any key below with that modifier.
    """
    nodes = list(yaml.compose_all(file.content, yaml.CSafeLoader))
    node = nodes[index] if index < len(nodes) else None
    line = node.start_mark.line + 1 if node is not None else 1
    for step in path:
        key = _key(node, step)
        if key is None:
            break
        line, node = key[0].start_mark.line + 1, key[1]
    return line


def _key(node: yaml.Node | None, step: str) -> tuple[yaml.Node, yaml.Node] | None:
    todo = [node]
    while todo:
        item = todo.pop(0)
        if isinstance(item, yaml.MappingNode):
            for key, value in item.value:
                modifiers = key.value.split("|")[1:] if isinstance(key.value, str) else []
                if key.value == step or (step.endswith("|") and step[:-1] in modifiers):
                    return key, value
                if step.endswith("|"):
                    todo.append(value)
        elif isinstance(item, yaml.SequenceNode) and step.endswith("|"):
            todo.extend(item.value)
    return None
