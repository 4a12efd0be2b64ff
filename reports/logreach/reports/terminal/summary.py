"""What a run prints by default: the answer, the plan, missing facts, faults, where the reports lie.

It fills at most 24 lines of 80 columns. Words carry the meaning and colours only repeat it; nothing
from an inventory is taken for markup or reaches the terminal as a control character.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from logreach.coverage.assessment.result import Assessment, MissingFact, PlanStep
from logreach.coverage.engine.judged import Volume
from logreach.coverage.network.techniques import DETECTION
from logreach.inventories.files.wording import noun
from logreach.inventories.reading.telling import telling_command
from logreach.reports.caveats import assumed_facts, faults_of
from logreach.reports.counts import achievable, applying, percent_text, totals
from logreach.reports.labels import LABEL_GROUPS, best_label, group_of
from logreach.reports.plan_steps import StepLine, rule_step_lines, step_lines
from logreach.reports.printing import safe
from logreach.reports.profile_names import first_few
from logreach.reports.reason_text import fact_name
from logreach.reports.scope import (
    as_of_text,
    hosts_text,
    pairs_applying,
    shown_hosts,
    techniques_text,
)
from logreach.reports.terminal.layout import (
    PAGE,
    Block,
    Row,
    fitted,
    listed,
    number_of,
    page,
    wrapped,
)
from logreach.reports.terminal.styles import STYLES

if TYPE_CHECKING:
    from rich.console import Console

_STEPS, _COMMANDS, _FAULTS = 3, 3, 2
_HOSTS = 2
_INDENT = 3


@dataclass(frozen=True, slots=True)
class Closing:
    """What the command knows and the assessment does not: where the reports lie, the command that
    lists every fault, whether tables follow, and the rows that the command itself prints."""

    reports: str = ""
    check: str = "logreach inventory check"
    verbose: bool = False
    own_rows: int = 0


def summary_rows(assessment: Assessment, console: Console, closing: Closing) -> list[Row]:
    """The summary of an assessment, row by row; faults belong on standard error."""
    summary = _Summary(assessment, console, closing)
    blocks: list[tuple[Block, int]] = [
        (summary.headline, 1),
        *([] if closing.verbose else [(summary.plan, _STEPS), (summary.rule_plan, 1)]),
        (summary.facts, _COMMANDS),
        (summary.every_fault if closing.verbose else summary.faults, _FAULTS),
        (summary.closing, 1),
    ]
    return page(blocks, console.width, PAGE - closing.own_rows)


def fault_rows(
    assessment: Assessment, console: Console, all_by: str, most: int | None = None
) -> list[Row]:
    """The faults of the input on standard error, at most so many of them; None: all, uncut."""
    faults = list(faults_of(assessment))
    if not faults:
        return []
    number = number_of(len(faults), "fault")
    rest = f" All: {all_by}" if most is not None and most < len(faults) else ""
    head = f"{number} in the input; what a fault hides counts as unknown.{rest}"
    rows = [Row(safe(head, 20_000), err=True, copied=True)]
    for fault in faults[:most]:
        text = safe(str(fault), 20_000)
        if most is None:
            rows.append(Row(Text("  ") + text, err=True, copied=True))
        else:
            room = 1 if len(faults) > 1 else 2
            rows += [Row(line, err=True) for line in fitted(text, console, room, 2)]
    return rows


class _Summary:
    """The parts of the summary, each of which says how much it leaves out."""

    def __init__(self, assessment: Assessment, console: Console, closing: Closing) -> None:
        self._assessment, self._console, self._closing = assessment, console, closing
        self._hosts = {profile.profile_id: profile.hosts for profile in assessment.profiles}

    def headline(self, _most: int) -> list[Row]:
        assessment = self._assessment
        scope = f"{assessment.inventory or 'inventory'}: {hosts_text(assessment)}"
        rows = fitted(safe(scope, style="bold"), self._console, 2)
        rows += fitted(safe(self._techniques()), self._console, 2)
        for answer in (self._answer(), self._rules(), self._limits()):
            rows += wrapped(answer, self._console) if answer.plain else []
        return [*map(Row, rows)]

    def _limits(self) -> Text:
        """How many profiles rest on assumed facts, and of how many received events are judged."""
        profiles = self._assessment.profiles
        assumed = sum(assumed_facts(profile) > 0 for profile in profiles)
        received = sum(bool(profile.events_on_host) for profile in profiles)
        parts = [
            f"{number:,} {words}"
            for number, words in (
                (assumed, f"{noun(assumed, 'rests', 'rest')} on assumed facts (Windows defaults)"),
                (received, f"{noun(received, 'is', 'are')} judged by what the collector receives"),
            )
            if number
        ]
        text = f"Of {number_of(len(profiles), 'profile')}, {', '.join(parts)}."
        return safe(text, style="dim") if parts else Text()

    def _techniques(self) -> str:
        """The techniques, and the day of the facts where one is told."""
        assessment = self._assessment
        words = techniques_text(assessment)
        if assessment.as_of is None:
            return words
        return f"{words}; facts as of {as_of_text(assessment.as_of, shown_hosts(assessment))}"

    def _answer(self) -> Text:
        """'Detection is achievable on 9.8 % of 430,120 pairs of a host and a technique, ...'."""
        counts = totals(self._assessment, DETECTION)
        pairs = applying(counts)
        if not pairs:
            return safe("No technique in scope applies to any host.")
        elsewhere = counts["achievable elsewhere"]
        text = safe("Detection: ")
        groups = dict.fromkeys(map(group_of, LABEL_GROUPS))
        for label in groups:
            if label == "not applicable" or label.endswith("elsewhere"):
                continue
            own = sum(number for key, number in counts.items() if _counted_as(key) == label)
            share = percent_text(own, pairs)
            text.append_text(Text(label, style=STYLES[label]))
            if label == "achievable":
                text.append(f" on {share} of {pairs:,} {_pairs(pairs)}")
                if elsewhere:
                    text.append(f" ({percent_text(elsewhere, pairs)} by what other hosts record)")
            else:
                text.append(f" on {share}")
            text.append("; ")
        text.right_crop(2)
        return text.append(".")

    def _rules(self) -> Text:
        """'Rules, by their best answer on any host: 812 of 2,407 achievable, ...'."""
        labels: dict[str, dict[str, int]] = {}
        for profile in self._assessment.profiles:
            for rule in profile.rules.values():
                own = labels.setdefault(rule.rule_id, {})
                own[rule.judged.verdict.label] = 1
        if not labels:
            return Text()
        best = [group_of(best_label(own)) for own in labels.values()]
        numbers = (f"{best.count(label):,} {label}" for label in LABEL_GROUPS if label in best)
        return safe(f"Rules: of {len(labels):,}, by the best host, {', '.join(numbers)}.")

    def plan(self, most: int) -> list[Row]:
        assessment = self._assessment
        steps = list(zip(step_lines(assessment), assessment.plan.steps, strict=True))
        if not steps:
            words = "Plan: no change that is known makes another detection achievable."
            return [*map(Row, wrapped(safe(words), self._console))] if self._pairs else []
        more = f"; {len(steps) - most:,} more: -v" if len(steps) > most else ""
        head = f"Plan, with the share achievable after each step (now {self._share}{more}):"
        rows = [Row(line) for line in wrapped(safe(head, style="bold"), self._console)]
        for line, step in steps[:most]:
            lead = f"{line.number}. {line.share_text}"
            rows += self._step(lead, line, step, 2 if most > 1 else 1)
        return rows

    @property
    def _pairs(self) -> int:
        return pairs_applying(self._assessment)

    @property
    def _share(self) -> str:
        """The share of the pairs on which detection is achievable now."""
        counts = totals(self._assessment, DETECTION)
        return percent_text(achievable(counts), applying(counts))

    def rule_plan(self, _most: int) -> list[Row]:
        """The first step for rules, where rules were given."""
        assessment = self._assessment
        for line, step in zip(rule_step_lines(assessment), assessment.rule_plan.steps, strict=True):
            rules = number_of(len(line.rules), "rule")
            lead = f"For rules first, {line.share_text} of their weight ({rules})"
            return self._step(lead, line, step, 1)
        return []

    def _step(self, lead: str, line: StepLine, step: PlanStep, room: int) -> list[Row]:
        """The changes of a step on so many rows at most, and what they cost on one."""
        names = [name for key in step.profiles for name in self._hosts.get(key, ())]
        hosts = number_of(line.hosts, "host")
        where = f"; {first_few(names, _HOSTS)}" if names else ""
        titles = titles_together(line.titles)
        changes = listed(f"{lead}: ", titles, self._console, room, _INDENT, " ")
        cost = safe(f"{hosts}; cost: {self._cost(step)}{where}", style="dim")
        return [*map(Row, changes), *map(Row, fitted(cost, self._console, 1, _INDENT + 2))]

    def _cost(self, step: PlanStep) -> str:
        remedies = [self._assessment.remedies[place].remedy for place in step.remedies]
        costs = list(dict.fromkeys(remedy.cost for remedy in remedies if remedy.cost))
        in_words = step.volume is Volume.UNKNOWN or any("volume" in cost for cost in costs)
        volume = "" if in_words else f"event volume {step.volume}"
        return "; ".join(filter(None, [volume, *costs])) or "no source says"

    def facts(self, most: int) -> list[Row]:
        missing = self._assessment.missing
        if not missing:
            return []
        commands = _by_command(missing)
        verdicts = sum(fact.verdicts + fact.rules for fact in missing)
        head = f"Missing: {number_of(len(missing), 'fact')}, which {verdicts:,} answers wait for"
        if not commands:
            words = f"{head}; no command of Windows tells them."
            return [*map(Row, wrapped(safe(words, style="bold"), self._console))]
        rows = [Row(line) for line in wrapped(safe(f"{head}. Run:", style="bold"), self._console)]
        for command, facts in commands[:most]:
            rows.append(Row(safe(f"   {command}", 20_000), copied=True))
            rows += map(Row, self._told_by(facts))
        return rows

    def _told_by(self, facts: Sequence[MissingFact]) -> list[Text]:
        """What a command tells, and of which hosts."""
        ids = dict.fromkeys(key for fact in facts for key in fact.profiles)
        names = [name for key in ids for name in self._hosts.get(key, ())]
        where = f" on {first_few(names, _HOSTS)}" if names else ""
        first = fact_name(facts[0].key, facts[0].title)
        which = f", first {first}" if len(facts) > 1 else f": {first}"
        words = f"tells {number_of(len(facts), 'fact')}{where}"
        whole = wrapped(safe(f"{words}{which}"), self._console, _INDENT + 2)
        return whole if len(whole) == 1 else fitted(safe(words), self._console, 1, _INDENT + 2)

    def every_fault(self, _most: int) -> list[Row]:
        return fault_rows(self._assessment, self._console, self._closing.check)

    def faults(self, most: int) -> list[Row]:
        return fault_rows(self._assessment, self._console, self._closing.check, most)

    def closing(self, _most: int) -> list[Row]:
        words = self._closing.reports
        rows = [*map(Row, wrapped(safe(words, 20_000), self._console))] if words else []
        if self._closing.verbose:
            return rows
        more = "More: -v for every table and fault; logreach explain NAME for one verdict."
        return [*rows, *map(Row, wrapped(safe(more, style="dim"), self._console))]


def _counted_as(label: str) -> str:
    """The label of four that a label counts under in the headline."""
    return group_of(label.removesuffix(" elsewhere"))


def _pairs(number: int) -> str:
    return "pair of a host and a technique" if number == 1 else "pairs of a host and a technique"


def titles_together(titles: Sequence[str]) -> list[str]:
    """Titles of changes; what several begin with ('Sysmon configuration: ') stands once."""
    kinds: dict[str, list[str]] = {}
    for title in titles:
        kind, colon, name = title.partition(": ")
        kinds.setdefault(f"{kind}{colon}", []).append(name)
    texts = []
    for kind, names in kinds.items():
        texts += [f"{kind}{names[0]}", *names[1:]]
    return texts


def _by_command(missing: Sequence[MissingFact]) -> list[tuple[str, list[MissingFact]]]:
    """The commands that tell missing facts, those first that tell most."""
    told: dict[str, list[MissingFact]] = {}
    for fact in missing:
        command = telling_command(fact.key)
        if command is not None:
            told.setdefault(str(command), []).append(fact)
    weights = {
        command: sum(fact.verdicts + fact.rules for fact in facts)
        for command, facts in told.items()
    }
    return sorted(told.items(), key=lambda item: (-weights[item[0]], item[0]))
