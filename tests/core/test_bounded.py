"""Bounded calls: what takes too much memory or time is lost alone, and the next call is made."""

import datetime
import decimal
import os
import pickle
import resource
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil
import pytest

from evalstudio.core.bounded import MOST_ENDED, EndedError, call_bounded
from evalstudio.core.errors import EvaluationError
from evalstudio.evaluators.regex import regex_match
from evalstudio.templating import templates
from evalstudio.templating.templates import compile_expression, compile_value, render

SIZE = "evalstudio.core.format:byte_size"


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def child() -> psutil.Process:
    return next(one for one in psutil.Process().children() if "evalstudio.core.bounded_main" in one.cmdline())


@pytest.mark.parametrize(
    ("function", "argument", "why"),
    [
        ("builtins:bytearray", 2 * 10**9, "memory"),
        ("builtins:list", range(10**9), "memory"),
        ("builtins:str", [["x" * 10**6] * 10**4], "memory|more than"),
        ("builtins:sum", range(10**12), "more than 0.2 s"),
        ("math:factorial", 10**6, "more than 0.2 s"),
        ("builtins:max", range(10**12), "more than 0.2 s"),
        ("os:_exit", 3, "memory or time"),
        ("os:abort", None, "memory or time"),
    ],
)
def test_that_a_call_beyond_its_bounds_is_lost_alone(function: str, argument: Any, why: str) -> None:
    before = peak()
    with pytest.raises(EndedError, match=why):
        call_bounded(function, *(() if argument is None else (argument,)), seconds=0.2)
    assert peak() - before < 100_000_000
    assert call_bounded(SIZE, 2_000) == "2 kB"


@pytest.mark.parametrize(
    "value",
    [
        None, 3, 10**50, 0.5, True, "é🚀", b"\0", [1, "a"], (1, 2), {"a": [1]}, {1, 2}, datetime.date(2026, 1, 2),
        datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC), decimal.Decimal("0.10"), uuid.UUID(int=7),
    ],
)  # fmt: skip
def test_that_plain_values_come_back_as_they_are(value: Any) -> None:
    assert call_bounded("copy:copy", value) == value


@pytest.mark.parametrize(
    "name", ["os.getcwd", "os.system", "builtins.eval", "subprocess.Popen", "io.BytesIO"]
)
def test_that_nothing_else_is_taken_from_the_process(name: str) -> None:
    """What has read a stranger's file may answer anything."""
    with pytest.raises(pickle.UnpicklingError, match="no plain type"):
        call_bounded("pydoc:locate", name)


def test_that_a_mistake_is_told_in_its_own_words() -> None:
    with pytest.raises(EvaluationError, match="has a mistake"):
        call_bounded("evalstudio.templating.here:names_of_expression", "a +")


def test_that_what_ended_it_thrice_is_not_tried_again() -> None:
    for _ in range(MOST_ENDED):
        with pytest.raises(EndedError, match="memory or time"):
            call_bounded("os:_exit", 1, key="thrice")
    with pytest.raises(EndedError, match="not tried again"):
        call_bounded("os:_exit", 1, key="thrice")
    assert call_bounded(SIZE, 2_000, key="another") == "2 kB"


def test_that_a_killed_process_is_started_again() -> None:
    call_bounded(SIZE, 1)
    gone = child()
    gone.kill()
    psutil.wait_procs([gone], 10)
    assert call_bounded(SIZE, 2_000) == "2 kB"
    assert child().pid != gone.pid


def test_that_threads_have_their_own_answers() -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda number: call_bounded("builtins:abs", -number), range(400)))
    assert found == list(range(400))


def test_that_a_fork_has_a_process_of_its_own() -> None:
    call_bounded(SIZE, 1)
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writer, call_bounded(SIZE, 3_000).encode())
        os._exit(0)
    assert os.read(reader, 100) == b"3 kB"
    os.waitpid(pid, 0)
    os.close(reader)
    os.close(writer)
    assert call_bounded(SIZE, 2_000) == "2 kB"


@pytest.mark.parametrize("end", ["sys.exit(0)", "os._exit(0)", "os.kill(os.getpid(), 9)", "1/0"])
def test_that_it_leaves_with_its_program(end: str) -> None:
    code = (
        "import os, sys\nfrom evalstudio.core.bounded import call_bounded\n"
        "print(call_bounded('os:getpid'), flush=True)\n" + end
    )
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    )
    pid = int(done.stdout)
    if psutil.pid_exists(pid):
        psutil.wait_procs([psutil.Process(pid)], 10)
    assert not psutil.pid_exists(pid)


