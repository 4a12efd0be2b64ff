"""CPU time and memory of `logreach resilience` for all techniques, beside what is asked of it.

Run: python tests/benchmarks/resilience.py [INVENTORY]. Ten seconds are asked for the example.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from yardstick import measured, yardstick

CONTOSO = Path(__file__).resolve().parents[2] / "examples" / "contoso"
ASKED_SECONDS = 10.0


def main() -> None:
    unit = yardstick()
    print(f"yardstick: {unit:.2f} s of CPU")
    inventory = sys.argv[1] if len(sys.argv) > 1 else str(CONTOSO)
    with tempfile.TemporaryDirectory() as out:
        runs = {
            "resilience": ("resilience", inventory),
            "resilience, all outputs": ("resilience", inventory, "--out", out),
            "resilience of T1543.003": ("resilience", inventory, "--technique", "T1543.003"),
        }
        measured(*runs["resilience"])  # whatever has to be compiled is compiled here
        for name, words in runs.items():
            seconds, mib = measured(*words)
            print(
                f"{name:26} {seconds:6.2f} s  {mib:6.0f} MiB   {seconds / unit:5.1f} yardsticks   "
                f"{seconds / ASKED_SECONDS:5.2f} x what is asked"
            )


if __name__ == "__main__":
    main()
