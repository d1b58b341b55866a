"""What a person's code leaves behind where it forks and does not end the fork."""

import os


def end_fork(process: int) -> None:
    """Ends this process where it is not `process`: a fork that a person's code made and came back from.

    It would hold all that the real one has open, and go on as if it were that.
    """
    if os.getpid() != process:
        os._exit(0)
