"""What to change, or to tell, so that a technique becomes achievable, in few words."""

from __future__ import annotations

from collections.abc import Iterator

from logreach.coverage.assessment.result import Assessment, TechniqueResult
from logreach.reports.navigator.comments import is_open
from logreach.reports.profile_names import first_few
from logreach.reports.reason_text import fact_name, remedy_title

_CHANGES, _FACTS = 3, 2


class Changes:
    """The changes of an assessment, by profile and technique."""

    def __init__(self, assessment: Assessment) -> None:
        self._planned = bool(assessment.plan.pairs)
        self._least = assessment.plan.least
        self._titles = [remedy_title(planned.remedy) for planned in assessment.remedies]
        self._facts = {missing.key: missing.title for missing in assessment.missing}

    def of(self, profile_id: str, technique: TechniqueResult) -> str:
        """'To change: …', a set that suffices, or else 'To tell: …'; '' where nothing is open."""
        if not is_open(technique.detection.label):
            return ""
        places = self._least.get(profile_id, {}).get(technique.technique_id, ())
        titles = [self._titles[place] for place in places]
        if titles:
            return f"To change: {first_few(titles, _CHANGES)}"
        facts = [*dict.fromkeys(self._missing(technique))]
        if facts:
            return f"To tell: {first_few(facts, _FACTS)}"
        return "No change on offer suffices" if self._planned else ""

    def _missing(self, technique: TechniqueResult) -> Iterator[str]:
        for reason in technique.detection.judged.reasons:
            if reason.missing is not None and not reason.verdict.settled:
                yield fact_name(reason.missing, self._facts.get(reason.missing, ""))
