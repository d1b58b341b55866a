"""Page of manners, generated from the catalogue: `python -m evalstudio.engine.servers.demo.reference`."""

from pathlib import Path

from evalstudio.engine.servers.demo.manners import MANNERS

PAGE = Path(__file__).resolve().parents[4] / "docs" / "reference" / "manners.md"
HEAD = """# Endpoints' manners

This page is made from the program's own table: `python -m evalstudio.engine.servers.demo.reference`.

Endpoints, gateways and local servers keep to the API in their own ways. The demo server knows the ways below by name,
so that a client, this one or yours, can be tried against each of them:

    evalstudio demo-server --profile keepalive-data --port 8000

A share of the attempts of any other profile is answered so after a POST to `/control`, with the token that the server
prints at its start; the others are answered as ever:

    curl -H "Authorization: Bearer TOKEN" -d '{"manner": "end-abort", "odd": 0.1}' http://127.0.0.1:8000/control

The last column is what EvalStudio makes of it: *an answer* is read as any other; what is *tried again* counts as
overload, *once more* as a bad answer; *one error* ends its sample and holds nobody up; *waits* is tried again when the
hint is past.

| manner | what it does | what becomes of the call |
|---|---|---|
"""


def page() -> str:
    """Returns the page in Markdown."""
    rows = (f"| `{name}` | {manner.description} | {manner.expected} |\n" for name, manner in MANNERS.items())
    return HEAD + "".join(rows)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
