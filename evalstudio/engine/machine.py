"""What this machine has left: memory and open files, of which every connection is one."""

import sys

import psutil


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
