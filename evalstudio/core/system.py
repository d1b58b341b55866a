"""System resources of this machine: memory in use, and open files, of which each connection needs one."""

import gc
import sys

import psutil

COLLECT_EVERY = (50_000, 50, 100)


def raise_open_file_limit() -> None:
    """Raises the soft limit of open files to the hard one: the usual 1,024 is too low for 1,000 calls in flight."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        hard = max(soft, 65_536)
    if soft < hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 1_048_576), hard))
        except (ValueError, OSError):
            return  # macOS caps it lower than it reports; the limit stays as it was


def collect_less_often() -> tuple[int, int, int]:
    """Makes garbage collection less frequent; returns the previous thresholds, for `gc.set_threshold`.

    Every call in flight holds some hundred live objects. With the default thresholds the collector goes
    through them again and again: at 1,000 in flight that is a third of the processor's time.
    """
    before = gc.get_threshold()
    if before[0]:  # 0: collection is turned off
        gc.set_threshold(*(max(ours, theirs) for ours, theirs in zip(COLLECT_EVERY, before, strict=True)))
    return before


def memory_in_use() -> float:
    """Returns the share of this machine's memory that is in use, from 0 to 1; 0 where it can't be told now."""
    try:
        return float(psutil.virtual_memory().percent) / 100
    except OSError:  # no file is left to read it from
        return 0.0


def open_files_in_use() -> float:
    """Returns open files as a share of this process's limit; 0 where the system sets no limit, 1 where it is reached."""
    if sys.platform == "win32":
        return 0.0
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return 0.0
    try:
        return float(_process.num_fds()) / soft
    except OSError:  # no file is left to count them by
        return 1.0


_process = psutil.Process()
