"""The assessments that every report is tried on."""

from __future__ import annotations

import pytest
from sample_assessment import empty, sample

from logreach.coverage.assessment import Assessment


@pytest.fixture(scope="session")
def assessment() -> Assessment:
    return sample()


@pytest.fixture(scope="session", params=["sample", "empty"])
def any_assessment(request: pytest.FixtureRequest) -> Assessment:
    return sample() if request.param == "sample" else empty()
