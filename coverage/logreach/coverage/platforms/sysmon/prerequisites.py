"""Link 5, the sensor: Sysmon runs, its version knows the event, its configuration keeps it.

Which Sysmon. Every verdict is the hull over the programs that may be meant: the one whose version
is told; where none is told, every release that the tables list (`knowledge/releases.csv`),
from the oldest to the newest; for a version between two releases, all that lies between them. A
version older or newer than all that are listed is none of them: what it does is unknown, and no
known program speaks for it. The Sysmon of Windows itself is told by the build of Windows. Where
that Windows has none, or is too old for the version told, one of the two is told wrongly, and what
hangs on it is unknown; `contradictions` tells them.

Which configuration. A file is taken to be in force where that Sysmon loads it. Where it refuses
it, an update was refused or the file never arrived: what is in force is another one or none, so
the verdict is unknown, not 'no'. Only where the host itself says that it has loaded this very
file (`sysmon -c` prints its digest) are programs that would refuse it ruled out.
"""

from logreach.coverage.platforms.sysmon.hashes import HASH_FIELDS, SysmonHashes
from logreach.coverage.platforms.sysmon.keeps import Keeping, SysmonKeeps
from logreach.coverage.platforms.sysmon.presence import SysmonRuns, contradictions
from logreach.coverage.platforms.sysmon.programs import sieve_of
from logreach.coverage.platforms.sysmon.schema import (
    SysmonFillsField,
    SysmonKnows,
    all_fields,
)

__all__ = [
    "HASH_FIELDS",
    "Keeping",
    "SysmonFillsField",
    "SysmonHashes",
    "SysmonKeeps",
    "SysmonKnows",
    "SysmonRuns",
    "all_fields",
    "contradictions",
    "sieve_of",
]
