"""Words by which answers state what they come to, in the languages that models answer in."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from evalstudio.core.lazy_pattern import lazy_compile

MOST_CUES = 2_000
"""Cues of one kind that are looked at in a text; of more of them the last ones count."""

LONGEST_RUN_ON = 100_000
"""Characters of the longest text in which a further question is looked for."""

LONGEST_LINK = 600
"""Characters between a cue and what it states; a row of line ends may be long."""


_SPACELESS = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ud7ff\uf900-\ufaff"
"""Letters of scripts that put no spaces between words: Thai, Chinese, Japanese, Korean and the like."""

GLUE = rf"[^\W\d_{_SPACELESS}]"
"""A letter that makes one word with a letter or digit beside it."""


class Words(NamedTuple):
    """The words of one language. All in lower case; stems stand for the words that begin with them."""

    answers: tuple[str, ...]
    """Stems of nouns that name the answer."""
    links: tuple[str, ...]
    """What stands between such a noun and the value, and makes a statement of them: "is"."""
    fillers: tuple[str, ...] = ()
    """What may stand there besides: "correct", "option"."""
    choosing: tuple[str, ...] = ()
    """Phrases after which a choice is named: "I choose"."""
    right: tuple[str, ...] = ()
    """Patterns of what says after a label that it is the right one."""
    joins: tuple[str, ...] = ()
    """Conjunctions between several values."""
    negations: tuple[str, ...] = ()
    """What denies the value that follows."""
    reasons: tuple[str, ...] = ()
    """Conjunctions after which an answer is explained."""
    options: tuple[str, ...] = ()
    """Nouns for one of the choices; they state an answer where they are called the right one."""


LANGUAGES: dict[str, Words] = {
    "English": Words(
        ("answer", "response"),
        (
            "is", "was", "are", "equals", "would be", "will be", "should be", "must be", "has to be", "comes to", "comes out to",
            "turns out to be", "comes out as", "remains", "be",
        ),
        (
            "the", "my", "then", "therefore", "thus", "hence", "indeed", "definitely", "clearly", "simply", "just", "still", "now",
            "probably", "most", "likely", "obviously", "actually", "correct", "right", "best", "final", "exactly", "about",
            "approximately", "around", "roughly", "equal to", "given by", "as follows", "option", "choice", "letter",
            "below", "here", "number", "that of", "a total of", "in", "fact", "certainly", "again", "also",
        ),
        (
            "choose", "chose", "choosing", "pick", "select", "go with", "going with", "settle on", "i vote for",
        ),
        (
            r"\s+(?:is|would\s+be|must\s+be|has\s+to\s+be|should\s+be|seems|seems\s+to\s+be|appears\s+to\s+be|looks)\s+"
            r"(?:(?:the|only|clearly|indeed|definitely|likely|most|probably|therefore|thus|obviously|certainly|one|that|is|one's)\s+){0,4}"
            r"(?:correct|right|best|true|(?:right|correct|best|final|most\s+likely|only)?\s*answer)(?![\w-])(?!\s+(?:only\s+)?(?:if|in|when|about|that)\b)",
        ),
        ("and", "or", "and/or", "nor", "as well as"),
        ("not", "never", "neither", "cannot be", "can't be", "isn't", "wasn't", "isn’t", "no longer"),
        ("because", "since", "as", "given that", "considering", "for the reason", "seeing that", "due to"),
        ("option", "choice", "letter"),
    ),
    "German": Words(
        ("antwort",), ("ist", "lautet", "wäre", "beträgt", "sind", "war"),
        ("richtige", "korrekte", "also", "somit", "daher", "demnach", "die", "der", "das", "genau", "etwa", "rund", "option", "buchstabe", "möglichkeit", "eindeutig"),
        ("ich wähle", "ich nehme", "ich entscheide mich für", "ich würde wählen"),
        (r"\s+(?:ist|wäre|stimmt\s+und\s+ist)\s+(?:(?:die|das|also|daher|hier|somit|einzig|eindeutig)\s+){0,3}(?:richtig|korrekt|zutreffend|antwort)\w*", r"\s+(?:stimmt|trifft\s+zu)(?!\s+nicht)(?!\w)"),
        ("und", "oder", "sowie"), ("nicht", "kein", "weder"), ("weil", "da", "denn"),
        ("option", "buchstabe", "auswahl"),
    ),
    "French": Words(
        ("réponse", "reponse"), ("est", "sera", "serait", "vaut", "égale", "sont", "était"),
        ("bonne", "correcte", "exacte", "juste", "donc", "la", "le", "l'option", "option", "lettre", "finale", "environ", "alors", "choix", "bien", "égal à", "égale à", "de"),
        ("je choisis", "je prends", "je sélectionne", "j'opte pour", "je dirais"),
        (r"\s+(?:est|serait)\s+(?:(?:la|le|donc|bien|seule|bonne|l'unique)\s+){0,3}(?:correcte?|juste|exacte?|vraie?|bonne|réponse)(?!\w)",),
        ("et", "ou", "ainsi que"), ("pas", "ni"), ("car", "parce que", "puisque"),
        ("l'option", "option", "lettre", "choix"),
    ),
    "Spanish": Words(
        ("respuesta",), ("es", "sería", "será", "son", "fue", "igual a"),
        ("correcta", "final", "entonces", "por", "tanto", "la", "el", "opción", "letra", "alternativa", "aproximadamente", "pues", "de"),
        ("elijo", "escojo", "selecciono", "yo elegiría", "me quedo con"),
        (r"\s+(?:es|sería)\s+(?:(?:la|el|única|opción)\s+){0,3}(?:correct[oa]|respuesta|verdader[oa]|ciert[oa])(?!\w)",),
        ("y", "e", "o", "u"), ("no es", "no", "ni"), ("porque", "ya que", "puesto que", "pues"),
        ("opción", "alternativa", "letra"),
    ),
    "Portuguese": Words(
        ("resposta", "gabarito"), ("é", "seria", "será", "são", "foi"),
        ("correta", "certa", "final", "então", "portanto", "a letra", "letra", "a opção", "opção", "a alternativa", "alternativa", "de"),
        ("escolho", "eu escolho", "seleciono", "fico com"),
        (r"\s+(?:é|seria)\s+(?:(?:a|o|única|opção|alternativa)\s+){0,3}(?:corret[oa]|cert[oa]|resposta|verdadeir[oa])(?!\w)",),
        ("e", "ou"), ("não é", "não", "nem"), ("porque", "pois", "já que"),
        ("opção", "alternativa", "letra"),
    ),
    "Italian": Words(
        ("risposta",), ("è", "sarà", "sarebbe", "sono"),
        ("corretta", "giusta", "esatta", "finale", "quindi", "la", "lettera", "l'opzione", "opzione"),
        ("scelgo", "seleziono"),
        (r"\s+è\s+(?:(?:la|il|quella|risposta)\s+){0,3}(?:corrett[oa]|giust[oa]|esatt[oa]|risposta)(?!\w)",),
        ("ed", "e", "o", "oppure"), ("non è", "non", "né"), ("perché", "poiché"),
        ("opzione", "lettera", "alternativa"),
    ),
    "Dutch": Words(
        ("antwoord",), ("is", "luidt", "zou zijn"), ("juiste", "correcte", "goede", "dus", "optie", "letter", "het"), ("ik kies",),
        (r"\s+is\s+(?:(?:het|de|dus)\s+){0,2}(?:juist|correct|goed)e?(?:\s+antwoord)?(?!\w)",), ("en", "of"), ("niet",), ("omdat", "want"),
        ("optie", "keuze"),
    ),
    "Polish": Words(
        ("odpowied",), ("to", "jest", "brzmi", "wynosi"), ("poprawna", "prawidłowa", "więc", "opcja", "litera"), ("wybieram",),
        (r"\s+(?:jest|to)\s+(?:poprawna|prawidłowa|dobra)(?!\w)",), ("i", "oraz", "lub", "albo"), ("nie",), ("ponieważ", "bo", "gdyż"),
        ("opcja",),
    ),
    "Russian": Words(
        ("ответ",), ("это", "равен", "равна", "равно", "будет", "является", "есть", "составляет"),
        ("правильный", "верный", "итоговый", "вариант", "буква", "под", "буквой", "таким", "образом", "примерно", "около", "значит"),
        ("выбираю", "я выбираю", "я бы выбрал", "выберу"),
        (r"\s*(?:[-–—]\s*)?(?:(?:это|является|самый|единственный)\s+){0,2}(?:правильн|верн)\w*", r"\s+(?:верно|подходит)(?!\w)"),
        ("и", "или"), ("не", "ни"), ("потому", "так как", "поскольку", "ведь"),
        ("вариант",),
    ),
    "Turkish": Words(
        ("cevap", "cevab", "yanıt", "yanit"), ("şudur", "şu", "olarak", "olur"),
        ("doğru", "şık", "şıkkı", "seçenek", "seçeneği", "budur", "yani"), ("seçiyorum", "seçerim", "tercihim"),
        (r"(?:\s+(?:şıkkı|seçeneği|şık|seçenek))?\s+doğru(?:dur)?(?:\s+cevap\w*)?(?!\w)(?!\s+değil)",),
        ("ve", "veya", "ya da"), ("değil",), ("çünkü",),
        ("seçenek", "şık"),
    ),
    "Indonesian": Words(
        ("jawab",), ("adalah", "ialah", "yaitu", "yakni"), ("yang", "benar", "tepat", "paling", "pilihan", "opsi", "huruf", "jadi"),
        ("saya memilih", "saya pilih", "pilihan saya", "memilih"),
        (r"\s+(?:adalah\s+|merupakan\s+)?(?:(?:jawaban|pilihan|yang)\s+){0,3}(?:benar|tepat)(?!\w)",),
        ("dan", "atau", "serta"), ("bukan", "tidak"), ("karena", "sebab"),
        ("pilihan", "opsi"),
    ),
    "Vietnamese": Words(
        ("đáp án", "câu trả lời", "trả lời"), ("là", "bằng"), ("đúng", "chính xác", "cuối", "cùng", "phương án"), ("tôi chọn", "chọn"),
        (r"\s+(?:là\s+)?(?:đáp\s+án\s+)?(?:đúng|chính\s+xác)(?!\w)",), ("và", "hoặc"), ("không phải", "không"), ("vì", "bởi vì"),
        ("phương án", "lựa chọn"),
    ),
    "Arabic": Words(
        ("الإجابة", "الاجابة", "إجابة", "إجابتي", "الجواب", "جواب"), ("هي", "هو", "تكون", "يساوي", "تساوي"),
        ("الصحيحة", "الصحيح", "الصحيحه", "النهائية", "النهائي", "إذن", "إذا", "الخيار", "الاختيار", "الحرف", "الأدق"), ("أختار", "اخترت", "نختار", "سأختار"),
        (r"\s*(?:هي|هو)\s+(?:(?:الإجابة|الخيار|الجواب)\s+)?(?:الصحيح|الأصح|صحيح)\w*", r"\s+صحيح\w*"), ("و", "أو"), ("ليس", "ليست", "لا"), ("لأن", "لأنه", "لأنها"),
        ("الخيار", "الاختيار"),
    ),
    "Hindi": Words(
        ("उत्तर", "जवाब"), ("है", "हैं", "होगा", "होगी"), ("सही", "अंतिम", "विकल्प", "अतः", "का", "की", "इसका"), ("मैं चुनता हूँ", "मैं चुनती हूँ", "चुनता हूँ"),
        (r"\s+(?:ही\s+)?सही(?:\s+(?:उत्तर|विकल्प|जवाब))?\s+है(?!\s+नहीं)",), ("और", "या", "तथा"), ("नहीं",), ("क्योंकि",),
        ("विकल्प",),
    ),
    "Chinese": Words(
        ("答案", "答：", "答:", "答复", "答覆", "正解"),
        ("是", "为", "為", "选", "選", "即", "等于", "等於", "应为", "應為", "应该是", "應該是", "就是", "应选", "應選", "应该选", "是选"),
        ("选项", "選項", "选择", "選擇", "正确", "正確", "约", "約", "大约", "最终", "最後", "项", "字母", "一共", "共"),
        ("我选", "我選", "我选择", "我選擇", "故选", "故選", "应选", "應選", "因此选", "所以选", "所以選", "选择", "选:", "选：", "應該選", "应该选", "选", "選"),
        (r"\s*(?:选项|選項|项|項)?\s*(?:是|才是|为|為)?\s*(?:正确|正確|对的|對的)(?:的|答案|选项)?", r"\s*(?:是|才是)\s*(?:正确|正確)?答案"),
        ("和", "或", "或者", "与", "與", "及", "以及"), ("不是", "不選", "不选", "并非", "並非", "非"), ("因为", "因為", "由于", "由於"),
        ("选项", "選項"),
    ),
    "Japanese": Words(
        ("答え", "正解", "回答", "解答", "正答"), ("は", "が", "として", "です"), ("、", "選択肢", "番", "約", "つまり", "の", "正しい"), ("私は", "選ぶのは", "選択するのは"),
        (r"\s*(?:が|は)\s*(?:正解|正しい|答え|正答)(?!では|じゃ|で は|でない)", ),
        ("と", "または", "か", "及び", "および", "や"), ("ではなく",), ("なぜなら", "ので", "から"),
        ("選択肢",),
    ),
    "Korean": Words(
        ("정답", "답은", "답:", "답：", "답변", "답이"), ("은", "는", "이", "가", "으로", "입니다"), ("바로", "약", "선택지", "보기", "번호", "번"), ("저는", "선택은", "고르면", "선택:"),
        (r"\s*(?:번|번이|이|가|는|은)?\s*(?:정답|옳|맞)(?!이\s*아|지\s*않)",), ("와", "과", "및", "또는", "혹은", "이나", "나"), ("아니라",), ("왜냐하면", "때문"),
        ("선택지", "보기"),
    ),
    "Thai": Words(
        ("คำตอบ", "ตอบ"), ("คือ", "เป็น", "ได้แก่", "เท่ากับ"), ("ที่", "ถูกต้อง", "ข้อ", "ตัวเลือก", "ถูก", "สุดท้าย", "ประมาณ"), ("ฉันเลือก", "เลือก"),
        (r"\s*(?:เป็น|คือ)?\s*(?:คำตอบที่)?ถูกต้อง",), ("และ", "หรือ"), ("ไม่ใช่", "ไม่"), ("เพราะ", "เนื่องจาก"),
        ("ตัวเลือก", "ข้อ"),
    ),
}  # fmt: skip

_REFUSALS = lazy_compile(
    r"(?:cannot|can't|can’t|could\s+not|couldn't|unable\s+to)\s+(?:be\s+)?(?:\w+ly\s+)?"
    r"(?:determine|answer|compute|calculate|tell|say|know|solve|find|decide|conclude)\w*"
    r"|(?:not\s+enough|insufficient)\s+(?:information|data)|(?:don't|don’t|do\s+not|didn't)\s+know|no\s+idea"
    r"|无法确定|無法確定|不知道|わかりません|分かりません|모르겠|weiß\s+(?:ich\s+)?(?:es\s+)?nicht|je\s+ne\s+sais\s+pas|no\s+(?:lo\s+)?sé|não\s+sei|не\s+знаю|لا\s+أعرف",
    re.IGNORECASE,
)
CORRECTIONS = lazy_compile(
    r"\b(?:wait|actually|correction|instead|rather|on\s+second\s+thought|sorry|mistake\w*|hmm+|let\s+me\s+(?:re\w+|double|check|correct|think)|"
    r"however|but|aber|jedoch|mais|pero|mas|но|однако|tetapi|ama|fakat|hold\s+on|oops|scratch\s+that|re-?check\w*|re-?consider\w*|no(?=[,.!:—–-])|moment|doch|warte|korrektur|attendez|attends|erreur|espera|"
    r"perdón|corrección|correção|espere|aspetta|нет|стоп|подождите|ошибка|tunggu|bekle|hayır)\b"
    r"|等等|但是|しかし|하지만|لكن|लेकिन|不对|不對|更正|待って|違い|訂正|잠깐|아니|수정|انتظر|تصحيح|रुको|रुकिए|ग़लती|เดี๋ยวก่อน",
    re.IGNORECASE,
)
CONCLUSIONS = lazy_compile(
    r"\b(?:so|thus|hence|therefore|final|finally|in\s+conclusion|overall|to\s+sum\s+up|consequently|ultimately|in\s+short|also|daher|somit|"
    r"deshalb|endgültig\w*|schließlich|donc|ainsi|finale?|finalement|entonces|por\s+lo\s+tanto|finalmente|por\s+tanto|portanto|então|logo|quindi|dunque|"
    r"поэтому|итак|следовательно|таким\s+образом|jadi|dengan\s+demikian|akhir|dolayısıyla|sonuç|yani|dus|więc|zatem|vậy|do\s+đó)\b"
    r"|因此|所以|故|综上|綜上|最终|最終|よって|したがって|従って|따라서|그러므로|결론|لذلك|إذن|النهائي|وبالتالي|अतः|इसलिए|ดังนั้น",
    re.IGNORECASE,
)
_NONE = (
    r"none|n/?a(?!\w)|neither|no\s+(?:correct|right|option|choice|single)|not?\s+any|nothing|all\s+of|all\s+(?:three|four)|both|keine|weder|alle|"
    r"aucune?|toutes|ninguna?|ningún|todas|nenhuma?|nessuna?|tutte|geen|żadna|ни\s+од|ничего|все|hiçbiri|hepsi|tidak\s+ada|semua|không\s+có|"
    r"لا\s+شيء|جميع|कोई\s+नहीं|इनमें\s+से|以上都|以上皆|都不|都是|没有|沒有|いずれも|どれも|ない|なし|없|모두|ไม่มี"
)
NONE_OR_ALL = lazy_compile(rf"(?:{_NONE})", re.IGNORECASE)
"""What an answer begins with that takes none of the choices, or all of them."""
WRONG_AFTER = lazy_compile(
    r"[)\].:]?\s*+(?:[-–—:]\s*+)?(?:(?:option|choice|answer|选项|選項|項|项)\s*+)?(?:(?:is|was|are|seems|looks|would\s+be|must\s+be|can|could|ist|est|es|é|è|adalah|это|是|は|이|가|는|은)?\s*+"
    r"(?:(?:also|therefore|thus|clearly|obviously|just|simply|too|so|definitely)\s+){0,2})"
    r"(?:n't|n’t|not|never|wrong|incorrect|false|out\b|ruled\s+out|eliminated|excluded|impossible|unlikely|too\s|invalid|cannot|can't|does\s?n[o'’]t|doesn|fails|"
    r"falsch|nicht|passt\s+nicht|stimmt\s+nicht|scheidet|incorrect[oae]?|inexact|n'est\s+pas|ne\s+convient|faux|fausse|no\s+es|no\b|não|errad[oa]|fals[oa]|non\s+è|sbagliat|"
    r"onjuist|fout|nie\s+jest|błędn|неверн|неправильн|не\s|ليس|خطأ|خاطئ|غير|गलत|ग़लत|नहीं|salah|bukan|tidak|yanlış|değil|sai\b|không|"
    r"错误|錯誤|不对|不對|不正确|不正確|不是|不符|错|誤り|間違|違い|不正解|正解では|正解じゃ|正しくな|答えでは|ではな|じゃな|틀|아니|아닙|정답이\s*+아|맞지\s*+않|오답|ผิด|ไม่)",
    re.IGNORECASE,
)
"""What denies the label right before it."""
DENIED_BEFORE = lazy_compile(
    rf"(?:(?<!{GLUE})(?:not|n't|n’t|isn't|isn’t|rul(?:e|es|ed|ing)\s+out|eliminat(?:e|es|ed|ing)|exclud(?:e|es|ed|ing)|except|excluding|neither|nor|unlike|reject(?:s|ed|ing)?|"
    rf"discard(?:s|ed|ing)?|rather\s+than|instead\s+of|nicht|weder|kein|pas|ni|no|não|non|niet|nie|не|ни|ليس|ليست|bukan|tidak|không\s+phải)|n't|n’t|不是|不选|不選|排除|ไม่ใช่)"
    rf"[^\S\n]*(?:(?:be|is|es|est|ist|é|è|la|die|the|option|choice|answer|letter|to|it|pick|choose|select|by|really|necessarily|just|say|选项|選項|选择)[^\S\n]*){{0,4}}[(\[]? ?\Z",
    re.IGNORECASE,
)
"""What denies the label right after it."""

# A question that the model asks itself after its answer, in the form of the prompt's examples
RUN_ON = lazy_compile(
    r"\n(?:\*\*|#+ )?(?:question|q|problem|exercise|human|user|instruction|next question|问题|問題|题目|질문|frage|pregunta|вопрос)"
    r"(?: ?\d{1,4})?(?:\*\*)?[:：]",
    re.IGNORECASE,
)
_REFUSING = ("not", "n't", "n’t", "unable", "insufficient", "no ", "weiß", "sais", "não")


def refuses(text: str) -> bool:
    """Whether a sentence says that its answer is not known."""
    return (not text.isascii() or any(word in text for word in _REFUSING)) and _REFUSALS.search(
        text
    ) is not None


LONGEST_SEARCHED = 200_000
"""Characters of the longest text that is searched for the cues of all languages; a longer one for those of English."""


class Cue(NamedTuple):
    """A cue in a text: where it begins, where what it states begins, and what links the two."""

    start: int
    end: int
    linked: bool
    """Whether a word such as "is", or a mark such as a colon, links them."""
    named: bool
    """Whether that is a word."""


def words(kind: str) -> tuple[str, ...]:
    """All words of a kind, of all languages, the longest first."""
    found = {word for language in LANGUAGES.values() for word in getattr(language, kind)}
    return tuple(sorted(found, key=lambda word: (-len(word), word)))


def one_of(found: tuple[str, ...]) -> str:
    """A pattern of these words, each as a whole where its script parts words by spaces."""
    spaced = [word for word in found if not re.search(rf"[{_SPACELESS}]", word)]
    joined = [word for word in found if word not in spaced]
    whole = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in spaced)
    parts = [rf"(?:{whole})(?!{GLUE}|[\u0900-\u097f])"] if spaced else []
    return "|".join(parts + [re.escape(word) for word in joined])


REASONS = lazy_compile(rf"(?<!{GLUE})(?:{one_of(words('reasons'))})", re.IGNORECASE)
_ABOUT = r"\s+(?:to|for|of|auf|zu|à|a|al|alla|para|da|на|op|untuk|pada)\s+(?:[^\W_]+\s+){1,8}?"
_LINK = lazy_compile(
    rf"(?:[^\W_]{{1,20}}(?=\s?[:=：])|(?-i:[a-zà-ɏа-яё\u0621-\u065f\u0900-\u097f]){{1,12}}(?!{GLUE}))?"
    rf"(?:{_ABOUT}(?=(?:{one_of(words('links'))})\s))?"
    rf"(?:[\s*_\"“”「『]++|(?P<mark>[:=：→>]|[-–—](?=[\s*]))|(?P<word>{one_of(words('links'))})|(?:{one_of(words('fillers'))}))*",
    re.IGNORECASE,
)


_PARTICLES = "은이"  # of Korean; a cue that ends in one is linked already


def lowered(text: str) -> str:
    """The text in lower case, character by character."""
    return text.replace("İ", "I").lower()


@cache
def _stems(kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words of a kind: those in ASCII, and all."""
    every = words(kind)
    whole = [word for word in every if not any(other in word for other in every if other != word)]
    return tuple(word for word in whole if word.isascii()), tuple(whole)


