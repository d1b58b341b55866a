"""The notices of everything that the frozen app holds, from the installed packages' own metadata and licence files."""

import json
import subprocess
import sys
from pathlib import Path

COMMON = Path("/usr/share/common-licenses")
# tools that build the app and are not in it
TOOLS = {
    "pyinstaller",
    "pyinstaller-hooks-contrib",
    "altgraph",
    "pip",
    "setuptools",
    "packaging",
    "wheel",
    "hatchling",
}
LGPL = """\
EvalStudio uses Qt {version} through Qt for Python (PySide6 and Shiboken6), under the GNU Lesser General Public
License, version 3. They are shared libraries in the folder _internal/PySide6 and _internal/shiboken6: you may put
versions of your own in their place, and nothing in EvalStudio keeps you from it. Their sources are at
https://download.qt.io/official_releases/QtForPython/ and https://download.qt.io/official_releases/qt/.
"""
# Run by the Python that the app was built from.
LISTING = """
import importlib.metadata as m, json, sys
rows = []
for d in m.distributions():
    name = d.metadata["Name"]
    files = [f for f in d.files or () if ".dist-info" in str(f)
             and any(w in f.name.upper() for w in ("LICEN", "COPYING", "NOTICE", "AUTHORS"))]
    texts = [d.locate_file(f).read_text(errors="replace") for f in files if d.locate_file(f).is_file()]
    kind = d.metadata.get("License-Expression") or d.metadata.get("License") or ""
    named = [c.split(" :: ")[-1] for c in d.metadata.get_all("Classifier") or () if c.startswith("License ::")]
    urls = d.metadata.get_all("Project-URL") or []
    page = d.metadata.get("Home-page") or next((u.split(", ", 1)[1] for u in urls), "")
    rows.append({"name": name, "version": d.version, "kind": kind.splitlines()[0] if kind else ", ".join(named),
                 "page": page, "texts": texts})
python = __import__("sysconfig").get_path("stdlib") + "/LICENSE.txt"
json.dump({"rows": rows, "python": sys.version.split()[0], "licence": python}, sys.stdout)
"""


def written(python: Path, app: Path) -> str:
    """The whole text. `python` is of the environment that `app` was built from."""
    found = subprocess.run([str(python), "-c", LISTING], check=True, capture_output=True, text=True).stdout
    listed = json.loads(found)
    held = [row for row in listed["rows"] if row["name"].lower() not in TOOLS | {"evalstudio"}]
    held.sort(key=lambda row: row["name"].lower())
    qt = next(row["version"] for row in held if row["name"].startswith("PySide6"))
    parts = ["EvalStudio holds the following works of others. Each is under its own licence.\n"]
    parts.append(LGPL.format(version=qt))
    parts.append(
        "\n".join(
            f"{row['name']} {row['version']}: {row['kind'] or 'see its text'}  {row['page']}" for row in held
        )
    )
    licence = Path(listed["licence"])
    python_text = [licence.read_text(errors="replace")] if licence.exists() else []
    parts += section(
        f"Python {listed['python']}",
        python_text or ["Python Software Foundation License 2: https://docs.python.org/3/license.html"],
    )
    for row in held:
        parts += section(f"{row['name']} {row['version']}", row["texts"])
    texts = {package: Path("/usr/share/doc", package, "copyright") for _, package in system_libraries(app)}
    for package, file in texts.items():
        if file.exists():
            parts += section(
                f"{package} (a library of the system that the app was built on)",
                [file.read_text(errors="replace")],
            )
    for name in ("LGPL-3", "GPL-3"):
        if (COMMON / name).exists():
            parts += section(f"The licence of Qt and Qt for Python: {name}", [(COMMON / name).read_text()])
    return "\n".join(parts)


def section(title: str, texts: list[str]) -> list[str]:
    return (
        ["\n" + "=" * 100, title, "=" * 100, *(text.strip() + "\n" for text in dict.fromkeys(texts))]
        if texts
        else []
    )


def system_libraries(app: Path) -> list[tuple[Path, str]]:
    """The libraries that the system has, too, each with Debian's package of it; empty without dpkg."""
    found = []
    for path in sorted((app / "_internal").glob("lib*.so*")):
        if path.is_symlink():
            continue
        try:
            asked = subprocess.run(
                ["dpkg", "-S", f"*/{path.name}"], check=False, capture_output=True, text=True
            )
        except FileNotFoundError:
            print("dpkg is not there: the notices lack the system's libraries.", file=sys.stderr)
            return []
        if package := asked.stdout.split(":")[0]:
            found.append((path, package))
    return found
