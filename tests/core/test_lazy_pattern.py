"""Patterns that are compiled at their first use: the same answers as compiled ones, and no compiling before."""

import re

import pytest

from evalstudio.core import lazy_pattern
from evalstudio.core.lazy_pattern import lazy_compile


@pytest.mark.parametrize("method", ["search", "match", "fullmatch", "findall", "split"])
@pytest.mark.parametrize("text", ["room 12", "12", "", "a1b22", "١٢"])
def test_that_a_lazy_pattern_finds_what_a_compiled_one_finds(method: str, text: str) -> None:
    lazy, compiled = lazy_compile(r"(\d+)", re.ASCII), re.compile(r"(\d+)", re.ASCII)
    found, expected = getattr(lazy, method)(text), getattr(compiled, method)(text)
    assert (found and found[0]) == (expected and expected[0])
    assert lazy.sub("-", text) == compiled.sub("-", text)


def test_that_nothing_is_compiled_before_the_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    real = re.compile
    monkeypatch.setattr(lazy_pattern.re, "compile", lambda *one: compiled.append(one[0]) or real(*one))
    lazy = lazy_compile("a+")
    assert (lazy.pattern, compiled) == ("a+", [])
    assert [lazy.search("caat") is not None for _ in range(3)] == [True] * 3
    assert compiled == ["a+"]
