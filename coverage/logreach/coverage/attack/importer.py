"""Makes the model from a STIX bundle through mitreattack-python.

The only module that imports it: its loader takes seconds. Objects that no relation of ours
touches (software, mitigations and what hangs on them) are left out before loading.
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
    Group,
    LogSourceRef,
    Tactic,
    Technique,
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

# What mitreattack-python hands out: stix2 objects, which are mappings of anything.
Stix = Mapping[str, Any]
Named = TypeVar("Named", Technique, DetectionStrategy, Analytic, Group)


def make_model(bundle: Bundle, version: str) -> AttackModel:
    """The model of a bundle, free of revoked and deprecated objects, sorted by id.

    Takes seconds. InputError where mitreattack-python refuses an object of the bundle.
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

    wanted = [one for one in bundle.objects if _is_wanted(one)]
    store = MemoryStore(stix_data={"type": "bundle", "objects": wanted})
    return MitreAttackData(src=store)


def _is_wanted(one: StixObject) -> bool:
    if one["type"] != "relationship":
        return one["type"] in _TYPES
    if one.get("relationship_type") == "uses":
        source, target = str(one.get("source_ref")), str(one.get("target_ref"))
        return source.startswith(_USERS) and target.startswith("attack-pattern--")
    return one.get("relationship_type") in _RELATIONS


