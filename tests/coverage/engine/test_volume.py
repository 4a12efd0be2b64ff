"""The class of the events that changes bring, from a source's words."""

from __future__ import annotations

import pytest

from logreach.coverage.engine.judged import Volume


@pytest.mark.parametrize(
    ("words", "volume"),
    [
        ("Low", Volume.LOW),
        ("Low on clients, Medium on DCs/servers", Volume.MEDIUM),
        ("High on DCs; Low otherwise", Volume.HIGH),
        ("Very High", Volume.HIGH),
        ("Varies with SACLs", Volume.UNKNOWN),
        ("", Volume.UNKNOWN),
    ],
)
def test_it_is_the_highest_class_that_is_named(words: str, volume: Volume) -> None:
    assert Volume.of(words) is volume


@pytest.mark.parametrize(
    ("volumes", "together"),
    [
        ((Volume.LOW, Volume.MEDIUM), Volume.MEDIUM),
        ((Volume.LOW, Volume.UNKNOWN), Volume.UNKNOWN),
        ((Volume.HIGH, Volume.UNKNOWN), Volume.HIGH),
        ((), Volume.UNKNOWN),
    ],
)
def test_changes_together_bring_what_the_highest_brings(
    volumes: tuple[Volume, ...], together: Volume
) -> None:
    assert Volume.together(volumes) is together
