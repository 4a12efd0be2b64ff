"""The data files on Sigma hold what they may hold, and agree with pySigma's own pipelines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import pytest
import yaml

from logreach.coverage.detections.mapping import FILES, knowledge, table_text
from logreach.coverage.platforms.sysmon.engine import manifest

TABLES = {name: yaml.safe_load(table_text(name)) for name in FILES}
LIMITS = {"partial", "unknown", "at-best-partial"}


def _channels() -> dict[str, Any]:
    text = (
        files("logreach.coverage.platforms.windows.knowledge")
        .joinpath("channels.yaml")
        .read_text("utf-8")
    )
    return dict(yaml.safe_load(text))


def _carriers() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, entry in TABLES["categories.yaml"].items():
        for events in entry.get("alternatives", ()):
            for mapped in events:
                yield name, mapped


def test_categories_hold_known_keys_and_real_events() -> None:
    for name, entry in TABLES["categories.yaml"].items():
        assert set(entry) - {"source"} in ({"alternatives"}, {"unmapped"}, {"elsewhere"}), name
    for name, mapped in _carriers():
        assert set(mapped) <= {"event", "names", "fixed", "where", "named", "limit", "why"}, name
        assert mapped.get("limit", "partial") in LIMITS, name
        assert ("limit" in mapped) == ("why" in mapped), name
        short, _, number = mapped["event"].partition(":")
        assert short in _channels(), name
        assert number.isdecimal(), name
        if short == "Sysmon":
            assert manifest.event(int(number)) is not None, name
        if "names" in mapped:
            assert "fields" in TABLES["fields.yaml"][mapped["names"]], name


def test_services_name_known_channels() -> None:
    services = {
        name: found for name, found in TABLES["services.yaml"].items() if name != "elsewhere"
    }
    named = {short for found in services.values() for short in found}
    assert named <= set(_channels())


def test_fields_hold_known_keys() -> None:
    for table in TABLES["fields.yaml"].values():
        kinds = {"fields", "every", "same", "unsure", "values"}
        assert table["source"]
        assert set(table) > {"source"}
        assert set(table) <= {"source", *kinds}
        for name, entry in table.get("fields", {}).items():
            if "absent" in entry:
                assert set(entry) == {"absent"}, name
                continue
            forms = {"only", "never", "otherwise"}
            assert set(entry) <= {"to", *forms, "values", "test", "limit", "why"}, name
            assert entry["to"], name
            assert entry.get("test", "unknown") == "unknown", name
            assert entry.get("limit", "partial") in LIMITS, name
            assert ("why" in entry) == bool({*forms, "test", "limit"} & set(entry)), name
            assert ("limit" in entry) >= ("otherwise" in entry), name
            for key in forms & set(entry):
                re.compile(entry[key])


def test_gains_hold_known_keys() -> None:
    assert set(TABLES["gains.yaml"]) == {"fields", "default", "event", "filter"}


def test_sysmon_events_are_those_of_pysigmas_pipeline() -> None:
    sysmon = pytest.importorskip("sigma.pipelines.sysmon.sysmon")
    for name, wanted in sysmon.sysmon_generic_logsource_eventid_mapping.items():
        ids = wanted if isinstance(wanted, list) else [wanted]
        mapped_events = [c for h in knowledge().categories[name].alternatives for c in h]
        ours = {c.event for c in mapped_events if c.event.startswith("Sysmon:") and not c.why}
        assert ours == {f"Sysmon:{number}" for number in ids}, name


def test_channels_are_those_of_pysigmas_mapping() -> None:
    common = pytest.importorskip("sigma.pipelines.common")
    # Windows spells these otherwise than pySigma does; see channels.yaml for the sources.
    spelled = {
        "dns-server-audit",
        "dns-server-analytic",
        "dns-client",
        "security-mitigations",
        "vhdmp",
        "kernel-event-tracing",
        "hyper-v-worker",
    }
    if version("pysigma").startswith("1."):  # it leaves out what stands behind the slash
        spelled.add("microsoft-servicebus-client")
    for name, wanted in common.windows_logsource_mapping.items():
        names = wanted if isinstance(wanted, list) else [wanted]
        ours = [_channels()[short]["name"] for short in TABLES["services.yaml"][name]]
        assert (sorted(ours) == sorted(names)) != (name in spelled), name
