"""Console for command output: a terminal of any width, a pipe or a file.

Text from models, datasets and user code reaches it without control characters.
"""

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from evalstudio.terminal.stdout import visible

WIDE = 240  # columns without a terminal: nothing is cut in a file or a pipe


class SafeConsole(Console):
    """Console that makes control characters visible: a model's answer must not control the terminal."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Renders segments with control characters in their text made visible; rich's own codes are kept."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)


def console(*, stderr: bool = False) -> Console:
    """Returns a console as wide as its terminal, or wide enough if the output goes elsewhere."""
    plain = SafeConsole(stderr=stderr, highlight=False)
    return plain if plain.is_terminal else SafeConsole(stderr=stderr, highlight=False, width=WIDE)
