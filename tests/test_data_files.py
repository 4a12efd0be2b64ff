"""Every data file of the program: a reader, a source, no key twice, no dangling reference."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib import import_module
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from logreach.coverage.attack import load_attack
from logreach.coverage.attack.links import shipped_links
from logreach.coverage.attack.log_sources import log_names
from logreach.coverage.detections.mapping import knowledge as sigma_knowledge
from logreach.coverage.detections.published import LEVELS, published_origin, published_rules
from logreach.coverage.events import event_id
from logreach.coverage.events.event_id import EventId
from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.inventories.files import tables
from logreach.inventories.files.marked import parse
from logreach.inventories.reading.manifest import keys_by_place
from logreach.inventories.windows.audit_policy import subcategories
from logreach.inventories.windows.objects import access_rights
from logreach.inventories.windows.registry import settings
from logreach.inventories.windows.registry.registry_types import registry_type

ROOTS = [Path(module.__file__).parents[1] for module in (tables, event_id)]
FILES = sorted(
    path
    for root in ROOTS
    for path in root.rglob("*")
    if path.suffix in (".csv", ".yaml")
    and {"knowledge", "tables"} & {each.name for each in path.parents}
)


def readers() -> Iterator[Callable[[], object]]:
    """Every cached function of the program that needs no argument: tables are read by such."""
    for module in modules():
        for function in vars(module).values():
            if hasattr(function, "cache_clear") and function.__module__ == module.__name__:
                parameters = signature(function).parameters.values()
                if all(each.default is not each.empty for each in parameters):
                    yield function


def modules() -> Iterator[ModuleType]:
    for root in ROOTS:
        for path in sorted(root.rglob("*.py")):
            name = ".".join(path.relative_to(root.parents[1]).with_suffix("").parts)
            yield import_module(name.removesuffix(".__init__"))


# Whose whole content is from one source, which the reader's docstring or the file's name says.
SOURCED_BY_READER = {
    "component-links-17.1.csv",
    "smap.csv",
    "events.csv",
    "fields.csv",
    "types.csv",
    "environment.csv",
    "published_rules.csv",
}
# Our own words, of which no source tells.
OURS = {"gains.yaml", "roles.yaml", "manifest.yaml"}


def named(path: Path) -> str:
    return "/".join(path.parts[-3:])


def test_every_data_file_has_a_reader_that_refuses_what_it_does_not_expect() -> None:
    with_arguments = (
        shipped_links,
        partial(manifest.conditions, manifest.newest()),
        partial(registry_type, "name", "REG_SZ"),
    )
    for reader in (*readers(), *with_arguments):
        reader()
    assert {named(path) for path in FILES} - {named(path) for path in tables.tables_read()} == set()


@pytest.mark.parametrize("path", FILES, ids=named)
def test_every_entry_has_a_source(path: Path) -> None:
    if path.name in OURS | SOURCED_BY_READER:
        return
    content = path.read_text("utf-8")
    if path.suffix == ".csv":
        for line, row in enumerate(csv.DictReader(content.splitlines()), 2):
            no_fact = "no default is assumed" in row.get("note", "")
            assert no_fact or any(row.get(each) for each in ("source", "basis", "named_by")), line
    else:
        in_comment = re.search(r"^#.*\bsources?\b", content, re.IGNORECASE | re.MULTILINE)
        assert in_comment or "source" in yaml.safe_load(content) or all(sourced(content))


def sourced(content: str) -> Iterator[bool]:
    """Whether each entry of a YAML file, or of the lists and mappings in it, has a source."""
    document = yaml.safe_load(content)
    has_own = any(isinstance(each, dict) and "source" in each for each in document.values())
    for key, entry in document.items():
        if key.endswith("source"):
            continue
        entries = [entry] if has_own else entry.values() if isinstance(entry, dict) else entry
        yield f"{key}_source" in document or all("source" in each for each in entries)


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".yaml"], ids=named)
def test_no_key_stands_twice(path: Path) -> None:
    parse(path.read_text("utf-8"), path.name)


@cache
def known_events() -> frozenset[str]:
    knowledge = load_events()
    sysmon = {f"Sysmon:{number}" for number in range(256) if manifest.event(number)}
    return frozenset({*map(str, knowledge.events), *sysmon})


def csv_rows(name: str) -> list[dict[str, str]]:
    (path,) = (each for each in FILES if each.name == name)
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def loaded(name: str) -> Any:
    (path,) = (each for each in FILES if each.name == name)
    return yaml.safe_load(path.read_text("utf-8"))


def test_headers_name_known_events_providers_and_channels() -> None:
    table, knowledge = loaded("event_headers.yaml"), load_events()
    providers = {event.provider for event in knowledge.events.values()}
    assert {*table["events"], *table["names"]} <= known_events()
    assert table["providers"].keys() - providers <= {"Microsoft-Windows-Sysmon"}
    assert set(table["shared_channels"]) <= knowledge.channels.keys()


def test_what_fields_tell_of_an_event_names_known_events_fields_and_roles() -> None:
    table, knowledge = loaded("event_senses.yaml"), load_events()
    for entry in (*table["outcomes"], *table["elsewhere"], *table["everywhere"]):
        for name in entry["events"]:
            event = knowledge.events[EventId.parse(name)]
            assert any(entry["field"] in layout.fields for layout in event.layouts), name
        assert entry.get("role", "domain-controller") in knowledge.roles


def test_audit_entries_name_known_rights_and_events() -> None:
    table = loaded("sacl_objects.yaml")
    assert set(table["extended_rights"]) <= table["types"].keys()
    for code, right in table["access_codes"].items():
        assert any(access_rights.bits(kind, right) for kind in access_rights.kinds()), code
    assert {*table["any_right"], *table["class_fields"]} <= known_events()


def test_logs_that_attack_names_are_channels_of_ours() -> None:
    assert set(log_names().values()) <= {*load_events().channels, "Sysmon"}
    corrections = {
        name for slip in loaded("misnamed.yaml")["events"].values() for name in slip["corrections"]
    }
    assert corrections <= known_events()


def test_limits_of_events_name_known_events() -> None:
    assert loaded("event_limits.yaml")["events"].keys() <= known_events()


def test_the_tables_of_inventories_refer_to_each_other() -> None:
    by_guid = subcategories.subcategories()
    assert {row["guid"] for row in csv_rows("audit_defaults.csv")} <= by_guid.keys()
    assert len({each.name for each in by_guid.values()}) == len(by_guid)
    assert set(settings.audit_options().values()) <= settings.settings().keys()
    assert loaded("features.yaml")["features"].keys() <= set(keys_by_place()["features"])
    assert set(loaded("sddl.yaml")["domain_accounts"]) >= set(
        loaded("forwarding_members.yaml")["domain_groups"]
    )


def test_published_rules_name_known_events_and_techniques_and_no_header_field() -> None:
    attack, events = load_attack(published_origin().attack), known_events()
    header = sigma_knowledge().header
    assert published_rules().keys() <= {technique.id for technique in attack.techniques}
    for rules in published_rules().values():
        for read in (read for each in rules for read in each.reads):
            assert read.event in events, read
            assert not {name for name in read.fields if header.get(name) == name}, read


def test_published_rules_stand_in_order_and_none_twice() -> None:
    rows = [(row["technique"], row["reads"]) for row in csv_rows("published_rules.csv")]
    assert rows == sorted(set(rows))
    for technique, rules in published_rules().items():
        for each in rules:
            assert list(each.reads) == sorted(set(each.reads), key=str), technique
            assert each.counts.keys() <= set(LEVELS), technique
            assert min(each.counts.values(), default=0) > 0, technique
