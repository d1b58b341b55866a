"""The demo model's judgement of a review: words that praise and words that blame, minding "not" and "but"."""

import re

from evalstudio.engine.demo.draws import uniform

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
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[.;!?,]")
LABELS = ("positive", "negative", "neutral")
UNSURE_MISTAKES = 0.16  # share of unclear texts that the model gets wrong on top of its rules


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
    """The sum over praise (+) and blame (-). What follows "but" counts more than what comes before it."""
    total, sign, reach, even = 0.0, 1.0, 0, 0
    for word in _WORD.findall(text.lower().replace("’", "'")):
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
    return total * 0.3 if even and abs(total) < 2.5 else total
