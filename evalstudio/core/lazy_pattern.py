"""Lazy pattern: a regular expression that is compiled at its first use.

The patterns that read answers in eighteen languages take a sixth of a second to compile, and most runs need few of them.
"""

import re
from typing import cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")


def lazy_compile(pattern: str, flags: int | re.RegexFlag = 0) -> "re.Pattern[str]":
    """Returns what `re.compile` would, but compiles when it is first used.

    Example:
        >>> NUMBER = lazy_compile(r"[0-9]+")
        >>> NUMBER.search("room 12")[0]
        '12'
    """
    return cast("re.Pattern[str]", _LazyPattern(pattern, flags))


class _LazyPattern:
    def __init__(self, pattern: str, flags: int | re.RegexFlag) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> object:
        compiled = re.compile(self.pattern, self._flags)
        for method in _METHODS:  # from now on a call costs what it costs with a compiled pattern
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)
