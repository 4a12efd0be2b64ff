"""CPU time and memory of the commands, beside what DeTT&CT takes for one layer of one system.

Run: python tests/benchmarks/assess.py [RULES]. The reference figures (9.0 s, 221 MiB) were taken
on the same class of machine; to compare machines, the script first times a fixed piece of plain
Python and prints all figures also as multiples of it.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from pathlib import Path

from yardstick import measured, yardstick

CONTOSO = Path(__file__).resolve().parents[2] / "examples" / "contoso"
DETTECT_SECONDS, DETTECT_MIB = 9.0, 221.0


def main() -> None:
    unit = yardstick()
    print(f"yardstick: {unit:.2f} s of CPU")
    with tempfile.TemporaryDirectory() as out:
        runs = {
            "logreach --help": ("--help",),
            "assess, all outputs": ("assess", str(CONTOSO), "--out", out),
            "assess, JSON only": ("assess", str(CONTOSO), "--out", out, "--format", "json"),
        }
        if len(sys.argv) > 1:
            rules = ("--rules", sys.argv[1])
            runs["assess with rules, first"] = (*runs["assess, all outputs"], *rules)
            runs["assess with rules, cached"] = (*runs["assess, all outputs"], *rules)
        measured(*runs["assess, all outputs"])  # whatever has to be compiled is compiled here
        for name, words in runs.items():
            seconds, mib = measured(*words)
            print(
                f"{name:28} {seconds:6.2f} s  {mib:6.0f} MiB   {seconds / unit:5.1f} yardsticks   "
                f"{seconds / DETTECT_SECONDS:5.2f} x DeTT&CT's time, "
                f"{mib / DETTECT_MIB:4.2f} x its memory"
            )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"peak of any run: {peak:.0f} MiB")


if __name__ == "__main__":
    main()
