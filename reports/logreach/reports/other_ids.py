"""The ids of techniques in the other ATT&CK version that logreach includes, where they differ."""

from __future__ import annotations

from logreach.coverage.assessment.result import Assessment
from logreach.reports.counts import applying

NO_ID = "none"


def other_id(assessment: Assessment, technique_id: str) -> str:
    """'T1685': ids in the other version; NO_ID where it has none, '' where the id is the same."""
    ids = assessment.counterparts.ids.get(technique_id)
    return "" if ids is None else ", ".join(ids) or NO_ID


def beside(assessment: Assessment, technique_id: str) -> str:
    """'19.1: T1685', to stand beside an id; '' where both versions have the same id."""
    other = other_id(assessment, technique_id)
    return f"{assessment.counterparts.version}: {other}" if other else ""


def all_other_ids(assessment: Assessment) -> str:
    """Every id that differs, of techniques that apply to some host, in one line; '' for none."""
    pairs = [
        f"{technique.technique_id} = {other}"
        for technique in assessment.fleet.values()
        if applying(technique.visibility)
        and (other := other_id(assessment, technique.technique_id))
    ]
    version = assessment.counterparts.version
    return f"Other ids in ATT&CK {version}: {'; '.join(pairs)}" if pairs else ""
