"""Single prerequisites and the facts of a host, out of the words of a YAML case.

Whatever these tests need of the code under test is imported here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import gpo_files
import hosts
import support

from logreach.coverage.engine.graph import Prerequisite
from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.leaves import PerHost, ReadsSome
from logreach.coverage.engine.verdict import Level
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.forwarding.prerequisite import Forwarded
from logreach.coverage.platforms.registry import sensors
from logreach.coverage.platforms.sysmon.prerequisites import (
    SysmonFillsField,
    SysmonHashes,
    SysmonKeeps,
    SysmonKnows,
    SysmonRuns,
)
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.coverage.platforms.windows.knowledge.model import (
    Channel,
    Event,
    Layout,
    Setting,
    Span,
)
from logreach.coverage.platforms.windows.prerequisites.audit import Audited
from logreach.coverage.platforms.windows.prerequisites.os import HasRole, OsFillsField, OsWrites
from logreach.coverage.platforms.windows.prerequisites.sacl import ObjectAudited
from logreach.coverage.platforms.windows.prerequisites.settings import ChannelOn, LogFull, SettingOn
from logreach.coverage.platforms.windows.sacls import AccessNeed
from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Facts, Known, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import Fault
from logreach.inventories.forwarding.subscriptions import (
    FORWARDING,
    Altered,
    Forwarding,
    Query,
    Subscription,
)
from logreach.inventories.windows.facts import (
    AUDIT_ORIGINS,
    CHANNEL,
    FAMILIES,
    SACL,
    AuditOrigin,
    AuditOrigins,
    ChannelState,
    Sacl,
)

Words = Mapping[str, Any]
_FAMILIES = {str(family): family for family in (*FAMILIES, FORWARDING.family)}


def key_of(text: str) -> FactKey[object]:
    """A fact's name: 'channel:Security', 'os'."""
    family, _, name = text.partition(":")
    return _FAMILIES[family](name)


def facts_of(words: Words) -> Facts:
    """As `hosts.facts`, besides: `sizes` and `retention` of channels of which nothing else is told,
    `sacls`,
    `assumed` facts, and those that are `unreadable` or `untold` for a reason; `subscriptions`, and what is
    `incomplete` of them; and the `origin` of Process Creation's audit policy."""
    facts = hosts.facts(words)
    known = dict(facts.known)
    for name, size in words.get("sizes", {}).items():
        state = hosts.statement(CHANNEL, name, ChannelState(max_bytes=size))
        known.update(Facts.of([state]).known)
    for name, retention in words.get("retention", {}).items():
        state = hosts.statement(CHANNEL, name, ChannelState(retention=retention))
        known.update(Facts.of([state]).known)
    if "subscriptions" in words:
        told = tuple(_subscription(one) for one in words["subscriptions"])
        forwarding = Forwarding(told, tuple(words.get("incomplete", ())))
        evidence = Evidence("test", "d1")
        known[FORWARDING] = Known(forwarding, (evidence,))
    if "origin" in words:
        origins = hosts.statement(AUDIT_ORIGINS.family, "", _origins(words["origin"]))
        known.update(Facts.of([origins]).known)
    for name, sddl in words.get("sacls", {}).items():
        sacl = hosts.statement(SACL, name, Sacl(support.aces_of(sddl) if sddl else ()))
        known.update(Facts.of([sacl]).known)
    if words.get("assumed"):
        known = {key: replace(fact, strength=Strength.ASSUMED) for key, fact in known.items()}
    missing = {
        key_of(text): Missing(reason, Fault(reason))
        for text, reason in words.get("unreadable", {}).items()
    }
    missing |= {key_of(text): Missing(reason) for text, reason in words.get("untold", {}).items()}
    return Facts(known, missing)


def _origins(words: Words) -> AuditOrigins:
    """The origin of Process Creation, as in `AuditOrigin`; `force_gpo` as in `AuditOrigins`."""
    told = dict(words)
    force_gpo = told.pop("force_gpo", told["gpo"])
    asked = hosts.audit_setting(told.pop("asked")) if "asked" in told else None
    origin = AuditOrigin(asked=asked, **told)
    categories = (origin.category_gpo,) if origin.category_gpo else ()
    return AuditOrigins(((gpo_files.PROCESS_CREATION, origin),), force_gpo, categories)


