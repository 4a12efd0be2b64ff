"""The assessments that every report is tried on."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from sample_assessment import empty, sample

from logreach.coverage.assessment.result import Assessment
from logreach.reports.excel import write_workbook


@pytest.fixture(scope="session")
def assessment() -> Assessment:
    return sample()


@pytest.fixture(scope="session", params=["sample", "empty"])
def any_assessment(request: pytest.FixtureRequest) -> Assessment:
    return sample() if request.param == "sample" else empty()


@pytest.fixture(scope="session")
def book_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's workbook."""
    path = tmp_path_factory.mktemp("book") / "assessment.xlsx"
    write_workbook(sample(), path)
    return path


@pytest.fixture(scope="session")
def book(book_path: Path) -> Workbook:
    return load_workbook(book_path)
