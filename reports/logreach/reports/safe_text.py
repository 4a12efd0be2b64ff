"""Text from inventories and rules, made safe to show, and addresses on the web."""

from __future__ import annotations

import json
import re

# Control characters but tab and line feed, surrogates, what turns text round or is no character,
# line separators, tags, and marks that no text shows: a terminal may obey each of them.
_UNSAFE_SET = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f"
)
_UNSAFE = re.compile(f"[{_UNSAFE_SET}]")


def plain(text: str) -> str:
    """Text without control characters that could move a cursor, break XML or turn text round.

    They are shown as pictures (U+2400 and on) or as U+FFFD, so nothing is lost unseen. Tabs and
    line feeds stay.
    """
    return text if text.isprintable() else _UNSAFE.sub(_shown, text)


def _shown(unsafe: re.Match[str]) -> str:
    """U+2400 and on have a picture for each of the first 32 characters and for delete."""
    code = ord(unsafe.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "\ufffd"


def visible(text: str) -> str:
    """Text on one line for a message: whatever has no shape of its own is written as an escape."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def json_line(value: object) -> str:
    """A value as JSON on one line, in which nothing steers a terminal: it reads back the same."""
    return _UNSAFE.sub(_as_json_escape, json.dumps(value, ensure_ascii=False))


def json_bytes(encoded: bytes) -> bytes:
    """JSON in UTF-8 with the same characters as escapes; all that are left stand in strings."""
    if encoded.isascii():
        return encoded
    text = encoded.decode("utf-8", "surrogatepass")
    return _UNSAFE.sub(_as_json_escape, text).encode("utf-8") if _UNSAFE.search(text) else encoded


def _as_json_escape(unsafe: re.Match[str]) -> str:
    return json.dumps(unsafe.group())[1:-1]


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
