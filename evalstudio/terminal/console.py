"""Where commands print to: a terminal of any width, a pipe, a file. What others wrote reaches it as text only."""

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from evalstudio.terminal.stdout import visible

WIDE = 240  # columns where there is no terminal: nothing is cut in a file or a pipe


class SafeConsole(Console):
    """A console that shows control characters in what it prints: a model's answer must not command a terminal."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments of a renderable, their text made harmless; rich's own codes stay."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)


def console(*, stderr: bool = False) -> Console:
    """A console as wide as its terminal, or wide enough where the output goes elsewhere."""
    plain = SafeConsole(stderr=stderr, highlight=False)
    return plain if plain.is_terminal else SafeConsole(stderr=stderr, highlight=False, width=WIDE)