class _Import:
    """One run: the loaded data, and the ids of its living objects."""

    def __init__(self, data: MitreAttackData, bundle: Bundle, version: str) -> None:
        self._data = data
        self._bundle = bundle
        self._version = version
        self._techniques = self._living("attack-pattern")
        self._components = self._living("x-mitre-data-component")
        self._strategies = self._living("x-mitre-detection-strategy")
        self._analytics = self._living("x-mitre-analytic")
        self._groups = self._living("intrusion-set")

    def _living(self, stix_type: str) -> dict[str, Stix]:
        found = self._data.get_objects_by_type(stix_type, remove_revoked_deprecated=True)
        return {one["id"]: one for one in found}

    def model(self) -> AttackModel:
        strategies = _by_id(self._read_strategies())
        return AttackModel(
            version=self._version,
            spec=max(
                (str(one.get("x_mitre_attack_spec_version", "")) for one in self._bundle.objects),
                key=_as_numbers,
                default="",
            ),
            sha256=self._bundle.sha256,
            tactics=self._read_tactics(),
            techniques=_by_id(self._read_techniques()),
            components=tuple(sorted(self._read_components(), key=lambda one: one.name)),
            strategies=strategies,
            analytics=_by_id(self._read_analytics(strategies)),
            groups=_by_id(self._read_groups()),
            detects=tuple(sorted(set(self._read_links()))),
            former=dict(sorted(self._read_former())),
        )

    def _read_tactics(self) -> tuple[Tactic, ...]:
        columns = self._data.get_tactics_by_matrix()
        ordered = dict.fromkeys(
            Tactic(_attack_id(one), one["x_mitre_shortname"], one["name"])
            for matrix in sorted(columns)
            for one in columns[matrix]
        )
        return tuple(ordered)

    def _read_techniques(self) -> Iterator[Technique]:
        parents = self._data.get_all_parent_techniques_of_all_subtechniques()
        for key, one in self._techniques.items():
            above = parents.get(key, ())
            yield Technique(
                id=_attack_id(one),
                name=one["name"],
                tactics=_tactics_of(one),
                platforms=tuple(one.get("x_mitre_platforms", ())),
                is_subtechnique=bool(one.get("x_mitre_is_subtechnique", False)),
                parent=_attack_id(above[0]["object"]) if above else "",
            )

    def _read_components(self) -> Iterator[DataComponent]:
        sources = {one["id"]: one["name"] for one in self._living("x-mitre-data-source").values()}
        for one in self._components.values():
            refs = (
                _ref(one["name"], source) for source in one.get("x_mitre_log_sources", ()) or ()
            )
            yield DataComponent(
                id=_attack_id(one),
                name=one["name"],
                data_source=sources.get(one.get("x_mitre_data_source_ref", ""), ""),
                log_sources=tuple(dict.fromkeys(refs)),
            )

    def _read_strategies(self) -> Iterator[DetectionStrategy]:
        targets = self._data.get_all_techniques_detected_by_all_detection_strategies()
        for key, one in self._strategies.items():
            refs = one.get("x_mitre_analytic_refs", ())
            yield DetectionStrategy(
                id=_attack_id(one),
                name=one["name"],
                techniques=_ids(entry["object"] for entry in targets.get(key, ())),
                analytics=_ids(self._analytics[ref] for ref in refs if ref in self._analytics),
            )

    def _read_analytics(self, strategies: Iterable[DetectionStrategy]) -> Iterator[Analytic]:
        owners: dict[str, list[DetectionStrategy]] = {}
        for strategy in strategies:
            for analytic in strategy.analytics:
                owners.setdefault(analytic, []).append(strategy)
        for one in self._analytics.values():
            mine = owners.get(_attack_id(one), [])
            yield Analytic(
                id=_attack_id(one),
                platforms=tuple(one.get("x_mitre_platforms", ())),
                strategies=tuple(strategy.id for strategy in mine),
                techniques=tuple(dict.fromkeys(t for owner in mine for t in owner.techniques)),
                refs=tuple(self._read_refs(one)),
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

    def _read_groups(self) -> Iterator[Group]:
        uses = self._data.get_all_techniques_used_by_all_groups()
        for key, one in self._groups.items():
            name = one["name"]
            yield Group(
                id=_attack_id(one),
                name=name,
                aliases=tuple(alias for alias in one.get("aliases", ()) if alias != name),
                techniques=_ids(entry["object"] for entry in uses.get(key, ())),
            )

    def _read_former(self) -> Iterator[tuple[str, str]]:
        """Ids that no longer stand, each with the id that stands in the end, or ''."""
        from stix2 import Filter

        by = self._data.src.query([Filter("relationship_type", "=", "revoked-by")])
        next_of = {one["source_ref"]: one["target_ref"] for one in by}
        known = {
            one["id"]: one
            for kind in ("attack-pattern", "intrusion-set", "x-mitre-tactic")
            for one in self._data.get_objects_by_type(kind)
        }
        living = {_attack_id(one) for one in known.values() if not _is_dead(one)}
        for key, one in known.items():
            if _is_dead(one) and _attack_id(one) not in living:
                last = known.get(_follow(key, next_of))
                stands = last is not None and not _is_dead(last)
                yield _attack_id(one), _attack_id(last) if last and stands else ""


def _follow(key: str, next_of: Mapping[str, str]) -> str:
    seen = {key}
    while (key := next_of.get(key, "")) and key not in seen:
        seen.add(key)
        if key not in next_of:
            return key
    return ""


def _is_dead(one: Stix) -> bool:
    return bool(one.get("revoked", False) or one.get("x_mitre_deprecated", False))


def _attack_id(one: Stix) -> str:
    """The ATT&CK id; '' where the version gives such objects none."""
    for reference in one.get("external_references", ()) or ():
        if reference.get("source_name") == _ATTACK:
            return str(reference.get("external_id", ""))
    return ""


def _ids(objects: Iterable[Stix]) -> tuple[str, ...]:
    return tuple(sorted({_attack_id(one) for one in objects}))


def _by_id(objects: Iterable[Named]) -> tuple[Named, ...]:
    """Sorted by id; ValueError where an object has no ATT&CK id, or shares it."""
    ordered = tuple(sorted(objects, key=lambda one: one.id))
    seen: set[str] = set()
    for one in ordered:
        if not _ID.fullmatch(one.id) or one.id in seen:
            raise ValueError(f"'{one.id}' is no ATT&CK id, or stands twice")
        seen.add(one.id)
    return ordered


def _tactics_of(technique: Stix) -> tuple[str, ...]:
    phases = technique.get("kill_chain_phases", ()) or ()
    return tuple(one["phase_name"] for one in phases if one["kill_chain_name"] == _ATTACK)


def _ref(component: str, source: Stix) -> LogSourceRef:
    return log_source_ref(component, _words(source, "name"), _words(source, "channel"))


def _words(source: Stix, key: str) -> str:
    value = source.get(key)
    return value if isinstance(value, str) else ""


def _as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
