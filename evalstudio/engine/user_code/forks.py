"""Forks of the engine's process that user code makes: they are neither the engine, nor heard as it.

A fork inherits the signal handlers and the wake-up descriptor of the engine's event loop. Left as they are, a signal to
the fork would not end it, but arrive in the engine as if a person had pressed Ctrl-C.
"""

import faulthandler
import os
import signal
import threading
from typing import Any

_LOOPS = ("asyncio", "uvloop", "evalstudio")  # whose handlers are the engine's; a person's own are kept
_DEFAULTS: dict[int, Any] = {
    getattr(signal, name): signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)
}
_NUMBERS = set(_DEFAULTS)


def end_fork(process: int) -> None:
    """Ends this process unless its id is `process`: it is a fork that user code made and returned from.

    The fork would hold everything open that the original process has, and continue as if it were that.
    """
    if os.getpid() != process:
        os._exit(0)


class ForkGuard:
    """Frees forks of what belongs to the engine, while there is one in this process."""

    def __init__(self) -> None:
        self._engines = 0
        self._lock = threading.Lock()
        self._registered = False
        self._masks = _Masks()

    def begin(self) -> None:
        """An engine has started."""
        with self._lock:
            self._engines += 1
            if not self._registered and hasattr(os, "register_at_fork"):
                self._registered = True
                os.register_at_fork(
                    before=self._hold, after_in_parent=self._release, after_in_child=self._free
                )

    def end(self) -> None:
        """An engine has ended."""
        with self._lock:
            self._engines -= 1

    def _hold(self) -> None:
        # a signal that arrives before the fork is free would reach the engine, too: it waits
        if self._engines:
            self._masks.before = signal.pthread_sigmask(signal.SIG_BLOCK, _NUMBERS)

    def _release(self) -> None:
        if (before := self._masks.before) is not None:
            self._masks.before = None
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _free(self) -> None:
        if self._engines:
            self._part_from_engine()
        self._release()

    def _part_from_engine(self) -> None:
        self._lock = threading.Lock()
        self._engines = 0
        faulthandler.disable()  # its crash is not the engine's
        signal.set_wakeup_fd(-1)
        waiting = signal.sigpending()
        for number, default in _DEFAULTS.items():
            if _belongs_to_a_loop(signal.getsignal(number)):
                # KeyboardInterrupt would be raised in here, and ignored
                signal.signal(number, signal.SIG_DFL if number in waiting else default)


class _Masks(threading.local):
    """The signals that a thread blocked before it began to fork."""

    before: Any = None


def _belongs_to_a_loop(handler: Any) -> bool:
    function = getattr(handler, "func", handler)  # of a partial
    module = getattr(function, "__module__", None) or type(function).__module__
    return str(module).partition(".")[0] in _LOOPS


fork_guard = ForkGuard()
