"""Sigma rules with the example organisation: CPU time, memory, and the figures that README gives.

Run: python tests/benchmarks/sigma_rules.py RULES. Reference on the same class of machine: `sigma
analyze attack` on 3,141 rules 9.7 s, sigma-logsource-checker on the Windows rules 18.7 s. Times
are also given as multiples of a fixed piece of plain Python, to compare machines.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from collections import Counter
from pathlib import Path

from yardstick import measured, yardstick

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

CHECKER_SECONDS, ANALYZE_SECONDS = 18.7, 9.7
CMDLINE = "Security:4688/CommandLine"


def assessed(rules: Path, cache: Path, out: Path) -> tuple[float, float]:
    """CPU seconds and peak MiB of `logreach assess` with these rules, writing JSON."""
    words = ["assess", ROOT / "examples" / "contoso", "--rules", rules, "--out", out]
    folders = {"XDG_CACHE_HOME": str(cache), "LOCALAPPDATA": str(cache)}
    return measured(*map(str, words), "--format", "json", env=folders)


def on_4688(rules: Path) -> None:
    """How many rules for process creation can fire on Security:4688 alone."""
    from fake_host import FakeHost, judge

    from logreach.coverage.detections.load import load_rules

    found = [one for one in load_rules([rules]).rules if "process_creation" in str(one.logsource)]
    for name, gone in (("with the command line", ()), ("without it", (CMDLINE,))):
        host = FakeHost({"Security:4688"}, gone=gone)
        results = [judge(rule, host) for rule in found]
        labels = Counter(one.verdict.label for one in results)
        degraded = sum("degraded" in one.state for one in results)
        print(
            f"4688 {name}: {labels['achievable'] + labels['conditional']} of {len(found)} can fire "
            f"({degraded} of them degraded), {labels['not achievable']} cannot"
        )


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python tests/benchmarks/sigma_rules.py RULES")
    rules = Path(sys.argv[1])
    unit = yardstick()
    print(f"yardstick: {unit:.2f} s of CPU")
    with tempfile.TemporaryDirectory() as folder:
        cache, out = Path(folder, "cache"), Path(folder, "out")
        for name in ("cold", "cached"):
            seconds, mib = assessed(rules, cache, out)
            print(
                f"assess with rules, {name:6} {seconds:6.2f} s {mib:5.0f} MiB "
                f"{seconds / unit:6.1f} yardsticks  {seconds / CHECKER_SECONDS:.2f} x "
                f"sigma-logsource-checker, {seconds / ANALYZE_SECONDS:.2f} x sigma analyze"
            )
    on_4688(rules)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"peak of any run: {peak:.0f} MiB")


if __name__ == "__main__":
    main()
