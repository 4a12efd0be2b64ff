"""assessment.json: the whole result, for programs.

`assessment.schema.json` describes its shape. Reasons stand in full beside events and data
components; everywhere else `reason_ids` are positions in the top-level list `reasons`, as one
broken link decides thousands of verdicts.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from logreach.coverage.assessment.result import Assessment
from logreach.reports.json.document import assessment_entry
from logreach.reports.json.lines import json_text, write_json_lines
from logreach.reports.reason_catalogue import ReasonCatalogue

# Levels of containers under a key that are written one entry a line: a technique, an event or a
# reason is one line, so that two runs can be compared with line tools.
_LEVELS = {"inputs": 1, "profiles": 3, "fleet": 1, "remedies": 1, "missing": 1, "reasons": 1}


def write_json(
    assessment: Assessment, path: Path, catalogue: ReasonCatalogue | None = None
) -> None:
    """Write assessment.json in UTF-8; the same assessment gives the same bytes.

    `catalogue` is the assessment's own, for callers that write several reports.
    """
    entry = assessment_entry(assessment, catalogue or ReasonCatalogue(assessment))
    write_json_lines(entry, path, _LEVELS)


def json_of(assessment: Assessment) -> str:
    """The text of assessment.json, for standard output."""
    entry = assessment_entry(assessment, ReasonCatalogue(assessment))
    return json_text(entry, _LEVELS).decode("utf-8")


def document(assessment: Assessment) -> dict[str, Any]:
    """The assessment as plain JSON values, as they are read from the file."""
    entry = assessment_entry(assessment, ReasonCatalogue(assessment))
    values: dict[str, Any] = json.loads(json_text(entry, _LEVELS))
    return values


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of assessment.json."""
    path = files("logreach.reports.json").joinpath("assessment.schema.json")
    values: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return values
