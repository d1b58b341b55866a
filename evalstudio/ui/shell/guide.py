"""Guide: the shipped pages of the guide as HTML, without a network, for the system's browser."""

import re
from pathlib import Path

from PySide6.QtGui import QTextDocument

from evalstudio.core.version import __version__
from evalstudio.workspace.resources import resource

PAGES = (
    "first-run", "datasets", "models", "concurrency", "adaptive", "capacity", "compare", "workers", "terminal", "packaged-app",
    "troubleshooting",
)  # fmt: skip
STYLE = (
    "body{font:16px/1.55 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#161a21;background:#fff}"
    "pre,code{font-family:ui-monospace,monospace;background:#f5f6f8}nav a{margin-right:1rem}table{border-collapse:collapse}"
    "td,th{border:1px solid #e3e6eb;padding:.3rem .6rem}"
    "@media(prefers-color-scheme:dark){body{color:#e6e9ee;background:#101216}pre,code{background:#1c1f26}a{color:#82b4f8}}"
)
_LINK = re.compile(r"\]\((?!https?:)(?:[\w.-]+/)*([\w-]+)\.md(#[\w-]+)?\)")
_PICTURE = re.compile(r"!\[[^]]*\]\([^)]*\)")
_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)
_INLINE = re.compile(r' style="[^"]*"')


def guide_folder() -> Path:
    """Returns the folder of the guide's pages. Raises FileNotFoundError if the installation lacks it."""
    sources = Path(__file__).resolve().parents[3] / "docs" / "guide"
    return sources if sources.is_dir() else resource("guide")


def write_guide(folder: Path) -> Path:
    """Writes the guide as HTML into a folder and returns its first page. Raises OSError, FileNotFoundError."""
    source = guide_folder()
    folder.mkdir(parents=True, exist_ok=True)
    titles = {name: _title((source / f"{name}.md").read_text("utf-8")) for name in PAGES}
    links = " ".join(f'<a href="{name}.html">{title}</a>' for name, title in titles.items())
    for name in PAGES:
        text = (source / f"{name}.md").read_text("utf-8")
        page = (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{titles[name]}</title><style>{STYLE}</style>'
            f"<nav>{links}</nav>{_html(text)}<footer><small>EvalStudio {__version__}</small></footer></html>"
        )
        (folder / f"{name}.html").write_text(page, "utf-8")
    return folder / f"{PAGES[0]}.html"


def _title(text: str) -> str:
    return text.partition("\n")[0].lstrip("# ").strip()


def _html(text: str) -> str:
    """Returns a page of Markdown as HTML; a link to a page that is not in the guide becomes its words."""
    text = _PICTURE.sub("", text)
    text = _LINK.sub(lambda found: f"]({found[1]}.html{found[2] or ''})" if found[1] in PAGES else "]", text)
    document = QTextDocument()
    document.setMarkdown(text)
    body = _BODY.search(document.toHtml())
    return _INLINE.sub("", body[1]) if body is not None else ""
