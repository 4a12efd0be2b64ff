"""pySigma's regular expressions without RE2's own messages.

RE2 writes an expression that it cannot read to standard error, from C++ and raw, with whatever the
expression holds. pySigma raises an error for it all the same, which is told as a fault.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_FLAGS = {re.IGNORECASE: "i", re.MULTILINE: "m", re.DOTALL: "s"}


@cache
def quieten() -> None:
    """Have pySigma compile expressions with an RE2 that says nothing."""
    try:
        from sigma.policy import default_policy
        from sigma.policy.regex_engine import RE2RegexEngine
    except ImportError:
        return  # a pySigma that does not use RE2
    import re2

    class QuietEngine(RE2RegexEngine):
        def compile(self, pattern: str, flags: int = 0) -> Any:
            options = re2.Options()
            options.log_errors = False
            letters = "".join(letter for flag, letter in _FLAGS.items() if int(flags) & flag)
            return re2.compile(f"(?{letters}){pattern}" if letters else pattern, options)

    default_policy.regex_engine = QuietEngine()
