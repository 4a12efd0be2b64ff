"""What to change and what to find out, as plain JSON values."""

from __future__ import annotations

from typing import Any

from logreach.coverage.assessment.result import MissingFact, Plan, PlannedRemedy, Step
from logreach.coverage.engine.judged import Remedy
from logreach.reports.words import value_text

Json = dict[str, Any]


def remedy(remedy: Remedy) -> Json:
    """A remedy by itself."""
    return {
        "fact": str(remedy.key),
        "value": remedy.value
        if isinstance(remedy.value, bool | int | str)
        else value_text(remedy.value),
        "text": remedy.text,
        "cost": remedy.cost,
        "title": remedy.title,
    }


def planned_remedy(planned: PlannedRemedy) -> Json:
    """A remedy with what it gains."""
    return {
        **remedy(planned.remedy),
        "profiles": list(planned.profiles),
        "hosts": planned.hosts,
        "gain": planned.gain,
        "raised": dict(planned.raised),
        "needless": planned.needless,
    }


def missing_fact(missing: MissingFact) -> Json:
    """A missing fact with what hangs on it."""
    return {
        "fact": str(missing.key),
        "title": missing.title,
        "profiles": list(missing.profiles),
        "reason": missing.reason,
        "verdicts": missing.verdicts,
    }


def plan(plan: Plan) -> Json:
    """The plan; remedies by their place in the document's list, counted from 0."""
    return {
        "steps": [_step(one) for one in plan.steps],
        "pairs": plan.pairs,
        "open": plan.open,
        "least": {
            profile: {technique: list(places) for technique, places in needs.items()}
            for profile, needs in plan.least.items()
        },
    }


def _step(step: Step) -> Json:
    return {
        "remedies": list(step.remedies),
        "profiles": list(step.profiles),
        "hosts": step.hosts,
        "gain": step.gain,
        "achievable": step.achievable,
        "techniques": list(step.techniques),
    }