def _subscription(words: Words) -> Subscription:
    """`take` and `leave` are lists of a channel and a query; the rest as in `Subscription`."""
    queries = [
        Query(path, xpath, suppress=word == "leave", line=line)
        for word in ("take", "leave")
        for line, (path, xpath) in enumerate(words.get(word, ()), start=1)
    ]
    others = {name: value for name, value in words.items() if name not in ("take", "leave")}
    if "altered" in others:
        others["altered"] = (Altered("a processor", tuple(others["altered"])),)
    return Subscription(queries=tuple(queries), source="test", **others)


def _channel(words: Words) -> Prerequisite:
    channel = Channel("Made", words["channel"], (), words.get("default"), "a page of Microsoft's")
    return ChannelOn("Made:1", channel)


def _setting(words: Words) -> Prerequisite:
    setting = Setting(
        words["setting"],
        "logging",
        "Turn it on",
        "it writes much",
        "a page of Microsoft's",
        words.get("mask", 0),
        words.get("whole", ""),
        exactly=tuple(words.get("exactly", ())),
        in_part=tuple(words.get("in_part", ())),
    )
    if "without" not in words:
        return SettingOn("Made:1", setting)
    return SettingOn("Made:1", setting, Level[words["without"].upper()])


def _log_full(words: Words) -> Prerequisite:
    title, source = "when the log is full", "a page of Microsoft's"
    does = words["when full"]
    return LogFull("Made:1", Setting("", title, "", "", source, channel="Made", retention=does))


def _span(builds: Sequence[int | None] | None) -> Span | None:
    """[possible_from, proven_from, doubtful_from, until], the last two at will."""
    return Span(*builds) if builds is not None else None  # type: ignore[arg-type]


def _audited(words: Words) -> Prerequisite:
    name = words["subcategory"]
    known = load_events().subcategories.values()
    subcategory = next(one for one in known if one.name == name)
    subcategory = replace(subcategory, volume=words.get("volume", "high"))
    outcomes = frozenset(words.get("outcomes", ()))
    audited = Audited("Made:1", subcategory, outcomes, words.get("why", ""), reference="a table")
    return replace(audited, span=_span(words["builds"])) if "builds" in words else audited


def _event(words: Words) -> Event:
    layouts = tuple(
        Layout(
            one.get("version", 0),
            _span(one.get("client")),
            _span(one.get("server")),
            tuple(one.get("fields", ())),
            one.get("note", ""),
            fields_known=one.get("fields known", True),
        )
        for one in words["layouts"]
    )
    return Event(
        EventId.of("Made", 1),
        1,
        "Made",
        "",
        "",
        layouts,
        never_emitted=words.get("never", False),
        caveats=tuple(words.get("caveats", ())),
        reference="a table",
    )


def _writes(words: Words) -> Prerequisite:
    return OsWrites(_event(words["written"]))


def _fills(words: Words) -> Prerequisite:
    return OsFillsField(_event(words["filled"]), words["field"])


def _role(words: Words) -> Prerequisite:
    titles = tuple(words.get("titles", ("certification authority",)))
    roles = frozenset(words["roles"])
    return HasRole("Made:1", roles, titles, "a table", words.get("what", ""))


def _sacl(words: Words) -> Prerequisite:
    need = AccessNeed(words["sacl"], words.get("path", ""), tuple(words.get("rights", ())))
    return ObjectAudited("Made:1", need, "a table")


def _pattern(words: Words, name: str) -> EventPattern:
    """An event with `fields`: a test and its values, by the field's name."""
    fields = {
        name: (Constraint(Test(test), tuple(values)),)
        for name, (test, *values) in words.get("fields", {}).items()
    }
    return EventPattern(EventId.parse(words[name]), fields)


def _sysmon_keeps(words: Words) -> Prerequisite:
    return SysmonKeeps(_pattern(words, "sysmon keeps"))


def _forwarded(words: Words) -> Prerequisite:
    pattern = _pattern(words, "forwarded")
    return Forwarded(pattern, sensors().of(pattern.event))


def _sysmon_fills(words: Words) -> Prerequisite:
    event, _, name = words["sysmon field"].partition("/")
    return SysmonFillsField(EventId.parse(event), name)


