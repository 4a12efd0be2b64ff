"""A small assessment made by hand: every label, and data that would like to be code."""

from __future__ import annotations

from dataclasses import replace

from logreach.coverage.assessment.result import (
    AnalyticResult,
    Assessment,
    ComponentResult,
    Detection,
    FactView,
    FleetTechnique,
    MissingFact,
    Plan,
    PlannedRemedy,
    PlanStep,
    Profile,
    RuleRollup,
    RuleSummary,
    TechniqueResult,
    Way,
    WayKind,
)
from logreach.coverage.engine.judged import Judged, Reason, Remedy
from logreach.coverage.engine.tree import Branch
from logreach.coverage.engine.verdict import (
    NO,
    NOT_APPLICABLE,
    PARTIAL,
    UNKNOWN,
    UNKNOWN_AT_BEST_PARTIAL,
    YES,
    Level,
    Verdict,
)
from logreach.coverage.network.techniques import DETECTION, QUESTIONS
from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Conflict, Statement
from logreach.inventories.files.evidence import Evidence, InputFile
from logreach.inventories.files.faults import Fault
from logreach.inventories.windows.facts import AUDIT, CHANNEL, SACL, SETTING, SYSMON, AuditSetting

AT_LEAST_PARTIAL = Verdict.of(Level.PARTIAL, Level.YES)
ALL_VERDICTS = (
    YES,
    PARTIAL,
    AT_LEAST_PARTIAL,
    UNKNOWN,
    UNKNOWN_AT_BEST_PARTIAL,
    NO,
    NOT_APPLICABLE,
)

SHA = "ab" * 32
LONG = "Überlang " + "x" * 40_000
FORMULA = "=cmd|'/c calc'!A0"
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>"
CONTROL = "bell\x07 null\x00 escape\x1b[31m turn\u202eround lone\udc80 del\x7f"
HOSTILE = (FORMULA, "+1", "@x", "-1", "\t=1+1", "_x0041_", MARKUP, CONTROL, "日本語 Ñ 😀")

PROCESS_CREATION = AUDIT("0CCE922B-69AE-11D9-BED3-505054503030")
COMMAND_LINE = SETTING("process_creation_command_line")

EVIDENCE = Evidence("ws/auditpol.csv", SHA, "line 12", "Process Creation,Success")
AUDIT_REMEDY = Remedy(
    PROCESS_CREATION,
    AuditSetting(success=True, failure=False),
    "Turn on Success auditing of Process Creation",
    "Medium to high event volume",
)
LINE_REMEDY = Remedy(
    COMMAND_LINE, value=True, text="Turn on 'Include command line in process creation events'"
)


def _audit(verdict: Verdict, text: str, remedy: Remedy | None = None) -> Reason:
    return Reason(
        "audit policy",
        "Security:4688",
        verdict,
        text,
        (EVIDENCE,),
        remedy,
        "https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4688",
    )


AUDIT_ON = _audit(YES, "Process Creation is audited for Success")
AUDIT_OFF = _audit(NO, "Process Creation is not audited", AUDIT_REMEDY)
NO_SACL = Reason(
    "object SACL",
    "Security:4657",
    UNKNOWN_AT_BEST_PARTIAL,
    "needs a Set Value audit entry on the key; shows values only",
    missing=SACL(r"HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES"),
    reference="facts/windows-events.csv",
)
LINE_UNKNOWN = Reason(
    "setting",
    "Security:4688/CommandLine",
    UNKNOWN,
    "the inventory does not say whether the command line is included",
    remedy=LINE_REMEDY,
    missing=COMMAND_LINE,
)
ELSEWHERE = Reason(
    "elsewhere",
    "Security:4769",
    YES,
    "Security:4769 is recorded by hosts of the role domain controller: achievable on DC",
)
NOT_HERE = Reason("os", "T1543.004", NOT_APPLICABLE, "no platform of this technique is Windows")


