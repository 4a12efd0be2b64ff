"""The layer of what the plan makes achievable."""

from __future__ import annotations

from logreach.coverage.assessment.result import Assessment, FleetTechnique, Profile, TechniqueResult
from logreach.inventories.files.wording import counted
from logreach.reports.counts import achievable, applying
from logreach.reports.navigator.comments import Answer, fleet_comment, is_open
from logreach.reports.navigator.fleet import assumed_text, other_id_metadata, share_or_colour
from logreach.reports.navigator.frame import (
    SHARES,
    SHARES_LEGEND,
    SHARES_MEANING,
    Json,
    entry,
    layer,
    layer_name,
    metadata_item,
    share_score,
    technique_links,
)
from logreach.reports.plan_steps import StepLine, step_lines
from logreach.reports.profile_names import first_few
from logreach.reports.safe_text import one_line


def plan_layer(assessment: Assessment) -> Json:
    """The share of hosts for which detection is achievable once all steps of the plan are done."""
    after = _AfterPlan(assessment)
    steps = "; ".join(f"{step.number}. {first_few(step.titles, 3)}" for step in after.steps)
    return layer(
        assessment,
        layer_name(assessment, "After plan"),
        f"Detection once all steps of the plan are done: {one_line(steps) or 'it has none'}. "
        "Score: percent of the hosts to which the technique applies for which it is then "
        "achievable. A technique that is achievable for no host then either has no score, but the "
        f"colour of its best verdict of today. {SHARES_MEANING}{assumed_text(assessment.profiles)}",
        [after.entry(technique) for technique in assessment.fleet.values()],
        SHARES,
        SHARES_LEGEND,
    )


class _AfterPlan:
    def __init__(self, assessment: Assessment) -> None:
        self._assessment = assessment
        self.steps: tuple[StepLine, ...] = step_lines(assessment)
        self._step_of: dict[tuple[str, str], int] = {
            (profile_id, technique_id): place
            for place, step in enumerate(assessment.plan.steps)
            for technique_id, ids in step.gained_on.items()
            for profile_id in ids
        }

    def entry(self, technique: FleetTechnique) -> Json:
        """The score after the plan, or today's colour where it changes nothing."""
        technique_id = technique.technique_id
        gained = sum(
            profile.count
            for profile in self._assessment.profiles
            if (profile.profile_id, technique_id) in self._step_of
        )
        now, hosts = achievable(technique.detection), applying(technique.detection)
        uncoloured = entry(
            technique_id,
            fleet_comment(self._assessment, technique_id, self._answer),
            [
                *other_id_metadata(self._assessment, technique_id),
                metadata_item("achievable now", f"{now} of {counted(hosts, 'host')}"),
                metadata_item(
                    "achievable after the plan", f"{now + gained} of {counted(hosts, 'host')}"
                ),
            ],
            technique_links(technique_id),
        )
        if now + gained:
            return {**uncoloured, "score": share_score(now + gained, hosts)}
        return {**uncoloured, **share_or_colour(technique.detection)}

    def _answer(self, profile: Profile, technique: TechniqueResult) -> Answer:
        place = self._step_of.get((profile.profile_id, technique.technique_id))
        label = technique.detection.label
        if place is None:
            beside = ". In no step of the plan" if is_open(label) else ""
            return Answer(f"{label}{beside}", open=False)
        step = self.steps[place]
        earlier = f", after {counted(place, 'earlier step')}" if place else ""
        text = f"achievable by step {step.number}{earlier}, now {label}. To change: "
        return Answer(f"{text}{first_few(step.titles, 3)}", open=True)
