"""Design tokens: colours of both themes, distances, corner radii and type sizes. Every other number of the look is made of them.

Series colours can be distinguished with colour vision deficiency (after Okabe and Ito), and colour is never the
only cue.
"""

from dataclasses import dataclass

# Distances in pixels at 96 dpi; Qt scales them.
SPACE_XS, SPACE_S, SPACE_M, SPACE_L = 4, 8, 12, 20
RADIUS = 8  # of cards
RADIUS_S = 6  # of controls
FOCUS = 1.5  # width of a focus ring
BAR = 10  # width of a scroll bar
CONTROL = 13  # height of a control beyond that of its text

# Type sizes, relative to the application's font.
SMALL, CAPTION, TITLE, HEADLINE, FIGURE = 0.92, 0.88, 1.15, 1.45, 1.85


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours of one theme, as #rrggbb."""

    window: str
    card: str
    field: str
    border: str
    edge: str  # the border of inputs, which is seen better than that of cards
    hover: str
    text: str
    muted: str
    accent: str
    accent_text: str  # the accent as a text colour
    on_accent: str
    selection: str
    selection_away: str  # of a view without the focus
    thumb: str  # of scroll bars
    good: str
    warn: str
    bad: str
    danger: str  # the background of a button that destroys
    good_ground: str  # behind texts that were added
    bad_ground: str  # behind texts that are missing
    grid: str
    series: tuple[str, ...]  # blue, orange, green, purple, red, olive


LIGHT = Tokens(
    window="#f5f6f8", card="#ffffff", field="#ffffff", border="#e3e6eb", edge="#c3c9d3", hover="#eff1f4",
    text="#161a21", muted="#596371",
    accent="#2460d4", accent_text="#1f57c3", on_accent="#ffffff", selection="#dfe9fc", selection_away="#e9ecf0", thumb="#c3c9d3",
    good="#17693f", warn="#875000", bad="#b3261e", danger="#c22f26", good_ground="#d9f2e3", bad_ground="#fbe0dd",
    grid="#e6e9ee", series=("#0b64ad", "#b85300", "#0a7a5c", "#8b3f93", "#b3261e", "#6b6a00"),
)  # fmt: skip
DARK = Tokens(
    window="#101216", card="#17191f", field="#1c1f26", border="#262a32", edge="#3b414d", hover="#20242b",
    text="#e6e9ee", muted="#9ba5b3",
    accent="#2f6bdb", accent_text="#82b4f8", on_accent="#ffffff", selection="#223455", selection_away="#272b34", thumb="#3f4653",
    good="#63d19a", warn="#f0b352", bad="#ff8f86", danger="#c8443b", good_ground="#163a29", bad_ground="#4a2322",
    grid="#262b34", series=("#5ab4f0", "#f0a03c", "#3fcf9f", "#d99ae0", "#ff8a80", "#d0cf5a"),
)  # fmt: skip
