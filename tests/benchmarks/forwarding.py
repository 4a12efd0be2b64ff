"""How long the forwarding filter takes for patterns of events, against the 51 of Palantir.

Run: python tests/benchmarks/forwarding.py [PATTERNS]. Prints the time to read the subscriptions
and, a kind of pattern, the mean time of an answer; a run of all Windows rules asks some thousands.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.header import EventMetadata
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.forwarding import ForwardingFilter
from logreach.inventories.forwarding import wef
from logreach.inventories.forwarding.subscriptions import Forwarding

PALANTIR = Path(__file__).resolve().parents[2].parent / "shared/data/wef/palantir"
AUDIT = "Microsoft-Windows-Security-Auditing"
FIELDS = ("SubjectUserSid", *(f"Field{number}" for number in range(20)))


def read() -> Forwarding:
    texts = [(path.read_text("utf-8-sig"), path.name) for path in sorted(PALANTIR.glob("*.xml"))]
    (value,) = {one.value for one in wef.merge(wef.read(*one) for one in texts).statements}
    assert isinstance(value, Forwarding)
    return value


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    start = time.process_time()
    forwarding = read()
    print(f"reading 51 subscriptions: {time.process_time() - start:.3f} s")
    for number, what in ((4688, "by id"), (4624, "by a Suppress too"), (5156, "by nothing")):
        known = EventMetadata("Security", AUDIT, number, 0, fields=FIELDS)
        filter_ = ForwardingFilter(forwarding, lambda _, known=known: known)  # type: ignore[misc]
        start = time.process_time()
        for at in range(most):
            constraint = Constraint(Test.CONTAINS, (str(at),))
            filter_.answer(
                EventPattern(EventId.parse(f"Security:{number}"), {"Field3": (constraint,)})
            )
        each = (time.process_time() - start) / most * 1000
        print(f"{number}, taken {what}: {each:.3f} ms an answer")


if __name__ == "__main__":
    main()
