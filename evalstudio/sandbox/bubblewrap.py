"""Running a program in the sandbox: bubblewrap's command line, the limits, and what became of the program.

The program sees the system's libraries, read-only, and an empty folder; no network, no home, no process but its own.
"""

import os
import secrets
import selectors
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from evalstudio.core.errors import RequirementError
from evalstudio.sandbox.seccomp import filter_bytes

LONGEST_S = 10.0
MEMORY = 1 << 30  # bytes of address space
FILES = 32 << 20  # bytes of the folder that can be written
MOST_OUTPUT = 64 << 10  # bytes; a program that writes more is ended
INSTALL = "sudo apt install bubblewrap"

End = Literal["passed", "failed", "timed out", "too much output"]

# The limits are set inside, by the interpreter that then runs the program: they hold for it, and can't be raised again.
_RUN = """
import resource as r, sys
for what, most in ((r.RLIMIT_AS, {memory}), (r.RLIMIT_FSIZE, {files}), (r.RLIMIT_CORE, 0), (r.RLIMIT_CPU, {cpu}),
                   (r.RLIMIT_NOFILE, 64), (r.RLIMIT_NPROC, 64)):
    r.setrlimit(what, (most, most))
source = sys.stdin.buffer.read().decode()
del r, what, most
exec(compile(source, "program.py", "exec"), {{"__name__": "__main__"}})
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a program.

    Attributes:
        end: `passed` only if its last line was reached.
        output: The end of what it wrote to stdout and stderr.
        seconds: How long it took.
    """

    end: End
    output: str
    seconds: float


def run_program(source: str, longest: float = LONGEST_S) -> Ended:
    """Runs a Python program to its last line, in the sandbox. Blocking.

    Args:
        source: The program.
        longest: Seconds after which it is ended.

    Raises:
        RequirementError: There is no sandbox on this machine; the message says what to install.
    """
    require_sandbox()
    mark = secrets.token_hex(16)
    program = f"{source}\n\nprint({mark!r}, flush=True)\n"
    started = time.perf_counter()
    end, output = _run(program.encode(errors="replace"), longest)
    reached = output.rstrip().endswith(mark)
    text = output.replace(mark, "").strip()
    if end is None:
        end = "passed" if reached else "failed"
    return Ended(end, text[-4_000:], time.perf_counter() - started)


@lru_cache(maxsize=1)
def require_sandbox() -> None:
    """Checks that programs can be run in the sandbox.

    Raises:
        RequirementError: They can't; the message says what to do.
    """
    if sys.platform != "linux":
        raise RequirementError(
            "Code that a model has written runs in a sandbox or not at all, and the sandbox needs Linux with bubblewrap."
        )
    if shutil.which("bwrap") is None:
        raise RequirementError(
            f"Code that a model has written runs in a sandbox or not at all; install it with: {INSTALL}"
        )
    end, output = _run(b"print('ready')", LONGEST_S)
    if end is not None or "ready" not in output:
        raise RequirementError(
            "The sandbox can't start, so code that a model has written can't be run; bubblewrap says: "
            f"{' '.join(output.split())[:300] or 'nothing'}"
        )


def _command(filter_fd: int | None, longest: float) -> list[str]:
    command = [
        shutil.which("bwrap") or "bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
        "--clearenv", "--setenv", "PATH", "/usr/bin", "--setenv", "LANG", "C.UTF-8", "--hostname", "sandbox",
        "--uid", "65534", "--gid", "65534", "--ro-bind", "/usr", "/usr",
    ]  # fmt: skip
    for link in ("lib", "lib64", "bin"):
        path = Path("/", link)
        if path.is_symlink():
            command += ["--symlink", f"usr/{link}", f"/{link}"]
        elif path.exists():
            command += ["--ro-bind", str(path), str(path)]
    command += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    python = _python()
    prefix = Path(python).parent.parent
    if not prefix.is_relative_to("/usr"):  # often in a home, whose name the program need not see
        command += ["--ro-bind", str(prefix), "/python"]
        python = f"/python/bin/{Path(python).name}"
    command += [
        "--proc",
        "/proc",
        *_hidden(), "--dev", "/dev", "--remount-ro", "/dev",
        "--size", str(FILES), "--tmpfs", "/tmp", "--chdir", "/tmp",
    ]  # fmt: skip
    if filter_fd is not None:
        command += ["--seccomp", str(filter_fd)]
    run = _RUN.format(memory=MEMORY, files=FILES, cpu=int(longest) + 1)
    return [*command, "--", python, "-I", "-S", "-B", "-c", run]


def _hidden() -> list[str]:
    """Hides what the kernel lets its own root change or read in /proc, also from a program of that user."""
    words = []
    for name in ("sys", "irq", "bus", "acpi", "scsi"):
        if Path("/proc", name).exists():
            words += ["--tmpfs", f"/proc/{name}", "--remount-ro", f"/proc/{name}"]
    for name in ("sysrq-trigger", "kcore", "kmsg", "keys", "mtrr", "timer_list"):
        if Path("/proc", name).exists():
            words += ["--ro-bind", "/dev/null", f"/proc/{name}"]
    return words


def _python() -> str:
    """The interpreter itself, not a virtual environment's link to it: what is installed there is not the program's."""
    if getattr(sys, "frozen", False):
        return "/usr/bin/python3"
    return str(Path(getattr(sys, "_base_executable", sys.executable)).resolve())


def _run(program: bytes, longest: float) -> tuple[End | None, str]:
    """Runs a program; returns why it was ended, if it was, and what it wrote."""
    rules = filter_bytes()
    if rules is None:
        raise RequirementError("Code that a model has written can't be run on this kind of processor.")
    filter_fd = os.memfd_create("filter")
    source_fd = os.memfd_create("program")
    try:
        for fd, data in ((filter_fd, rules), (source_fd, program)):
            os.write(fd, data)
            os.lseek(fd, 0, os.SEEK_SET)
        with subprocess.Popen(
            _command(filter_fd, longest), stdin=source_fd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            pass_fds=(filter_fd,), close_fds=True,
            env={},  # what the sandbox's first process is given, the program can read
        ) as process:  # fmt: skip
            try:
                return _read(process, longest)
            finally:
                with suppress(ProcessLookupError):
                    process.kill()
    finally:
        os.close(filter_fd)
        os.close(source_fd)


def _read(process: "subprocess.Popen[bytes]", longest: float) -> tuple[End | None, str]:
    deadline = time.monotonic() + longest
    output = bytearray()
    assert process.stdout is not None
    end: End | None = None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                end = "timed out"
                break
            part = os.read(process.stdout.fileno(), 65_536)
            if not part:
                break
            output += part
            if len(output) > MOST_OUTPUT:
                end = "too much output"
                break
    return end, bytes(output[-MOST_OUTPUT:]).decode(errors="replace")
