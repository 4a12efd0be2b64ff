"""The default audit entries of a domain's root, and what of replication they record."""

from __future__ import annotations

from pathlib import Path

import pytest

from logreach.coverage.engine.verdict import NO, Level
from logreach.coverage.platforms.windows.sacls import AccessNeed, access_coverage
from logreach.inventories import load
from logreach.inventories.facts.facts import Facts, Known
from logreach.inventories.windows.facts import SACL

_REPLICATION = AccessNeed(
    "ad", "ad:domainDNS", ("CONTROL_ACCESS",), object_type="DS-Replication-Get-Changes-All"
)
_ROOT = "AD:\\DC=contoso,DC=com;O:BAG:BAD:S:(AU;SA;WP;;;WD)\n"


def _controller(folder: Path, words: str) -> Facts:
    host = f"{{name: DC, os: Windows Server 2022, role: domain-controller, {words}}}"
    (folder / "inventory.yaml").write_text(f"hosts: [{host}]")
    return load(folder).hosts[0].facts


def test_the_default_entries_are_assumed_and_said_to_be(tmp_path: Path) -> None:
    facts = _controller(tmp_path, "assume: windows-default")
    fact = facts.get(SACL("ad:DOMAINDNS"))
    assert isinstance(fact, Known)
    assert fact.assumed
    assert [ace.principal for ace in fact.value.aces[:3]] == ["S-1-1-0", "S-1-5-32-544", "DU"]
    coverage = access_coverage(facts, _REPLICATION)
    assert (coverage.verdict.proven, coverage.verdict.possible) == (Level.PARTIAL, Level.PARTIAL)
    assert "(assumed)" in coverage.explanation
    assert "assumed: the default entries" in coverage.evidence[0].quote


@pytest.mark.parametrize("words", ["sysmon: none", "assume: windows-default, files: [root.txt]"])
def test_nothing_is_assumed_unasked_or_where_the_root_is_told(words: str, tmp_path: Path) -> None:
    (tmp_path / "root.txt").write_text(_ROOT)
    facts = _controller(tmp_path, words)
    assert not isinstance(facts.get(SACL("ad:DOMAINDNS")), Known)
    verdict = access_coverage(facts, _REPLICATION).verdict
    assert verdict == NO if "root.txt" in words else not verdict.settled
