"""A short run of tests/benchmarks/damage.py: no damaged file proves more than the whole one."""

from __future__ import annotations

import random
from itertools import islice
from pathlib import Path

import pytest
from damage import Fuzzer, Scene, mutants
from damage_scenes import SCENES

_TRIED = 12
"""Damaged files of each format; the same in every run, as a chance failure would help nobody."""


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_no_damaged_file_proves_more_than_the_whole_one(scene: Scene, tmp_path: Path) -> None:
    fuzzer = Fuzzer(scene, tmp_path)
    assert all(scene.damaged in fault for fault in fuzzer.intact_faults)
    chance = random.Random(scene.name)  # noqa: S311  no secret
    ways = list(islice(mutants(scene.files[scene.damaged], chance), 4_000))
    for how, data in chance.sample(ways, _TRIED):
        rise = fuzzer.rise(how, data)
        assert rise is None, str(rise)


def test_a_rise_is_seen(tmp_path: Path) -> None:
    """The fuzzer itself: a listing that loses a row to a policy would be found."""
    scene = next(scene for scene in SCENES if scene.name == "reg")
    partial = Scene(scene.name, scene.files, scene.damaged)
    fuzzer = Fuzzer(partial, tmp_path)
    other = (
        scene.files[scene.damaged].decode("utf-16").replace("ProcessCreation", "ProcessKreation")
    )
    rise = fuzzer.rise(
        "another name", other.replace("Policies\\System", "Policies\\Sys").encode("utf-16")
    )
    assert rise is not None
    assert any("Security:4688" in raised for raised in rise.raised)
