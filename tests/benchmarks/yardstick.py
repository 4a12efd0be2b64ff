"""What the benchmarks share: a measure of the machine, and of one run of the command."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path


def yardstick() -> float:
    """CPU seconds of a fixed loop: what this machine is worth right now."""
    start = time.process_time()
    table = {number: str(number) for number in range(300_000)}
    sum(len(table[number * 7 % 300_000]) for number in range(2_000_000))
    return time.process_time() - start


def measured(*words: str, env: Mapping[str, str] | None = None) -> tuple[float, float]:
    """CPU seconds and peak MiB of one run of `logreach`; `env` is added to the environment.

    Python keeps the compiled modules, as it does where the package is installed: run a command
    twice where the first run may have to compile them.
    """
    command = [sys.executable, "-c", "from logreach.cli import main; main()", *words]
    with Path(os.devnull).open("w") as nowhere:
        process = subprocess.Popen(
            command,
            stdout=nowhere,
            stderr=nowhere,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **(env or {})},
        )
        _, _, used = os.wait4(process.pid, 0)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
