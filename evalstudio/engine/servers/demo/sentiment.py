"""Sentiment classifier of the demo model: counts positive and negative words, and handles "not" and "but"."""

import re

from evalstudio.engine.servers.demo.draws import uniform

_GOOD = """
amazing awesome beautiful beautifully best brilliant bright charming cheerful clean clear comfortable comfy
cosy crisp cute dependable delight delighted delicious durable easy effortless elegant enjoy enjoyed enjoying
excellent exceeded fabulous fantastic fast favourite flawless flawlessly fresh fun generous gentle glad gorgeous
great happy happier handy helpful impressed impressive incredible intuitive kind light love loved lovely loves
magnificent marvellous outstanding patient perfect perfectly pleasant pleased pleasure polite praise precise
prompt quick quickly quiet recommend recommended reliable rich satisfied sharp smooth smoothly snug soft solid
splendid spotless stunning sturdy superb terrific thrilled treasure tasty warm welcoming well wonderful
wonderfully worth wow
"""
_BAD = """
annoying appalling avoid awful awkward bad badly bitter blurry boring bland broke broken buggy burnt cheap clumsy
cold complain confusing cracked crackles crashed crashes creaks damaged dead defective dirty disappointed
disappointing disappointment disgusting dreadful dull expensive fail failed fails fell flimsy fragile freezes
frustrating fuzzy greasy grainy hate hated hopeless horrible ignored impossible inaccurate lags late leaks leaked
leaking loud lukewarm mess messy misleading missing noisy outdated overpriced painful peeled pointless poor poorly
refund regret returned returning rude ruined rusted scratched scratches scratchy shoddy slow slowly sluggish smelled
smells soggy stained stale sticky stopped stuck terrible torn ugly unbearable uncomfortable unhelpful unreliable
unusable unwatchable useless waste wasted weak wobbles wobbly worse worst wrong
"""
_GOOD_PHRASES = """
as promised|could not put it down|not a scratch|no pain|not slip|to complain|every evening|every night
fills the garden|all came up|barely smells|left behind|without any discussion|on time|recipe i have tried since worked
thanked me|like angels|made us smile|at the perfect|not good with computers|asked to go again|stood up before
cleaner than he found|clearer than|how to avoid the problem|saved our|no ads|stopped aching|finally sleep|do not notice
took the packaging away|survived the|single coat|lighter than|could be fun|as green as
"""
_BAD_PHRASES = """
inside out|so hot|gave up|turned it off|no sense|do not buy|not hold|could not crush|went flat|loses ten|no refund
still no|no heating|no working|skipped the|not stay in tune|was gone|has gone|did not listen|was delayed|over the fence
shrank|charged me|in the queue to|never ordered|tore|turned on the subtitles|damp|unconnected|brown stems|fortune
feels like six|so-called|jammed|refused the|still cold|was closed for|my eggs disagree|than it takes up|sheds|did better
afraid to|crackle|two screws were|lost my|brown at the edges|frightening|no word of|blamed me|as bored as
"""
_STRONG = frozenset(
    [
        "amazing",
        "awesome",
        "excellent",
        "fantastic",
        "love",
        "loved",
        "perfect",
        "superb",
        "wonderful",
        "brilliant",
        "best",
        "outstanding",
        "terrible",
        "awful",
        "horrible",
        "hate",
        "hated",
        "worst",
        "useless",
        "dreadful",
        "broken",
        "disgusting",
        "appalling",
        "waste",
    ]
)
_NOT = frozenset(
    [
        "not",
        "no",
        "never",
        "hardly",
        "nothing",
        "isn't",
        "wasn't",
        "don't",
        "doesn't",
        "didn't",
        "won't",
        "can't",
        "couldn't",
    ]
)
_EVEN = frozenset(
    [
        "okay",
        "ok",
        "average",
        "decent",
        "acceptable",
        "adequate",
        "ordinary",
        "fine",
        "standard",
        "expected",
        "middling",
    ]
)
_WEIGHT = dict.fromkeys(_GOOD.split(), 1.0) | dict.fromkeys(_BAD.split(), -1.0)
_WEIGHT |= {word: 2 * _WEIGHT[word] for word in _STRONG}
_PHRASES = [(phrase, 1.6) for phrase in re.split(r"[|\n]", _GOOD_PHRASES) if phrase]
_PHRASES += [(phrase, -1.6) for phrase in re.split(r"[|\n]", _BAD_PHRASES) if phrase]
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[.;!?,]")
LABELS = ("positive", "negative", "neutral")
UNSURE_MISTAKES = 0.08  # share of unclear texts that the model gets wrong on top of its rules


def sentiment(text: str, key: bytes) -> str:
    """ "positive", "negative" or "neutral". A clear text is never mistaken."""
    value = score(text)
    label = "positive" if value > 0.4 else "negative" if value < -0.4 else "neutral"
    if abs(value) < 1.5:
        draw = uniform(key, "sentiment")
        if draw < UNSURE_MISTAKES:
            others = [other for other in LABELS if other != label]
            return others[0] if draw < UNSURE_MISTAKES / 2 else others[1]
    return label


def score(text: str) -> float:
    """The sum over positive (+) and negative (-) words. What follows "but" counts more than what precedes it."""
    text = text.lower().replace("’", "'")
    total, sign, reach, even = 0.0, 1.0, 0, 0
    for word in _WORD.findall(text):
        if word in _NOT:
            sign, reach = -1.0, 4
        elif word in ("but", "however", "yet"):
            total, sign, reach = total * 0.4, 1.0, 0
        elif word in ".;!?,":
            sign, reach = 1.0, 0
        else:
            even += word in _EVEN
            total += _WEIGHT.get(word, 0.0) * (sign if reach > 0 else 1.0)
            reach -= 1
    total += sum(weight for phrase, weight in _PHRASES if phrase in text)
    return total * 0.3 if even and abs(total) < 2.5 else total
