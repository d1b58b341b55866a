"""pytest plugin: collects `eval_*.py` and functions marked by `foreach` or `batch`, and runs them in the engine.

Nothing else in a session is changed. The engine is imported when the first evaluation runs.
"""

import inspect
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evalstudio.authoring.decorators import MARK, Marked, marked_of
from evalstudio.authoring.python_evaluation import extra_parameters
from evalstudio.pytest_plugin.items import bound_function, is_method
from evalstudio.pytest_plugin.stash import EXPERIMENT, SENT, UNDECORATED

if TYPE_CHECKING:
    from evalstudio.protocol import Event, Snapshot
    from evalstudio.pytest_plugin.across import Final
    from evalstudio.pytest_plugin.session import EvaluationSession
    from evalstudio.reports.gate import Gate

FINALS = pytest.StashKey[list["Final"]]()
"""The runs that have ended, in the process that reports."""
FILES = "eval_*.py"
FUNCTIONS = "eval_"
OPTIONS = {
    "--experiment": {"metavar": "NAME", "help": "A run with the name of an earlier one continues it."},
    "--samples": {"type": int, "metavar": "N", "help": "The first N samples of each evaluation, in total."},
    "--strategy": {"metavar": "NAME", "help": "sequential, sliding-window or adaptive."},
    "--window": {"type": int, "metavar": "N", "help": "Samples under way at most."},
    "--workers": {"type": int, "metavar": "N", "help": "Threads for synchronous functions."},
    "--processes": {
        "type": int,
        "nargs": "?",
        "const": 1,
        "metavar": "P",
        "help": "Processes for them instead.",
    },
    "--threads-per-process": {"type": int, "metavar": "T", "help": "Threads in each of the processes."},
    "--cluster": {"metavar": "ADDRESS", "help": "Or a Dask scheduler: tcp://HOST:PORT, or local."},
    "--sample-timeout": {  # --timeout belongs to pytest-timeout and limits a whole test
        "type": float,
        "metavar": "SECONDS",
        "help": "For each sample, with all that is tried again; it is errored then.",
    },
    "--min-coverage": {
        "type": float,
        "metavar": "SHARE",
        "help": "For all evaluations with fail_under: the share of answers that have to be scored, else 0.95.",
    },
    "--workspace": {"metavar": "FOLDER", "help": "The folder that holds the database."},
    "--samples-junit": {
        "metavar": "FILE",
        "help": "JUnit XML with every sample: wrong is a failure, errored an error, unscored skipped.",
    },
    "--new-run": {"action": "store_true", "help": "Second runs in the experiment instead of going on."},
}
TOGETHER = ("-C", "--concurrent")
SESSION = pytest.StashKey["EvaluationSession"]()


class _Gatherer:
    """Notes the runs that have ended; nothing is imported where none has."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: Any) -> None:
        if hasattr(report, SENT):
            from evalstudio.pytest_plugin.across import received

            self._config.stash.setdefault(FINALS, []).append(received(report))


class Hooks:
    """Hooks for callers of pytest that follow evaluations."""

    def pytest_evalstudio_event(self, event: "Event") -> None:
        """Called with a snapshot or a log line of the engine."""

    def pytest_evalstudio_finished(self, item: pytest.Item, final: "Snapshot", gate: "Gate") -> None:
        """Called when a run has ended, with what was asked of it."""


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.add_hookspecs(Hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options except those that another plugin has: a duplicate name makes every start fail.

    They mean the same there (number of samples, name of the experiment) and are read from there.
    """
    groups = [*getattr(parser, "_groups", []), getattr(parser, "_anonymous", None)]
    taken = {
        name for group in groups if group is not None for option in group.options for name in option.names()
    }
    group = parser.getgroup("evalstudio", "evaluations of language models")
    for name, settings in OPTIONS.items():
        if name not in taken:
            group.addoption(name, default=None, **settings)  # type: ignore[arg-type]
    names = [name for name in TOGETHER if name not in taken]
    if names:
        group.addoption(
            *names,
            action="store_true",
            dest="evaluations_together",
            help="Run evaluations without fixtures at the same time.",
        )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Collects evaluation files in addition to test files; one that pytest collects anyway is not collected twice."""
    if not file_path.match(FILES) or parent.session.isinitpath(file_path):
        return None
    if any(file_path.match(pattern) for pattern in parent.config.getini("python_files")):
        return None
    module: pytest.Module = pytest.Module.from_parent(parent, path=file_path)
    return module


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: Any, name: str, obj: object) -> list[pytest.Item] | None:
    """Makes an evaluation an item, so that pytest provides fixtures, parameters and marks as for a test function."""
    if isinstance(obj, staticmethod | classmethod):
        obj = obj.__func__
    marked = marked_of(obj)
    if marked is None:
        _note_undecorated(collector, name, obj)
    if marked is None or not name.startswith(FUNCTIONS) or not inspect.isroutine(obj):
        return None
    if obj.__module__ != collector.module.__name__:
        return []  # imported from another file, which collects it
    owner = collector.obj if isinstance(collector, pytest.Class) else None
    stand_in = _stand_in(obj, marked, owner)
    items = list(collector._genfunctions(name, stand_in))
    for item in items:
        item.obj = stand_in
    return items


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    marked = marked_of(pyfuncitem.obj)
    if marked is None:
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    session = _session(pyfuncitem.config)
    if pyfuncitem.config.getoption("evaluations_together", False):
        session.begin_all(_without_fixtures(pyfuncitem.session.items))
    session.run(pyfuncitem, bound_function(pyfuncitem), arguments)
    return True


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> Generator[None, Any, Any]:
    """Runs async fixtures of an evaluation on the event loop of its samples."""
    function = fixturedef.func
    is_async = inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
    if not is_async or marked_of(getattr(request._pyfuncitem, "obj", None)) is None:
        return (yield)
    session = _session(request.config)
    fixturedef.func = session.as_sync_fixture(function, fixturedef)
    try:
        return (yield)
    finally:
        fixturedef.func = function


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Shares the automatic experiment name between the processes of pytest-xdist."""
    from evalstudio.evaluations.request import automatic_name

    name = node.config.stash.setdefault(EXPERIMENT, automatic_name())
    node.workerinput["evalstudio_experiment"] = name


