"""MITRE ATT&CK, SMAP and the crosswalk between versions, typed.

>>> load_attack().version
'18.1'
"""

from logreach.coverage.attack.crosswalk import Carried, Carry, Crosswalk, carry_into, load_crosswalk
from logreach.coverage.attack.log_sources import Misnamed, misnamed
from logreach.coverage.attack.model import (
    Analytic,
    AttackModel,
    ComponentLink,
    DataComponent,
    DetectionStrategy,
    Group,
    IdAnswer,
    LogSourceRef,
    Presence,
    Tactic,
    Technique,
)
from logreach.coverage.attack.smap import SmapRow, load_smap
from logreach.coverage.attack.store import load_attack

__all__ = [
    "Analytic",
    "AttackModel",
    "Carried",
    "Carry",
    "ComponentLink",
    "Crosswalk",
    "DataComponent",
    "DetectionStrategy",
    "Group",
    "IdAnswer",
    "LogSourceRef",
    "Misnamed",
    "Presence",
    "SmapRow",
    "Tactic",
    "Technique",
    "carry_into",
    "load_attack",
    "load_crosswalk",
    "load_smap",
    "misnamed",
]
