"""mitreattack's exporters draw the layers as they are meant: the same colour in Excel and SVG."""

from __future__ import annotations

import gzip
import json
import re
import warnings
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support import ROOT, shared

from logreach.coverage.assessment.assess import assess
from logreach.coverage.assessment.scope import scope_of
from logreach.coverage.attack import load_attack
from logreach.inventories import load
from logreach.reports.navigator import write_layers
from logreach.reports.navigator.frame import SHARES

# T1020 has a sub-technique for other platforms alone; the others have every colour.
TECHNIQUES = ("T1543", "T1059", "T1003", "T1558", "T1020", "T1114", "T1204", "T1078")
DRAWN = {"attack-pattern", "x-mitre-tactic", "x-mitre-matrix", "relationship"}
Json = dict[str, Any]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ATT&CK 19.1, as far as a matrix is drawn from it."""
    text = gzip.decompress(shared("attack/enterprise-attack-19.1.json.gz").read_bytes())
    told = json.loads(text)
    told["objects"] = [
        one
        for one in told["objects"]
        if one["type"] in DRAWN
        and one.get("relationship_type", "subtechnique-of") == "subtechnique-of"
    ]
    path = tmp_path_factory.mktemp("attack") / "bundle.json"
    path.write_text(json.dumps(told), "utf-8")
    return path


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Json]:
    attack = load_attack("19.1")
    scope = scope_of(attack, TECHNIQUES, (), ())
    contoso = assess(load(ROOT / "examples/contoso"), attack, scope, version="0")
    paths = write_layers(contoso, tmp_path_factory.mktemp("layers"), profiles=True)
    return {path.stem: json.loads(path.read_text("utf-8")) for path in paths[:-1]}


NAMES = ("detection", "depth", "profile-p5")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES)
def test_excel_and_svg_show_each_technique_in_the_colour_that_is_meant(
    layers: dict[str, Json], bundle: Path, tmp_path: Path, name: str
) -> None:
    from mitreattack.navlayers import Layer, SVGConfig, ToExcel, ToSvg

    told = layers[name]
    meant = {one["techniqueID"]: colour(told, one) for one in told["techniques"]}
    layer = Layer(init_data=told, strict=True)
    ToExcel(source="local", resource=str(bundle)).to_xlsx(layer, str(tmp_path / "a.xlsx"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet.title == told["name"]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value]
    shown = {
        str(cell.value).partition(":")[0]: f"#{cell.fill.start_color.rgb[2:]}" for cell in cells
    }
    judged = {each: fill for each, fill in shown.items() if each in meant}
    # mitreattack leaves out the sub-techniques of the last column and of other platforms.
    assert len(judged) > 30
    assert {each: fill for each, fill in judged.items() if not near(fill, meant[each])} == {}

    config = SVGConfig(showSubtechniques="all")
    svg = ToSvg(source="local", resource=str(bundle), config=config)
    svg.to_svg(layer, str(tmp_path / "a.svg"))
    drawn = dict(rectangles((tmp_path / "a.svg").read_text("utf-8")))
    judged = {each: fill for each, fill in drawn.items() if each in meant}
    assert len(judged) >= len(TECHNIQUES) - 1
    assert {each: fill for each, fill in judged.items() if not near(fill, meant[each])} == {}


def rectangles(svg: str) -> list[tuple[str, str]]:
    """The technique and the colour of each rectangle."""
    return [
        (technique, "#" + "".join(f"{int(part):02x}" for part in fill.split(",")))
        for fill, technique in re.findall(r'fill: rgb\(([\d, ]+)\)"[^>]* class="(T[\d.]+)"', svg)
    ]


def colour(layer: Json, entry: Json) -> str:
    """The colour that an entry is meant to have: its own, or the gradient's at its score."""
    if "score" not in entry:
        return str(entry["color"])
    assert "color" not in entry
    gradient = layer["gradient"]
    least, most, colours = gradient["minValue"], gradient["maxValue"], gradient["colors"]
    place = min(max((entry["score"] - least) / (most - least), 0), 1) * (len(colours) - 1)
    low = min(int(place), len(colours) - 2)
    mixed = (
        round(a + (b - a) * (place - low))
        for a, b in zip(parts(colours[low]), parts(colours[low + 1]), strict=True)
    )
    return "#" + "".join(f"{part:02x}" for part in mixed)


def parts(fill: str) -> tuple[int, int, int]:
    return int(fill[1:3], 16), int(fill[3:5], 16), int(fill[5:7], 16)


def near(one: str, other: str) -> bool:
    """Alike to the eye: mitreattack mixes colours by hue, and cuts a score's fraction."""
    return max(abs(a - b) for a, b in zip(parts(one), parts(other), strict=True)) <= 24


def test_conditional_is_paler_than_achievable_on_few_hosts() -> None:
    from logreach.reports.labels import LABEL_STYLES

    def light(fill: str) -> float:
        red, green, blue = parts(fill)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    order = [SHARES.colours[1], SHARES.colours[0], LABEL_STYLES["conditional"].fill]
    lights = [light(fill) for fill in (*order, LABEL_STYLES["conditional elsewhere"].fill)]
    assert lights == sorted(lights)
    assert min(b - a for a, b in pairwise(lights)) > 20


def test_the_layers_have_every_kind_of_answer(layers: dict[str, Json]) -> None:
    """So that the colours above are compared for all of them."""
    told = Counter(
        colour(layers[name], one)
        for name in ("profile-p1", "profile-p5")
        for one in layers[name]["techniques"]
    )
    assert len(told) >= 5
