"""Settings for all tests."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from hypothesis import settings

# No test may fail because the machine is busy.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _collect_again() -> Iterator[None]:
    """Commands that end their process leave the collector off; a process of tests goes on, and
    grew to 6 GB."""
    yield
    if not gc.isenabled():
        gc.enable()
        gc.unfreeze()
