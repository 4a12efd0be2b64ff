"""The compact form of a version of ATT&CK: one JSON document with one record on each line.

The same model gives the same bytes. Event keys are not stored but parsed from ATT&CK's text when
the file is loaded, so that an improved parser also applies to older files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from logreach.coverage.attack.bundle import VERSION
from logreach.coverage.attack.log_sources import log_source_ref
from logreach.coverage.attack.model import (
    Analytic,
    AttackModel,
    ComponentLink,
    DataComponent,
    DetectionStrategy,
    LogSourceRef,
    Tactic,
    Technique,
    ThreatGroup,
)
from logreach.coverage.attack.shipped import FOLDER
from logreach.inventories.files.faults import Fault, InputError

FORMAT: Final = "logreach-attack"
FORMAT_VERSION: Final = 1
MARK: Final = f'{{"format": "{FORMAT}"'
_NOTICE: Final = (
    "Names, ids and relations of MITRE ATT&CK. (c) The MITRE Corporation. Reproduced and "
    "distributed with the permission of The MITRE Corporation; its terms of use apply: "
    "https://attack.mitre.org/resources/legal-and-branding/terms-of-use/"
)
_HINT: Final = "Make it again with 'logreach attack import'."

Record = Mapping[str, object]
T = TypeVar("T")


def encode(model: AttackModel) -> str:
    """The model in compact form."""
    head = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "notice": _NOTICE,
        "attack_version": model.version,
        "spec": model.spec,
        "sha256": model.sha256,
    }
    members = [f"{_line(key)}: {_line(value)}" for key, value in head.items()]
    members += [f"{_line(name)}: {_lines(records)}" for name, records in _sections(model)]
    return "{" + ",\n".join(members) + "}\n"


def _sections(model: AttackModel) -> Iterable[tuple[str, list[Record | list[str]]]]:
    yield (
        "tactics",
        [
            {"id": tactic.id, "short": tactic.shortname, "name": tactic.name}
            for tactic in model.tactics
        ],
    )
    yield "techniques", [_technique(technique) for technique in model.techniques]
    yield "components", [_component(component) for component in model.components]
    yield "strategies", [_strategy(strategy) for strategy in model.strategies]
    yield "analytics", [_analytic(analytic) for analytic in model.analytics]
    yield "groups", [_group(group) for group in model.groups]
    yield "detects", [[link.component, link.technique] for link in model.detects]
    yield "former", [[old, new] for old, new in sorted(model.former.items())]


def _technique(technique: Technique) -> Record:
    return {
        "id": technique.id,
        "name": technique.name,
        "tactics": technique.tactics,
        "platforms": technique.platforms,
        "sub": technique.is_subtechnique,
        "parent": technique.parent,
    }


def _component(component: DataComponent) -> Record:
    refs = [[ref.source, ref.channel] for ref in component.log_sources]
    return {
        "id": component.id,
        "name": component.name,
        "data_source": component.data_source,
        "log_sources": refs,
    }


def _strategy(strategy: DetectionStrategy) -> Record:
    return {
        "id": strategy.id,
        "name": strategy.name,
        "techniques": strategy.techniques,
        "analytics": strategy.analytics,
    }


def _analytic(analytic: Analytic) -> Record:
    return {
        "id": analytic.id,
        "platforms": analytic.platforms,
        "strategies": analytic.strategies,
        "techniques": analytic.techniques,
        "refs": [[ref.component, ref.source, ref.channel] for ref in analytic.refs],
    }


def _group(group: ThreatGroup) -> Record:
    return {
        "id": group.id,
        "name": group.name,
        "aliases": group.aliases,
        "techniques": group.techniques,
    }


def _lines(records: list[Record | list[str]]) -> str:
    return "[\n" + ",\n".join(_line(record) for record in records) + "]" if records else "[]"


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def decode(compact_json: str, source: str) -> AttackModel:
    """The model of a compact file; faults name the file as `source`.

    InputError where the text is not a compact file, or has another format version.
    """
    try:
        document: object = json.loads(compact_json)
    except (ValueError, RecursionError) as error:
        raise _refused(f"not a compact ATT&CK file: {error}", source) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _refused("not a compact ATT&CK file", source)
    if document.get("format_version") != FORMAT_VERSION:
        format_version = document.get("format_version")
        raise _refused(
            f"compact ATT&CK file of format {format_version}, not {FORMAT_VERSION}", source
        )
    try:
        return _model(document)
    except _ShapeError as error:
        raise _refused(f"damaged compact ATT&CK file: {error}", source) from None


@cache
def shipped_model(version: str) -> AttackModel:
    """A shipped version as in its bundle, without borrowed links."""
    path = _shipped_path(version)
    return decode(path.read_text(encoding="utf-8"), path.name)


@cache
def shipped_techniques(version: str) -> Mapping[str, Technique]:
    """The techniques of a shipped version by id, at a third of the cost of the whole model."""
    document = json.loads(_shipped_path(version).read_text(encoding="utf-8"))
    techniques = _records(document, "techniques", _read_technique)
    return {technique.id: technique for technique in techniques}


def _shipped_path(version: str) -> Path:
    return FOLDER / f"attack-{version}.json"


def _refused(message: str, source: str) -> InputError:
    return InputError(Fault(message, source, hint=_HINT))


class _ShapeError(Exception):
    """A value of the document has another type than the format demands."""


def _model(document: Record) -> AttackModel:
    version = _text(document, "attack_version")
    if not VERSION.fullmatch(version):
        raise _ShapeError("'attack_version' is not a version")
    return AttackModel(
        version=version,
        spec=_text(document, "spec"),
        sha256=_text(document, "sha256"),
        tactics=_records(document, "tactics", _read_tactic),
        techniques=_records(document, "techniques", _read_technique),
        components=_records(document, "components", _read_component),
        strategies=_records(document, "strategies", _read_strategy),
        analytics=_records(document, "analytics", _read_analytic),
        groups=_records(document, "groups", _read_group),
        detects=tuple(
            ComponentLink(component, technique, version)
            for component, technique in _pairs(document, "detects")
        ),
        former=dict(_pairs(document, "former")),
    )


def _read_tactic(record: Record) -> Tactic:
    return Tactic(_text(record, "id"), _text(record, "short"), _text(record, "name"))


def _read_technique(record: Record) -> Technique:
    return Technique(
        id=_text(record, "id"),
        name=_text(record, "name"),
        tactics=_texts(record, "tactics"),
        platforms=_texts(record, "platforms"),
        is_subtechnique=record.get("sub") is True,
        parent=_text(record, "parent"),
    )


def _read_component(record: Record) -> DataComponent:
    name = _text(record, "name")
    refs = tuple(log_source_ref(name, *row) for row in _rows(record, "log_sources", 2))
    return DataComponent(_text(record, "id"), name, _text(record, "data_source"), refs)


def _read_strategy(record: Record) -> DetectionStrategy:
    return DetectionStrategy(
        _text(record, "id"),
        _text(record, "name"),
        _texts(record, "techniques"),
        _texts(record, "analytics"),
    )


def _read_analytic(record: Record) -> Analytic:
    return Analytic(
        id=_text(record, "id"),
        platforms=_texts(record, "platforms"),
        strategies=_texts(record, "strategies"),
        techniques=_texts(record, "techniques"),
        refs=tuple(_read_ref(row) for row in _rows(record, "refs", 3)),
    )


def _read_ref(row: tuple[str, ...]) -> LogSourceRef:
    component, source, channel = row
    return log_source_ref(component, source, channel)


def _read_group(record: Record) -> ThreatGroup:
    return ThreatGroup(
        _text(record, "id"),
        _text(record, "name"),
        _texts(record, "aliases"),
        _texts(record, "techniques"),
    )


def _text(record: Record, key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str):
        raise _ShapeError(f"'{key}' is not a text")
    return value


def _list(record: Record, key: str) -> list[object]:
    value = record.get(key)
    if not isinstance(value, list):
        raise _ShapeError(f"'{key}' is not a list")
    return value


def _texts(record: Record, key: str) -> tuple[str, ...]:
    values = _list(record, key)
    texts = tuple(value for value in values if isinstance(value, str))
    if len(texts) != len(values):
        raise _ShapeError(f"'{key}' holds a value that is not a text")
    return texts


def _rows(record: Record, key: str, width: int) -> tuple[tuple[str, ...], ...]:
    rows = []
    for row in _list(record, key):
        cells = tuple(row) if isinstance(row, list) else ()
        if len(cells) != width or not all(isinstance(cell, str) for cell in cells):
            raise _ShapeError(f"'{key}' holds a row that is not {width} texts")
        rows.append(cells)
    return tuple(rows)


def _pairs(record: Record, key: str) -> tuple[tuple[str, str], ...]:
    return tuple((first, second) for first, second in _rows(record, key, 2))


def _records(document: Record, key: str, read: Callable[[Record], T]) -> tuple[T, ...]:
    parsed = []
    for record in _list(document, key):
        if not isinstance(record, dict):
            raise _ShapeError(f"'{key}' holds a value that is not a record")
        parsed.append(read(record))
    return tuple(parsed)
