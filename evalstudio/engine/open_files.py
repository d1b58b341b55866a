"""The limit on open files, which is also one on connections."""

import sys


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
