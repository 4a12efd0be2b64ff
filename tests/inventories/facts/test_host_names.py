"""Names of hosts, as exports and subscriptions write them."""

from __future__ import annotations

import pytest

from logreach.inventories.facts.host_names import full_name, in_domain, may_be_one, short_name


@pytest.mark.parametrize(
    ("name", "short", "full"),
    [
        ("PC1", "pc1", ""),
        (" PC1.Contoso.COM. ", "pc1", "pc1.contoso.com"),
        ("pc1.contoso", "pc1", "pc1.contoso"),
        ("10.0.0.7", "10.0.0.7", ""),
        (" 10.0.0.7 ", "10.0.0.7", ""),
        ("10.0.0.7.contoso.com", "10", "10.0.0.7.contoso.com"),
        ("7", "7", ""),
    ],
)
def test_short_and_full_name(name: str, short: str, full: str) -> None:
    assert short_name(name) == short
    assert full_name(name) == full


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("PC1", "pc1", True),
        ("PC1", "pc1.contoso.com", True),
        ("pc1.contoso.com", "PC1.contoso.com.", True),
        ("pc1.contoso.com", "pc1.fabrikam.com", False),
        ("pc1", "pc2", False),
        ("pc1.contoso.com", "pc2.contoso.com", False),
        ("10.0.0.7", "10.0.0.8", False),
        ("10.0.0.7", "10.0.0.7", True),
    ],
)
def test_names_that_may_be_of_one_host(first: str, second: str, *, same: bool) -> None:
    assert may_be_one(first, second) is same
    assert may_be_one(second, first) is same


@pytest.mark.parametrize(
    ("name", "columns", "full"),
    [
        ("PC1", (), ""),
        ("PC1", ("",), ""),
        ("PC1.contoso.com", ("fabrikam.com",), "pc1.contoso.com"),
        ("PC1", ("Contoso.com",), "pc1.contoso.com"),
        ("PC1", ("PC1.Contoso.com",), "pc1.contoso.com"),
        ("PC1", ("contoso", "contoso.com"), "pc1.contoso.com"),
        ("PC1", ("contoso.com", "fabrikam.com"), "pc1.contoso.com"),
        ("PC1", ("CN=PC1, OU=PCs, dc=Contoso, DC = com",), "pc1.contoso.com"),
        ("PC1", ("OU=a.b,DC=contoso,DC=com",), "pc1.contoso.com"),
        ("PC1", ("CN=PC1,OU=PCs",), ""),
    ],
)
def test_the_full_name_out_of_other_columns(name: str, columns: tuple[str, ...], full: str) -> None:
    assert in_domain(name, *columns) == full
