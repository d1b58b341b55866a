"""The built package (`make package`; built here where it is not): its files are in order, it works, and leaves nothing."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evalstudio.models.providers import PROVIDERS

ROOT = Path(__file__).resolve().parent.parent.parent
DIST = ROOT / "dist"
MOST_INSTALLED, MOST_PACKED = 200e6, 80e6  # bytes

pytestmark = [
    pytest.mark.proof,
    pytest.mark.timeout(1_200),
    pytest.mark.skipif(sys.platform != "linux", reason="the package is for Linux"),
]


@pytest.fixture(scope="module")
def package() -> Path:
    if not list(DIST.glob("evalstudio_*.deb")):
        ended = said([sys.executable, "packaging/build.py"])
        assert ended.returncode == 0, ended.stderr[-2000:]
    found = sorted(DIST.glob("evalstudio_*.deb"))
    if not found:
        pytest.skip("no .deb is built without dpkg-dev")
    return found[-1]


def said(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


def needed(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path


def works(output: str) -> bool:
    found = json.loads(output)
    return bool(
        found["ok"]
        and found["packaged"]
        and found["saved"] == 20
        and found["excel_saved"] == 5
        and found["providers"] == list(PROVIDERS)
        and not found["stderr"]
    )


def test_that_the_package_is_small(package: Path) -> None:
    installed = int(said(["dpkg-deb", "-f", str(package), "Installed-Size"]).stdout) * 1024
    assert package.stat().st_size < MOST_PACKED
    assert installed < MOST_INSTALLED


def test_that_lintian_has_nothing_to_say(package: Path) -> None:
    ended = said([needed("lintian"), "--allow-root", "--fail-on", "error,warning", str(package)])
    assert ended.returncode == 0, ended.stdout


def test_that_the_desktop_entry_and_the_metadata_are_valid(package: Path, tmp_path: Path) -> None:
    said(["dpkg-deb", "-x", str(package), str(tmp_path)])
    share = tmp_path / "usr" / "share"
    entry = said([needed("desktop-file-validate"), str(share / "applications" / "evalstudio.desktop")])
    assert (entry.returncode, entry.stdout) == (0, "")
    (metadata,) = (share / "metainfo").glob("*.xml")
    ended = said([needed("appstreamcli"), "validate", "--no-net", str(metadata)])
    assert ended.returncode == 0, ended.stdout


def test_that_the_frozen_app_runs_in_its_folder(package: Path, tmp_path: Path) -> None:
    said(["dpkg-deb", "-x", str(package), str(tmp_path)])
    ended = said([str(tmp_path / "usr" / "bin" / "evalstudio"), "--smoke-test"])
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    assert works(ended.stdout)


@pytest.mark.parametrize("program", ["usr/bin/evalstudio", "usr/lib/evalstudio/evalstudio-engine"])
def test_that_the_frozen_command_line_runs_and_exports(package: Path, tmp_path: Path, program: str) -> None:
    said(["dpkg-deb", "-x", str(package), str(tmp_path)])
    place = ["--workspace", str(tmp_path / "workspace")]
    run = [
        str(tmp_path / program),
        "run",
        "example:sentiment",
        "--samples",
        "10",
        "--experiment",
        "e",
        *place,
    ]
    ended = said([*run, "--json"])
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["saved"] == 10
    for form in ("html", "xml", "csv", "jsonl"):
        output = tmp_path / f"e.{form}"
        ended = said([str(tmp_path / program), "export", "e", "--output", str(output), *place])
        assert ended.returncode == 0, ended.stderr
        assert output.stat().st_size > 500


def test_that_it_runs_installed_in_a_debian_without_python_and_leaves_nothing(package: Path) -> None:
    needed("debootstrap")
    if os.geteuid() != 0:
        pytest.skip("a clean root takes root")
    ended = said(["sh", "packaging/clean_root.sh", str(package)])
    assert ended.returncode == 0, ended.stdout + ended.stderr[-2000:]
    assert works(ended.stdout)
