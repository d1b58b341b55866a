"""User code loader: imports a person's Python file, the same way in the engine, in a worker and in the terminal.

There is one loader so that a file behaves the same wherever it is loaded: whatever its import raises becomes a
one-sentence error, a changed file is read again, and the modules next to it can be imported.
"""

import contextlib
import importlib.util
import inspect
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from evalstudio.core.errors import EvalStudioError, ModelError
from evalstudio.models.keys import redact
from evalstudio.workspace.packaged import how_to_add

HAS_DEFAULT = "="
LONGEST_FAILURE = 500  # characters
_OURS = Path(__file__).parent.parent
_lock = threading.RLock()  # concurrent imports would pick up each other's neighbouring modules
_loaded: set[str] = set()  # module names of the loaded files themselves
_others: dict[Path, frozenset[str]] = {}  # modules that existed before a folder's first file was loaded


def load_module(
    path: Path, failure: type[EvalStudioError], *, kind: str = "Python", name: str | None = None
) -> ModuleType:
    """Runs a Python file and returns its module.

    The file is run at each call, so changes to it, to a module next to it, or to the data it reads take effect.

    Args:
        path: the file.
        failure: the class of error to raise, as in `ModelError`.
        kind: what the file is for, as in "model"; used in the error when there is no such file.
        name: the module's name, if it matters because its objects are pickled under it.

    Returns:
        The module, registered in `sys.modules`: dataclasses and pickling look a module up by its name.

    Raises:
        EvalStudioError: as `failure`, with what is wrong: there is no such file, or its import raised
            something, `SystemExit` included. The cause is what the file raised.

    Example:
        >>> load_module(Path("model.py"), ModelError, kind="model").answer("2 + 2")
        '4'
    """
    if not path.is_file():
        raise failure(f"There is no {kind} file {path}; check the path.")
    path = path.absolute()
    name = name or f"evalstudio_user_{path.stem}_{abs(hash(str(path))):x}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise failure(f"{path.name} is no Python file; a file with a person's code ends in .py.")
    with _lock:
        module = importlib.util.module_from_spec(spec)
        before = sys.modules.get(name)
        sys.modules[name] = module
        _loaded.add(name)
        try:
            with own_imports(path.parent):
                spec.loader.exec_module(module)
        except BaseException as error:
            if before is None:
                del sys.modules[name]
            else:
                sys.modules[name] = before
            if isinstance(error, KeyboardInterrupt) and threading.current_thread() is threading.main_thread():
                raise  # Ctrl-C
            raise failure(
                f"{path.name} cannot be imported: {sentence_of(error)}{_how_to_add(error)}"
            ) from error
    return module


@contextlib.contextmanager
def own_imports(folder: Path) -> Iterator[None]:
    """Lets a file import modules from its folder, and discards them from `sys.modules` afterwards.

    Two folders may have modules of the same name, and the next load reads them again. Imports that a function makes
    when it is called also find the folder, after everything else on the path.
    """
    inside = folder.absolute()
    _others.setdefault(inside, frozenset(sys.modules))
    _forget_modules(inside)
    before = list(sys.path)
    sys.path.insert(0, str(inside))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        _forget_modules(inside)
        sys.path[:] = before
        _search_last(inside)


def load_function(path: Path, name: str) -> Callable[..., Any]:
    """Loads the function `name` of a model's file, which is run once; for a class, an instance of it.

    Raises:
        ModelError: with what is wrong.
    """
    module = load_module(path, ModelError, kind="model")
    function = getattr(module, name, None)
    if not callable(function):
        there = [key for key, value in vars(module).items() if inspect.isfunction(value)]
        raise ModelError(f"{path.name} has no function '{name}'; it has {', '.join(there) or 'none'}.")
    if not inspect.isclass(function):
        return function  # type: ignore[no-any-return]
    try:
        made = function()
    except (Exception, SystemExit) as error:
        raise ModelError(f"'{name}' in {path.name} cannot be set up: {sentence_of(error)}") from error
    if not callable(made):
        raise ModelError(f"'{name}' in {path.name} is a class without __call__, which would answer.")
    return made


def parameters_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """Returns a function's parameter names, with `HAS_DEFAULT` appended to optional ones.

    Variadic parameters (`*args`, `**options`) are left out.
    """
    return tuple(
        name if one.default is one.empty else name + HAS_DEFAULT
        for name, one in inspect.signature(function).parameters.items()
        if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
    )


def is_async(function: Callable[..., Any]) -> bool:
    """Returns whether calls are awaited: an async function, or an object whose `__call__` is one."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)


def sentence_of(error: BaseException) -> str:
    """Formats an exception in one sentence, with the line that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    file = Path(trace.tb_frame.f_code.co_filename) if trace else None
    where = (
        f" ({file.name}, line {trace.tb_lineno})" if trace and file and not file.is_relative_to(_OURS) else ""
    )
    # redacted before it is cut: a truncated key would not be recognised
    text = redact(f"{type(error).__name__}: {error}")
    return f"{text[:LONGEST_FAILURE]}{where}"


def _how_to_add(error: BaseException) -> str:
    """Returns how to install a module that is missing, as the end of a sentence."""
    name = error.name if isinstance(error, ModuleNotFoundError) else None
    return f"; {how_to_add(name.partition('.')[0])}" if name else ""


def _forget_modules(folder: Path) -> None:
    """Removes from `sys.modules` what was imported from a folder since its first file was loaded."""
    for name, module in list(sys.modules.items()):
        if name not in _loaded and name not in _others[folder] and _lies_in(module, folder):
            del sys.modules[name]


def _search_last(folder: Path) -> None:
    """Appends a folder to the path, so that functions can import from it when called if nothing else matches."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def _lies_in(module: ModuleType, folder: Path) -> bool:
    file = getattr(module, "__file__", None)
    if not isinstance(file, str) or not Path(file).absolute().is_relative_to(folder):
        return False
    inner = Path(file).absolute().relative_to(folder).parts
    return not any(part in ("site-packages", "dist-packages") or part.startswith(".") for part in inner)