GROW = "{% set n = namespace(x='y' * 1000000, l=[]) %}"
HOSTILE = {
    "texts kept in a list": GROW + "{% for i in range(9000) %}{% set n.l = n.l + [n.x ~ i] %}{% endfor %}",
    "texts kept in names": "".join(f"{{% set a{i} = 'x' * 15000000 ~ {i} %}}" for i in range(900)),
    "texts kept in macros": "{% macro f(n) %}{% set x = 'x' * 15000000 ~ n %}{% if n %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(150) }}",
    "wide characters": "".join(f"{{% set a{i} = '🚀' * 15000000 ~ {i} %}}" for i in range(100)),
    "lists of texts": "".join(f"{{% set a{i} = ('x ' * 7000000).split() %}}" for i in range(50)),
    "replaced": "{{ ('x' * 9000000)|replace('x', 'y')|length }}" * 900,
    "sorted": "{{ ('ab' * 7000000)|list|sort|length }}" * 9,
    "grouped": "{{ range(99999)|map('string')|groupby(0)|length }}" * 200,
    "squares": "{% set n = namespace(x=9) %}{% for i in range(60) %}{% set n.x = n.x * n.x %}{% endfor %}{{ n.x % 7 }}",
    "sums of squares": "{% set n = namespace(x=9) %}{% for i in range(60) %}{% set n.x = n.x * n.x + n.x %}{% endfor %}{{ n.x % 7 }}",
    "divisions": "{% set n = namespace(x=9) %}{% for i in range(60) %}{% set n.x = n.x * n.x // 2 %}{% endfor %}{{ n.x }}",
    "wordwrap": "{{ ('x' * 900000)|wordwrap(1)|length }}" * 200,
    "striptags": "{{ ('<' * 900000)|striptags|length }}" * 2000,
    "urlize": "{{ ('www.a.b ' * 100000)|urlize|length }}" * 400,
    "words": "{{ ('a ' * 7000000)|wordcount }}" * 200,
    "batches": "{{ range(99999)|batch(1)|list|length }}" * 400,
}


@pytest.mark.parametrize("template", HOSTILE.values(), ids=HOSTILE)
def test_that_a_hostile_template_takes_no_memory_or_time_here(
    template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(templates, "MOST_S", 0.5)  # a test has to be quick; as it is, it takes longer
    before, own = peak(), time.process_time()
    with pytest.raises(EvaluationError, match=r"fails|more than|too (many|large|deeply)"):
        render(template, {"text": "some"})
    assert peak() - before < 100_000_000
    assert time.process_time() - own < 1.5
    assert render("{{ text * 2 }}", {"text": "ab"}) == "abab"


def test_that_a_hostile_filter_of_a_dataset_is_bounded() -> None:
    evaluate, names = compile_expression("((n * 'x ' * 7000000).split()|list|sort|length) > 1")
    assert names == {"n"}
    before = peak()
    with pytest.raises(EvaluationError, match="fails"):
        evaluate({"n": 1})
    assert peak() - before < 100_000_000


class Odd:
    """A value of a person's own class: what is theirs is not a stranger's."""

    def __str__(self) -> str:
        return "odd"


def test_that_values_of_own_classes_are_rendered_all_the_same() -> None:
    local: Callable[[], str] = lambda: "here"  # noqa: E731 - it can't be pickled
    assert render("{% set a = x %}{{ a }}", {"x": Odd()}) == "odd"
    assert render("{% set a = text %}{{ a }}", {"text": "b", "x": local}) == "b"
    assert compile_value("{{ [x, 1][1:] + [2] }}", ("x",))({"x": Odd()}) == [1, 2]


PATTERNS = [
    "(?:a{1000}){1000}", "(?:(?:a{300}){300}){300}", "[a-z]{1000000}", "a{10000000}", "(?:(a)|b){900000}",
    "(?:a{1000}b{1000}){1000}", "(?:ab{999}){9999}x", "(?:[ab]{1000}|c{1000}){1000}", "(?i)(?:ß{1000}){1000}",
    "(?:" + "a|" * 300 + "b{9999}){999}",
]  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_that_a_pattern_too_large_to_compile_is_told(pattern: str) -> None:
    before = peak()
    with pytest.raises(EvaluationError, match="compiling it takes more"):
        regex_match("aaa", pattern)
    assert peak() - before < 100_000_000


@pytest.mark.parametrize(
    "pattern", [r"\d{4}-\d{2}", "a{1,1000}", "(?:a|b){1,100000}", "x{2}", "{", "(" + "a|" * 1500 + "b)"]
)
def test_that_ordinary_patterns_with_repeats_match(pattern: str) -> None:
    assert regex_match("2026-11 aabb xx {", pattern).value is True
