"""The packaged program as the Python that starts its own servers and workers."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MAINS = Path(__file__).resolve().parent.parent.parent / "packaging"


@pytest.mark.parametrize("main", ["window.py", "engine.py"])
def test_that_each_main_starts_a_server_of_the_program_and_still_is_the_command_line(main: str) -> None:
    start = [sys.executable, str(MAINS / main)]
    environment = os.environ | {"PYTHONPATH": str(MAINS.parent)}
    command = [
        *start,
        "-m",
        "evalstudio.engine.servers.demo",
        "--profile",
        "instant",
        "--port",
        "0",
        "--exit-with-parent",
    ]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    ) as server:
        assert server.stdout is not None
        assert json.loads(server.stdout.readline())["url"].startswith("http://127.0.0.1:")
        server.communicate()  # its stdin ends, and it leaves
    assert server.returncode == 0
    listed = subprocess.run(
        [*start, "demo-server", "--list"], env=environment, capture_output=True, text=True, check=True
    )
    assert "instant" in listed.stdout
    foreign = subprocess.run(
        [*start, "-m", "this"], env=environment, capture_output=True, text=True, check=False
    )
    assert foreign.returncode == 2