def pytest_configure(config: pytest.Config) -> None:
    """Gathers what ends, here or in the processes of pytest-xdist."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Gatherer(config), "evalstudio-gathered")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    if SESSION in item.config.stash:
        from evalstudio.pytest_plugin.across import send

        send(item, report)
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Closes the engine last, because fixtures may still be torn down on its loop; then the report is written."""
    running = session.config.stash.get(SESSION, None)
    if running is not None:
        running.close()
    finals = session.config.stash.get(FINALS, [])
    path = session.config.getoption("samples_junit", None)
    if finals and path is not None:
        from evalstudio.pytest_plugin.summary import write_samples

        write_samples(session.config, finals, Path(path))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    for sentence in undecorated(config):
        terminalreporter.write_line(sentence, yellow=True)
    finals = config.stash.get(FINALS, [])
    if finals:
        from evalstudio.pytest_plugin.summary import write_summary

        write_summary(terminalreporter, finals)


def undecorated(config: pytest.Config) -> list[str]:
    """Returns a sentence per function that looks like an evaluation but is none; empty if one was selected by name."""
    if any("::" in str(argument) for argument in config.args):
        return []
    return [
        f"{place} is no evaluation and is not run: decorate it with foreach, as in @foreach('text,expected', rows)."
        for place in config.stash.get(UNDECORATED, [])
    ]


def _note_undecorated(collector: Any, name: str, obj: object) -> None:
    """Notes a function in an evaluation file that looks like an evaluation but is not decorated."""
    looks = name.startswith(FUNCTIONS) and inspect.isfunction(obj) and collector.path.match(FILES)
    if looks and getattr(obj, "__module__", None) == collector.module.__name__:
        collector.config.stash.setdefault(UNDECORATED, []).append(f"{collector.path.name}::{name}")


def _without_fixtures(items: list[pytest.Item]) -> dict[str, Any]:
    """Returns the evaluations that need no fixtures, by item id, without the skipped ones."""
    return {
        item.nodeid: item
        for item in items
        if isinstance(item, pytest.Function)
        and marked_of(item.obj) is not None
        and not item._fixtureinfo.argnames
        and next(item.iter_markers("skip"), None) is None
        and next(item.iter_markers("skipif"), None) is None
    }


def _session(config: pytest.Config) -> "EvaluationSession":
    if SESSION not in config.stash:
        from evalstudio.pytest_plugin.session import EvaluationSession

        config.stash[SESSION] = EvaluationSession(config)
    return config.stash[SESSION]


def _stand_in(function: Any, marked: Marked, owner: type | None) -> Any:
    """Wraps a function for pytest: synchronous, and only with the parameters that fixtures provide."""

    def evaluation(*_: Any, **arguments: Any) -> None:
        raise AssertionError("an evaluation is run by its engine")

    own = list(inspect.signature(function).parameters)[:1] if is_method(owner, function) else []
    parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in own]
    parameters += [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY)
        for name in extra_parameters(function, marked.columns)
        if name not in own
    ]
    evaluation.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    evaluation.__name__ = function.__name__
    evaluation.__doc__ = function.__doc__
    evaluation.__module__ = function.__module__
    evaluation.__dict__ |= {MARK: marked, "evaluated": function}
    if hasattr(function, "pytestmark"):
        evaluation.pytestmark = function.pytestmark  # type: ignore[attr-defined]
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is not None:  # the location shown in reports
        evaluation.__code__ = evaluation.__code__.replace(
            co_filename=code.co_filename, co_firstlineno=code.co_firstlineno
        )
    return evaluation
