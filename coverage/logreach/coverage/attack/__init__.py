"""MITRE ATT&CK, SMAP and the crosswalk between versions, typed.

>>> load_attack().version
'19.1'
"""

from logreach.coverage.attack.crosswalk import (
    NO_COUNTERPARTS,
    CarriedId,
    Carry,
    Counterparts,
    Crosswalk,
    carry_into,
    counterparts,
    facts_carried_into,
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
from logreach.coverage.attack.naming import (
    NamedTechniques,
    techniques_named,
    techniques_of_tactic,
)
from logreach.coverage.attack.smap import SmapRow, load_smap
from logreach.coverage.attack.store import load_attack

__all__ = [
    "NO_COUNTERPARTS",
    "Analytic",
    "AttackModel",
    "CarriedId",
    "Carry",
    "ComponentLink",
    "Counterparts",
    "Crosswalk",
    "DataComponent",
    "DetectionStrategy",
    "IdAnswer",
    "LogSourceRef",
    "MisnamedEvent",
    "NamedTechniques",
    "Presence",
    "SmapRow",
    "Tactic",
    "Technique",
    "ThreatGroup",
    "carry_into",
    "counterparts",
    "facts_carried_into",
    "load_attack",
    "load_crosswalk",
    "load_smap",
    "misnamed",
    "techniques_named",
    "techniques_of_tactic",
]
