"""MITRE ATT&CK, SMAP and the crosswalk between versions, typed.

>>> load_attack().version
'18.1'
"""

from logreach.coverage.attack.crosswalk import (
    CarriedId,
    Carry,
    Crosswalk,
    carry_into,
    load_crosswalk,
)
from logreach.coverage.attack.log_sources import MisnamedEvent, misnamed
from logreach.coverage.attack.model import (
    Analytic,
    AttackModel,
    ComponentLink,
    DataComponent,
    DetectionStrategy,
    IdAnswer,
    LogSourceRef,
    Presence,
    Tactic,
    Technique,
    ThreatGroup,
)
from logreach.coverage.attack.smap import SmapRow, load_smap
from logreach.coverage.attack.store import load_attack

__all__ = [
    "Analytic",
    "AttackModel",
    "CarriedId",
    "Carry",
    "ComponentLink",
    "Crosswalk",
    "DataComponent",
    "DetectionStrategy",
    "IdAnswer",
    "LogSourceRef",
    "MisnamedEvent",
    "Presence",
    "SmapRow",
    "Tactic",
    "Technique",
    "ThreatGroup",
    "carry_into",
    "load_attack",
    "load_crosswalk",
    "load_smap",
    "misnamed",
]
