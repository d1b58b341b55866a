"""Memory that was freed goes back to the system."""

import gc
import os
import platform
import subprocess
import sys

import pytest

from evalstudio.ui.shell.memory import keep_what_lasts, make_without_collecting

# A block of 24 MB that is freed raises glibc's bound; then smaller ones come from the heap, where what lies behind them
# keeps them from going back.
PROGRAM = """
import sys, numpy, psutil
from evalstudio.ui.shell.memory import give_back_large_blocks
if sys.argv[1] == "yes":
    give_back_large_blocks()
block = numpy.ones(24 << 17)
del block
rows = [(numpy.ones(4 << 17), bytearray(60_000)) for _ in range(10)]
before = psutil.Process().memory_info().rss
rows = [small for _, small in rows]
print(before - psutil.Process().memory_info().rss)
"""


def freed(option: str) -> int:
    usual = {
        name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")
    }  # Dask sets some
    command = [sys.executable, "-c", PROGRAM, option]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=usual)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have no such bound")
def test_that_freed_blocks_go_back_to_the_system() -> None:
    assert freed("yes") > 36 << 20
    assert freed("no") < 20 << 20, "glibc gives them back by itself now"


def test_that_garbage_is_collected_again_once_the_window_is_made() -> None:
    try:
        make_without_collecting()
        assert not gc.isenabled()
        keep_what_lasts()
        assert gc.isenabled()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
        gc.enable()
