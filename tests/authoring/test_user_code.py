"""A person's Python file: every place that loads one behaves in the same way."""

import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from evalstudio.authoring.python_evaluation import load_evaluation_function
from evalstudio.authoring.user_code import load_function
from evalstudio.engine.workers.target import EvaluationTarget, EvaluatorTarget, ModelTarget
from evalstudio.errors import EvalStudioError
from evalstudio.evaluators import build_evaluators

# a file that serves as a model, as an evaluator and as an evaluation, once its import has ended
FILE = """
{before}
import evalstudio

def model(prompt):
    {inside}
    return str({value})

def judge(answer):
    {inside}
    return float({value})

@evalstudio.foreach("text,expected", [("a", "b")])
def evaluation(text, expected):
    {inside}
    return evalstudio.Result(evalstudio.Score("s", float({value})), model_response="x")
"""


def as_model(path: Path) -> float:
    return float(load_function(path, "model")("question"))


def as_evaluator(path: Path) -> float:
    table = {"type": "python", "path": str(path), "function": "judge"}
    (evaluator,) = build_evaluators([table], ("text",), path.parent)
    return evaluator.judge("answer", {"text": "a"}).value  # type: ignore[return-value]


def as_evaluation(path: Path) -> float:
    result = load_evaluation_function(f"{path}::evaluation").function(text="a", expected="b")
    return result.scores[0].value  # type: ignore[no-any-return]


def as_model_of_a_worker(path: Path) -> float:
    return float(pickle.loads(pickle.dumps(ModelTarget(str(path), "model"))).load()("question"))


def as_evaluator_of_a_worker(path: Path) -> float:
    target = EvaluatorTarget(str(path), "judge", ("text",), "judge", ("mean",))
    return target.load()("judge", "answer", {"text": "a"}).value  # type: ignore[no-any-return]


def as_evaluation_of_a_worker(path: Path) -> float:
    result = EvaluationTarget(str(path), "evaluation", "user_file").load()(text="a", expected="b")
    return result.scores[0].value  # type: ignore[no-any-return]


PLACES = [
    as_model,
    as_evaluator,
    as_evaluation,
    as_model_of_a_worker,
    as_evaluator_of_a_worker,
    as_evaluation_of_a_worker,
]
in_every_place = pytest.mark.parametrize("load", PLACES, ids=lambda place: place.__name__)


@pytest.fixture(autouse=True)
def modules_as_before() -> Iterator[None]:
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def write(path: Path, *, before: str = "", inside: str = "pass", value: object = 1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(FILE.format(before=before, inside=inside, value=value))
    return path


def in_a_thread(call: Callable[[], Any]) -> Any:
    """What a call comes to in a thread, where the engine loads files; what it raises is raised again."""
    found: list[Any] = []

    def work() -> None:
        try:
            found.append(call())
        except BaseException as error:  # noqa: BLE001 - handed over
            found.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if isinstance(found[0], BaseException):
        raise found[0]
    return found[0]


@in_every_place
@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("import sys; sys.exit('no licence')", "no licence"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("import sys; sys.exit()", "SystemExit"),
        ("exit(1)", "SystemExit: 1"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise GeneratorExit('over')", "GeneratorExit: over"),
        ("import asyncio; raise asyncio.CancelledError('gone')", "CancelledError: gone"),
        ("class Own(BaseException): pass\nraise Own('mine')", "Own: mine"),
        ("raise ValueError('wrong')", "ValueError: wrong"),
        (
            "import a_module_that_nobody_has.part",
            "install it with: pip install a_module_that_nobody_has$",
        ),
        ("def broken(:", "SyntaxError"),
        ("print(undefined)", "undefined"),
        ("1 / 0", "ZeroDivisionError"),
        ("def f(): f()\nf()", "RecursionError"),
    ],
)
def test_that_whatever_an_import_raises_is_a_sentence(
    load: Callable[[Path], float], before: str, said: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "own.py", before=before)
    with pytest.raises(EvalStudioError, match=said) as caught:
        in_a_thread(lambda: load(path))
    assert "own.py cannot be imported: " in str(caught.value)


@in_every_place
def test_that_a_file_that_failed_once_is_read_anew(load: Callable[[Path], float], tmp_path: Path) -> None:
    path = write(tmp_path / "own.py", before="raise SystemExit")
    with pytest.raises(EvalStudioError):
        in_a_thread(lambda: load(path))
    assert load(write(path, value=0.5)) == 0.5


@in_every_place
def test_that_a_changed_file_is_read_anew(load: Callable[[Path], float], tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    assert [load(write(path, value=value)) for value in (0.25, 0.5, 0.75)] == [0.25, 0.5, 0.75]


@in_every_place
def test_that_a_function_that_was_added_is_found(load: Callable[[Path], float], tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text("def other():\n    return 1\n")
    with pytest.raises(EvalStudioError):
        load(path)
    assert load(write(path)) == 1


@in_every_place
@pytest.mark.parametrize(
    ("file", "before"),
    [
        ("helpers.py", "from helpers import value"),
        ("helpers.py", "import helpers; value = helpers.value"),
        ("tools/__init__.py", "from tools import value"),
        ("tools/deep/inner.py", "from tools.deep.inner import value"),
    ],
)
def test_that_a_module_beside_the_file_is_imported_and_read_anew(
    load: Callable[[Path], float], file: str, before: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "own.py", before=before, value="value")
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    found = []
    for value in ("0.25", "0.125"):
        (tmp_path / file).write_text(f"value = {value}  {'#' * len(found)}\n")
        found.append(load(path))
    assert found == [0.25, 0.125]


@in_every_place
def test_that_an_import_inside_of_a_function_finds_the_module_beside_it(
    load: Callable[[Path], float], tmp_path: Path
) -> None:
    (tmp_path / "late_helpers.py").write_text("value = 0.75\n")
    path = write(tmp_path / "own.py", inside="from late_helpers import value", value="value")
    assert load(path) == 0.75


@in_every_place
def test_that_two_folders_may_have_modules_of_one_name(load: Callable[[Path], float], tmp_path: Path) -> None:
    found = []
    for folder, value in (("one", 0.25), ("two", 0.5), ("one", 0.25)):
        path = write(tmp_path / folder / "own.py", before="from helpers import value", value="value")
        (path.parent / "helpers.py").write_text(f"value = {value}\n")
        found.append(load(path))
    assert found == [0.25, 0.5, 0.25]


@in_every_place
def test_that_a_dataclass_and_a_pickle_of_the_file_know_their_module(
    load: Callable[[Path], float], tmp_path: Path
) -> None:
    before = (
        "from __future__ import annotations\nimport dataclasses, pickle\n"
        "@dataclasses.dataclass\nclass Point:\n    x: float = 0.5\n"
    )
    path = write(tmp_path / "own.py", before=before, value="pickle.loads(pickle.dumps(Point())).x")
    assert [load(path), load(path)] == [0.5, 0.5]


def test_that_an_installed_package_in_the_folder_is_imported_once(tmp_path: Path) -> None:
    site = tmp_path / ".venv" / "lib" / "site-packages"
    site.mkdir(parents=True)
    (site / "installed_once.py").write_text("value = 0.5\n")
    path = write(
        tmp_path / "own.py", before=f"import sys; sys.path.append({str(site)!r})\nimport installed_once"
    )
    load_function(path, "model")
    first = sys.modules["installed_once"]
    sys.path.append(str(site))
    load_function(path, "model")
    assert sys.modules["installed_once"] is first