def holds_cue(text: str, kind: str) -> bool:
    """Whether a text may hold a cue of a kind."""
    even = lowered(text)
    ascii_only, every = _stems(kind)
    stems = ascii_only if even.isascii() else every
    if len(text) > LONGEST_SEARCHED:
        stems = getattr(LANGUAGES["English"], kind)
    return any(stem in even for stem in stems)


def last_cues(text: str, kind: str = "answers") -> Iterator[Cue]:
    """The cues of a text, the last one first."""
    even = lowered(text)
    ascii_only, every = _stems(kind)
    stems = ascii_only if even.isascii() else every
    places = {stem: place for stem in stems if (place := even.rfind(stem)) >= 0}
    later = len(text)
    for _ in range(MOST_CUES):
        if not places:
            return
        stem = max(places, key=places.__getitem__)
        place = places[stem]
        link = _LINK.match(text, place + len(stem), min(later, place + len(stem) + LONGEST_LINK))
        if link is not None:
            word = link["word"] is not None
            word = word or stem[-1] in _PARTICLES
            yield Cue(place, link.end(), word or link["mark"] is not None or stem[-1] in ":：", word)
        later = place
        before = even.rfind(stem, 0, place)
        if before < 0:
            del places[stem]
        else:
            places[stem] = before


def without_run_on(text: str) -> str:
    """The text up to a further question that the model asks itself after an answer."""
    if len(text) > LONGEST_RUN_ON or "\n" not in text:
        return text
    for count, question in enumerate(RUN_ON.finditer(text)):
        before = text[: question.start()]
        if count > 20:
            break
        if "####" in before or "\\boxed{" in before or next(last_cues(before), None) is not None:
            return before
    return text
