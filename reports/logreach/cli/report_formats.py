"""The reports that `assess` can write, each by the module that makes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from logreach.cli.report_folder import whole_files

if TYPE_CHECKING:
    from logreach.coverage.assessment.result import Assessment
    from logreach.reports.navigator.fleet import Group
    from logreach.reports.reason_catalogue import ReasonCatalogue


class ReportFormat(StrEnum):
    """The reports that can be written."""

    JSON = "json"
    EXCEL = "excel"
    NAVIGATOR = "navigator"
    HTML = "html"
    CSV = "csv"
    DETTECT = "dettect"
    OPENGRAPH = "opengraph"
    GRAPHML = "graphml"


class LayerKind(StrEnum):
    """The Navigator layers that can be written."""

    FLEET = "fleet"
    PROFILES = "profiles"


DEFAULT_FORMATS = (
    ReportFormat.JSON,
    ReportFormat.EXCEL,
    ReportFormat.NAVIGATOR,
    ReportFormat.HTML,
)


class LayersAsked(NamedTuple):
    """The Navigator layers that are asked for beside those of all hosts."""

    groups: tuple[Group, ...] = ()
    profiles: bool = False


def groups_of(attack: str | None, names: Sequence[str]) -> tuple[Group, ...]:
    """The threat groups that were asked for, each with its techniques."""
    if not names:
        return ()
    from logreach.coverage.attack import load_attack
    from logreach.reports.navigator.fleet import Group

    model = load_attack(attack)
    groups = (group for name in names for group in model.find_group(name))
    return tuple(Group(group.name, group.techniques) for group in dict.fromkeys(groups))


def write_reports(
    result: Assessment,
    out: Path,
    formats: Sequence[ReportFormat],
    progress: Callable[[str, int, int], None],
    layers: LayersAsked,
) -> list[Path]:
    """Write the reports into `out`, whole files only; returns their paths."""
    from logreach.reports.reason_catalogue import ReasonCatalogue

    catalogue = ReasonCatalogue(result)
    written: list[Path] = []
    with whole_files(out) as folder:
        for number, format_ in enumerate(dict.fromkeys(formats)):
            progress(f"writing {format_.value}", number, len(formats))
            paths = _write_format(result, catalogue, folder, format_, layers)
            written += [out / path.relative_to(folder) for path in paths]
    return written


def _write_format(
    result: Assessment,
    catalogue: ReasonCatalogue,
    out: Path,
    format_: ReportFormat,
    layers: LayersAsked,
) -> list[Path]:
    match format_:
        case ReportFormat.JSON:
            from logreach.reports.json import write_json

            write_json(result, out / "assessment.json", catalogue)
            return [out / "assessment.json"]
        case ReportFormat.EXCEL:
            from logreach.reports.excel import write_workbook

            write_workbook(result, out / "assessment.xlsx", catalogue)
            return [out / "assessment.xlsx"]
        case ReportFormat.NAVIGATOR:
            from logreach.reports.navigator import write_layers

            folder = out / "navigator"
            return write_layers(result, folder, catalogue, layers.groups, profiles=layers.profiles)
        case ReportFormat.HTML:
            from logreach.reports.html import write_html

            write_html(result, out / "assessment.html", catalogue)
            return [out / "assessment.html"]
        case ReportFormat.CSV:
            from logreach.reports.csv import write_csv

            return write_csv(result, out, catalogue)
        case ReportFormat.DETTECT:
            from logreach.reports.dettect import write_dettect

            return write_dettect(result, out / "dettect")
        case ReportFormat.OPENGRAPH:
            from logreach.reports.graph.opengraph import write_opengraph

            return [write_opengraph(result, out / "opengraph.json")]
        case ReportFormat.GRAPHML:
            from logreach.reports.graph.graphml import write_graphml

            return [write_graphml(result, out / "graph.graphml")]
