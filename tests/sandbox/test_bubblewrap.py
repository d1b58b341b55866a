"""What a program in the sandbox can't do, what it can, and that nothing of it stays."""

import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from evalstudio.core.errors import RequirementError
from evalstudio.sandbox import bubblewrap
from evalstudio.sandbox.bubblewrap import run_program
from evalstudio.sandbox.seccomp import filter_bytes
from tests.sandbox.escapes import ESCAPES

needs_bubblewrap = pytest.mark.skipif(
    shutil.which("bwrap") is None, reason="bubblewrap is not installed here"
)


@needs_bubblewrap
@pytest.mark.parametrize("program", ESCAPES)
def test_that_a_program_gets_nothing_out(program: str) -> None:
    ended = run_program(program, 1.0)
    assert "GOT" not in ended.output
    assert ended.seconds < 3


@needs_bubblewrap
@pytest.mark.parametrize(
    ("program", "end"),
    [
        ("assert sorted([3, 1]) == [1, 3]", "passed"),
        ("import math, json, re, collections, itertools, random, datetime, decimal", "passed"),
        ("import threading; t = threading.Thread(target=print); t.start(); t.join()", "passed"),
        ("open('/tmp/own', 'w').write('x'); assert open('/tmp/own').read() == 'x'", "passed"),
        ("assert False", "failed"),
        ("1 / 0", "failed"),
        ("this is no Python", "failed"),
        ("import os; os._exit(0)", "failed"),
        ("import sys; sys.exit(0)", "failed"),
        ("raise SystemExit", "failed"),
        ("import numpy", "failed"),
        ("while True: pass", "timed out"),
        ("while True: print('more')", "too much output"),
    ],
)
def test_that_a_program_passes_only_where_its_end_is_reached(program: str, end: str) -> None:
    assert run_program(program, 1.0).end == end


@needs_bubblewrap
def test_that_runs_leave_no_files_processes_or_descriptors() -> None:
    run_program("pass")
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - the descriptors of this process
    threads = [
        threading.Thread(target=run_program, args=("open('/tmp/x', 'w').write('y')",)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
    assert not Path("/planted-by-sandbox").exists()


@needs_bubblewrap
@pytest.mark.proof
def test_that_a_thousand_runs_take_less_than_150_ms_each_and_leak_nothing() -> None:
    run_program("pass")
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    started = time.perf_counter()
    for _ in range(1000):
        assert run_program("assert 1 + 1 == 2").end == "passed"
    assert (time.perf_counter() - started) / 1000 < 0.150
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_that_without_bubblewrap_nothing_runs_and_the_line_that_installs_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    bubblewrap.require_sandbox.cache_clear()
    with pytest.raises(RequirementError, match="sudo apt install bubblewrap"):
        run_program("print(1)")
    bubblewrap.require_sandbox.cache_clear()


def test_that_an_unknown_kind_of_processor_has_no_filter() -> None:
    assert filter_bytes("riscv64") is None


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_that_a_filter_is_whole_instructions(machine: str) -> None:
    rules = filter_bytes(machine)
    assert rules is not None
    assert len(rules) % 8 == 0
    assert len(rules) // 8 < 4096  # the kernel's most
