"""Rule files and their YAML documents."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from logreach.coverage.detections.rule_yaml import Duplicate, load_documents
from logreach.coverage.detections.source_lines import hint_of, line_of, place_of
from logreach.inventories.files.faults import Fault, InputError

_MOST_BYTES = 1_000_000  # a rule file; the largest known has some 30,000
_MOST_NODES = 50_000  # values in a document, aliases written out
_MOST_DEPTH = 200  # of values in values; Python, and YAML's reader far later, crash on too many
_MOST_OPENED = 400  # characters that may open a level of YAML; with fewer, depth is not checked
_OPENING = b"[{-?"
_INDENTED = b" " * _MOST_DEPTH
NO_RULE = "holds no rule"
_TWICE = "the key {key!r} stands twice in one mapping"
_ENDINGS = ("yml", "yaml")


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A file as it was read; `name` is relative to the folder that was given.

    `problem` says why it could not be read ('': it was).
    """

    name: str
    content: bytes
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document of a file; `line` is where it begins, from 1.

    `unreadable` says why it holds no rule ('': it may); a file of which nothing can be read is one
    such document.
    """

    file: RuleFile
    index: int
    line: int
    data: dict[str, Any]
    unreadable: str = ""


def rule_files(paths: Iterable[Path]) -> tuple[list[RuleFile], list[Fault]]:
    """The rule files under some folders, or the files themselves, in a fixed order.

    Raises `InputError` where a path does not exist.
    """
    paths = list(paths)
    absent = [path for path in paths if not path.exists()]
    if absent:
        raise InputError(Fault("no such rule file or folder", str(path)) for path in absent)
    files: dict[str, RuleFile] = {}
    faults: list[Fault] = []
    for path in paths:
        for file, name in _files_under(path, faults):
            files[name] = _read(file, name)
    return list(files.values()), faults


def _read(file: Path, name: str) -> RuleFile:
    try:
        return RuleFile(name, _content(file))
    except OSError as error:
        return RuleFile(name, b"", f"cannot be read: {error.strerror}")
    except ValueError as error:
        return RuleFile(name, b"", str(error))


def _files_under(path: Path, faults: list[Fault]) -> Iterator[tuple[Path, str]]:
    if path.is_file():
        yield path, path.name
        return
    top = path.resolve().name
    for names in sorted(_names_in(path, (), faults, top)):
        yield path.joinpath(*names), f"{top}/{'/'.join(names)}"


def _names_in(
    folder: Path, above: tuple[str, ...], faults: list[Fault], top: str
) -> Iterator[tuple[str, ...]]:
    """The rule files in a folder and those below it; links to folders are not followed.

    A folder that cannot be listed is a fault: rules may lie in it.
    """
    # A rule set has thousands of files: scandir says what each is without opening it.
    try:
        with os.scandir(folder) as entries:
            listed = list(entries)
    except OSError as error:
        name = "/".join((top, *above))
        faults.append(Fault(f"folder cannot be read: {error.strerror}", name))
        return
    for entry in listed:
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
    """The documents of a file, and a fault for each that holds no rule."""
    if file.problem:
        return _nothing(file, Fault(file.problem, file.name, hint="It was left out."))
    if _too_deep(file.content):
        return _nothing(file, Fault(f"more than {_MOST_DEPTH:,} values in values", file.name))
    try:
        loaded = list(load_documents(file.content))
    except Exception as error:  # explicit tags on odd values raise whatever they like
        position, hint = place_of(file.content, error), hint_of(error)
        return _nothing(file, Fault("not readable as YAML", file.name, position, hint))
    if all(data is None for data, _ in loaded):
        hint = "It is empty, or all of it are comments."
        return _nothing(file, Fault(NO_RULE, file.name, hint=hint))
    alone = len(loaded) == 1
    readable = []
    faults = []
    for index, (data, duplicates) in enumerate(loaded):
        if data is None:
            continue
        line = 1 if alone else line_of(file.content, index)
        document = _document(file, index, line, data)
        if document.unreadable:
            faults.append(Fault(document.unreadable, file.name, f"line {line}"))
        faults += [_duplicate(file, duplicate) for duplicate in duplicates]
        deciding = [duplicate.key for duplicate in duplicates if not duplicate.metadata]
        if deciding and not document.unreadable:
            document = replace(document, unreadable=_TWICE.format(key=deciding[0]))
        readable.append(document)
    return readable, faults


def _duplicate(file: RuleFile, duplicate: Duplicate) -> Fault:
    message = f"Sigma rule: {_TWICE.format(key=duplicate.key)}"
    hint = "YAML keeps the last one, and Sigma's tools refuse the file."
    return Fault(message, file.name, f"line {duplicate.line}", hint)


def _nothing(file: RuleFile, fault: Fault) -> tuple[list[Document], list[Fault]]:
    line = int(fault.where.removeprefix("line ") or 1)
    return [Document(file, 0, line, {}, fault.message)], [fault]


def _document(file: RuleFile, index: int, line: int, data: object) -> Document:
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        return Document(file, index, line, {}, "no rule: not a mapping")
    if _too_large(data):
        return Document(file, index, line, {}, f"more than {_MOST_NODES:,} values")
    return Document(file, index, line, data)


def _too_deep(content: bytes) -> bool:
    """Whether values lie in values so deep that reading them as a tree is not safe."""
    opened = len(content) - len(content.translate(None, _OPENING))
    if opened <= _MOST_OPENED and _INDENTED not in content:
        return False
    depth = 0
    try:
        for event in yaml.parse(content, yaml.CSafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _MOST_DEPTH:
                return True
    except yaml.YAMLError as error:
        # PyYAML from 6.0.4 on looks ahead and refuses a depth of its own, far beyond ours. Any
        # other error is told when the file is read: what stands before it is not too deep.
        return "maximum nesting depth" in str(error)
    return False


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
