"""What was found of a baseline: the document that every report of it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from logreach.coverage.assessment.as_of import AsOf
from logreach.coverage.engine.judged import Remedy
from logreach.inventories.files.evidence import Evidence, InputFile
from logreach.inventories.files.faults import Fault
from logreach.inventories.windows.baselines.requirements import Baseline, Requirement


class Status(StrEnum):
    """What the facts of a host say of a requirement, the worst first."""

    NOT_MET = "not met"
    UNKNOWN = "unknown"
    MET = "met"
    NOT_APPLICABLE = "not applicable"


class Basis(StrEnum):
    """What an answer rests on, the weakest first: of several facts it is the weakest one."""

    NONE = ""
    ASSUMED = "default, assumed"
    POLICY = "asked for by policy"
    DECLARED = "declared in the inventory"
    OBSERVED = "printed by the host"
    ALWAYS = "so on every Windows"


@dataclass(frozen=True, slots=True)
class Gain:
    """What detection gains, on the hosts of a profile, once a requirement is met.

    `techniques` become achievable, `in_part` conditional; `rules` and `rules_in_part` are the same
    of the user's rules. `lost` are techniques and rules of which less is proven than before.
    """

    techniques: tuple[str, ...] = ()
    in_part: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    rules_in_part: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether no answer changes."""
        return self == NO_GAIN


NO_GAIN = Gain()


@dataclass(frozen=True, slots=True)
class Answer:
    """A requirement on a profile.

    `reasons` are the links that decided it. `evidence` is, by host, where the facts stand that
    decided it. `commands` tell what is missing; `remedies` are changes that meet it, as far as
    logreach knows such: `enough` says whether they surely do. `contradicted` says what a policy
    asks for where the host has it otherwise.
    """

    requirement: Requirement
    status: Status
    basis: Basis
    reasons: tuple[str, ...]
    evidence: Mapping[str, tuple[Evidence, ...]]
    commands: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    enough: bool = True
    contradicted: tuple[str, ...] = ()
    gain: Gain = NO_GAIN

    @property
    def open(self) -> bool:
        """Whether something has to be done: changed, or found out."""
        return self.status in (Status.NOT_MET, Status.UNKNOWN)

    @property
    def asked_by_policy(self) -> bool:
        """Whether a policy asks for it, and nothing shows that it is in force."""
        return self.status is Status.UNKNOWN and self.basis is Basis.POLICY

    @property
    def label(self) -> str:
        """The status in words: of a control that facts show in part only, it is never 'met'."""
        if self.status is Status.MET and self.requirement.beyond:
            return MET_IN_PART
        return self.status.value


MET_IN_PART = "met as far as shown"
"""The label where facts show all that they can, and the control asks for more."""
LABELS = (
    Status.NOT_MET.value,
    Status.UNKNOWN.value,
    MET_IN_PART,
    Status.MET.value,
    Status.NOT_APPLICABLE.value,
)


@dataclass(frozen=True, slots=True)
class BaselineProfile:
    """Hosts alike in every fact that matters and in how these are shown; `host_counts` has how many
    machines each entry stands for. `together` is what meeting all that is not met gains."""

    profile_id: str
    host_counts: Mapping[str, int]
    os: str
    role: str
    answers: Mapping[str, Answer]
    together: Gain = NO_GAIN

    @property
    def count(self) -> int:
        """Machines."""
        return sum(self.host_counts.values())

    @property
    def hosts(self) -> tuple[str, ...]:
        """The entries of the inventory."""
        return tuple(self.host_counts)


@dataclass(frozen=True, slots=True)
class BaselineResult:
    """A baseline against an inventory.

    `observed_only`: what the inventory declares proved nothing. `technique_names` has the names of
    techniques that are gained or lost, `rule_titles` those of rules. `rules` counts those given,
    `hosts_beside` the hosts that are not shown.
    """

    version: str
    attack_version: str
    inventory: str
    baseline: Baseline
    profiles: tuple[BaselineProfile, ...]
    inputs: tuple[InputFile, ...]
    technique_names: Mapping[str, str]
    rule_titles: Mapping[str, str]
    rules: int = 0
    scope: str = ""
    hosts_beside: int = 0
    as_of: AsOf | None = None
    observed_only: bool = False
    faults: tuple[Fault, ...] = ()

    @property
    def hosts(self) -> int:
        """The machines that are shown."""
        return sum(profile.count for profile in self.profiles)

    def answers(self, requirement: Requirement) -> Iterator[tuple[BaselineProfile, Answer]]:
        """A requirement on every profile."""
        for profile in self.profiles:
            yield profile, profile.answers[requirement.id]

    def counts(self, requirement: Requirement) -> dict[str, int]:
        """Machines by the label of a requirement's answer."""
        return _counted((profile, answer.label) for profile, answer in self.answers(requirement))

    def totals(self) -> dict[str, int]:
        """Pairs of a machine and a requirement by label."""
        return _counted(
            (profile, answer.label)
            for requirement in self.baseline.requirements
            for profile, answer in self.answers(requirement)
        )

    def gained(self, requirement: Requirement) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
        """What a requirement gains over the fleet: pairs of a machine and a technique that become
        achievable, these techniques, and the rules."""
        pairs, techniques, rules = 0, dict[str, None](), dict[str, None]()
        for profile, answer in self.answers(requirement):
            pairs += profile.count * len(answer.gain.techniques)
            techniques.update(dict.fromkeys(answer.gain.techniques))
            rules.update(dict.fromkeys(answer.gain.rules))
        return pairs, tuple(sorted(techniques)), tuple(sorted(rules))

    def together(self) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
        """The same for all requirements met at once."""
        pairs = sum(each.count * len(each.together.techniques) for each in self.profiles)
        techniques = {name for each in self.profiles for name in each.together.techniques}
        rules = {name for each in self.profiles for name in each.together.rules}
        return pairs, tuple(sorted(techniques)), tuple(sorted(rules))


def _counted(labels: Iterable[tuple[BaselineProfile, str]]) -> dict[str, int]:
    counts = dict.fromkeys(LABELS, 0)
    for profile, label in labels:
        counts[label] += profile.count
    return counts
