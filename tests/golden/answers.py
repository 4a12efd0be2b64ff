"""Turn `assessment.json` into frozen lines, each of them one statement.

Answers are what must not change: verdicts, reasons by (link, subject, verdict), evidence places,
facts, remedies, the plan. Texts are the words in which they are told.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from golden.runs import WITHOUT_RULES, Run

Json = Mapping[str, Any]
QUESTIONS = ("detection", "visibility", "analytic", "analytic_by_any_event")
WHOLE = "all"  # in place of a profile, for what is said of the whole inventory

_SHORT_LABELS = {
    "achievable": "yes",
    "achievable elsewhere": "yes elsewhere",
    "conditional": "partial",
    "conditional elsewhere": "partial elsewhere",
    "unknown, at least conditional": "partial..yes",
    "unknown": "no..yes",
    "unknown, at best conditional": "no..partial",
    "not achievable": "no",
    "not applicable": "n/a",
}


class Statement(NamedTuple):
    """One thing that an assessment says: of what kind, about what, and what."""

    kind: str
    subject: str
    value: str


@dataclass
class Statements:
    """What assessments say, each statement with the (variant, profile) pairs that it holds for;
    `contradictions` are techniques out of reach for which a rule can fire."""

    answers: dict[Statement, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    texts: dict[Statement, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    contradictions: list[str] = field(default_factory=list)


def statements_of(runs: Mapping[str, Run], *, hide_texts: bool, texts_of: set[str]) -> Statements:
    """All that the runs of one inventory say; texts are kept of the variants in `texts_of` only.

    Texts of runs with rules may quote a rule, and `hide_texts` says that all may quote third-party
    files: of such texts only hashes are kept.
    """
    statements = Statements()
    for variant, run in runs.items():
        hidden = hide_texts or variant != WITHOUT_RULES
        _Recorder(statements, variant, run, hidden, variant in texts_of).record()
    return statements


def verdict_of(verdict: Json) -> str:
    """A verdict in short: proven..possible, or one word where both are equal."""
    return _SHORT_LABELS[verdict["label"]]


def remedy_name(remedy: Json) -> str:
    """What identifies a remedy: fact, value and title."""
    return f"{remedy['fact']}={remedy['value']} [{remedy['title']}]"


def _places(evidence: Iterable[Json]) -> str:
    return ", ".join(f"{one['source']} {one['where']}".strip() for one in evidence)


def _reason_name(reason: Json) -> str:
    return f"{reason['link']} {reason['subject']} {verdict_of(reason['verdict'])}"


def _counts(labels: Json) -> str:
    return ", ".join(f"{_SHORT_LABELS[label]} {n}" for label, n in labels.items() if n)


def _flat(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")


def _hash(text: str) -> str:
    return "#" + hashlib.sha256(text.encode()).hexdigest()[:8]


@dataclass
class _Recorder:
    """Writes down what one run says."""

    statements: Statements
    variant: str
    run: Run
    hides_texts: bool
    keeps_texts: bool

    def record(self) -> None:
        self.answer("run", "exit code", str(self.run.exit_code))
        if self.run.document is None:
            self.text("error", "standard error", self.run.errors)
            return
        document = self.run.document
        _WholeInventory(self, document).record()
        for profile in document["profiles"]:
            _Profile(self, document["reasons"], profile).record()

    def answer(self, kind: str, subject: str, value: str, profile: str = WHOLE) -> None:
        statement = Statement(kind, _flat(subject), _flat(value))
        self.statements.answers[statement].add((self.variant, profile))

    def text(self, kind: str, subject: str, text: str, profile: str = WHOLE) -> None:
        if not text or not self.keeps_texts:
            return
        value = _hash(text) if self.hides_texts else _flat(text)
        statement = Statement(kind, _flat(subject), value)
        self.statements.texts[statement].add((self.variant, profile))

    def fault(self, fault: Json, profile: str) -> None:
        place = f"{fault['source']} {fault['where']}".strip()
        self.answer("fault", place, "", profile)
        self.text("fault", place, f"{fault['message']}. {fault['hint']}", profile)


@dataclass
class _WholeInventory:
    """Records what an assessment says of the inventory as a whole."""

    recorder: _Recorder
    document: Json

    def record(self) -> None:
        self._summary()
        self._fleet()
        self._remedies()
        self._plan()
        self._missing()
        for fault in self.document["faults"]:
            self.recorder.fault(fault, WHOLE)
        for number, note in enumerate(self.document["notes"]):
            self.recorder.text("note", f"{number:02} {note['heading']}", note["text"])

    def _summary(self) -> None:
        answer, document = self.recorder.answer, self.document
        for key in ("schema_version", "attack_version", "inventory", "scope"):
            answer("document", key, str(document[key]))
        answer("document", "questions", ", ".join(document["questions"]))
        answer("document", "tactics", ", ".join(tactic["id"] for tactic in document["tactics"]))
        for item in document["inputs"]:
            answer("input", item["path"], item["sha256"][:12])
        summary = document["summary"]
        answer("summary", "hosts", str(summary["hosts"]))
        answer("summary", "techniques", str(summary["techniques"]))
        for question, labels in summary["verdicts"].items():
            answer("summary", question, _counts(labels))

    def _fleet(self) -> None:
        for identity, technique in self.document["fleet"].items():
            for question in QUESTIONS:
                counts = _counts(technique[question])
                self.recorder.answer("fleet", f"{identity} {question}", counts)
            share = f"{technique['achievable_share']} of hosts; {', '.join(technique['tactics'])}"
            self.recorder.answer("fleet", f"{identity} achievable", share)

    def _remedies(self) -> None:
        before = "(first)"
        for remedy in self.document["remedies"]:
            name = remedy_name(remedy)
            gain = f"gain {remedy['gain']}, hosts {remedy['hosts']}"
            needless = ", needless" if remedy["needless"] else ""
            profiles = " ".join(remedy["profiles"])
            self.recorder.answer("remedy", name, f"{gain} in {profiles}{needless}")
            self.recorder.answer("remedy order", name, f"after {before}")
            for technique, rise in remedy["raised"].items():
                self.recorder.answer("remedy raises", f"{name} {technique}", rise)
            self.recorder.text("remedy", name, f"{remedy['text']} | {remedy['cost']}")
            before = name

    def _plan(self) -> None:
        plan, answer = self.document["plan"], self.recorder.answer
        names = [remedy_name(remedy) for remedy in self.document["remedies"]]
        answer("plan", "pairs", str(plan["pairs"]))
        answer("plan", "open", str(plan["open"]))
        for number, step in enumerate(plan["steps"], 1):
            subject = f"step {number:02}"
            answer("plan", f"{subject} remedies", "; ".join(names[i] for i in step["remedies"]))
            answer("plan", f"{subject} techniques", " ".join(step["techniques"]))
            figures = f"gain {step['gain']}, hosts {step['hosts']}, sum {step['achievable']}"
            answer("plan", subject, f"{figures} in {' '.join(step['profiles'])}")
        for profile, by_technique in plan["least"].items():
            for technique, remedies in by_technique.items():
                changes = "; ".join(names[i] for i in remedies)
                answer("least change", technique, changes, profile)

    def _missing(self) -> None:
        before = "(first)"
        for missing in self.document["missing"]:
            fact = missing["fact"]
            where = " ".join(missing["profiles"])
            self.recorder.answer("missing", fact, f"{missing['verdicts']} verdicts in {where}")
            self.recorder.answer("missing order", fact, f"after {before}")
            self.recorder.text("missing", fact, f"{missing['title']}: {missing['reason']}")
            before = fact


@dataclass
class _Profile:
    """Records what an assessment says of one profile."""

    recorder: _Recorder
    reasons: list[Json]
    profile: Json
    names: dict[int, str] = field(default_factory=dict)

    def record(self) -> None:
        self._facts()
        self._events()
        self._components()
        for identity, technique in self.profile["techniques"].items():
            self._technique(identity, technique)
        self._rules()

    def _answer(self, kind: str, subject: str, value: str) -> None:
        self.recorder.answer(kind, subject, value, self.profile["id"])

    def _text(self, kind: str, subject: str, text: str) -> None:
        self.recorder.text(kind, subject, text, self.profile["id"])

    def _facts(self) -> None:
        profile = self.profile
        system, role = _without_why(profile["os"]), _without_why(profile["role"])
        hosts = f"{profile['count']} x {', '.join(profile['hosts'])}"
        self._answer("profile", profile["id"], f"{hosts}; {system}; {role}")
        for fact in profile["facts"]:
            unknown = fact["state"] == "unknown"
            value = "" if unknown else f" {fact['value']}"
            place = f" ({_places(fact['evidence'])})"
            self._answer("fact", fact["fact"], fact["state"] + value + place)
            self._text("fact", fact["fact"], fact["title"] + (fact["value"] if unknown else ""))
        for conflict in profile["conflicts"]:
            sides = (f"{side} {_side(conflict[side])}" for side in ("kept", "dropped"))
            self._answer("conflict", conflict["fact"], "; ".join(sides))
        for fault in profile["faults"]:
            self.recorder.fault(fault, profile["id"])

    def _events(self) -> None:
        profile = self.profile
        for key, event in profile["events"].items():
            self._judged("event", key, event)
        for key, event in profile["events_on_host"].items():
            self._judged("event on host", key, event)
        for key, verdict in profile["attributes"].items():
            listed = {"verdict": verdict, "reason_ids": profile["attribute_reason_ids"][key]}
            self._judged("attribute", key, listed)

    def _components(self) -> None:
        for name, component in self.profile["components"].items():
            self._judged("component", name, component)
            self._parts("component", name, component)

    def _parts(self, kind: str, name: str, component: Json) -> None:
        for part in ("operations", "via"):
            for subject, judged in component.get(part, {}).items():
                self._judged(f"{kind} {part}", f"{name} / {subject}", judged)

    def _technique(self, identity: str, technique: Json) -> None:
        for question in QUESTIONS:
            ids = technique["reason_ids"][question]
            listed = {"verdict": technique[question], "reason_ids": ids}
            self._judged("technique", f"{identity} {question}", listed)
        detection = technique["detection"]
        told = f"depth {detection['depth']}, by {', '.join(detection['sensors']) or 'none'}"
        if detection["where"]:
            told += f", recorded by {', '.join(detection['where'])}"
        self._answer("technique depth", identity, told)
        score = technique["score"]
        told = f"{score['proven']}..{score['possible']}" if score else "none"
        self._answer("technique score", identity, told)
        for name, component in technique["components"].items():
            subject = f"{identity} / {name}"
            kind = "narrowed" if component["narrowed"] else "whole"
            self._judged(f"technique component {kind}", subject, component)
            self._parts("technique component", subject, component)
        for name, analytic in technique["analytics"].items():
            subject = f"{identity} / {name}"
            self._judged("analytic as named", subject, analytic["as_named"])
            self._judged("analytic by any event", subject, analytic["by_any_event"])
            self._answer("analytic unparsed", subject, str(len(analytic["unparsed"])))

    def _rules(self) -> None:
        for identity, rule in self.profile["rules"].items():
            dead = [self._dead_branch(branch) for branch in rule["dead_branches"]]
            details = [
                f"state {' '.join(rule['state'])}",
                f"dead {len(dead)} ({' '.join(dead)})",
                f"missing {' '.join(rule['missing_fields'])}",
            ]
            self._judged("rule", identity, rule, "; ".join(details) + " | ")
            self._against_techniques(identity, rule)
            self._answer("rule itself", identity, _rule_itself(rule))
            words = f"{rule['title']} | {rule['reason']} | {rule['dead_branches']}"
            self._text("rule", identity, words)
        for identity, rollup in self.profile["rules_by_technique"].items():
            weights = _counts(rollup["weights"])
            told = f"{_counts(rollup['counts'])}; weights {weights}"
            self._answer("rules of technique", identity, told)

    def _against_techniques(self, identity: str, rule: Json) -> None:
        """No technique is out of reach while a rule for it can fire. (Of a tag that stands for several
        techniques nothing may tell which is meant: such a technique is unknown.)"""
        if rule["verdict"]["proven"] == "no":
            return
        for technique in rule["techniques"]:
            listed = self.profile["techniques"].get(technique)
            label = listed["detection"]["label"] if listed else "not applicable"
            if label == "not achievable":
                place = f"{self.recorder.variant} {self.profile['id']}"
                self.recorder.statements.contradictions.append(
                    f"{place}: {technique} is {label}, though the rule "
                    f"{identity} is {rule['verdict']['label']}"
                )

    def _dead_branch(self, branch: str) -> str:
        """The events that a dead branch names; its words may quote the rule."""
        words = (word.strip("(),;") for word in branch.split())
        return "+".join(sorted({word for word in words if word in self.profile["events"]}))

    def _judged(self, kind: str, subject: str, judged: Json, details: str = "") -> None:
        reasons = judged.get("reasons")
        if reasons is None:
            reasons = [self.reasons[i] for i in judged["reason_ids"]]
        names = [self._reason(reason) for reason in reasons]
        value = f"{verdict_of(judged['verdict'])} | {details}{'; '.join(names)}"
        self._answer(kind, subject, value)

    def _reason(self, reason: Json) -> str:
        """The name of a reason, which is recorded the first time that the profile gives it."""
        if id(reason) not in self.names:
            self.names[id(reason)] = _reason_name(reason)
            self._record_reason(reason)
        return self.names[id(reason)]

    def _record_reason(self, reason: Json) -> None:
        name = _reason_name(reason)
        remedy = remedy_name(reason["remedy"]) if reason["remedy"] else "none"
        missing = reason["missing"] or "none"
        places = _places(reason["evidence"]) or "none"
        self._answer("reason", name, f"missing {missing}; remedy {remedy}; evidence {places}")
        quotes = " / ".join(one["quote"] for one in reason["evidence"])
        words = f"{reason['text']} | {reason['reference']} | {quotes}"
        if reason["remedy"]:
            words += f" | {reason['remedy']['text']} | {reason['remedy']['cost']}"
        self._text("reason", name, words)


def _without_why(fact: str) -> str:
    """A fact without the words that say why it is unknown: these are recorded as a text."""
    return "unknown" if fact.startswith("unknown") else fact


def _side(statement: Json) -> str:
    places = _places([statement["evidence"]])
    return f"{statement['value']} as {statement['strength']} ({places})"


def _rule_itself(rule: Json) -> str:
    techniques = " ".join(rule["techniques"])
    return f"{rule['level']}; {rule['log_source']}; {techniques}; {rule['source']}"
