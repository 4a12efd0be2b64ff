"""Compares our tables of events and channels with provider manifests of real builds.

Run: python tests/benchmarks/compare_manifests.py FOLDER, with a folder client-BUILD or server-BUILD
for each build (tests/manifests.py tells what it holds). Ends with 1 where a difference has no
decision in manifest_decisions.yaml, or a decision no difference.

Dumps to compare with: repnz/etw-providers-docs (Windows 7 7600, Windows 10 10240, 17134, 18990) and
jdu2600/Windows10EtwEvents (a commit each for 17 builds from 10586 to 28000).
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from manifest_comparison import (
    compare,
    decisions,
    not_compared,
    stale,
    unchecked_channels,
    undecided,
)
from manifests import read_builds


def main() -> None:
    builds = read_builds(Path(sys.argv[1]))
    print("builds:", *(f"{build.kind}-{build.number}" for build in builds))
    print("providers in none of them:", *sorted(not_compared(builds)), sep="\n  ")
    found = compare(builds)
    print(f"{len(found)} differences")
    faults = [*undecided(found), *stale(found, builds)]
    channels = {name for build in builds for name in build.channels}
    print("channels that nothing confirms:", *decisions().unchecked_channels, sep="\n  ")
    if channels:
        faults += [f"channel not checked: {name}" for name in unchecked_channels(channels)]
    print(*faults, sep="\n")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
