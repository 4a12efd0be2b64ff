"""Whether what collects a channel's events may read it: channel_access.yaml; and what follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gpo_files
import pytest
import yaml

from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.minimal_changes import facts_after
from logreach.coverage.engine.verdict import NO, UNKNOWN, YES
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.forwarding.prerequisite import Forwarded
from logreach.coverage.forwarding.readable import Readable
from logreach.coverage.network.events import readable_by
from logreach.coverage.platforms.registry import sensors
from logreach.inventories import load
from logreach.inventories.facts.facts import Facts

CASES = yaml.safe_load(Path(__file__).with_name("channel_access.yaml").read_text("utf-8"))
SUBSCRIPTION = """<Subscription xmlns="http://schemas.microsoft.com/2006/03/windows/events/subscription">
<SubscriptionId>s</SubscriptionId><SubscriptionType>{kind}</SubscriptionType>
<Query><![CDATA[<QueryList><Query Id="0"><Select Path="{path}">*</Select></Query></QueryList>]]></Query>
<EventSources><EventSource><Address>A</Address></EventSource></EventSources></Subscription>
"""
WINLOGBEAT = "winlogbeat.event_logs:\n  - name: Security\n"
GPO = "gpo/{1}/"


def facts_of(folder: Path, case: dict[str, Any]) -> Facts:
    """The facts of the host of a case, read from a folder."""
    kind = case.get("sub", "SourceInitiated")
    collects = (
        WINLOGBEAT if kind == "winlogbeat" else SUBSCRIPTION.format(kind=kind, path="Security")
    )
    files: dict[str, str | bytes] = {**case.get("files", {}), "sub.xml": collects}
    files |= {f"{GPO}{gpo_files.MACHINE}{name}": text for name, text in case.get("gpo", {}).items()}
    host = {"name": "A", "os": "Windows 10 22H2", "role": "workstation", **(case.get("host") or {})}
    if kind:
        host["subscriptions"] = ["sub.xml"]
    if any(name.startswith("A/") for name in files):
        host["folder"] = "A"
    if "gpo" in case:
        host["gpo"] = GPO.rstrip("/")
    files["inventory.yaml"] = yaml.safe_dump({"hosts": [host]}, allow_unicode=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else content.encode("utf-8")
        (folder / name).write_bytes(data)
    return load(folder).hosts[0].facts


def leaf_of(event: str) -> Readable:
    asked = EventId.parse(event)
    leaf = readable_by(sensors().of(asked), asked)
    assert leaf is not None
    return leaf


def answer_of(reason: Reason) -> dict[str, str]:
    return {
        "verdict": reason.verdict.label,
        "missing": str(reason.missing) if reason.missing else "",
        "title": reason.remedy.title if reason.remedy else "",
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    reason = leaf_of(case.get("ask", "Security:4688")).check(facts_of(tmp_path, case))
    assert reason.link == "channel access"
    assert answer_of(reason) == {
        name: case.get(name, "") for name in ("verdict", "missing", "title")
    }
    assert case.get("says", "") in reason.text
    assert case.get("remedy", "") in (reason.remedy.text.lower() if reason.remedy else "")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_every_remedy_lets_it_read(case: dict[str, Any], tmp_path: Path) -> None:
    leaf, facts = leaf_of(case.get("ask", "Security:4688")), facts_of(tmp_path, case)
    reason = leaf.check(facts)
    if reason.remedy is None:
        assert reason.verdict not in (NO, UNKNOWN)
        return
    values, unvalued = facts_after(facts, [reason.remedy])
    assert not unvalued
    for key, value in values.items():
        facts = facts.stating(key, value)
    assert leaf.check(facts).verdict == YES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_it_reads_every_fact_that_its_answer_depends_on(
    case: dict[str, Any], tmp_path: Path
) -> None:
    leaf, facts = leaf_of(case.get("ask", "Security:4688")), facts_of(tmp_path, case)
    reads = set(leaf.reads)
    known = {key: fact for key, fact in facts.known.items() if key in reads}
    assert leaf.check(Facts(known, facts.missing)) == leaf.check(facts)


SDDL = "O:BAG:SYD:(A;;0x1;;;NS)"
KEY = "Software\\Policies\\Microsoft\\Windows\\EventLog\\Security"


def of_policy(folder: Path, *records: bytes, **words: Any) -> Reason:
    case = {"gpo": {"registry.pol": gpo_files.pol(*records)}, **words}
    return leaf_of("Security:4688").check(facts_of(folder, case))


def text(content: str) -> bytes:
    return f"{content}\0".encode("utf-16-le")


def test_the_policy_on_a_log_gives_its_list(tmp_path: Path) -> None:
    set_by_policy = gpo_files.record(KEY, "ChannelAccess", 1, text(SDDL))
    assert of_policy(tmp_path, set_by_policy).verdict == YES


def test_the_older_policy_gives_the_list_that_the_registry_keeps(tmp_path: Path) -> None:
    key = "System\\CurrentControlSet\\Services\\EventLog\\Security"
    set_by_policy = gpo_files.record(key, "CustomSD", 1, text("O:BAG:SYD:(A;;0x1;;;BA)"))
    reason = of_policy(tmp_path, set_by_policy, host={"event_log_readers": "none"})
    assert reason.verdict == NO
    assert "which is its default" not in reason.text


def test_a_value_that_is_no_text_is_unknown(tmp_path: Path) -> None:
    reason = of_policy(tmp_path, gpo_files.record(KEY, "ChannelAccess", 4, b"\x01\0\0\0"))
    assert reason.verdict == UNKNOWN
    assert "not REG_SZ" in reason.text


def test_a_policy_that_removes_all_values_of_the_key_leaves_the_list_unknown(
    tmp_path: Path,
) -> None:
    words = {"host": {"event_log_readers": ["S-1-5-20"]}}
    reason = of_policy(tmp_path, gpo_files.record(KEY, "**delvals.", 1, text(" ")), **words)
    assert reason.verdict == UNKNOWN


def forwarded(folder: Path, **words: Any) -> Reason:
    """Whether 4688 arrives from a host with an agent and a subscription."""
    (folder / "sub.yml").write_text(WINLOGBEAT + words.pop("agent"), "utf-8")
    words["host"] = {**words.get("host", {}), "files": ["sub.yml"]}
    pattern = EventPattern(EventId.parse("Security:4688"))
    return Forwarded(pattern, sensors().of(pattern.event)).check(facts_of(folder, words))


@pytest.mark.parametrize(
    ("readers", "agent", "verdict"),
    [
        (["S-1-5-20"], "    event_id: 4624\n", YES),
        (["S-1-5-21-1-2-3-1105"], "    event_id: 4624\n", NO),
        (None, "    event_id: 4624\n", UNKNOWN),
        (["S-1-5-21-1-2-3-1105"], "    event_id: 4688\n", YES),
        (None, "    event_id: 4688\n", YES),
    ],
)
def test_a_subscription_that_may_not_read_takes_nothing_beside_an_agent_that_may(
    tmp_path: Path, readers: list[str] | None, agent: str, verdict: object
) -> None:
    host = {} if readers is None else {"event_log_readers": readers}
    reason = forwarded(tmp_path, agent=agent, host=host)
    assert reason.verdict == verdict
    if verdict is NO:
        assert "may not read channel Security" in reason.text
