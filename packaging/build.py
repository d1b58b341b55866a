"""`make package`: builds the frozen app, a portable archive and, where dpkg is there, a Debian package, all into dist/.

Usage: python packaging/build.py. Needs pip, strip (binutils) and, for the .deb, dpkg-dev; builds in build/package.
"""

import subprocess
import sys
import tarfile
from pathlib import Path

import debian
import notices
import trim

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "package"
PYTHON = WORK / "venv" / "bin" / "python"
APP = ROOT / "dist" / "evalstudio"
# dlopened by Qt's platform plugins: silently absent from a build on a machine that lacks them
PLUGINS = ("libqxcb.so", "libqwayland.so", "libqoffscreen.so", "libqsvgicon.so")


def main() -> int:
    """Returns the exit status: 0, or that of the first step that failed."""
    if sys.platform != "linux":
        print("packaging/build.py builds for Linux; elsewhere run PyInstaller with pyinstaller.spec itself.")
        return 2
    try:
        prepare()
        run(
            PYTHON,
            "-m",
            "PyInstaller",
            "--log-level",
            "ERROR",
            "--noconfirm",
            "--workpath",
            WORK,
            "pyinstaller.spec",
        )
        check_plugins()
        saved = trim.strip(APP)
        said = f"frozen: {megabytes(APP)} MB ({saved / 1e6:.0f} MB of symbols taken out)"
        (APP / "NOTICES.txt").write_text(notices.written(PYTHON, APP), encoding="utf-8")
        version = output(PYTHON, "-c", "import evalstudio; print(evalstudio.__version__)")
        print(f"{said}\nportable: {portable(version)}", flush=True)
        package = debian.build(APP, PYTHON, version, WORK / "deb", ROOT / "dist")
        print(
            f"Debian: {package or 'left out, for dpkg-shlibdeps or dpkg-deb is not there (package dpkg-dev)'}"
        )
    except subprocess.CalledProcessError as error:
        print(f"'{error.cmd[0]}' ended with status {error.returncode}.", file=sys.stderr)
        return error.returncode or 1
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    except FileNotFoundError as error:
        print(f"Building needs {error.filename}: {error.strerror}.", file=sys.stderr)
        return 1
    return 0


def prepare() -> None:
    """An environment with what the app holds and no more, and in it EvalStudio from the wheel that the app carries."""
    if not PYTHON.exists():
        run(sys.executable, "-m", "venv", WORK / "venv")
    carried = WORK / "carried"
    carried.mkdir(exist_ok=True)
    for old in carried.glob("*.whl"):
        old.unlink()
    pip = [PYTHON, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    run(*pip, "wheel", "--no-deps", "--wheel-dir", carried, ROOT)
    wheel = next(carried.glob("evalstudio-*.whl"))
    run(*pip, "install", "--constraint", "constraints.txt", f"evalstudio[package] @ {wheel.as_uri()}")
    run(*pip, "install", "--no-deps", "--force-reinstall", wheel)


def check_plugins() -> None:
    """Raises FileNotFoundError where a plugin is absent that every user needs."""
    for name in PLUGINS:
        if not list(APP.rglob(name)):
            raise FileNotFoundError(
                2, "Qt's plugin was not collected; scripts/setup.sh names its libraries", name
            )


def portable(version: str) -> str:
    """Writes the archive; returns its name and size."""
    path = ROOT / "dist" / f"evalstudio-{version}-linux-{output('uname', '-m')}.tar.gz"

    def nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        return entry

    with tarfile.open(path, "w:gz", compresslevel=6) as archive:
        archive.add(APP, f"evalstudio-{version}", filter=nobody)
    return f"{path.name}, {path.stat().st_size / 1e6:.0f} MB"


def megabytes(folder: Path) -> int:
    return round(
        sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
        / 1e6
    )


def run(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True, cwd=ROOT)


def output(*command: object) -> str:
    words = [str(word) for word in command]
    return subprocess.run(words, check=True, cwd=ROOT, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