def _judged(verdict: Verdict, *reasons: Reason) -> Judged:
    return Judged(verdict, reasons)


def _hostile_reasons() -> tuple[Reason, ...]:
    return tuple(
        Reason(text, text, verdict, text, (Evidence(text, "", text, text),), None, text)
        for text, verdict in zip(HOSTILE, (*ALL_VERDICTS, NO, YES), strict=True)
    )


def _component(name: str, verdict: Verdict, *reasons: Reason) -> ComponentResult:
    judged = Judged(verdict, reasons)
    return ComponentResult(
        name,
        judged,
        operations={"created by the same user": judged, "created under another token": judged},
        via={"Security:4688": judged, "Security:4696": _judged(NO, NOT_HERE)},
    )


def _technique(
    key: str, name: str, tactics: tuple[str, ...], detection: Detection, lower: Judged, n: int
) -> TechniqueResult:
    own = Judged(detection.here, detection.judged.reasons)
    narrowed = ComponentResult(
        "Windows Registry Key Modification",
        _judged(UNKNOWN_AT_BEST_PARTIAL, NO_SACL),
        {"value set": _judged(UNKNOWN_AT_BEST_PARTIAL, NO_SACL)},
        {"Security:4657": _judged(UNKNOWN_AT_BEST_PARTIAL, NO_SACL)},
    )
    return TechniqueResult(
        key,
        name,
        tactics,
        detection,
        visibility=own,
        analytic=lower,
        analytic_by_any_event=own,
        score=(0.25, 1 / 3) if own.verdict.applicable else None,
        components={
            "Process Creation": _component("Process Creation", own.verdict, AUDIT_ON),
            "Windows Registry Key Modification": narrowed,
        },
        analytics={f"AN{n:04}": AnalyticResult(f"AN{n:04}", lower, own, (MARKUP,))},
    )


def _detection(judged: Judged, here: Verdict, n: int) -> Detection:
    """A way by the event itself, and, where something holds, ways in part."""
    verdict = judged.verdict
    if not verdict.applicable:
        return Detection(judged, here)
    ways = [_direct("Security:4688", verdict)]
    if here is not verdict:
        ways = [_direct("Security:4769", verdict, ("DC",))]
    elif verdict is PARTIAL:
        ways = [_direct("Security:4688", NO)]
    if verdict.proven > Level.NO:
        text = "3 of 4 data components; lacking Module Load"
        holds, lacks = ("Security:4688", "Sysmon:1"), ("Sysmon:7",)
        name = f"AN{n:04}"
        ways.append(
            Way(WayKind.ANALYTIC, name, PARTIAL, text, holds, lacks, (), ("Windows", "Sysmon"))
        )
        holds = (FORMULA, "Security:4688")
        ways.append(
            Way(WayKind.RULES, "rules", PARTIAL, "rules 1 of 2", holds, (MARKUP,), (), ("Windows",))
        )
    return Detection(judged, here, tuple(ways))


def _direct(event: str, verdict: Verdict, hosts: tuple[str, ...] = ()) -> Way:
    held = verdict.proven > Level.NO
    holds, lacks = ((event,), ()) if held else ((), (event,))
    act = f"act of {event} recorded"
    return Way(WayKind.DIRECT, event, verdict, act, holds, lacks, hosts, ("Windows",), direct=True)


