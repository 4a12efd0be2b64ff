"""What arrives over a collector and its own agent: collector_hops.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from logreach.coverage.engine.judged import Reason
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.forwarding.prerequisite import Forwarded
from logreach.coverage.platforms.registry import sensors
from logreach.inventories import load

CASES = yaml.safe_load(Path(__file__).with_name("collector_hops.yaml").read_text("utf-8"))
SUBSCRIPTION = """<Subscription xmlns="http://schemas.microsoft.com/2006/03/windows/events/subscription">
<SubscriptionId>All</SubscriptionId><SubscriptionType>SourceInitiated</SubscriptionType>
<Query><![CDATA[<QueryList><Query Id="0"><Select Path="Security">*</Select></Query></QueryList>]]></Query>
<LogFile>{log}</LogFile></Subscription>
"""


def forwarded(folder: Path, case: dict[str, Any]) -> Reason:
    workstation = {"name": "WS", "os": "Windows 11 23H2", "role": "workstation"}
    workstation |= {"subscriptions": ["sub.xml"], **case.get("ws", {})}
    files = {
        "sub.xml": SUBSCRIPTION.format(log=case.get("log", "ForwardedEvents")),
        "agent.yml": case.get("agent", ""),
        "agent.conf": case.get("agent", ""),
        "own.yml": "winlogbeat.event_logs:\n  - name: Security\n    event_id: 4688\n",
        "inventory.yaml": yaml.safe_dump({"hosts": [workstation, *case.get("hosts", ())]}),
    }
    for name, content in files.items():
        (folder / name).write_text(content, "utf-8")
    hosts = {host.name: host for host in load(folder).hosts}
    pattern = EventPattern(EventId.parse(case.get("ask", "Security:4688")))
    return Forwarded(pattern, sensors().of(pattern.event)).check(hosts["WS"].facts)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    reason = forwarded(tmp_path, case)
    title = reason.remedy.title if reason.remedy else ""
    assert (reason.verdict.label, title) == (case["verdict"], case.get("title", ""))
    assert case.get("says", "") in reason.text
    stopped = case["verdict"] != "achievable" and "no subscription" not in case.get("says", "")
    assert ("a subscription takes every such event, but" in reason.text) is stopped


def test_an_event_arrives_only_if_the_subscription_and_the_agent_take_it(tmp_path: Path) -> None:
    """The chain is the worse of both, for every event of two small sets."""
    for number in (4624, 4625, 4634, 4688):
        for taken in ("4624", "4624, 4688", "4600-4700, -4634", ""):
            agent = "winlogbeat.event_logs:\n  - name: ForwardedEvents\n"
            agent += f"    event_id: {taken}\n" if taken else ""
            case = {"ask": f"Security:{number}", "agent": agent, "hosts": CASES[1]["hosts"]}
            alone = {"ask": f"Security:{number}", "ws": {"subscriptions": ["alone.yml"]}}
            (tmp_path / "alone.yml").write_text(agent.replace("ForwardedEvents", "Security"))
            chained, direct = forwarded(tmp_path, case), forwarded(tmp_path, alone)
            assert chained.verdict == direct.verdict
