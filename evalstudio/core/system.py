"""What this machine has left: memory and open files, of which every connection is one."""

import gc
import sys

import psutil

COLLECT_EVERY = (50_000, 50, 100)


def raise_open_file_limit() -> None:
    """Raises the soft limit to the hard one: the usual 1,024 break 1,000 calls in flight."""
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
            return  # macOS caps it lower than it says; the limit stays as it was


def collect_less_often() -> tuple[int, int, int]:
    """Looks for reference cycles less often; returns how often it was, for `gc.set_threshold`.

    Every call in flight is some hundred objects that are all alive. With the usual thresholds the collector goes
    through them again and again: at 1,000 in flight that is a third of the processor's time.
    """
    before = gc.get_threshold()
    if before[0]:  # 0: somebody has turned it off
        gc.set_threshold(*(max(ours, theirs) for ours, theirs in zip(COLLECT_EVERY, before, strict=True)))
    return before


def memory_in_use() -> float:
    """The share of this machine's memory that is in use."""
    return float(psutil.virtual_memory().percent) / 100


def open_files_in_use() -> float:
    """The share of the files that this process may open which are; 0 where the system sets no such limit."""
    if sys.platform == "win32":
        return 0.0
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 0.0 if soft == resource.RLIM_INFINITY else float(_process.num_fds()) / soft


_process = psutil.Process()