def _techniques(first: Verdict) -> dict[str, TechniqueResult]:
    found = {
        "T1543": ("Create or Modify System Process", first),
        "T1543.003": ("Windows Service", AT_LEAST_PARTIAL),
        "T1059.001": ("PowerShell", UNKNOWN),
        "T1112": ("Modify Registry", UNKNOWN_AT_BEST_PARTIAL),
        "T1547.001": ("Registry Run Keys / Startup Folder", PARTIAL),
        "T1003.001": ("LSASS Memory", NO),
        "T1543.004": ("Launch Daemon", NOT_APPLICABLE),
    }
    tactics = ("persistence", "privilege-escalation")
    reasons = {YES: AUDIT_ON, NO: AUDIT_OFF, NOT_APPLICABLE: NOT_HERE, UNKNOWN: LINE_UNKNOWN}
    results = {}
    for place, (key, (name, verdict)) in enumerate(found.items()):
        judged = _judged(verdict, reasons.get(verdict, NO_SACL), AUDIT_ON)
        lower = _judged(NO, AUDIT_OFF) if verdict.applicable else judged
        detection = _detection(judged, verdict, place)
        results[key] = _technique(key, name, tactics, detection, lower, place)
    there = {
        "T1558.003": ("Kerberoasting", YES, NO),
        "T1003.006": ("DCSync", PARTIAL, NO),
    }
    for place, (key, (name, verdict, here)) in enumerate(there.items(), len(found)):
        detection = _detection(_judged(verdict, ELSEWHERE), here, place)
        lower = _judged(NO, AUDIT_OFF)
        results[key] = _technique(key, name, tactics, detection, lower, place)
    return results


def _profile(profile_id: str, hosts: tuple[str, ...], count: int, first: Verdict) -> Profile:
    hostile = _hostile_reasons()
    decided = AUDIT_ON if first is YES else AUDIT_OFF
    events = {"Security:4688": _judged(first, decided), "Security:4657": _judged(NO, NO_SACL)}
    events |= {f"Test:{n}": _judged(reason.verdict, reason) for n, reason in enumerate(hostile)}
    kept = Statement(PROCESS_CREATION, AuditSetting(True, False), EVIDENCE)
    dropped = Statement(PROCESS_CREATION, AuditSetting(False, False), EVIDENCE, Strength.POLICY)
    return Profile(
        profile_id,
        hosts,
        count,
        os="Windows 11 23H2 (build 22631)",
        role="workstation",
        facts=(
            FactView(
                PROCESS_CREATION,
                "known",
                "Success",
                (EVIDENCE,),
                "audit subcategory Process Creation",
            ),
            FactView(COMMAND_LINE, "unknown", "the inventory does not say"),
            FactView(CHANNEL(FORMULA), "assumed", "on"),
        ),
        events=events,
        attributes={
            "Security:4688/CommandLine": _judged(UNKNOWN, LINE_UNKNOWN),
            "Security:4688/NewProcessName": _judged(first, decided),
            "Security:4688/ProcessId": _judged(first),
            "Security:4688/Unlike": _judged(UNKNOWN),
            f"Test:1/{MARKUP}": _judged(NO, *hostile),
        },
        components={
            "Process Creation": _component("Process Creation", first, decided),
            "Windows Registry Key Modification": _component(
                "Windows Registry Key Modification", UNKNOWN_AT_BEST_PARTIAL, NO_SACL
            ),
        },
        techniques=_techniques(first),
        rules={
            "r-1": RuleSummary(
                "r-1",
                FORMULA,
                "high",
                "rules/=1.yml",
                ("active",),
                _judged(PARTIAL, LINE_UNKNOWN),
                ("T1543.003",),
                "windows/process_creation",
                ("selection_2",),
                ("CommandLine",),
            )
        },
        events_on_host={key: _judged(YES, AUDIT_ON) for key in events} if first is NO else {},
        rules_by_technique={"T1543.003": RuleRollup({"conditional": 1}, {"conditional": 3.0})},
        conflicts=(Conflict(PROCESS_CREATION, kept, dropped),),
        faults=(Fault("unknown word 'Erfolk'", "ws/auditpol.csv", "line 3", "Use the tool."),),
    )


