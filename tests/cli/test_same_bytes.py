"""Every file that `assess`, `compare` and `resilience` write has the same bytes in another process, with other
hashes, in another time zone and another working folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from support import ROOT

from logreach.cli.report_formats import ReportFormat

RULE = """title: A service is made with sc.exe
id: 00000000-0000-4000-8000-000000000001
logsource: {product: windows, category: process_creation}
detection: {a: {Image|endswith: '\\sc.exe', CommandLine|contains: create}, condition: a}
level: high
tags: [attack.t1543.003]
"""
EVERY_FORMAT = [word for form in ReportFormat for word in ("--format", form.value)]
SECONDS = 600
PLACES = (("0", "UTC"), ("4242", "Pacific/Chatham"))
"""Seed of hashes and time zone."""


def _runs(root: Path) -> list[Path]:
    """What two processes write that have nothing in common but their input."""
    inventory = root / "contoso"
    shutil.copytree(ROOT / "examples/contoso", inventory)
    rule = root / "rule.yml"
    rule.write_text(RULE, "utf-8")
    folders = []
    for number, (seed, zone) in enumerate(PLACES):
        place = root / f"run-{number}"
        place.mkdir()
        scope = ["--technique", "T1543", "--rules", str(rule)]
        more = ["--technique", "T1059", *EVERY_FORMAT]
        _run(place, seed, zone, ["assess", str(inventory), *scope, *more])
        _run(place, seed, zone, ["compare", str(inventory), *scope, "--with", "baseline=asd"])
        _run(place, seed, zone, ["resilience", str(inventory), *scope])
        folders.append(place / "out")
    return folders


def _run(place: Path, seed: str, zone: str, words: list[str]) -> None:
    environment = {
        **os.environ,
        "PYTHONHASHSEED": seed,
        "TZ": zone,
        "XDG_CACHE_HOME": str(place / "cache"),
    }
    done = subprocess.run(
        [sys.executable, "-c", "from logreach.cli import main; main()", *words, "--out", "out"],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    # compare ends with 1 where something is lost.
    assert done.returncode in (0, 1), done.stderr


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_file_has_the_same_bytes(tmp_path: Path) -> None:
    days = _today()
    first, second = map(_files, _runs(tmp_path))
    assert list(first) == list(second)
    assert [name for name, data in first.items() if second[name] != data] == []
    # A day of the clock would be the same in both.
    days |= _today()
    assert [name for name, data in first.items() if any(day in data for day in days)] == []
    assert set(first) >= {
        "assessment.json",
        "assessment.xlsx",
        "assessment.html",
        "comparison.json",
        "comparison.xlsx",
        "comparison-layer.json",
        "resilience.json",
        "resilience.xlsx",
        "resilience-layer.json",
    }
    assert len(first) > len(ReportFormat)


def _today() -> set[bytes]:
    """The day at the two places."""
    return {datetime.now(ZoneInfo(zone)).date().isoformat().encode() for _, zone in PLACES}