_LEAVES: dict[str, Callable[[Words], Prerequisite]] = {
    "channel": _channel,
    "setting": _setting,
    "when full": _log_full,
    "subcategory": _audited,
    "written": _writes,
    "filled": _fills,
    "roles": _role,
    "sacl": _sacl,
    "forwarded": _forwarded,
    "sysmon runs": lambda words: SysmonRuns(EventId.parse(words["sysmon runs"])),
    "sysmon event": lambda words: SysmonKnows(EventId.parse(words["sysmon event"])),
    "sysmon field": _sysmon_fills,
    "sysmon keeps": _sysmon_keeps,
    "sysmon hash": lambda words: SysmonHashes("Sysmon:1/Hashes", words["sysmon hash"]),
}


def leaf_of(words: Words) -> Prerequisite:
    """The prerequisite that a case asks for; the first of its words says which kind it is."""
    return _LEAVES[next(iter(words))](words)


def _place(evidence: Evidence) -> tuple[str, ...]:
    return evidence.source, evidence.where, evidence.sha256


def found(reason: Reason) -> dict[str, Any]:
    """What a case may say of an answer, in its words; what is absent or empty is left out."""
    remedy = reason.remedy
    told = {
        "link": reason.link,
        "subject": reason.subject,
        "verdict": reason.verdict.label,
        "missing": str(reason.missing) if reason.missing else "",
        "reference": reason.reference,
        "evidence": [" ".join(filter(None, _place(one))) for one in reason.evidence],
        "remedy": remedy.text if remedy else "",
        "sets": f"{remedy.key} {remedy.value}" if remedy else "",
        "cost": remedy.cost if remedy else "",
        "title": remedy.title if remedy else "",
    }
    return {name: value for name, value in told.items() if value}


def compared(case: Words, subject: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the prerequisite of a case answers, and what the case wants it to be.

    An answer is all that its case names, and nothing else; of texts the case may name a part.
    """
    leaf, facts = leaf_of(case["ask"]), facts_of(case["host"])
    reason = leaf.check(facts)
    if isinstance(leaf, PerHost):
        assert type(leaf).on_host(facts)(leaf) == reason
    assert getattr(leaf, "subject", reason.subject) == reason.subject
    answer = found(reason)
    expected = {"subject": subject, "link": reason.link} | {
        name: value for name, value in case.items() if value and name not in ("name", "ask", "host")
    }
    silent = expected.pop("silent", ())
    if spoken := [text for text in silent if text in reason.text]:
        answer["not silent of"] = spoken
    for name, text in (("says", reason.text), ("remedy", answer.get("remedy", ""))):
        if name in expected:
            parts = expected[name] if isinstance(expected[name], list) else [expected[name]]
            answer[name] = expected[name] if all(part in text for part in parts) else text
    return answer, expected


def told_alike(cases: Sequence[Words]) -> list[str]:
    """The cases whose prerequisite, asked of the hosts of all cases, answers otherwise on two of
    them in the same state: a group of such leaves is asked once a state. [] is what should be."""
    hosts = [facts_of(case["host"]) for case in cases]
    apart = []
    for case in cases:
        leaf = leaf_of(case["ask"])
        if isinstance(leaf, PerHost):
            answers: dict[Hashable, Reason] = {}
            pairs = [(leaf.check(facts), leaf.state(facts)) for facts in hosts]
            if any(answers.setdefault(state, answer) != answer for answer, state in pairs):
                apart.append(case["name"])
    return apart


def depends_on_more(case: Words) -> Reason | None:
    """What the prerequisite of a case answers without the facts that it does not say it reads;
    None where that is the same."""
    leaf, facts = leaf_of(case["ask"]), facts_of(case["host"])
    reads = set(leaf.reads)
    known = {key: fact for key, fact in facts.known.items() if {key, key.family.every} & reads}
    reason = leaf.check(Facts(known, facts.missing))
    return None if reason == leaf.check(facts) else reason


def hangs_on_more(case: Words) -> list[FactKey[object]]:
    """The facts without which the prerequisite of a case answers otherwise although it says that
    it does not hang on them. [] is what should be."""
    leaf, facts = leaf_of(case["ask"]), facts_of(case["host"])
    if not isinstance(leaf, ReadsSome):
        return []
    idle = [key for key in facts.known if not leaf.hangs_on(key)]
    return [key for key in idle if leaf.check(without(facts, key)) != leaf.check(facts)]


def without(facts: Facts, key: FactKey[object]) -> Facts:
    """The same host, of which a fact is not told."""
    return Facts({each: fact for each, fact in facts.known.items() if each != key}, facts.missing)
