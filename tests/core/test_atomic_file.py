"""A file that is written is there whole, or as it was."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from evalstudio.core.atomic_file import atomic_file
from evalstudio.errors import EvaluationError, ModelError, SettingsError
from evalstudio.evaluations.library import save_text
from evalstudio.models.registry import save_models
from evalstudio.settings.values import Settings, export_settings
from evalstudio.workspace.folder import Workspace


def leftovers(folder: Path, *known: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir() if one not in known)


@pytest.mark.parametrize(
    "name", ["a.txt", "no_suffix", ".hidden", "two.dots.json", "ends.part", "a b — ü.csv"]
)
@pytest.mark.parametrize("before", [None, "old", "old and much longer than what comes in its place"])
def test_that_the_file_is_whole_and_alone(tmp_path: Path, name: str, before: str | None) -> None:
    path = tmp_path / name
    if before is not None:
        path.write_text(before)
    with atomic_file(path) as part:
        part.write_text("new")
        assert (path.read_text() if path.exists() else None) == before
    assert path.read_text() == "new"
    assert leftovers(tmp_path, path) == []


@pytest.mark.parametrize(
    "error", [ValueError("x"), OSError("full"), EvaluationError("x"), KeyboardInterrupt(), SystemExit(3)]
)
@pytest.mark.parametrize("before", [None, "old"])
@pytest.mark.parametrize("written", [None, "", "half"])
def test_that_a_writer_that_fails_half_way_changes_nothing(
    tmp_path: Path, error: BaseException, before: str | None, written: str | None
) -> None:
    path = tmp_path / "kept.txt"
    if before is not None:
        path.write_text(before)
    with pytest.raises(type(error)) as told:
        _write_and_fail(path, written, error)
    assert told.value is error
    assert (path.read_text() if path.exists() else None) == before
    assert leftovers(tmp_path, path) == []


def _write_and_fail(path: Path, text: str | None, error: BaseException) -> None:
    with atomic_file(path) as part:
        if text is not None:
            part.write_text(text)
        raise error


def test_that_an_open_file_is_closed_before_it_takes_its_place(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    with atomic_file(path) as part, part.open("w") as file:
        file.write("x" * 100_000)  # more than a buffer holds, and some that is still in it
        file.write("end")
    assert path.read_text() == "x" * 100_000 + "end"


def test_that_two_files_that_differ_in_their_suffix_do_not_meet(tmp_path: Path) -> None:
    with atomic_file(tmp_path / "a.toml") as one, atomic_file(tmp_path / "a.json") as other:
        one.write_text("toml")
        other.write_text("json")
    assert ((tmp_path / "a.toml").read_text(), (tmp_path / "a.json").read_text()) == ("toml", "json")


def test_that_a_link_stays_and_what_it_names_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / "a.txt", tmp_path / "link.txt"
    target.write_text("old")
    link.symlink_to(target)
    with atomic_file(link) as part:
        part.write_text("new")
    assert link.is_symlink()
    assert (link.read_text(), target.read_text()) == ("new", "new")
    assert leftovers(tmp_path / "far", target) == []


def test_that_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with atomic_file(pipe) as part:
        part.write_text("new")
    assert os.read(reader, 100) == b"new"
    os.close(reader)
    assert leftovers(tmp_path, pipe) == []
    with atomic_file(Path(os.devnull)) as part:
        part.write_text("nothing")


def test_that_what_a_killed_writer_left_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    source = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom evalstudio.core.atomic_file import atomic_file\n"
        "with atomic_file(Path(sys.argv[1])) as part:\n"
        "    part.write_text('half, and longer than what comes next')\n    os._exit(9)\n"
    )
    path.write_text("old")
    done = subprocess.run([sys.executable, "-c", source, str(path)], check=False, timeout=60)
    assert (done.returncode, path.read_text()) == (9, "old")
    with atomic_file(path) as part:
        part.write_text("new")
    assert path.read_text() == "new"
    assert leftovers(tmp_path, path) == []


def test_that_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_file(tmp_path / "none" / "a.txt") as part:
        part.write_text("new")
    assert leftovers(tmp_path) == []


def test_that_a_folder_in_the_way_stays_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "taken"
    (path / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="taken"), atomic_file(path) as part:
        part.write_text("new")
    assert (path / "inside").is_dir()
    assert leftovers(tmp_path, path) == []


def test_that_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    with pytest.raises(NotADirectoryError), atomic_file(tmp_path / "file" / "a.txt") as part:
        part.write_text("new")
    assert (tmp_path / "file").read_text() == "kept"


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are another thing there")
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
@pytest.mark.parametrize("before", [None, 0o600, 0o664])
def test_that_permissions_are_those_of_a_new_file(tmp_path: Path, mask: int, before: int | None) -> None:
    path, plain, copied = tmp_path / "a.txt", tmp_path / "plain.txt", tmp_path / "copied.txt"
    if before is not None:
        path.write_text("old")
        path.chmod(before)
    usual = os.umask(mask)
    try:
        plain.write_text("x")
        plain_mode = stat.S_IMODE(plain.stat().st_mode)
        plain.chmod(0o444)
        with atomic_file(path) as part:
            part.write_text("x")
        with atomic_file(copied) as part:
            shutil.copyfile(plain, part)
    finally:
        os.umask(usual)
    assert stat.S_IMODE(path.stat().st_mode) == plain_mode == 0o666 & ~mask
    assert stat.S_IMODE(copied.stat().st_mode) == plain_mode


Writer = Callable[[Path], None]
WRITERS: list[tuple[str, Writer, type[Exception]]] = [
    ("settings.json", lambda folder: export_settings(Settings(), folder / "settings.json"), SettingsError),
    ("models.toml", lambda folder: save_models(Workspace(folder), {}), ModelError),
    ("a.toml", lambda folder: save_text(folder / "a.toml", "x"), EvaluationError),
]


@pytest.mark.parametrize(("name", "write", "error"), WRITERS, ids=[one[0] for one in WRITERS])
def test_that_each_file_that_is_saved_keeps_its_old_content_where_it_cannot_be_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, write: Writer, error: type[Exception]
) -> None:
    path = tmp_path / name
    path.write_text("old")

    def refuse(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", refuse)
        with pytest.raises(error, match="No space left"):
            write(tmp_path)
    assert path.read_text() == "old"
    assert leftovers(tmp_path, path) == []
    write(tmp_path)
    assert path.read_text() != "old"
    assert leftovers(tmp_path, path) == []
