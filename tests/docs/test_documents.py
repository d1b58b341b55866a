"""The documents: links and pictures are there, commands are ones the program takes, and the generated pages are fresh."""

import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from evalstudio.cli import reference
from evalstudio.cli.main import evalstudio

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted(
    path for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")] if "design" not in path.parts
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
REAL = ("first-run.md", "concurrency.md", "adaptive.md", "capacity.md", "workers.md")


def commands(page: Path) -> Iterator[list[str]]:
    """The lines of a page's code blocks that call the program, as words."""
    for line in page.read_text().splitlines():
        if line.startswith(("    evalstudio ", "    python -m evalstudio ")):
            words = shlex.split(line, comments=True)
            yield words[words.index("evalstudio") + 1 :]


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", title.lower())).strip("-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_that_links_and_pictures_are_there(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text()):
        if "://" in target:
            continue
        aim = (page.parent / target).resolve() if target else page
        assert aim.exists(), f"{page.name} names {target}"
        assert not anchor or anchor in anchors(aim), f"{page.name} names {target}#{anchor}"


@pytest.mark.parametrize("page", [page for page in PAGES if list(commands(page))], ids=lambda page: page.name)
def test_that_commands_are_ones_the_program_takes(page: Path) -> None:
    for name, *rest in commands(page):
        if name.startswith("-") or "..." in rest or page.name == "commands.md":
            continue
        command = evalstudio.get_command(click.Context(evalstudio), name)
        assert command is not None, f"{page.name}: evalstudio {name}"
        try:
            command.make_context(name, list(rest))
        except click.exceptions.Exit:
            continue  # --help
        except click.ClickException as error:
            pytest.fail(f"{page.name}: evalstudio {name} {' '.join(rest)}: {error.format_message()}")


def test_that_make_has_the_targets_that_are_named() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        for target in re.findall(r"^    make ([a-z-]+)|`make ([a-z-]+)`", page.read_text(), re.MULTILINE):
            assert set(target) - {""} <= targets, f"{page.name}: make {' '.join(target)}"


@pytest.mark.parametrize("page", [*PAGES, ROOT / "benchmarks" / "README.md"], ids=lambda page: page.name)
def test_that_modules_options_and_tests_that_are_named_are_there(page: Path) -> None:
    text = page.read_text()
    for module, rest in re.findall(r"python -m ((?:benchmarks|evalstudio)\.[\w.]*\w)([^`\n]*)", text):
        spec = importlib.util.find_spec(module) or pytest.fail(f"{page.name}: python -m {module}")
        main = Path(str(spec.origin))
        source = (main.with_name("__main__.py") if main.name == "__init__.py" else main).read_text()
        for option in re.findall(r"(--[a-z-]+)", rest):
            assert f'"{option}"' in source, f"{page.name}: {module} {option}"
    for place, words in re.findall(r"pytest -m proof (\S+) -k (\w+)", text):
        names = "".join(path.read_text() for path in (ROOT / place).glob("test_*.py"))
        assert re.search(rf"def test_\w*{words}", names), f"{page.name}: -k {words}"


def test_that_every_page_is_in_the_contents() -> None:
    contents = (ROOT / "mkdocs.yml").read_text()
    for page in PAGES:
        if page.parent != ROOT:
            assert f": {page.relative_to(ROOT / 'docs').as_posix()}\n" in contents


def test_that_the_reference_of_commands_is_up_to_date() -> None:
    assert reference.PAGE.read_text() == reference.page(), "run: python -m evalstudio.cli.reference"


@pytest.mark.proof
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", REAL)
def test_that_the_commands_of_the_guide_do_what_they_say(name: str, tmp_path: Path) -> None:
    page = ROOT / "docs" / "guide" / name
    ran = 0
    for words in commands(page):
        command = [sys.executable, "-m", "evalstudio", *words, "--workspace", str(tmp_path)]
        ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
        assert ended.returncode == 0, f"{' '.join(words)}\n{ended.stdout[-2000:]}{ended.stderr[-2000:]}"
        ran += 1
    assert ran


@pytest.mark.proof
def test_that_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    if shutil.which("mkdocs", path=str(Path(sys.executable).parent)) is None:
        pytest.skip("mkdocs is not installed: make docs")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
