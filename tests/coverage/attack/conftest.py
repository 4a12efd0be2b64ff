"""Small STIX bundles, so that the importer can be tested without MITRE's."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Stix = dict[str, Any]
STAMP = "2025-01-01T00:00:00.000Z"


class Builder:
    """Makes STIX objects with ids of their own; `spec` is '2.0' or '2.1'."""

    def __init__(self, spec: str = "2.0") -> None:
        self.spec = spec
        self.objects: list[Stix] = []

    def add(self, kind: str, attack_id: str = "", **more: object) -> str:
        number = uuid.UUID(int=len(self.objects) + 1, version=4)
        one: Stix = {"type": kind, "id": f"{kind}--{number}", "created": STAMP, "modified": STAMP}
        if self.spec == "2.1":
            one["spec_version"] = "2.1"
        if attack_id:
            url = f"https://attack.mitre.org/x/{attack_id}"
            reference = {"source_name": "mitre-attack", "external_id": attack_id, "url": url}
            one["external_references"] = [reference]
        self.objects.append(one | more)
        return str(one["id"])

    def technique(self, attack_id: str, name: str = "T", **more: object) -> str:
        more.setdefault(
            "kill_chain_phases", [{"kill_chain_name": "mitre-attack", "phase_name": "persistence"}]
        )
        return self.add("attack-pattern", attack_id, name=name, **more)

    def relate(self, source: str, verb: str, target: str, **more: object) -> str:
        return self.add(
            "relationship", source_ref=source, relationship_type=verb, target_ref=target, **more
        )

    def matrix(self) -> None:
        tactic = self.add(
            "x-mitre-tactic", "TA0003", name="Persistence", x_mitre_shortname="persistence"
        )
        self.add("x-mitre-matrix", "enterprise-attack", name="Enterprise", tactic_refs=[tactic])

    def data(self) -> bytes:
        bundle: Stix = {"type": "bundle", "id": f"bundle--{uuid.UUID(int=9, version=4)}"}
        if self.spec == "2.0":
            bundle["spec_version"] = "2.0"
        return json.dumps(bundle | {"objects": self.objects}).encode()


@pytest.fixture
def builder() -> Callable[..., Builder]:
    return Builder


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test may see or fill the cache of the user who runs it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    return tmp_path / "cache" / "logreach" / "attack"
