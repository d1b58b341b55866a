"""Knowledge base of the demo model: words of a question, and a word of its right answer."""

import re

from evalstudio.engine.servers.demo.draws import choice, mistaken

MISTAKES = 0.06
_OPTION = re.compile(r"^\s*\(?([A-H])[).:]\s+(.+?)\s*$", re.M)
# clues = a word of the right option
_KNOWN = """
planet closest sun=mercury; symbol gold=au; ocean africa australia=indian; legs spider=eight; gas plants=carbon dioxide
painted mona lisa=leonardo; capital canada=ottawa; capital france=paris; capital germany=berlin; capital spain=madrid
organ pumps=heart; celsius water boil=100; spoken brazil=portuguese; barometer=pressure; animal mammal=dolphin
longest river south america=amazon; metal liquid=mercury; hexagon=six; kyoto=japan; keys hammers strings=piano
smallest prime=2; vitamin sunlight=vitamin d; bees honey=nectar; hamlet=shakespeare; largest planet=jupiter
frozen water=ice; blood cells fight=white; bits byte=8; desert northern africa=sahara; pulls falling=gravity
currency switzerland=franc; hardest mineral=diamond; three hearts=octopus; kilimanjaro=africa; square root 144=12
plant water soil=root; deaf symphony=beethoven; shape boot=italy; ingredient glass=sand; laws motion=newton
largest animal=blue whale; renewable=wind; canals gondolas=venice; seismograph=earthquake; players football=eleven
acorn=oak; evaporation=condensation; atmosphere ultraviolet=ozone; young goat=kid; resistance=ohm
season leaves fall=autumn; fish breathe=gills; wall 1989=berlin; largest ocean=pacific; author odyssey=homer
"""
_FACTS = [
    (clues.split(), fact)
    for clues, _, fact in (
        entry.strip().partition("=") for entry in re.split("[;\n]", _KNOWN) if entry.strip()
    )
]


def options_in(text: str) -> dict[str, str]:
    """The options of a multiple-choice question, by letter."""
    return dict(_OPTION.findall(text))


def choose(question: str, options: dict[str, str], key: bytes) -> str:
    """Returns the letter of the option that the model knows to be right, else a guess."""
    words = question.lower()
    letters = list(options)
    known = None
    for clues, fact in _FACTS:
        if all(clue in words for clue in clues):
            known = next(
                (letter for letter in letters if re.search(rf"\b{fact}", options[letter].lower())), None
            )
            if known is not None:
                break
    if known is None or mistaken(key, MISTAKES):
        return choice(key, "option", [letter for letter in letters if letter != known])
    return known
