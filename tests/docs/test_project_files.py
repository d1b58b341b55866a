"""The files of the project itself agree with one another: versions, make targets, links, and the project's URL."""

import re
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from evalstudio import __version__

sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "scripts"))
import project_url

ROOT = project_url.ROOT
GITHUB = ROOT / ".github"
FORMS = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
YAML = [
    *sorted(GITHUB.rglob("*.yml")),
    ROOT / ".pre-commit-config.yaml",
    ROOT / "CITATION.cff",
    ROOT / "mkdocs.yml",
]
PAGES = [ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md")]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NEW = "https://git.example.org/someone/evals"


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with all files that name the URL."""
    for name in [*project_url.FILES, project_url.PUBLISHER]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("path", YAML, ids=named)
def test_that_yaml_files_parse(path: Path) -> None:
    assert isinstance(read(path), dict)


def test_that_ci_runs_the_supported_versions_of_python() -> None:
    job = read(GITHUB / "workflows" / "ci.yml")["jobs"]["checks"]
    versions = job["strategy"]["matrix"]["python"]
    classified = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["project"]["classifiers"]))
    assert versions == classified
    minors = [int(version.removeprefix("3.")) for version in versions]
    assert minors == list(range(minors[0], minors[-1] + 1))
    required = SpecifierSet(PROJECT["project"]["requires-python"])
    assert all(version in required for version in versions)
    assert f"3.{minors[0] - 1}" not in required
    first = "".join(versions[0].split("."))
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{first}"
    assert f"on Python {versions[0]} to {versions[-1]}" in PAGES[0].read_text()


def test_that_ci_runs_what_make_test_runs_on_each_version() -> None:
    job = read(GITHUB / "workflows" / "ci.yml")["jobs"]["checks"]
    (command,) = [step for step in job["steps"] if "run" in step]
    assert command["run"] == ".ci/run"
    assert command["env"] == {"PYTHON": "python${{ matrix.python }}"}
    assert "exec make test" in (ROOT / ".ci" / "run").read_text()
    for action in [step["uses"] for step in job["steps"] if "uses" in step]:
        assert re.fullmatch(r"actions/[a-z-]+@v\d+", action)


@pytest.mark.parametrize("path", FORMS, ids=named)
def test_that_issue_forms_have_what_github_asks_of_them(path: Path) -> None:
    form = read(path)
    assert form["name"]
    assert form["description"]
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert {field["type"] for field in fields} <= {"input", "textarea", "dropdown", "checkboxes"}
    for key in ([field["id"] for field in fields], [field["attributes"]["label"] for field in fields]):
        assert len(key) == len(set(key))
    for field in fields:
        if field["type"] in ("dropdown", "checkboxes"):
            assert field["attributes"]["options"]


def test_that_pre_commit_runs_the_ruff_of_make_lint() -> None:
    hooks = {
        hook["id"]: hook for repo in read(ROOT / ".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]
    }
    assert {repo["repo"] for repo in read(ROOT / ".pre-commit-config.yaml")["repos"]} == {"local"}
    assert hooks["ruff-check"]["entry"].startswith(".venv/bin/ruff check ")
    assert hooks["ruff-format"]["entry"].startswith(".venv/bin/ruff format --check ")
    assert "BIN := .venv/bin\n" in (ROOT / "Makefile").read_text()


def test_that_the_citation_is_of_this_version() -> None:
    citation = read(ROOT / "CITATION.cff")
    assert citation["version"] == __version__
    assert f"## {__version__} ({citation['date-released']})\n" in (ROOT / "CHANGELOG.md").read_text()
    assert citation["license"] == PROJECT["project"]["license"]
    assert citation["abstract"] == PROJECT["project"]["description"]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_that_links_lead_to_files(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
        assert "://" in target or (page.parent / target).exists(), target


def test_that_make_targets_and_tests_that_contributors_are_told_of_are_there() -> None:
    text = PAGES[0].read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    told = set(re.findall(r"(?:^ +|`)make ([a-z-]+)", text, re.MULTILINE))
    assert {"setup-dev", "test", "lint", "proof", "bench", "soak"} <= told <= targets
    for path, name in re.findall(r"pytest (tests/\S+\.py)(?:::(\w+))?", text):
        assert not name or f"def {name}(" in (ROOT / path).read_text()
    markers = {marker.split(":")[0] for marker in PROJECT["tool"]["pytest"]["ini_options"]["markers"]}
    assert markers <= set(re.findall(r"marked `(\w+)`", text))


def test_that_a_source_archive_holds_what_its_readme_names() -> None:
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert [name for name in included if not (ROOT / name).exists()] == []
    for target in re.findall(r"\]\(([^)#\s]+)", (ROOT / "README.md").read_text()):
        assert "://" in target or target.split("/")[0] in included, target


def test_that_every_place_names_the_same_url() -> None:
    base = project_url.project_url()
    links = read(GITHUB / "ISSUE_TEMPLATE" / "config.yml")["contact_links"]
    urls = PROJECT["project"]["urls"]
    assert {"Homepage", "Documentation", "Source", "Issues", "Changelog"} <= set(urls)
    assert read(ROOT / "CITATION.cff")["repository-code"] == base
    for url in [*urls.values(), *(link["url"] for link in links)]:
        assert url == base or url.startswith(base + "/")
    for page in PAGES:
        for url in re.findall(r"https?://[^\s>)`]+", page.read_text()):
            assert url.startswith(base + "/"), f"{page.name}: {url}"
    homepage = tomllib.loads((ROOT / project_url.PUBLISHER).read_text())["homepage"]
    assert homepage in ("", base)


def test_that_no_other_file_names_the_url() -> None:
    base = project_url.project_url()
    texts = [
        path
        for path in [
            *ROOT.glob("*"),
            *(ROOT / "docs").rglob("*"),
            *GITHUB.rglob("*"),
            *(ROOT / "packaging").rglob("*"),
        ]
        if path.is_file() and path.suffix in (".md", ".toml", ".yml", ".yaml", ".cff", ".xml", ".py", ".txt")
    ]
    naming = {named(path) for path in texts if base in path.read_text(encoding="utf-8")}
    assert naming - {project_url.PUBLISHER} == set(project_url.FILES)


def test_that_one_command_changes_the_url_everywhere(copy: Path) -> None:
    old = project_url.project_url(copy)
    counts = {name: (copy / name).read_text().count(old) for name in project_url.FILES}
    assert project_url.main([NEW + "/"], copy) == 0
    assert project_url.project_url(copy) == NEW
    for name, count in counts.items():
        text = (copy / name).read_text()
        assert (text.count(old), text.count(NEW)) == (0, count), name
    assert tomllib.loads((copy / project_url.PUBLISHER).read_text())["homepage"] == NEW
    assert project_url.main([old], copy) == 0
    assert all((copy / name).read_text() == (ROOT / name).read_text() for name in project_url.FILES)


@pytest.mark.parametrize(
    "arguments",
    [
        ["http://github.com/someone/evalstudio"], ["github.com/someone/evalstudio"], ["https://github.com"],
        ["https://github.com/"], ["https://github/someone/evalstudio"], ["https://github.com/a b"], [""],
        ['https://github.com/a"b'], ["https://github.com//evalstudio"], ["https://github.com/a?b=1"],
        ["https://github.com/a#b"], ["https://github.com/someone/evalstudio."], [NEW, NEW],
    ],
)  # fmt: skip
def test_that_what_is_no_repository_changes_nothing(
    arguments: list[str], copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert project_url.main(arguments, copy) == 2
    assert "https://github.com/OWNER/evalstudio" in capsys.readouterr().err
    assert project_url.project_url(copy) == project_url.project_url()


def test_that_a_file_without_the_url_is_told_before_any_changes(copy: Path) -> None:
    (copy / "SECURITY.md").write_text("Nothing.\n")
    with pytest.raises(ValueError, match=r"SECURITY\.md does not name"):
        project_url.main([NEW], copy)
    assert project_url.project_url(copy) == project_url.project_url()
