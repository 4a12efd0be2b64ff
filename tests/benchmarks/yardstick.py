"""What the benchmarks share: a measure of the machine, and of one run of the command."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping

_RUN = (
    "import resource, sys; from logreach.cli import main\n"
    "try: main()\n"
    "finally:\n"
    " u = resource.getrusage(resource.RUSAGE_SELF)\n"
    " print(u.ru_utime + u.ru_stime, u.ru_maxrss / 1024, file=sys.stderr)"
)


def yardstick() -> float:
    """CPU seconds of a fixed loop: what this machine is worth right now."""
    start = time.process_time()
    table = {number: str(number) for number in range(300_000)}
    sum(len(table[number * 7 % 300_000]) for number in range(2_000_000))
    return time.process_time() - start


def measured(*words: str, env: Mapping[str, str] | None = None) -> tuple[float, float]:
    """CPU seconds and peak MiB of one run of `logreach`; `env` is added to the environment."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(env or {})},
    )
    seconds, mib = done.stderr.split()[-2:]
    return float(seconds), float(mib)
