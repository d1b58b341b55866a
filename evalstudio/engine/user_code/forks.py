"""Fork guard: ends forked processes that user code returns from instead of exiting."""

import os


def end_fork(process: int) -> None:
    """Ends this process unless its id is `process`: it is a fork that user code made and returned from.

    The fork would hold everything open that the original process has, and continue as if it were that.
    """
    if os.getpid() != process:
        os._exit(0)
