"""The compact form of a version of ATT&CK: one JSON document, a record a line.

Same model, same bytes. Event keys are not stored but read from the channel texts on loading, so
that a better reading reaches files made earlier.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Final, TypeVar

from logreach.coverage.attack.bundle import VERSION
from logreach.coverage.attack.log_sources import log_source_ref
from logreach.coverage.attack.model import (
    Analytic,
    AttackModel,
    ComponentLink,
    DataComponent,
    DetectionStrategy,
    Group,
    LogSourceRef,
    Tactic,
    Technique,
)
from logreach.coverage.attack.shipped import FOLDER, SHIPPED_VERSION
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
    """The model as text; ends in a newline."""
    head = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "notice": _NOTICE,
        "attack_version": model.version,
        "spec": model.spec,
        "sha256": model.sha256,
    }
    parts = [f"{_line(key)}: {_line(value)}" for key, value in head.items()]
    parts += [f"{_line(name)}: {_lines(records)}" for name, records in _sections(model)]
    return "{" + ",\n".join(parts) + "}\n"


def _sections(model: AttackModel) -> Iterable[tuple[str, list[Record | list[str]]]]:
    yield "tactics", [{"id": t.id, "short": t.shortname, "name": t.name} for t in model.tactics]
    yield "techniques", [_technique(technique) for technique in model.techniques]
    yield "components", [_component(component) for component in model.components]
    yield "strategies", [_strategy(strategy) for strategy in model.strategies]
    yield "analytics", [_analytic(analytic) for analytic in model.analytics]
    yield "groups", [_group(group) for group in model.groups]
    yield "detects", [[link.component, link.technique] for link in model.detects]
    yield "former", [[old, new] for old, new in sorted(model.former.items())]


def _technique(one: Technique) -> Record:
    return {
        "id": one.id,
        "name": one.name,
        "tactics": one.tactics,
        "platforms": one.platforms,
        "sub": one.is_subtechnique,
        "parent": one.parent,
    }


def _component(one: DataComponent) -> Record:
    refs = [[ref.source, ref.channel] for ref in one.log_sources]
    return {"id": one.id, "name": one.name, "data_source": one.data_source, "log_sources": refs}


def _strategy(one: DetectionStrategy) -> Record:
    return {
        "id": one.id,
        "name": one.name,
        "techniques": one.techniques,
        "analytics": one.analytics,
    }


def _analytic(one: Analytic) -> Record:
    return {
        "id": one.id,
        "platforms": one.platforms,
        "strategies": one.strategies,
        "techniques": one.techniques,
        "refs": [[ref.component, ref.source, ref.channel] for ref in one.refs],
    }


def _group(one: Group) -> Record:
    return {"id": one.id, "name": one.name, "aliases": one.aliases, "techniques": one.techniques}


def _lines(records: list[Record | list[str]]) -> str:
    return "[\n" + ",\n".join(_line(record) for record in records) + "]" if records else "[]"


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def decode(text: str, source: str) -> AttackModel:
    """The model of a compact file; `source` names it in errors.

    Raises InputError where the text is not a compact file, or one of another format version.
    """
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _refused(f"not a compact ATT&CK file: {error}", source) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _refused("not a compact ATT&CK file", source)
    if document.get("format_version") != FORMAT_VERSION:
        found = document.get("format_version")
        raise _refused(f"compact ATT&CK file of format {found}, not {FORMAT_VERSION}", source)
    try:
        return _model(document)
    except _ShapeError as error:
        raise _refused(f"damaged compact ATT&CK file: {error}", source) from None


@cache
def shipped_model() -> AttackModel:
    """The version that is shipped, as its bundle has it: without borrowed links."""
    path = FOLDER / f"attack-{SHIPPED_VERSION}.json"
    return decode(path.read_text(encoding="utf-8"), path.name)


def _refused(message: str, source: str) -> InputError:
    return InputError(Fault(message, source, hint=_HINT))


class _ShapeError(Exception):
    """A value of the document is not what it must be."""


def _model(document: Record) -> AttackModel:
    version = _text(document, "attack_version")
    if not VERSION.fullmatch(version):
        raise _ShapeError("'attack_version' is not a version")
    return AttackModel(
        version=version,
        spec=_text(document, "spec"),
        sha256=_text(document, "sha256"),
        tactics=_all(document, "tactics", _read_tactic),
        techniques=_all(document, "techniques", _read_technique),
        components=_all(document, "components", _read_component),
        strategies=_all(document, "strategies", _read_strategy),
        analytics=_all(document, "analytics", _read_analytic),
        groups=_all(document, "groups", _read_group),
        detects=tuple(
            ComponentLink(component, technique, version)
            for component, technique in _pairs(document, "detects")
        ),
        former=dict(_pairs(document, "former")),
    )


def _read_tactic(one: Record) -> Tactic:
    return Tactic(_text(one, "id"), _text(one, "short"), _text(one, "name"))


def _read_technique(one: Record) -> Technique:
    return Technique(
        id=_text(one, "id"),
        name=_text(one, "name"),
        tactics=_texts(one, "tactics"),
        platforms=_texts(one, "platforms"),
        is_subtechnique=one.get("sub") is True,
        parent=_text(one, "parent"),
    )


def _read_component(one: Record) -> DataComponent:
    name = _text(one, "name")
    refs = tuple(log_source_ref(name, *row) for row in _rows(one, "log_sources", 2))
    return DataComponent(_text(one, "id"), name, _text(one, "data_source"), refs)


def _read_strategy(one: Record) -> DetectionStrategy:
    return DetectionStrategy(
        _text(one, "id"), _text(one, "name"), _texts(one, "techniques"), _texts(one, "analytics")
    )


def _read_analytic(one: Record) -> Analytic:
    return Analytic(
        id=_text(one, "id"),
        platforms=_texts(one, "platforms"),
        strategies=_texts(one, "strategies"),
        techniques=_texts(one, "techniques"),
        refs=tuple(_read_ref(row) for row in _rows(one, "refs", 3)),
    )


def _read_ref(row: tuple[str, ...]) -> LogSourceRef:
    component, source, channel = row
    return log_source_ref(component, source, channel)


def _read_group(one: Record) -> Group:
    return Group(
        _text(one, "id"), _text(one, "name"), _texts(one, "aliases"), _texts(one, "techniques")
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
        raise _ShapeError(f"'{key}' holds something other than texts")
    return texts


def _rows(record: Record, key: str, width: int) -> tuple[tuple[str, ...], ...]:
    found = []
    for row in _list(record, key):
        cells = tuple(row) if isinstance(row, list) else ()
        if len(cells) != width or not all(isinstance(cell, str) for cell in cells):
            raise _ShapeError(f"'{key}' holds a row that is not {width} texts")
        found.append(cells)
    return tuple(found)


def _pairs(record: Record, key: str) -> tuple[tuple[str, str], ...]:
    return tuple((first, second) for first, second in _rows(record, key, 2))


def _all(record: Record, key: str, read: Callable[[Record], T]) -> tuple[T, ...]:
    found = []
    for one in _list(record, key):
        if not isinstance(one, dict):
            raise _ShapeError(f"'{key}' holds something other than records")
        found.append(read(one))
    return tuple(found)