def fleet_of(profiles: tuple[Profile, ...]) -> dict[str, FleetTechnique]:
    """Each technique over all hosts, counted plainly."""
    fleet = {}
    for key, first in profiles[0].techniques.items():
        counts: dict[str, dict[str, int]] = {}
        for question in QUESTIONS:
            tally = counts.setdefault(question, {})
            for profile in profiles:
                label = profile.techniques[key].label(question)
                tally[label] = tally.get(label, 0) + profile.count
        tally = counts[DETECTION]
        whole = sum(number for label, number in tally.items() if label != "not applicable")
        achieved = tally.get("achievable", 0) + tally.get("achievable elsewhere", 0)
        share = achieved / whole if whole else None
        fleet[key] = FleetTechnique(
            key, first.name, first.tactics, **counts, achievable_share=share
        )
    return fleet


def sample() -> Assessment:
    """Two profiles, 902 hosts, nine techniques, one of each label."""
    profiles = (
        _profile("P1", ("WS", "日本-01"), 850, YES),
        replace(_profile("P2", (FORMULA, MARKUP), 52, NO), os="Windows Server 2008 SP2"),
    )
    long_note = ("Very long", LONG)
    return Assessment(
        version="0.1.0",
        attack_version="18.1",
        inventory=MARKUP,
        scope="tactic persistence",
        inputs=(InputFile("inventory.yaml", SHA), InputFile(FORMULA, SHA)),
        profiles=profiles,
        fleet=fleet_of(profiles),
        remedies=(
            PlannedRemedy(
                AUDIT_REMEDY,
                ("P2",),
                52,
                104,
                {"T1543": "detection: not achievable -> achievable", "T1543.003": MARKUP},
            ),
            PlannedRemedy(LINE_REMEDY, ("P1", "P2"), 902, 12, {"T1059.001": FORMULA}),
        ),
        missing=(
            MissingFact(
                COMMAND_LINE, ("P1", "P2"), "the inventory does not say", 7, "setting Command line"
            ),
            MissingFact(SYSMON, ("P2",), FORMULA, 2),
        ),
        tactics=(
            ("persistence", "Persistence"),
            ("privilege-escalation", "Privilege Escalation"),
            ("impact", "Impact"),
        ),
        faults=(Fault("file not found", FORMULA, "hosts[3].audit_policy", "Check the path."),),
        notes=(("Not parsed", "3 log source references name no event."), long_note),
    )


def with_rule_gains() -> Assessment:
    """The same with gains of rules: by each change, in a step, and behind a missing fact."""
    first, second = planned().remedies
    rising = {"not achievable -> achievable": ("r-1", "r-2"), "unknown -> achievable": ("r-1",)}
    step = PlanStep((0,), ("P2",), 52, 156.5, 300, (), ("r-1", "r-2"), 156.5)
    missing, *others = planned().missing
    return replace(
        planned(),
        remedies=(replace(first, rules_raised=rising, rule_gain=156.5), second),
        rule_plan=Plan((step,), pairs=600, open=12.5),
        missing=(replace(missing, rules=902), *others),
    )


def planned() -> Assessment:
    """The same with a plan: one step of two changes, and pairs that no change reaches."""
    step = PlanStep((0, 1), ("P1", "P2"), 902, 104, 2_000, ("T1543", "T1543.003"))
    return replace(sample(), plan=Plan((step,), pairs=5_412, open=3))


def empty() -> Assessment:
    """Nothing was assessed at all."""
    return Assessment("0.1.0", "18.1", "", "", (), (), {}, (), (), ())


def branch() -> Branch:
    """A chain with a broken link, data like markup and a nested note."""
    leaf = Branch("audit policy", None, NO, (AUDIT_OFF,))
    strange = Branch("[bold]x[/bold] \x1b[31m", None, UNKNOWN, (LINE_UNKNOWN,), (), "partial")
    event = Branch("Security:4688", _judged(NO, AUDIT_OFF), NO, (), (leaf, strange), "all of")
    other = Branch("Launch daemon", None, NOT_APPLICABLE, (NOT_HERE,))
    return Branch("T1543 Create or Modify System Process", None, NO, (), (event, other), "any of")
