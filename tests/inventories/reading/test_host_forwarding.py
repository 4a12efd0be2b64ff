"""Which subscriptions a host has, by what the inventory names and what lies among its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from logreach.inventories import load
from logreach.inventories.facts.facts import Known
from logreach.inventories.forwarding.subscriptions import FORWARDING, Forwarding

SUBSCRIPTION = """<Subscription xmlns="http://schemas.microsoft.com/2006/03/windows/events/subscription">
<SubscriptionId>{name}</SubscriptionId><SubscriptionType>{kind}</SubscriptionType>
<Query><![CDATA[<QueryList><Query Id="0"><Select Path="Security">*</Select></Query></QueryList>]]></Query>
{rest}</Subscription>
"""
SOURCES = (
    '<EventSources><EventSource Enabled="true"><Address>ws.contoso.com</Address></EventSource>'
    '<EventSource Enabled="false"><Address>old.contoso.com</Address></EventSource>'
    "<EventSource><Address>10.0.0.5</Address></EventSource></EventSources>"
)


def subscription(name: str, kind: str = "SourceInitiated", rest: str = "") -> str:
    return SUBSCRIPTION.format(name=name, kind=kind, rest=rest)


def forwarding(folder: Path, files: dict[str, str], host: str = "WS") -> Forwarding:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    found = {one.name: one for one in load(folder).hosts}[host]
    fact = found.facts.get(FORWARDING)
    assert isinstance(fact, Known)
    assert not found.facts.conflicts
    return fact.value


def test_what_a_host_names_is_marked_as_named_and_what_all_share_is_not(tmp_path: Path) -> None:
    manifest = (
        "subscriptions: all.xml\n"
        "hosts: [{name: WS, subscriptions: own.xml}, {name: SRV}, {name: OFF, subscriptions: none}]\n"
    )
    files = {
        "inventory.yaml": manifest,
        "all.xml": subscription("All"),
        "own.xml": subscription("Own"),
    }
    own, shared = forwarding(tmp_path, files), forwarding(tmp_path, files, "SRV")
    assert [(one.name, one.named) for one in own.subscriptions] == [("Own", True)]
    assert [(one.name, one.named) for one in shared.subscriptions] == [("All", False)]
    assert forwarding(tmp_path, files, "OFF").subscriptions == ()


def test_several_files_among_those_of_a_host_are_one_fact(tmp_path: Path) -> None:
    files = {"WS/a.xml": subscription("A"), "WS/b.xml": subscription("B"), "SRV/ver.txt": "x"}
    found = forwarding(tmp_path, files)
    assert [one.name for one in found.subscriptions] == ["A", "B"]


def test_a_file_that_is_not_there_leaves_the_others_incomplete(tmp_path: Path) -> None:
    manifest = "hosts: [{name: WS, subscriptions: [a.xml, gone.xml]}]\n"
    found = forwarding(tmp_path, {"inventory.yaml": manifest, "a.xml": subscription("A")})
    assert [one.name for one in found.subscriptions] == ["A"]
    assert "gone.xml" in found.incomplete[0]


def test_a_host_by_itself_is_known_among_the_computers_that_a_collector_calls(
    tmp_path: Path,
) -> None:
    manifest = (
        "subscriptions: a.xml\n"
        "hosts: [{name: WS}, {name: old}, {name: '10.0.0.5'}, {name: '10', count: 1}]\n"
    )
    files = {
        "inventory.yaml": manifest,
        "a.xml": subscription("A", "CollectorInitiated", SOURCES),
    }
    named = {host: forwarding(tmp_path, files, host).subscriptions[0] for host in ("WS", "old")}
    assert named["WS"].sources == ("ws.contoso.com", "10.0.0.5")
    assert named["WS"].named
    assert not named["old"].named
    assert forwarding(tmp_path, files, "10.0.0.5").subscriptions[0].named
    assert not forwarding(tmp_path, files, "10").subscriptions[0].named


def test_a_group_of_hosts_is_in_no_list_of_computers(tmp_path: Path) -> None:
    manifest = "subscriptions: a.xml\nhosts: [{name: WS, count: 2}]\n"
    text = subscription("A", "CollectorInitiated", SOURCES)
    found = forwarding(tmp_path, {"inventory.yaml": manifest, "a.xml": text})
    assert not found.subscriptions[0].named


def test_who_may_send_is_read_with_its_kind(tmp_path: Path) -> None:
    rest = (
        "<AllowedSourceNonDomainComputers><AllowedIssuerCAList><IssuerCA>00</IssuerCA>"
        "</AllowedIssuerCAList></AllowedSourceNonDomainComputers>"
        "<AllowedSourceDomainComputers>\n  D:(A;;GA;;;DC)\n</AllowedSourceDomainComputers>"
    )
    files = {
        "inventory.yaml": "hosts: [{name: WS, subscriptions: a.xml}]\n",
        "a.xml": subscription("A", rest=rest) + subscription("B", "Peer"),
    }
    one, other = forwarding(tmp_path, files).subscriptions
    assert (one.initiated, one.allowed, one.certificates) == ("source", "D:(A;;GA;;;DC)", True)
    assert (other.initiated, other.allowed, other.certificates) == ("untold", "", False)


def test_a_descriptor_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    rest = "<AllowedSourceDomainComputers>D:(A;;GA</AllowedSourceDomainComputers>"
    files = {
        "inventory.yaml": "hosts: [{name: WS, subscriptions: a.xml}]\n",
        "a.xml": subscription("A", rest=rest),
    }
    found = forwarding(tmp_path, files)
    assert "AllowedSourceDomainComputers of A" in found.incomplete[0]
    assert "line 4" in found.incomplete[0]


def test_a_list_of_wecutil_tells_the_same_as_its_xml(tmp_path: Path) -> None:
    query = '<QueryList><Query Id="0"><Select Path="Security">*</Select></Query></QueryList>'
    text = (
        f"Subscription Id: A\nSubscriptionType: CollectorInitiated\nEnabled: true\nQuery: {query}\n"
        "AllowedSourceDomainComputers: D:(A;;GA;;;DC)\n\nEventSource[0]:\n        Address: ws.contoso.com\n"
        "        Enabled: true\n\nEventSource[1]:\n        Address: old.contoso.com\n        Enabled: false\n"
    )
    files = {"inventory.yaml": "subscriptions: a.txt\nhosts: [{name: WS}]\n", "a.txt": text}
    (one,) = forwarding(tmp_path, files).subscriptions
    assert (one.name, one.initiated, one.allowed) == ("A", "collector", "D:(A;;GA;;;DC)")
    assert (one.sources, one.named, one.certificates) == (("ws.contoso.com",), True, False)


def test_a_subscription_that_lists_others_and_is_named_is_told(tmp_path: Path) -> None:
    others = SOURCES.replace("<EventSource><Address>10.0.0.5</Address></EventSource>", "")
    files = {
        "inventory.yaml": "hosts: [{name: SRV, subscriptions: a.xml}, {name: WS, subscriptions: a.xml}]",
        "a.xml": subscription("A", "CollectorInitiated", others),
    }
    assert [one.elsewhere for one in forwarding(tmp_path, files, "SRV").subscriptions] == [True]
    assert [one.elsewhere for one in forwarding(tmp_path, files, "WS").subscriptions] == [False]
    said = [one.message for one in load(tmp_path).faults]
    assert said == ["the inventory names A for SRV, which is not among the computers it lists"]


def test_an_address_of_figures_may_be_the_host(tmp_path: Path) -> None:
    files = {
        "inventory.yaml": "hosts: [{name: SRV, subscriptions: a.xml}]",
        "a.xml": subscription("A", "CollectorInitiated", SOURCES),
    }
    assert [one.elsewhere for one in forwarding(tmp_path, files, "SRV").subscriptions] == [False]
    assert load(tmp_path).faults == ()


def test_an_expiry_is_kept_and_told_once_and_leaves_nothing_unread(tmp_path: Path) -> None:
    files = {
        "inventory.yaml": "hosts: [{name: SRV, subscriptions: a.xml}]",
        "a.xml": subscription("A", rest="<Expires>2010-01-01T00:00:00.000Z</Expires>"),
    }
    found = forwarding(tmp_path, files, "SRV")
    assert [one.expires for one in found.subscriptions] == ["2010-01-01T00:00:00.000Z"]
    assert found.incomplete == ()
    said = [str(one) for one in load(tmp_path).faults]
    assert len(said) == 1
    assert "A expires on 2010-01-01T00:00:00.000Z" in said[0]


TWO = "hosts: [{name: srv01.a.example}, {name: srv01.b.example}]\nsubscriptions: s.xml\n"


def calling(*addresses: str) -> str:
    listed = "".join(f"<EventSource><Address>{one}</Address></EventSource>" for one in addresses)
    return subscription("S", "CollectorInitiated", f"<EventSources>{listed}</EventSources>")


@pytest.mark.parametrize(
    ("address", "a", "b"),
    [
        ("srv01.a.example", (True, False), (False, True)),
        ("SRV01.B.EXAMPLE.", (False, True), (True, False)),
        ("srv01", (False, False), (False, False)),
        ("other.a.example", (False, True), (False, True)),
    ],
)
def test_a_list_of_computers_takes_from_those_whose_whole_name_it_holds(
    address: str, a: tuple[bool, bool], b: tuple[bool, bool], tmp_path: Path
) -> None:
    files = {"inventory.yaml": TWO, "s.xml": calling(address)}
    found = [forwarding(tmp_path, files, f"srv01.{one}.example").subscriptions[0] for one in "ab"]
    assert [(one.named, one.elsewhere) for one in found] == [a, b]
    told = [str(one) for one in load(tmp_path).faults]
    said = "S lists srv01, which may be srv01.a.example or srv01.b.example"
    assert [said in one for one in told] == ([True] if address == "srv01" else [])


def test_a_host_whose_domain_a_list_tells_is_not_its_namesake_in_another(tmp_path: Path) -> None:
    files = {
        "inventory.yaml": "hosts: [{name: SRV01}]\nsubscriptions: s.xml\nexports: [{file: ad.csv}]\n",
        "ad.csv": "Name,DNSHostName,OperatingSystem\nSRV01,srv01.a.example,Windows Server 2022\n",
        "s.xml": calling("srv01.b.example"),
    }
    (found,) = forwarding(tmp_path, files, "SRV01").subscriptions
    assert (found.named, found.elsewhere) == (False, True)


def test_hosts_that_only_a_list_knows_have_the_subscriptions_of_all(tmp_path: Path) -> None:
    files = {
        "inventory.yaml": "subscriptions: s.xml\nexports: [{file: ad.csv}]\n",
        "ad.csv": "Name,OperatingSystem\nws1.a.example,Windows 11 23H2\n",
        "s.xml": calling("ws1.a.example"),
    }
    (found,) = forwarding(tmp_path, files, "ws1.a.example").subscriptions
    assert found.named
