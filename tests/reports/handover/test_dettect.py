"""DeTT&CT's administration files say what the facts prove, in DeTT&CT's own terms."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from sample_assessment import MARKUP, empty, sample
from support import ROOT

from logreach.coverage.assessment.as_of import AsOf
from logreach.coverage.assessment.assess import assess
from logreach.coverage.assessment.result import Assessment, ComponentResult, RuleRollup
from logreach.coverage.assessment.scope import scope_of
from logreach.coverage.attack import load_attack
from logreach.coverage.engine.judged import Judged
from logreach.coverage.engine.verdict import NO, PARTIAL, UNKNOWN, YES, Verdict
from logreach.inventories import load
from logreach.reports.dettect import _step, write_dettect

DAY = date(2026, 11, 30)
Yaml = dict[str, Any]


def dated(assessment: Assessment) -> Assessment:
    return replace(assessment, as_of=AsOf(date(2026, 11, 2), DAY))


def written(assessment: Assessment, folder: Path) -> tuple[Yaml, Yaml]:
    first, second = (
        yaml.safe_load(path.read_text("utf-8")) for path in write_dettect(assessment, folder)
    )
    return first, second


def score(technique: Yaml, kind: str, system: str) -> Yaml:
    """The score of a technique on a system."""
    (found,) = (each for each in technique[kind] if system in each["applicable_to"])
    (logged,) = found["score_logbook"]
    return dict(logged)


def test_both_files_have_the_versions_that_dettect_reads(tmp_path: Path) -> None:
    sources, techniques = written(dated(sample()), tmp_path)
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        "data-sources.yaml",
        "techniques.yaml",
    ]
    assert (sources["version"], sources["file_type"]) == (1.1, "data-source-administration")
    assert (techniques["version"], techniques["file_type"]) == (1.2, "technique-administration")
    assert sources["domain"] == techniques["domain"] == "enterprise-attack"


def test_each_profile_is_a_system(tmp_path: Path) -> None:
    sources, techniques = written(dated(sample()), tmp_path)
    names = [each["applicable_to"] for each in sources["systems"]]
    assert names[0] == "P1 WS, 日本-01"
    assert names[1].startswith("P2 =cmd|")
    assert all(each["platform"] == ["Windows"] for each in sources["systems"])
    used = {
        name
        for technique in techniques["techniques"]
        for kind in ("detection", "visibility")
        for each in technique[kind]
        for name in each["applicable_to"]
    }
    assert used == set(names)


def test_a_data_source_is_there_where_the_component_is_logged(tmp_path: Path) -> None:
    sources, _ = written(dated(sample()), tmp_path)
    (source,) = sources["data_sources"]
    assert source["data_source_name"] == "Process Creation"
    (entry,) = source["data_source"]
    assert entry["applicable_to"] == ["P1 WS, 日本-01"]
    assert entry["date_registered"] == DAY
    assert entry["date_connected"] is None
    assert entry["products"] == ["Security"]
    assert entry["available_for_data_analytics"] is False
    assert entry["comment"] == "achievable; judged on the host itself. Events: Security:4688"
    assert entry["data_quality"]["device_completeness"] == 5
    # What no fact tells stays at DeTT&CT's 'do not know'.
    unknown = ("data_field_completeness", "timeliness", "consistency", "retention")
    assert [entry["data_quality"][name] for name in unknown] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("verdicts", "quality"),
    [((), 0), ((NO, NO), 0), ((YES, NO, NO, NO), 1), ((YES, UNKNOWN), 2), ((YES, YES), 5)],
)
def test_fields_count_where_they_are_surely_filled(
    verdicts: tuple[Verdict, ...], quality: int, tmp_path: Path
) -> None:
    one = dated(sample())
    attributes = {f"a{number}": Judged(each) for number, each in enumerate(verdicts)}
    component = ComponentResult("File Access", Judged(YES), attributes=attributes)
    profile = replace(one.profiles[0], components={"File Access": component})
    sources, _ = written(replace(one, profiles=(profile,)), tmp_path)
    (entry,) = sources["data_sources"][0]["data_source"]
    assert entry["data_quality"]["data_field_completeness"] == quality


@pytest.mark.parametrize(
    ("percent", "expected"),
    [(0, 0), (0.1, 1), (49, 1), (50, 2), (74, 2), (75, 3), (99, 3), (99.9, 4), (100, 4)],
)
def test_visibility_has_the_steps_of_dettect(percent: float, expected: int) -> None:
    assert _step(percent, (49, 74, 99)) == expected


def test_scores_are_what_is_proven_and_say_what_may_be(tmp_path: Path) -> None:
    _, techniques = written(dated(sample()), tmp_path)
    by_id = {each["technique_id"]: each for each in techniques["techniques"]}
    assert "T1543.004" not in by_id  # it applies to no host
    first, second = "P1 WS, 日本-01", [*by_id["T1543"]["visibility"][-1]["applicable_to"]][-1]
    assert score(by_id["T1543"], "visibility", first) == {
        "date": DAY,
        "score": 1,
        "comment": "1 of 2 data components whole, 0 in part; up to score 1 once the missing facts "
        "are known",
        "auto_generated": True,
    }
    assert score(by_id["T1543"], "detection", first)["score"] == 0
    assert score(by_id["T1543"], "detection", second)["score"] == -1
    assert score(by_id["T1003.001"], "detection", first)["score"] == -1
    assert score(by_id["T1558.003"], "detection", first)["comment"] == (
        "detection achievable elsewhere"
    )


def test_only_a_rule_that_was_given_and_can_fire_is_a_detection(tmp_path: Path) -> None:
    one = dated(sample())
    firing = RuleRollup({"achievable": 2, "not achievable": 1}, {})
    profiles = (replace(one.profiles[0], rules_by_technique={"T1543": firing}), one.profiles[1])
    _, techniques = written(replace(one, profiles=profiles), tmp_path)
    by_id = {each["technique_id"]: each for each in techniques["techniques"]}
    told = score(by_id["T1543"], "detection", "P1 WS, 日本-01")
    assert (told["score"], told["comment"]) == (
        1,
        "detection achievable; 2 of 3 rules given can fire",
    )
    # In part is no detection.
    assert score(by_id["T1543.003"], "detection", "P1 WS, 日本-01")["score"] == 0


def test_without_a_day_no_score_has_a_date_and_the_file_says_so(tmp_path: Path) -> None:
    _, techniques = written(sample(), tmp_path)
    for technique in techniques["techniques"]:
        for kind in ("detection", "visibility"):
            assert {each["date"] for one in technique[kind] for each in one["score_logbook"]} == {
                None
            }
    assert "# No day of the facts is told" in (tmp_path / "techniques.yaml").read_text("utf-8")


def test_the_same_assessment_gives_the_same_bytes(tmp_path: Path) -> None:
    for one, other in zip(
        write_dettect(dated(sample()), tmp_path / "1"),
        write_dettect(dated(sample()), tmp_path / "2"),
        strict=True,
    ):
        assert one.read_bytes() == other.read_bytes()


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    sources, _ = written(dated(sample()), tmp_path)
    assert sources["name"] == f"logreach {MARKUP}"
    for path in tmp_path.iterdir():
        text = path.read_text("utf-8")
        assert all(char.isprintable() or char == "\n" for char in text)


def test_an_empty_assessment_gives_files_without_entries(tmp_path: Path) -> None:
    sources, techniques = written(empty(), tmp_path)
    assert (sources["data_sources"], techniques["techniques"]) == ([], [])


def test_component_in_part_counts_half(tmp_path: Path) -> None:
    one = dated(sample())
    technique = one.profiles[0].techniques["T1543"]
    parts = {
        "File Access": ComponentResult("File Access", Judged(PARTIAL)),
        "File Creation": ComponentResult("File Creation", Judged(YES)),
    }
    technique = replace(technique, components=parts, score=(0.75, 0.75))
    profile = replace(one.profiles[0], techniques={"T1543": technique})
    fleet = {"T1543": one.fleet["T1543"]}
    _, techniques = written(replace(one, profiles=(profile,), fleet=fleet), tmp_path)
    told = score(techniques["techniques"][0], "visibility", "P1 WS, 日本-01")
    assert (told["score"], told["comment"]) == (3, "1 of 2 data components whole, 1 in part")


_CHECK = """
import sys
from health import check_yaml_file_health
from generic import check_file, load_data_sources, load_techniques
sources, techniques = sys.argv[1:]
assert check_file(sources, 'data-source-administration', True) == 'data-source-administration'
assert check_file(techniques, 'technique-administration', True) == 'technique-administration'
print(len(load_data_sources(sources)[0]), len(load_techniques(techniques)[0]))
"""


def test_dettect_itself_reads_both(tmp_path: Path) -> None:
    """With DETTECT_HOME, a checkout of DeTT&CT; its health check prints whatever it dislikes."""
    home = os.environ.get("DETTECT_HOME")
    if not home:
        pytest.skip("DETTECT_HOME names no checkout of DeTT&CT")
    attack = load_attack(None)
    scope = scope_of(attack, ("T1543", "T1003"), (), ())
    contoso = assess(load(ROOT / "examples/contoso"), attack, scope, version="0", day=DAY)
    paths = write_dettect(contoso, tmp_path)
    (tmp_path / "cache").mkdir()
    result = subprocess.run(
        [sys.executable, "-c", _CHECK, *map(str, paths)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": home},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    sources, techniques = (yaml.safe_load(path.read_text("utf-8")) for path in paths)
    assert result.stdout.split() == [
        str(len(sources["data_sources"])),
        str(len(techniques["techniques"])),
    ]
