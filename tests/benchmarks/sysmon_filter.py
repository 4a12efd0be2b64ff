"""How many events and patterns a second the largest configuration takes, on one core.

Run: python tests/benchmarks/sysmon_filter.py [CONFIG]. Wanted: 5,000 events and 1,000 patterns.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
from pathlib import Path
from time import perf_counter

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.platforms.sysmon.engine import SysmonFilter, decide, load
from logreach.coverage.platforms.sysmon.engine.checking import check

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "sysmon"
FORMS = (Test.EQUALS, Test.BEGINS, Test.ENDS, Test.CONTAINS)
Events = list[tuple[int, dict[str, str]]]


def _events() -> Events:
    lines = gzip.decompress((DATA / "vectors/real.jsonl.gz").read_bytes()).splitlines()
    events = [(one["event_id"], one["fields"]) for one in json.loads(lines[0])["events"]]
    seen = (DATA / "vectors/t1543.jsonl").read_text(encoding="utf-8").splitlines()
    return events + [(one["event"], one["fields"]) for one in map(json.loads, seen[:35])]


def _constraint(chance: random.Random, value: str) -> Constraint:
    form = chance.choice(FORMS)
    first = chance.randrange(len(value))
    last = chance.randrange(first, len(value)) + 1
    part = {
        Test.EQUALS: value,
        Test.BEGINS: value[:last],
        Test.ENDS: value[first:],
        Test.CONTAINS: value[first:last],
    }[form]
    return Constraint(form, (part,), negated=chance.random() < 0.15)


def _patterns(events: Events, count: int) -> list[EventPattern]:
    """Distinct patterns in the usual forms, cut from real events."""
    chance = random.Random(1)  # noqa: S311  # a fixed sample, no secret
    found = []
    for _ in range(count):
        event_id, fields = chance.choice(events)
        names = [name for name, value in fields.items() if value]
        chosen = chance.sample(names, min(len(names), chance.choice((1, 1, 2, 2, 3))))
        found.append(
            EventPattern(
                EventId.parse(f"Sysmon:{event_id}"),
                {name: (_constraint(chance, fields[name]),) for name in chosen},
            )
        )
    return found


def main() -> None:
    """Print the figures."""
    name = sys.argv[1] if len(sys.argv) > 1 else "modular-sysmonconfig.xml"
    text = (DATA / "configs" / name).read_bytes()
    start = perf_counter()
    config = load(text)
    print(f"load: {1000 * (perf_counter() - start):.0f} ms")
    start = perf_counter()
    check(text)
    print(f"check: {1000 * (perf_counter() - start):.0f} ms")
    events = _events()
    for event_id, fields in events:
        decide(config, event_id, fields)
    start = perf_counter()
    rounds = 20
    for _ in range(rounds):
        for event_id, fields in events:
            decide(config, event_id, fields)
    print(f"events: {rounds * len(events) / (perf_counter() - start):,.0f} a second")
    sieve = SysmonFilter(config)
    for event_id in {event_id for event_id, _ in events}:
        sieve.answer(EventPattern(EventId.parse(f"Sysmon:{event_id}")))
    patterns = _patterns(events, 3000)
    start = perf_counter()
    answers = [sieve.answer(pattern) for pattern in patterns]
    print(f"patterns: {len(patterns) / (perf_counter() - start):,.0f} a second")
    print(f"undecided: {sum(not answer.exact for answer in answers)} of {len(answers)}")


if __name__ == "__main__":
    main()
