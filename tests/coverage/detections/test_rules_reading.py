"""Reading rules: what comes of files, good and bad, and the cache."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from logreach.coverage.attack.files import read_checked, write_checked
from logreach.coverage.detections.load import load_rules
from logreach.coverage.detections.tags import place
from logreach.inventories.files.faults import InputError

CASES = yaml.safe_load(Path(__file__).with_name("reading_cases.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_read(case: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "rules.yml"
    file.write_text(case["text"], encoding=case.get("encoding", "utf-8"))
    found = load_rules([file])
    assert len(found.rules) == len(case["rules"])
    for rule, wanted in zip(found.rules, case["rules"], strict=True):
        told = {key: getattr(rule, key) for key in wanted}
        assert {k: list(v) if isinstance(v, tuple) else v for k, v in told.items()} == wanted
    assert len(found.faults) == len(case["faults"])
    for fault, (where, message) in zip(found.faults, case["faults"], strict=True):
        assert (fault.source, fault.where) == ("rules.yml", where)
        assert message in fault.message
    assert case.get("hint", "") in "".join(fault.hint for fault in found.faults[:1])


RULE = """
title: a
logsource: {product: windows, category: process_creation}
detection: {a: {Image: x}, b: {CommandLine|re: '^y+$'}, condition: a and not b}
"""


@pytest.mark.parametrize("bad", [b"\xe9", b"\x00"])
@pytest.mark.parametrize("before", [1, 30_000])
def test_bytes_that_are_no_text_are_found_wherever_they_are(
    bad: bytes, before: int, tmp_path: Path
) -> None:
    file = tmp_path / "rules.yml"
    file.write_bytes("# caf\u00e9\n".encode() * before + b"title: " + bad + b" a\n")
    (fault,) = load_rules([file]).faults
    assert fault.where == f"line {before + 1}"


_BLOCKS = b"".join(b" " * depth + b"a:\n" for depth in range(300))
_MERGED = b"a: " + b"{a: " * 900 + b"1" + b"}" * 900 + b"\n"


@pytest.mark.parametrize(
    "bad",
    [
        b"author: " + b"[" * 100_000,
        b"author: " + b"{a: " * 100_000,
        b"- " * 100_000,
        _BLOCKS,
        b"action: global\n" + _MERGED + b"---\ntitle: a\n" + _MERGED,
    ],
)
def test_values_in_values_without_end_are_a_fault(bad: bytes, tmp_path: Path) -> None:
    file = tmp_path / "rules.yml"
    file.write_bytes(bad)
    found = load_rules([file])
    assert [rule.kind for rule in found.rules] == ["unreadable"]
    assert [fault.message for fault in found.faults] == ["more than 200 values in values"]


def test_many_values_beside_each_other_are_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "rules.yml"
    values = "".join(f"      - 'a-{number}'\n" for number in range(1_000))
    file.write_text(RULE + f"description: |\n{' ' * 300}x\n", encoding="utf-8")
    (tmp_path / "more.yml").write_text(
        f"{RULE.partition('detection')[0]}detection:\n  a:\n    Image:\n{values}  condition: a\n",
        encoding="utf-8",
    )
    found = load_rules([tmp_path])
    assert [rule.kind for rule in found.rules] == ["rule", "rule"]
    assert found.faults == ()


def test_each_file_that_is_no_rule_is_told_and_counted_once(tmp_path: Path) -> None:
    rules, cache = tmp_path / "rules", tmp_path / "cache"
    for name in ("a/x.yml", "b/x.yml", "b/y.yml"):
        rules.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        rules.joinpath(name).write_text("" if name[2] == "x" else "title: [\n", encoding="utf-8")
    rules.joinpath("large.yml").write_text("#" * 1_000_001, encoding="utf-8")
    found = load_rules([rules], cache_dir=cache)
    assert [rule.kind for rule in found.rules] == ["unreadable"] * 4
    assert [fault.source for fault in found.faults] == [rule.file for rule in found.rules]
    assert load_rules([rules], cache_dir=cache) == found
    rules.joinpath("large.yml").write_text("", encoding="utf-8")
    again = load_rules([rules], cache_dir=cache)
    assert [fault.message for fault in again.faults].count("holds no rule") == 3


def test_a_path_that_is_not_there_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such rule file or folder"):
        load_rules([tmp_path / "absent"])


def test_rules_from_the_cache_equal_those_read(tmp_path: Path) -> None:
    file, cache = tmp_path / "a.yml", tmp_path / "cache"
    file.write_text(RULE, encoding="utf-8")
    read = load_rules([file], cache_dir=cache)
    assert load_rules([file], cache_dir=cache) == read == load_rules([file])
    file.write_text(RULE.replace("Image: x", "Image: z"), encoding="utf-8")
    assert load_rules([file], cache_dir=cache) != read


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"rules": [{}], "faults": []}', '{"rules": 1']
)
@pytest.mark.parametrize("under_its_digest", [False, True])
def test_a_spoiled_cache_is_made_again(
    content: str, under_its_digest: bool, tmp_path: Path
) -> None:
    file, cache = tmp_path / "a.yml", tmp_path / "cache"
    file.write_text(RULE, encoding="utf-8")
    read = load_rules([file], cache_dir=cache)
    (kept,) = cache.glob("*.json")
    if under_its_digest:
        write_checked(kept, kept.stem, content)
    else:
        kept.write_text(content, encoding="utf-8")
    assert load_rules([file], cache_dir=cache) == read
    assert json.loads(read_checked(kept, kept.stem) or "")["rules"]


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    file, cache = tmp_path / "a.yml", tmp_path / "cache"
    file.write_text(RULE, encoding="utf-8")
    cache.write_text("a file, not a folder", encoding="utf-8")
    assert load_rules([file], cache_dir=cache) == load_rules([file])


def test_values_behind_many_aliases_are_refused(tmp_path: Path) -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]" for a, b in itertools.pairwise("abcdefg")]
    file = tmp_path / "rules.yml"
    file.write_text("\n".join(lines), encoding="utf-8")
    found = load_rules([file])
    assert [rule.kind for rule in found.rules] == ["unreadable"]
    assert [fault.message for fault in found.faults] == ["more than 50,000 values"]


@pytest.mark.parametrize(
    ("tagged", "placed", "unplaced"),
    [
        (["T1055"], ("T1055",), ()),
        (["T1685"], ("T1562", "T1562.001"), ()),
        (["T1685", "T9999"], ("T1562", "T1562.001"), ("T9999",)),
        (["T1777"], (), ("T1777",)),
    ],
)
def test_tags_of_another_version_are_placed_or_listed(
    tagged: list[str], placed: tuple[str, ...], unplaced: tuple[str, ...]
) -> None:
    known = {"T1055", "T1562", "T1562.001"}
    crosswalk = {"T1685": ("T1562", "T1562.001"), "T1777": ("T1888",)}
    assert place(tagged, known, crosswalk) == (placed, unplaced)
