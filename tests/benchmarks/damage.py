"""Damages a file of every format for a while, and prints each that then proves more than before.

Run: python tests/benchmarks/damage.py [SECONDS] [SEED] [FORMAT]. Ends with 1 where there is any. A
rise is a defect unless the damaged file is a whole one that says so itself; see tests/damage.py.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from damage import Fuzzer, mutants
from damage_scenes import SCENES


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    wanted = [scene for scene in SCENES if len(sys.argv) < 4 or scene.name == sys.argv[3]]
    rises = 0
    for scene in wanted:
        with tempfile.TemporaryDirectory() as folder:
            fuzzer = Fuzzer(scene, Path(folder))
            chance = random.Random(f"{seed} {scene.name}")  # noqa: S311  no secret
            until, tried, found = time.monotonic() + seconds / len(wanted), 0, 0
            for how, data in mutants(scene.files[scene.damaged], chance):
                if time.monotonic() > until:
                    break
                tried += 1
                rise = fuzzer.rise(how, data)
                if rise is not None:
                    found += 1
                    print(rise, flush=True)
            print(f"{scene.name}: {tried} damaged files, {found} of them prove more", flush=True)
            rises += found
    sys.exit(1 if rises else 0)


if __name__ == "__main__":
    main()
