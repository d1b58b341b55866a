"""The Debian package: the frozen app in /usr/lib/evalstudio, and what a desktop wants to know of it."""

import gzip
import hashlib
import shutil
import subprocess
from pathlib import Path
from xml.sax.saxutils import escape

import changelog
import manual
import notices
import publisher

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
# What nothing links and Qt or the program asks for at run time.
ALSO = ("fonts-dejavu-core | fonts-freefont-ttf | fonts-noto-core", "libdbus-1-3")
CONTROL = """\
Package: evalstudio
Version: {version}
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {size}
Depends: {depends}
Recommends: gnome-keyring | kwalletmanager, xdg-utils, bubblewrap
Section: science
Priority: optional
{homepage}Description: workbench for evaluations of language models
 EvalStudio runs evaluations of language models as fast as the endpoint
 allows, shows why it is that fast and no faster, and loses no answer.
 .
 Datasets in CSV, JSON, JSON lines and Excel are evaluated on hosted APIs and
 on servers of your own. With a Python of your own, chosen in the settings,
 evaluations in Python, Parquet files, clusters and a small local model work,
 too.
"""


def build(app: Path, python: Path, version: str, stage: Path, target: Path) -> str | None:
    """Builds the package into `target`; returns its name and sizes, or None where Debian's tools are not there."""
    if shutil.which("dpkg-deb") is None or shutil.which("dpkg-shlibdeps") is None:
        return None
    by = publisher.read()
    shutil.rmtree(stage, ignore_errors=True)
    root = stage / "root"
    lay_out(app, python, version, root, by)
    (root / "DEBIAN").mkdir()  # dpkg-shlibdeps knows by it where the package begins
    architecture = _output("dpkg", "--print-architecture")
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    control = CONTROL.format(
        version=version,
        architecture=architecture,
        maintainer=by.maintainer,
        homepage=by.control_line,
        size=size // 1024,
        depends=", ".join([*ALSO, *linked(root / "usr/lib/evalstudio", stage)]),
    )
    write(root / "DEBIAN" / "control", control)
    write(root / "DEBIAN" / "md5sums", "".join(md5_lines(root)))
    package = target / f"evalstudio_{version}_{architecture}.deb"
    _output("dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(root), str(package))
    return f"{package.name}, {package.stat().st_size / 1e6:.0f} MB; {size / 1e6:.0f} MB installed"


def lay_out(app: Path, python: Path, version: str, root: Path, by: publisher.Publisher) -> None:
    """Everything but the control files, in the places where it is installed."""
    place = root / "usr/lib/evalstudio"
    shutil.copytree(app, place, symlinks=True)
    (place / "NOTICES.txt").unlink()
    for path, _ in notices.system_libraries(place):
        if not path.name.startswith("libpython"):
            path.unlink()  # Debian's own is used: the package depends on it
    link = root / "usr/bin/evalstudio"
    link.parent.mkdir(parents=True)
    link.symlink_to("../lib/evalstudio/evalstudio")
    share = root / "usr/share"
    write(share / "applications/evalstudio.desktop", (HERE / "debian/evalstudio.desktop").read_text())
    released = changelog.releases_up_to(version)
    listed = "\n    ".join(release.for_appstream() for release in released)
    metadata = (HERE / "debian/evalstudio.metainfo.xml").read_text()
    metadata = metadata.format(app_id=by.app_id, name=escape(by.name), url=by.url_element, releases=listed)
    write(share / f"metainfo/{by.app_id}.metainfo.xml", metadata)
    icons = share / "icons/hicolor"
    drawing = ROOT / "resources/icons/evalstudio.svg"
    write(icons / "scalable/apps/evalstudio.svg", drawing.read_text())
    _output(str(python), str(HERE / "icons.py"), str(drawing), str(icons))
    documents = share / "doc/evalstudio"
    write(documents / "copyright", (HERE / "debian/copyright").read_text().format(contact=by.maintainer))
    compressed(documents / "NOTICES.txt.gz", (app / "NOTICES.txt").read_text())
    entries = "\n".join(release.for_debian(by.maintainer) for release in released)
    compressed(documents / "changelog.gz", entries)
    compressed(share / "man/man1/evalstudio.1.gz", manual.page(python, version))
    write(share / "lintian/overrides/evalstudio", (HERE / "debian/lintian-overrides").read_text())
    for path in root.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or (path.parent == place and path.suffix == "") else 0o644)


def linked(app: Path, stage: Path) -> list[str]:
    """The packages of the libraries that the app links and does not hold, with the versions it needs."""
    write(stage / "debian/control", "Source: evalstudio\n\nPackage: evalstudio\nArchitecture: any\n")
    inside = app / "_internal"
    folders = [inside, *(path for path in inside.rglob("*") if path.is_dir() and list(path.glob("lib*.so*")))]
    files = [path for path in app.rglob("*") if path.is_file() and not path.is_symlink() and _is_elf(path)]
    command = ["dpkg-shlibdeps", "-O", "--ignore-missing-info", "--warnings=0"]
    command += [f"-l{folder}" for folder in folders] + [f"-e{path}" for path in files]
    line = _output(*command, folder=stage)
    return sorted(line.removeprefix("shlibs:Depends=").split(", "))


def md5_lines(root: Path) -> list[str]:
    files = [path for path in sorted((root / "usr").rglob("*")) if path.is_file() and not path.is_symlink()]
    return [f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(root)}\n" for path in files]


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def compressed(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _output(*command: str, folder: Path | None = None) -> str:
    return subprocess.run(command, check=True, cwd=folder, stdout=subprocess.PIPE, text=True).stdout.strip()
