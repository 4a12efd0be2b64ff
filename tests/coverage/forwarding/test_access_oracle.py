"""Access lists against a plain model of Windows' access check, over all that is unknown."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from logreach.coverage.forwarding.access import Reader, allows
from logreach.inventories.windows.log_access import AccessList, GroupMembers

SOME_SERVICE = "S-1-5-80-1-2-3-4-5"
PRINCIPALS = {  # whether NETWORK SERVICE holds it; None: not known
    "NS": True,
    "SU": True,
    "AU": True,
    "BA": False,
    "AN": False,
    "S-1-5-21-1-2-3-1105": False,
    "ER": None,
    SOME_SERVICE: None,
}
RIGHTS = {
    "0x1": True,
    "GR": True,
    "CC": True,
    "0xf0007": True,
    "0x2": False,
    "LC": False,
    "WD": False,
}
ENTRY = st.tuples(
    st.sampled_from("AD"), st.sampled_from(sorted(RIGHTS)), st.sampled_from(sorted(PRINCIPALS))
)
LISTS = st.lists(ENTRY, max_size=6)
MEMBERS = {None: None, True: GroupMembers(frozenset({"S-1-5-20"})), False: GroupMembers()}


def checked(entries: list[tuple[str, str, str]], held: dict[str, bool | None]) -> bool:
    """The first entry about reading for a principal that the token holds decides; none: no."""
    for kind, rights, principal in entries:
        if RIGHTS[rights] and held[principal]:
            return kind == "A"
    return False


def written(entries: list[tuple[str, str, str]]) -> AccessList:
    return AccessList("O:BAG:SYD:" + "".join(f"({kind};;{r};;;{who})" for kind, r, who in entries))


@given(LISTS, st.sampled_from([None, True, False]))
def test_it_is_sure_only_of_what_holds_whatever_is_unknown(
    entries: list[tuple[str, str, str]], member: bool | None
) -> None:
    open_ = [SOME_SERVICE, *(["ER"] if member is None else [])]
    outcomes = {
        checked(entries, {**PRINCIPALS, "ER": member, **dict(zip(open_, world, strict=True))})
        for world in product((True, False), repeat=len(open_))
    }
    answer = allows(written(entries), Reader.NETWORK_SERVICE, MEMBERS[member])
    if answer is not None:
        assert outcomes == {answer}
    unknown = [who for _, rights, who in entries if who in open_ and RIGHTS[rights]]
    if len(set(unknown)) == len(unknown):
        assert answer == (outcomes.pop() if len(outcomes) == 1 else None)


@given(LISTS)
def test_an_entry_before_all_others_lets_it_read(entries: list[tuple[str, str, str]]) -> None:
    first = [("A", "0x1", "NS"), *entries]
    assert allows(written(first), Reader.NETWORK_SERVICE, None) is True


@given(LISTS)
def test_without_denials_a_member_reads_no_less(entries: list[tuple[str, str, str]]) -> None:
    allowing = [("A", rights, who) for _, rights, who in entries]
    ranks = [
        {False: 0, None: 1, True: 2}[
            allows(written(allowing), Reader.NETWORK_SERVICE, MEMBERS[who])
        ]
        for who in (False, None, True)
    ]
    assert ranks == sorted(ranks)
