"""Memory tuning of the window process, so that a run of many hours takes no more memory than a short one."""

import ctypes
import gc
import sys

LARGE = 256 * 1024  # bytes
M_MMAP_THRESHOLD = -3  # malloc.h


def make_without_collecting() -> None:
    """Turns garbage collection off until `keep_what_lasts`: it is a tenth of the work of a start, and finds nothing."""
    gc.disable()


def keep_what_lasts() -> None:
    """Freezes the window's own objects, because traversing all of them in each collection costs tens of ms."""
    gc.collect()
    gc.freeze()
    gc.enable()


def give_back_large_blocks() -> None:
    """Makes freed blocks from `LARGE` bytes on return to the system immediately.

    glibc raises that threshold to the size of any large block freed, up to 32 MB: arrays that grow with a run are
    then allocated on the heap, which keeps each hole they leave (mallopt(3), M_MMAP_THRESHOLD). No-op elsewhere.
    """
    if sys.platform != "linux":
        return
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return  # another C library, without this threshold
    set_option(M_MMAP_THRESHOLD, LARGE)
