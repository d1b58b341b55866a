"""Which workers a run gets: the nearest that says anything about them decides."""

import pytest

from evalstudio.advice.presets import Machine, processes_range, worker_warnings
from evalstudio.core.workers import Cluster, Processes, Threads, WorkerKind, choose_workers, is_asked_for
from evalstudio.errors import LimitError, SettingsError
from evalstudio.evaluations.request import Options
from evalstudio.settings.values import Settings

NONE = Options()


@pytest.mark.parametrize(
    ("option", "file", "settings", "chosen"),
    [
        (NONE, NONE, Settings(), Threads(8)),
        (NONE, NONE, Settings(processes=2), Processes(2, 1)),
        (NONE, NONE, Settings(processes=2, threads_per_process=3), Processes(2, 3)),
        (NONE, NONE, Settings(cluster="tcp://h:8786"), Cluster("tcp://h:8786")),
        (NONE, NONE, Settings(cluster="local", processes=3), Cluster("local", 3, 1)),
        (NONE, Options(workers=4), Settings(processes=2), Threads(4)),
        (Options(processes=2), Options(workers=4), Settings(), Processes(2, 1)),
        (Options(threads_per_process=3), NONE, Settings(processes=5), Processes(1, 3)),
        (Options(workers=5), Options(processes=2), Settings(cluster="local"), Threads(5)),
        (Options(cluster="tcp://h:1"), Options(processes=2), Settings(), Cluster("tcp://h:1")),
        (Options(cluster="local", processes=2), NONE, Settings(), Cluster("local", 2)),
    ],
)
def test_that_the_nearest_decides(
    option: Options, file: Options, settings: Settings, chosen: WorkerKind
) -> None:
    assert choose_workers((option, file), settings) == chosen
    assert is_asked_for((option, file)) is ((option, file) != (NONE, NONE))


def test_that_processes_chosen_without_numbers_are_one_by_one() -> None:
    assert Processes().capacity == 1
    assert Processes(2, 3).capacity == 6
    assert Processes(2, 1).label == "2 processes x 1 thread"


def test_that_a_function_that_is_not_thread_safe_gets_one_thread_a_process() -> None:
    assert choose_workers((NONE,), Settings(), thread_safe=False) == Threads(1)
    three = Options(processes=3, threads_per_process=4)
    assert choose_workers((three,), Settings(), thread_safe=False) == Processes(3, 1)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Options(workers=4, processes=2), "give either workers, or processes"),
        (Options(processes=0), "processes must be a whole number from 1"),
        (Options(processes=2_000), "processes must be at most 1,000"),
        (Options(processes=1_000, threads_per_process=11), "at most 10,000; it is 11,000"),
        (Options(threads_per_process=-1), "threads_per_process must be a whole number from 1"),
        (Options(cluster="host"), "address of a Dask scheduler"),
        (Options(cluster="tcp://h:1", processes=2), "leave processes and threads_per_process out"),
    ],
)
def test_that_what_cannot_work_is_said(asked: Options, words: str) -> None:
    with pytest.raises(LimitError, match=words):
        choose_workers((asked,), Settings())


def test_that_settings_are_checked() -> None:
    with pytest.raises(SettingsError, match="Worker processes must be a whole number from 0 to 1,000"):
        Settings(processes=-1)
    with pytest.raises(LimitError, match="Dask scheduler"):
        Settings(cluster="somewhere")


def test_that_one_to_three_processes_a_core_are_proposed_and_more_only_warned_of() -> None:
    machine = Machine(2, 8 << 30)
    assert processes_range(2) == (2, 6)
    assert worker_warnings(Processes(6, 1), machine) == []
    assert worker_warnings(Processes(1, 1), machine) == []
    assert worker_warnings(Processes(7, 1), machine)[0].startswith("7 processes on 2 cores: 2 to 6 are usual")
    assert "200 calls at once on 2 cores" in worker_warnings(Processes(2, 100), machine)[0]
