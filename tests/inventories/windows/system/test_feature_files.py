"""Roles and features of a server."""

from __future__ import annotations

import json

import pytest

from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.facts import FEATURE
from logreach.inventories.windows.system import feature_files


def features(*installed: str, absent: tuple[str, ...] = ()) -> dict[object, object]:
    records = [{"Name": name, "Installed": name in installed} for name in (*installed, *absent)]
    reading = feature_files.read(Source.of("f.json", json.dumps(records).encode()))
    return {statement.key: statement.value for statement in reading.statements}


def test_an_installed_role_is_stated_by_any_list() -> None:
    assert features("AD-Certificate", "ADCS-Cert-Authority")[FEATURE("ad-cs")] is True


def test_only_a_complete_list_proves_that_a_role_is_absent() -> None:
    others = tuple(f"Feature-{number}" for number in range(98))
    absent = ("AD-Certificate", "ADCS-Cert-Authority")
    assert features(absent=absent + others)[FEATURE("ad-cs")] is False
    assert FEATURE("ad-cs") not in features(absent=absent)


def test_a_list_without_features_is_refused() -> None:
    with pytest.raises(InputError, match="names no feature"):
        feature_files.read(Source.of("f.json", b'[{"Name": "x"}]'))
