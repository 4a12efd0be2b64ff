"""A second proof: the guides' own tables and hosts' own listings, compared by a few plain lines."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from support import ROOT, shared

from logreach.coverage.assessment.assess import Scope
from logreach.coverage.attack import load_attack
from logreach.coverage.baselines.assess import assess_baseline
from logreach.inventories import load
from logreach.inventories.windows.baselines.shipped import find_baseline

TABLES = {
    "asd": "Australian_Signals_Directorate.csv",
    "microsoft-client": "Microsoft_Client.csv",
    "microsoft-server": "Microsoft_Server.csv",
    "yamato": "YamatoSecurity.csv",
}
LISTINGS = {
    "WS": "ws/auditpol.csv",
    "DC": "dc/auditpol.csv",
    "FS": "fs/auditpol.csv",
    "APP-OLD": "legacy/auditpol.csv",
    "KIOSK": "kiosk/auditpol.csv",
}
CLIENTS = {"WS", "KIOSK"}
# The table of Yamato Security names a subcategory as auditpol does not.
NAMES = {"Non-Sensitive Privilege Use": "Non Sensitive Privilege Use"}


def recommended(name: str) -> dict[str, str]:
    """What a guide's table recommends, by subcategory; blanks and advice to leave off are out."""
    path = shared(f"windows-defaults/{TABLES[name]}")
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return {
            NAMES.get(row["SubCategory"], row["SubCategory"]): row["RecommendedSetting"].strip()
            for row in csv.DictReader(handle)
            if row["Category"].startswith("Security Advanced")
            and row["RecommendedSetting"].strip() not in ("", "No Auditing")
        }


def listed(path: str) -> dict[str, str]:
    text = (ROOT / "examples" / "contoso" / path).read_bytes().decode("utf-8-sig")
    return {
        row["Subcategory"]: row["Inclusion Setting"]
        for row in csv.DictReader(line for line in text.splitlines() if line.strip())
    }


def expected(recommendation: str, host: str, guide: str, setting: str) -> str:
    """By WELA's words alone: for which hosts, and whether the outcomes are among those listed."""
    if guide == "microsoft-client" and host not in CLIENTS:
        return "not applicable"
    if guide == "microsoft-server" and host in CLIENTS:
        return "not applicable"
    if recommendation.startswith("Client OS: No Auditing | Server OS") and host in CLIENTS:
        return "not applicable"
    if (
        "ADDS Server" in recommendation or recommendation.startswith("Domain Con")
    ) and host != "DC":
        return "not applicable"
    if "AD CS" in recommendation:
        return "not applicable" if host in CLIENTS else "unknown"
    has = {word for word in ("Success", "Failure") if word in setting}
    if recommendation == "Enable":
        return "met" if has else "not met"
    wanted = {word for word in ("Success", "Failure") if word in recommendation.split(": ")[-1]}
    return "met" if wanted <= has else "not met"


@pytest.mark.parametrize("guide", TABLES)
def test_a_guide_asks_for_what_its_table_recommends(guide: str) -> None:
    asked = {
        str(requirement.check): requirement for requirement in find_baseline(guide).requirements
    }
    for name, words in recommended(guide).items():
        outcomes = words.split(": ")[-1].removesuffix(" for AD CS role servers")
        match, outcomes = (
            ("any of", "Success and Failure") if words == "Enable" else ("at least", outcomes)
        )
        check = f"{name}: {match} {outcomes}"
        assert any(check in text for text in asked), (name, words)


@pytest.mark.parametrize("guide", TABLES)
def test_hosts_meet_a_guide_where_their_own_listings_say_so(guide: str) -> None:
    table = recommended(guide)
    result = assess_baseline(
        load(ROOT / "examples" / "contoso"),
        load_attack("19.1"),
        find_baseline(guide),
        scope=Scope(("T1543.003",)),
    )
    compared = 0
    for requirement in result.baseline.requirements:
        name = str(requirement.check).partition(":")[0]
        if name not in table:
            continue
        for profile, answer in result.answers(requirement):
            for host in profile.hosts:
                listing = listed(LISTINGS[host]) if host in LISTINGS else {}
                if host not in LISTINGS or name not in listing:
                    continue
                wanted = expected(table[name], host, guide, listing[name])
                assert answer.status.value == wanted, (requirement.id, host, answer.reasons)
                compared += 1
    assert compared > 90


def test_the_controls_are_in_the_catalogues(tmp_path: Path) -> None:
    import json

    for name, file in (
        ("nist-800-53", "nist-800-53-rev5-high.json"),
        ("ism", "asd-ism-non-classified.json"),
    ):
        catalog = shared(f"compliance/{file}").read_text("utf-8")
        ids = set(_ids(json.loads(catalog)["catalog"]))
        controls = {each.control for each in find_baseline(name).requirements}
        assert controls <= ids
        assert controls


def _ids(node: dict[str, object]) -> list[str]:
    found = [str(node["id"])] if "id" in node else []
    for key in ("groups", "controls"):
        children = node.get(key)
        for child in children if isinstance(children, list) else []:
            found += _ids(child)
    return found
