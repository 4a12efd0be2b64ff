"""What a site makes of rules before they run: pySigma's pipelines, its own names for fields, and
values for placeholders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.tables import Shape, yaml_table

if TYPE_CHECKING:
    from sigma.processing.pipeline import ProcessingPipeline
    from sigma.rule import SigmaRule

_LISTS: Shape = {...: (str, int, [(str, int)])}
_YAML = (".yml", ".yaml")
_EXTERNAL = (
    ".external"  # the modules of transformations that fetch values: from files, the web, commands
)
_FORMS = frozenset({"caseless", "keyword", "text"})
_INSTALL = "pip install 'logreach[pipelines]' brings windows-audit, windows-logsources and sysmon"
Lists = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Conversion:
    """How a site converts rules.

    `pipelines` are names of pySigma's pipelines or YAML files, `names` the site's names for fields
    with those of Sigma or of the event, `placeholders` the values that stand for %name%. `key`
    tells two conversions apart that may come to different rules.
    """

    pipelines: tuple[str, ...] = ()
    names: Lists = field(default_factory=dict)
    placeholders: Lists = field(default_factory=dict)
    key: str = ""

    def pipeline(self) -> ProcessingPipeline | None:
        """The pipelines as one; None for none. Raises InputError for one that cannot be used."""
        return _resolved(self.pipelines) if self.pipelines else None


NO_CONVERSION = Conversion()


def conversion_of(
    pipelines: Sequence[str] = (),
    field_names: Path | None = None,
    placeholders: Path | None = None,
) -> Conversion:
    """A conversion as people ask for it. Raises InputError with what cannot be used."""
    if not pipelines and field_names is None and placeholders is None:
        return NO_CONVERSION
    names, values = _lists(field_names), _lists(placeholders)
    pipeline = _resolved(pipelines) if pipelines else None
    if pipeline is not None:
        names = {**dict(_inverse(pipeline)), **names}
    values = {name.strip("%").casefold(): replacements for name, replacements in values.items()}
    return Conversion(tuple(pipelines), names, values, _key(pipelines, names, values))


def _lists(path: Path | None) -> dict[str, tuple[str, ...]]:
    """A file of names, each with one value or a list of them."""
    if path is None:
        return {}
    if not path.is_file():
        raise InputError([Fault("no such file", str(path))])
    try:
        table: dict[str, Any] = yaml_table(path, _LISTS)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        position = f"line {mark.line + 1}" if mark else ""
        raise InputError([Fault("not readable as YAML", str(path), position)]) from None
    return {
        str(name): tuple(map(str, value if isinstance(value, list) else [value]))
        for name, value in table.items()
    }


def _resolved(names: Sequence[str]) -> ProcessingPipeline:
    from sigma.plugins import InstalledSigmaPlugins

    installed = InstalledSigmaPlugins.autodiscover()
    unknown = [
        name
        for name in names
        if name not in installed.pipelines
        and not (Path(name).suffix in _YAML and Path(name).is_file())
    ]
    if unknown:
        available = ", ".join(sorted(installed.pipelines)) or "none"
        hint = f"Installed: {available}; {_INSTALL}. Or name a YAML file."
        raise InputError([Fault("no such pipeline", name, hint=hint) for name in unknown])
    try:
        pipeline = installed.get_pipeline_resolver().resolve(list(names))
    except Exception as error:  # whatever pySigma makes of a file that is no pipeline
        raise InputError([Fault(f"pipeline cannot be read: {error}", ", ".join(names))]) from None
    for transformation in _transformations(pipeline.items):
        if type(transformation).__module__.endswith(_EXTERNAL):
            message = f"{type(transformation).__name__} fetches values from outside"
            hint = "Give values to placeholders by --placeholders."
            raise InputError([Fault(message, ", ".join(names), hint=hint)])
    return pipeline


def _transformations(items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        yield item.transformation
        nested = getattr(item.transformation, "_nested_pipeline", None)
        if nested is not None:
            yield from _transformations(nested.items)


def _inverse(pipeline: ProcessingPipeline) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names that a pipeline gives to fields, each with those that it replaces."""
    sources: dict[str, dict[str, None]] = {}
    for transformation in _transformations(pipeline.items):
        mapping = getattr(transformation, "mapping", None)
        if isinstance(mapping, dict) and hasattr(transformation, "apply_field_name"):
            for source, targets in mapping.items():
                for target in targets if isinstance(targets, list) else [targets]:
                    if source and target and source != target:
                        for name in _names_of(str(target)):
                            sources.setdefault(name, {})[str(source)] = None
    yield from ((target, tuple(replaced)) for target, replaced in sources.items())


def _names_of(field: str) -> Iterator[str]:
    """A field, and, where it is one of Elasticsearch's forms of it, the field itself."""
    yield field
    stem, _, form = field.rpartition(".")
    if form in _FORMS:
        yield stem


def _key(pipelines: Sequence[str], names: Lists, values: Lists) -> str:
    """Files by their content, packages by their versions."""
    if not (pipelines or names or values):
        return ""
    read = [Path(name).read_text("utf-8") for name in pipelines if Path(name).is_file()]
    versions = sorted(
        f"{package.name} {package.version}"
        for package in distributions()
        if str(package.name).lower().startswith("pysigma")
    )
    return repr((tuple(pipelines), read, versions, sorted(names.items()), sorted(values.items())))


def convert(pipeline: ProcessingPipeline, rule: SigmaRule) -> tuple[str, Lists]:
    """Apply a pipeline to a rule.

    Returns why it refuses the rule ('': it does not), and the names that it gave to fields.
    """
    try:
        pipeline.apply(rule)
    except Exception as error:  # pipelines are programs, and each raises what it likes
        return f"its pipeline refuses it: {error}", {}
    renamed = pipeline.field_mappings.target_fields
    return "", {
        str(target): tuple(sorted(str(source) for source in sources if source))
        for target, sources in renamed.items()
        if target
    }
