"""Text from inventories and rules, made safe to show, and addresses on the web."""

from __future__ import annotations

import re


def plain(text: str) -> str:
    """Text without control characters that could move a cursor, break XML or turn text round.

    They are shown as pictures (U+2400 and on) or as U+FFFD, so nothing is lost unseen. Tabs and
    line feeds stay.
    """
    return text if text.isprintable() else _UNSAFE.sub(_shown, text)


# C0 but tab and line feed, delete and C1, surrogates, marks that turn text round, non-characters.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)


def _shown(unsafe: re.Match[str]) -> str:
    """U+2400 and on have a picture for each of the first 32 characters and for delete."""
    code = ord(unsafe.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "\ufffd"


def one_line(text: str) -> str:
    """Plain text with line breaks and tabs as spaces."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(plain(text).split())


def shortened(text: str, limit: int) -> str:
    """Text of at most `limit` characters; a cut names the full length."""
    if len(text) <= limit:
        return text
    tail = f"… (cut; {len(text)} characters in all)"
    return text[: limit - len(tail)] + tail


def technique_url(technique_id: str) -> str:
    """ATT&CK's own page of a technique."""
    return f"https://attack.mitre.org/techniques/{technique_id.replace('.', '/')}/"


def is_link(reference: str) -> bool:
    """True for a reference that can be followed."""
    return reference.startswith(("https://", "http://")) and not set(reference) & set(' "<>\\\n\t')
