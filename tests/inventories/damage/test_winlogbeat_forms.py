"""winlogbeat.yml that is YAML, but not of the form that Winlogbeat reads: it may drop any event."""

from __future__ import annotations

import pytest

from logreach.inventories.facts.facts import Reading
from logreach.inventories.forwarding import wef, winlogbeat

LOGS = "winlogbeat.event_logs:\n  - name: Security\n"
WRONG = {
    "processors as a text": LOGS + "processors: drop_event\n",
    "processors without value": LOGS + "processors:\n",
    "processors as a mapping": LOGS
    + "processors: {drop_event.when.equals.winlog.event_id: 4688}\n",
    "an empty list": LOGS + "processors: []\n",
    "a processor as a text": LOGS + "processors:\n  - drop_event\n",
    "a processor as a list": LOGS + "processors:\n  - [drop_event]\n",
    "a processor without settings": LOGS
    + "processors:\n  - drop_event.when.equals.winlog.event_id:\n",
    "settings as a text": LOGS + "processors:\n  - drop_event: when\n",
    "processors of one log as a text": LOGS + "    processors: drop_event\n",
    "ids without value": LOGS + "    event_id:\n",
    "ids as a mapping": LOGS + "    event_id: {a: 1}\n",
    "a level without value": LOGS + "    level:\n",
    "a provider without value": LOGS + "    provider:\n",
    "a query without value": LOGS + "    xml_query:\n",
}
RIGHT = {
    "a condition by its full name": LOGS
    + "processors:\n  - drop_event.when.equals.winlog.event_id: 4688\n",
    "no settings needed": LOGS + "processors:\n  - add_host_metadata: ~\n  - add_cloud_metadata:\n",
    "if, then and else": LOGS
    + "processors:\n  - if: {equals: {a: b}}\n    then: [{add_tags: {tags: [x]}}]\n    else: [{add_tags: {tags: [y]}}]\n",
}


def _read(config: str) -> Reading:
    return winlogbeat.read(config, "w.yml")


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_form_is_a_fault_and_leaves_every_event_open(name: str) -> None:
    reading = _read(WRONG[name])
    assert reading.faults
    assert "line" in reading.faults[0].where
    (subscription,) = wef.subscriptions_of(reading)
    assert any("undecided" in query.xpath for query in subscription.queries)


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_form_is_none(name: str) -> None:
    assert _read(RIGHT[name]).faults == ()
