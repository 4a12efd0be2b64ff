"""Makes the model of a STIX bundle through mitreattack-python.

Loading takes seconds, so only this module imports that package, and objects that the model does
not need (software, mitigations and their relations) are removed before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from logreach.coverage.attack.bundle import Bundle, StixObject
from logreach.coverage.attack.log_sources import log_source_ref
from logreach.coverage.attack.model import (
    Analytic,
    AttackModel,
    ComponentLink,
    DataComponent,
    DetectionStrategy,
    LogSourceRef,
    Tactic,
    Technique,
    ThreatGroup,
)
from logreach.inventories.files.faults import Fault, InputError

if TYPE_CHECKING:
    from mitreattack.stix20 import MitreAttackData

_TYPES: Final = frozenset(
    {
        "attack-pattern",
        "campaign",
        "intrusion-set",
        "x-mitre-analytic",
        "x-mitre-data-component",
        "x-mitre-data-source",
        "x-mitre-detection-strategy",
        "x-mitre-matrix",
        "x-mitre-tactic",
    }
)
_RELATIONS: Final = frozenset({"attributed-to", "detects", "revoked-by", "subtechnique-of"})
_USERS: Final = ("intrusion-set--", "campaign--")
_ATTACK: Final = "mitre-attack"
_ID: Final = re.compile(r"T\d{4}(\.\d{3})?|(DET|AN|G)\d{4}")

# mitreattack-python returns stix2 objects, which are untyped mappings.
Stix = Mapping[str, Any]
Named = TypeVar("Named", Technique, DetectionStrategy, Analytic, ThreatGroup)


def make_model(bundle: Bundle, version: str) -> AttackModel:
    """The model of a bundle without revoked and deprecated objects, sorted by id.

    Takes seconds. InputError where mitreattack-python cannot read an object of the bundle.
    """
    from stix2.exceptions import STIXError

    try:
        return _Import(_load(bundle), bundle, version).model()
    except (STIXError, AttributeError, KeyError, TypeError, ValueError) as error:
        first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            Fault(
                f"mitreattack-python cannot read the bundle: {first_line}",
                bundle.source,
                hint="Check that the file is one of MITRE's own releases, unchanged.",
            )
        ) from error


def _load(bundle: Bundle) -> MitreAttackData:
    from mitreattack.stix20 import MitreAttackData
    from stix2 import MemoryStore

    needed = [stix_object for stix_object in bundle.objects if _is_needed(stix_object)]
    store = MemoryStore(stix_data={"type": "bundle", "objects": needed})
    return MitreAttackData(src=store)


def _is_needed(stix_object: StixObject) -> bool:
    if stix_object["type"] != "relationship":
        return stix_object["type"] in _TYPES
    if stix_object.get("relationship_type") == "uses":
        source, target = str(stix_object.get("source_ref")), str(stix_object.get("target_ref"))
        return source.startswith(_USERS) and target.startswith("attack-pattern--")
    return stix_object.get("relationship_type") in _RELATIONS


class _Import:
    """One import: the loaded data, and its objects that are neither revoked nor deprecated."""

    def __init__(self, data: MitreAttackData, bundle: Bundle, version: str) -> None:
        self._data = data
        self._bundle = bundle
        self._version = version
        self._techniques = self._current_objects("attack-pattern")
        self._components = self._current_objects("x-mitre-data-component")
        self._strategies = self._current_objects("x-mitre-detection-strategy")
        self._analytics = self._current_objects("x-mitre-analytic")
        self._groups = self._current_objects("intrusion-set")

    def _current_objects(self, stix_type: str) -> dict[str, Stix]:
        objects = self._data.get_objects_by_type(stix_type, remove_revoked_deprecated=True)
        return {stix_object["id"]: stix_object for stix_object in objects}

    def model(self) -> AttackModel:
        strategies = _by_id(self._read_strategies())
        return AttackModel(
            version=self._version,
            spec=max(
                (
                    str(stix_object.get("x_mitre_attack_spec_version", ""))
                    for stix_object in self._bundle.objects
                ),
                key=_as_numbers,
                default="",
            ),
            sha256=self._bundle.sha256,
            tactics=self._read_tactics(),
            techniques=_by_id(self._read_techniques()),
            components=tuple(sorted(self._read_components(), key=lambda component: component.name)),
            strategies=strategies,
            analytics=_by_id(self._read_analytics(strategies)),
            groups=_by_id(self._read_groups()),
            detects=tuple(sorted(set(self._read_links()))),
            former=dict(sorted(self._read_former())),
        )

    def _read_tactics(self) -> tuple[Tactic, ...]:
        columns = self._data.get_tactics_by_matrix()
        ordered = dict.fromkeys(
            Tactic(_attack_id(tactic), tactic["x_mitre_shortname"], tactic["name"])
            for matrix in sorted(columns)
            for tactic in columns[matrix]
        )
        return tuple(ordered)

    def _read_techniques(self) -> Iterator[Technique]:
        parents = self._data.get_all_parent_techniques_of_all_subtechniques()
        for key, technique in self._techniques.items():
            relations = parents.get(key, ())
            yield Technique(
                id=_attack_id(technique),
                name=technique["name"],
                tactics=_tactics_of(technique),
                platforms=tuple(technique.get("x_mitre_platforms", ())),
                is_subtechnique=bool(technique.get("x_mitre_is_subtechnique", False)),
                parent=_attack_id(relations[0]["object"]) if relations else "",
            )

    def _read_components(self) -> Iterator[DataComponent]:
        data_sources = self._current_objects("x-mitre-data-source").values()
        sources = {source["id"]: source["name"] for source in data_sources}
        for component in self._components.values():
            refs = (
                _ref(component["name"], source)
                for source in component.get("x_mitre_log_sources", ()) or ()
            )
            yield DataComponent(
                id=_attack_id(component),
                name=component["name"],
                data_source=sources.get(component.get("x_mitre_data_source_ref", ""), ""),
                log_sources=tuple(dict.fromkeys(refs)),
            )

    def _read_strategies(self) -> Iterator[DetectionStrategy]:
        targets = self._data.get_all_techniques_detected_by_all_detection_strategies()
        for key, strategy in self._strategies.items():
            refs = strategy.get("x_mitre_analytic_refs", ())
            yield DetectionStrategy(
                id=_attack_id(strategy),
                name=strategy["name"],
                techniques=_ids(entry["object"] for entry in targets.get(key, ())),
                analytics=_ids(self._analytics[ref] for ref in refs if ref in self._analytics),
            )

    def _read_analytics(self, strategies: Iterable[DetectionStrategy]) -> Iterator[Analytic]:
        owners: dict[str, list[DetectionStrategy]] = {}
        for strategy in strategies:
            for analytic_id in strategy.analytics:
                owners.setdefault(analytic_id, []).append(strategy)
        for analytic in self._analytics.values():
            strategies_of_analytic = owners.get(_attack_id(analytic), [])
            yield Analytic(
                id=_attack_id(analytic),
                platforms=tuple(analytic.get("x_mitre_platforms", ())),
                strategies=tuple(strategy.id for strategy in strategies_of_analytic),
                techniques=tuple(
                    dict.fromkeys(
                        technique
                        for owner in strategies_of_analytic
                        for technique in owner.techniques
                    )
                ),
                refs=tuple(self._read_refs(analytic)),
            )

    def _read_refs(self, analytic: Stix) -> Iterator[LogSourceRef]:
        for ref in analytic.get("x_mitre_log_source_references", ()) or ():
            component = self._components.get(ref.get("x_mitre_data_component_ref", ""))
            yield _ref(component["name"] if component else "", ref)

    def _read_links(self) -> Iterator[ComponentLink]:
        for key, entries in self._data.get_all_techniques_detected_by_all_datacomponents().items():
            component = self._components.get(key)
            if component is None:
                continue
            for entry in entries:
                technique = _attack_id(entry["object"])
                yield ComponentLink(component["name"], technique, self._version)

    def _read_groups(self) -> Iterator[ThreatGroup]:
        uses = self._data.get_all_techniques_used_by_all_groups()
        for key, group in self._groups.items():
            name = group["name"]
            yield ThreatGroup(
                id=_attack_id(group),
                name=name,
                aliases=tuple(alias for alias in group.get("aliases", ()) if alias != name),
                techniques=_ids(entry["object"] for entry in uses.get(key, ())),
            )

    def _read_former(self) -> Iterator[tuple[str, str]]:
        """Revoked and deprecated ids, each with the current id that finally replaces it, or ''."""
        from stix2 import Filter

        revocations = self._data.src.query([Filter("relationship_type", "=", "revoked-by")])
        next_of = {
            stix_object["source_ref"]: stix_object["target_ref"] for stix_object in revocations
        }
        by_key = {
            stix_object["id"]: stix_object
            for kind in ("attack-pattern", "intrusion-set", "x-mitre-tactic")
            for stix_object in self._data.get_objects_by_type(kind)
        }
        living = {
            _attack_id(stix_object)
            for stix_object in by_key.values()
            if not _is_withdrawn(stix_object)
        }
        for key, stix_object in by_key.items():
            if _is_withdrawn(stix_object) and _attack_id(stix_object) not in living:
                successor = by_key.get(_follow(key, next_of))
                current = successor is not None and not _is_withdrawn(successor)
                yield (
                    _attack_id(stix_object),
                    _attack_id(successor) if successor and current else "",
                )


def _follow(key: str, next_of: Mapping[str, str]) -> str:
    visited = {key}
    while (key := next_of.get(key, "")) and key not in visited:
        visited.add(key)
        if key not in next_of:
            return key
    return ""


def _is_withdrawn(stix_object: Stix) -> bool:
    return bool(stix_object.get("revoked", False) or stix_object.get("x_mitre_deprecated", False))


def _attack_id(stix_object: Stix) -> str:
    """The ATT&CK id; '' if the version gives objects of this type none."""
    for reference in stix_object.get("external_references", ()) or ():
        if reference.get("source_name") == _ATTACK:
            return str(reference.get("external_id", ""))
    return ""


def _ids(objects: Iterable[Stix]) -> tuple[str, ...]:
    return tuple(sorted({_attack_id(stix_object) for stix_object in objects}))


def _by_id(objects: Iterable[Named]) -> tuple[Named, ...]:
    """Sorted by id; ValueError where an object has no ATT&CK id or the id of another."""
    ordered = tuple(sorted(objects, key=lambda attack_object: attack_object.id))
    ids: set[str] = set()
    for attack_object in ordered:
        if not _ID.fullmatch(attack_object.id) or attack_object.id in ids:
            raise ValueError(f"'{attack_object.id}' is no ATT&CK id, or occurs twice")
        ids.add(attack_object.id)
    return ordered


def _tactics_of(technique: Stix) -> tuple[str, ...]:
    phases = technique.get("kill_chain_phases", ()) or ()
    return tuple(phase["phase_name"] for phase in phases if phase["kill_chain_name"] == _ATTACK)


def _ref(component: str, source: Stix) -> LogSourceRef:
    return log_source_ref(component, _words(source, "name"), _words(source, "channel"))


def _words(source: Stix, key: str) -> str:
    value = source.get(key)
    return value if isinstance(value, str) else ""


def _as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
