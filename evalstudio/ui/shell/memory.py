"""What the window does so that a run of many hours takes no more memory than a short one."""

import ctypes
import gc
import sys

LARGE = 256 * 1024  # bytes
M_MMAP_THRESHOLD = -3  # malloc.h


def make_without_collecting() -> None:
    """No garbage collection until `keep_what_lasts`: while a window is made it is a tenth of the work, and finds nothing."""
    gc.disable()


def keep_what_lasts() -> None:
    """Takes the window's own objects out of garbage collection: walking through all of them costs tens of ms."""
    gc.collect()
    gc.freeze()
    gc.enable()


def give_back_large_blocks() -> None:
    """Has freed blocks from `LARGE` on go back to the system at once.

    glibc raises that bound to the size of whatever large block is freed, up to 32 MB: arrays that grow with a run are
    then cut from a heap which keeps each hole they leave (mallopt(3), M_MMAP_THRESHOLD). Elsewhere this does nothing.
    """
    if sys.platform != "linux":
        return
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return  # another C library, which has no such bound
    set_option(M_MMAP_THRESHOLD, LARGE)
