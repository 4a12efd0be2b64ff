"""The data on operations and attributes is sound."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from logreach.coverage.attack import load_attack, load_smap
from logreach.coverage.attack.shipped import SHIPPED_VERSIONS
from logreach.coverage.events.operations import ComponentOperations, load_operations
from logreach.coverage.network.model import Model, build
from logreach.coverage.platforms.windows.knowledge.events import load_events


@pytest.fixture(scope="module")
def model() -> Model:
    return build(load_attack(), ())


def tables() -> Iterator[ComponentOperations]:
    known = load_operations()
    yield from known.general.values()
    for components in known.of_technique.values():
        yield from components.values()


def test_every_component_is_one_of_attack_or_of_smap() -> None:
    names = {one.name for one in load_attack().components}
    names |= {row.component for row in load_smap()}
    assert {table.component for table in tables()} <= names
    assert set(load_operations().attributes) <= names


@pytest.mark.parametrize("version", SHIPPED_VERSIONS)
def test_techniques_with_operations_of_their_own_have_the_same_id_in_every_version(
    version: str,
) -> None:
    assert load_operations().of_technique.keys() <= load_attack(version).technique_by_id.keys()


def test_every_event_that_shows_an_operation_is_known(model: Model) -> None:
    unknown = {
        shown.event
        for table in tables()
        for operation in table.operations
        for shown in operation.shown_by
        if not model.event_part.knows(shown.event) and shown.limit is None
    }
    assert not unknown


def test_every_subcategory_and_field_that_is_named_exists(model: Model) -> None:
    names = {one.name for one in load_events().subcategories.values()}
    for table in tables():
        for operation in table.operations:
            for shown in operation.shown_by:
                where = (table.component, operation.name, shown.event)
                assert not shown.subcategory or shown.subcategory in names, where
                fields = set(shown.needs) | set(shown.pattern.fields if shown.pattern else ())
                assert fields <= set(model.event_part.fields(shown.event)), where


def test_a_subcategory_that_narrows_an_event_is_one_of_its_own(model: Model) -> None:
    for table in tables():
        for operation in table.operations:
            for shown in operation.shown_by:
                if shown.subcategory:
                    event = load_events().events[shown.event]
                    own = {load_events().subcategories[guid].name for guid in event.subcategories}
                    assert shown.subcategory in own, (table.component, shown.event)


def test_every_attribute_names_a_field_of_its_event(model: Model) -> None:
    wrong = [
        (component, attribute, field)
        for component, wanted in load_operations().attributes.items()
        for attribute, fields in wanted.items()
        for field in fields
        if field.name not in model.event_part.fields(field.event)
    ]
    assert not wrong


def test_every_smap_row_is_placed_or_said_to_show_nothing(model: Model) -> None:
    """No event that SMAP maps is dropped: an operation shows it, or the data says why not."""
    for row in load_smap():
        table = model.operations.general.get(row.component)
        if table is None:
            continue
        placed = {shown.event for one in table.operations for shown in one.shown_by}
        assert row.event in placed | set(table.not_shown), (row.component, row.event)
