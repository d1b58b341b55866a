"""A run as one file: what a report and a CI's test results say, of real runs of a hostile model."""

import io
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from evalstudio.cli.main import evalstudio
from evalstudio.evaluations.request import Options
from evalstudio.models.keys import use_for_session
from evalstudio.protocol import LimitChange, SecondBucket
from evalstudio.reports import html as report
from evalstudio.reports.drawing import MOST_POINTS, TIMES, Curve, grouped, line_chart, ticks
from evalstudio.reports.junit import write_junit
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish, write_evaluation
from tests.store.support import ERRORED, Shelf

MODEL = """
def answer(text):
    number = int(text.rpartition("(")[2].rstrip(")"))
    if number == 1:
        raise ValueError("no <b>answer</b> & a \\x07 bell, key sk-planted-secret-0123456789")
    if number == 2:
        return "<script>alert('negative')</script>"
    return "positive"
"""


@pytest.fixture
async def filled(tmp_path: Path, workspace: Workspace) -> Workspace:
    """A run of eight samples: one errored, one answered with a script, the others right or wrong."""
    use_for_session("SOME_KEY", "sk-planted-secret-0123456789")
    (tmp_path / "model.py").write_text(MODEL)
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', 8, name="a <i>name")
    async with engine_in(workspace) as (engine, _):
        await finish(engine, await engine.start_run(evaluation, Options(experiment="ex & co")))
    return workspace


def export(workspace: Workspace, path: Path, *more: str) -> str:
    arguments = ["export", "ex & co", "--output", str(path), "--workspace", str(workspace.folder), *more]
    done = CliRunner().invoke(evalstudio, arguments, standalone_mode=False)
    assert done.exception is None, done.exception
    return path.read_text(encoding="utf-8")


class Reading(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [f"{name}={value}" for name, value in attrs if name in ("src", "href")]
        self.links += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


async def test_that_a_report_is_one_file_without_a_script_and_tells_all_of_the_run(
    filled: Workspace, tmp_path: Path
) -> None:
    text = export(filled, tmp_path / "run.html")
    assert "all samples, in order" in text  # settings stand there as words, not as they are stored
    assert "[null" not in text
    assert "{&#34;content" not in text
    page = Reading(text)
    assert "script" not in page.tags
    assert "b" not in page.tags
    assert page.links == []
    assert page.tags.count("svg") > 3
    for words in (
        "ex & co", "a <i>name", "completed with errors", "exact_match", "7 of 8", "client error",
        "<script>alert('negative')</script>", "no <b>answer</b> &", "All 8.", "Latency", "Question", "prompt", "strategy",
    ):  # fmt: skip
        assert words in page.text, words
    assert "sk-planted" not in text
    assert page.text.index("no <b>answer</b>") < page.text.index("<script>")  # errored before wrong


async def test_that_a_report_says_how_many_records_it_leaves_out(
    filled: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "MOST_RECORDS", 3)
    page = Reading(export(filled, tmp_path / "run.html"))
    assert "The first 3, those without an answer" in page.text
    assert "5 more are in the workspace" in page.text
    assert page.tags.count("tr") < 40


async def test_that_junit_counts_wrong_as_failed_errored_as_error_and_unscored_as_skipped(
    filled: Workspace, tmp_path: Path
) -> None:
    text = export(filled, tmp_path / "run.xml")
    suite = ElementTree.fromstring(text).find("testsuite")
    assert suite is not None
    cases = suite.findall("testcase")
    failed, errors, skipped = (
        [case for case in cases if case.find(tag) is not None] for tag in ("failure", "error", "skipped")
    )
    assert (len(cases), len(errors)) == (8, 1)
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == [
        "8", str(len(failed)), "1", str(len(skipped)),
    ]  # fmt: skip
    assert errors[0].get("name") == "1"
    assert errors[0].find("error").get("type") == "client error"  # type: ignore[union-attr]
    assert "\N{REPLACEMENT CHARACTER}" in str(errors[0].find("error").get("message"))  # type: ignore[union-attr]
    wrong = next(case for case in failed if case.get("name") == "2")
    assert "<script>alert('negative')</script>" in str(wrong.find("failure").text)  # type: ignore[union-attr]
    assert len(failed) == 3  # 2 and 6 are neutral, 5 is negative
    assert "sk-planted" not in text


def test_that_what_no_evaluator_could_judge_is_skipped(workspace: Workspace) -> None:
    shelf = Shelf(workspace)
    run_id = shelf.add([1.0, 0.0, None, ERRORED])
    shelf.writer.close()
    reader, file = Reader(workspace), io.StringIO()
    assert write_junit(reader, [run_id], file) == 4
    reader.close()
    suite = ElementTree.fromstring(file.getvalue()).find("testsuite")
    assert suite is not None
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["4", "1", "1", "1"]
    assert [case.get("name") for case in suite.findall("testcase") if case.find("skipped") is not None] == [
        "s2"
    ]


async def test_that_the_form_can_be_named_and_csv_stays_csv(filled: Workspace, tmp_path: Path) -> None:
    assert export(filled, tmp_path / "a.txt", "--format", "junit").startswith("<?xml")
    assert export(filled, tmp_path / "b.csv").startswith("sample_id,")
    assert export(filled, tmp_path / "c").startswith("{")


@pytest.mark.parametrize(
    ("top", "steps", "expected"),
    [
        (498.0, (), [0, 100, 200, 300, 400]),
        (166.0, (), [0, 50, 100, 150]),
        (1.08, (), [0, 0.5, 1.0]),
        (5.4, (), [0, 2, 4]),
        (10.0, (), [0, 2, 4, 6, 8, 10]),
        (0.03, (), [0, 0.01, 0.02, 0.03]),
        (2_160.0, (), [0, 500, 1000, 1500, 2000]),
        (7.0, TIMES, [0, 2, 4, 6]),
        (83.0, TIMES, [0, 30, 60]),
        (3_700.0, TIMES, [0, 900, 1800, 2700, 3600]),
        (900_000.0, TIMES, [0, 200_000, 400_000, 600_000, 800_000]),
        (0.0, (), [0]),
    ],
)
def test_that_an_axis_has_round_values(top: float, steps: tuple[float, ...], expected: list[float]) -> None:
    assert ticks(top, steps) == pytest.approx(expected)


def test_that_a_chart_has_gaps_marks_and_a_bounded_size() -> None:
    seconds = [SecondBucket(second, 5, 5, in_flight=second % 7) for second in range(10_000)]
    groups = grouped(seconds)
    assert len(groups) <= MOST_POINTS
    assert sum(map(len, groups)) == 10_000
    curve = Curve("a", [(0, 1.0), (1, 2.0), (2, None), (3, 4.0)])
    change = LimitChange(1.0, "window", "1", "2", "user", "Set to <2> by the user.")
    drawn = line_chart("t & t", [curve], str, [change])
    root = ElementTree.fromstring(drawn)
    assert len(root.findall("polyline")) == 2
    assert "<2>" in "".join(root.itertext())
    assert line_chart("t", [Curve("a", [(0, None)])], str) == ""
