"""Text typed in the pre-Unicode fonts of Vietnam, TCVN3 (.VnTime) and VNI-Windows, as it reads in Unicode.

Such text arrives as the Latin-1 characters of its bytes: "NguyÔn" (TCVN3) or "Nguyeãn" (VNI) is Nguyễn. The
byte tables are those of TCVN 5712:1993 (VN3) and of VNI for Windows. Text counts as legacy only where a word
is no Vietnamese syllable as it stands and every accented word becomes one: right Unicode is never touched.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from common.text import nfc

Encoding = Literal["tcvn3", "vni"]

_TONES = "\u0300\u0309\u0303\u0301\u0323"  # the order of the TCVN3 table: huyền, hỏi, ngã, sắc, nặng


def _tcvn3_table() -> dict[int, str]:
    """Byte → letter: the seven letters of each case without tone, then each vowel's five tones."""
    table = dict(
        zip(b"\xa1\xa2\xa3\xa4\xa5\xa6\xa7\xa8\xa9\xaa\xab\xac\xad\xae", "ĂÂÊÔƠƯĐăâêôơưđ", strict=True)
    )
    toned = {
        "a": "b5b6b7b8b9", "ă": "bbbcbdbec6", "â": "c7c8c9cacb", "e": "cccecfd0d1", "ê": "d2d3d4d5d6",
        "i": "d7d8dcddde", "o": "dfe1e2e3e4", "ô": "e5e6e7e8e9", "ơ": "eaebecedee", "u": "eff1f2f3f4",
        "ư": "f5f6f7f8f9", "y": "fafbfcfdfe",
    }  # fmt: skip
    for vowel, codes in toned.items():
        for code, tone in zip(bytes.fromhex(codes), _TONES, strict=True):
            table[code] = nfc(vowel + tone)
    return table


_TCVN3 = _tcvn3_table()

# VNI writes one letter (ô is ơ, ñ is đ, î is ỵ …), then a mark as a letter of its own.
_VNI_LETTERS = str.maketrans("ôöñíìæóòîÔÖÑÍÌÆÓÒÎ", "ơưđíìỉĩịỵƠƯĐÍÌỈĨỊỴ")
_HUYEN, _HOI, _NGA, _SAC, _NANG = tuple(_TONES)
_HAT, _BREVE = "\u0302", "\u0306"
_VNI_MARKS = {
    "ù": _SAC, "ø": _HUYEN, "û": _HOI, "õ": _NGA, "ï": _NANG,
    "â": _HAT, "á": _HAT + _SAC, "à": _HAT + _HUYEN, "å": _HAT + _HOI, "ã": _HAT + _NGA, "ä": _HAT + _NANG,
    "ê": _BREVE, "é": _BREVE + _SAC, "è": _BREVE + _HUYEN, "ú": _BREVE + _HOI, "ü": _BREVE + _NGA,
    "ë": _BREVE + _NANG,
}  # fmt: skip
_VNI_LETTER = re.compile(f"([aeouyôö])([{''.join(_VNI_MARKS)}])|[^\\x00-\\x7f]", re.IGNORECASE)

# The clusters and the final k are those of Raglai, K'Ho and Ê Đê names.
_ONSET = "ngh|ng|nh|ch|gh|gi|kh|ph|th|tr|qu|[bđdgkmps][lr]|hl|[bcdđghklmnpqrstvx]"
_RIME = (
    "a|ac|ach|ai|am|an|ang|anh|ao|ap|at|au|ay|ăc|ăm|ăn|ăng|ăp|ăt|âc|âm|ân|âng|âp|ât|âu|ây|"
    "e|ec|em|en|eng|eo|ep|et|ê|êch|êm|ên|ênh|êp|êt|êu|"
    "i|ia|ich|im|in|inh|ip|it|iu|iêc|iêm|iên|iêng|iêp|iêt|iêu|"
    "o|oa|oac|oach|oai|oam|oan|oang|oanh|oao|oap|oat|oay|oăc|oăm|oăn|oăng|oăt|oc|oe|oen|oeo|oet|oi|om|on|ong|"
    "ooc|oong|op|ot|ô|ôc|ôi|ôm|ôn|ông|ôp|ôt|ơ|ơi|ơm|ơn|ơp|ơt|"
    "u|ua|uân|uâng|uât|uây|uc|uê|uêch|uênh|ui|um|un|ung|uơ|up|ut|uy|uya|uych|uyên|uyêt|uyn|uynh|uyt|uyu|"
    "uôc|uôi|uôm|uôn|uông|uôt|ư|ưa|ưc|ưi|ưm|ưng|ưt|ưu|ươc|ươi|ươm|ươn|ương|ươp|ươt|ươu|"
    "y|ynh|yt|yêm|yên|yêng|yêt|yêu|ak|ăk|âk|êk|ik|ok|ôk|ơk|uk|ưk|iê"
)
# c, g and ng are written k or q, gh and ngh before some vowels.
_MISSPELT = "c(?:o[aăe]|u[âêơy]|[eêiy])|n?g[eê]|ng[iy]"
_SYLLABLE = re.compile(f"(?!{_MISSPELT})({_ONSET})?({_RIME})")
_STOPPED = ("c", "ch", "k", "p", "t")
_CAPITALS, _SMALL = re.compile(r"[A-Z][^\s!-@]*[A-Z]"), re.compile("[a-z]")
_WORD = re.compile(r"[^\s!-/:-@\[-`{-~]+")


def detect(text: str) -> Encoding | None:
    """The legacy encoding that `text` is in; None for Unicode, ASCII, and text that fits both or neither."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return None
    accented = [word for word in _WORD.findall(text) if not word.isascii()]
    # A lone sign ("3 × 4", "§") is no evidence.
    if all(len(word) == 1 or _is_syllable(word) for word in accented):
        return None
    encodings: tuple[Encoding, ...] = ("tcvn3", "vni")
    fitting = [
        encoding
        for encoding in encodings
        if all(_is_syllable(word) for word in _WORD.findall(to_unicode(" ".join(accented), encoding)))
    ]
    return fitting[0] if len(fitting) == 1 else None


def to_unicode(text: str, encoding: Encoding) -> str:
    """Text known to be in a legacy encoding, in Unicode (NFC).

    The capital fonts of TCVN3 (.VnTimeH) show small codes as capitals: where every plain letter is a capital,
    and some word has two of them, all letters become capitals ("X· Tµ Có" has initials only: Xã Tà Cú).
    """
    if encoding == "vni":
        return nfc(_VNI_LETTER.sub(_vni_letter, text))
    converted = text.translate(_TCVN3)
    return converted.upper() if _CAPITALS.search(text) and not _SMALL.search(text) else converted


def repair(text: str) -> tuple[str, Encoding | None]:
    """The text in Unicode (NFC) and the legacy encoding it was found in, None where it was left as it is."""
    encoding = detect(text)
    return (to_unicode(text, encoding), encoding) if encoding else (nfc(text), None)


def _vni_letter(match: re.Match[str]) -> str:
    if match[1] is None:
        return match[0].translate(_VNI_LETTERS)
    return match[1].translate(_VNI_LETTERS) + _VNI_MARKS[match[2].lower()]


@lru_cache(maxsize=8192)
def _is_syllable(word: str) -> bool:
    """Whether a word can be Vietnamese: onset, rime, and one tone where it may stand."""
    letters = [unicodedata.normalize("NFD", char) for char in word.lower()]
    tones = {index: mark for index, char in enumerate(letters) for mark in char if mark in _TONES}
    bare = nfc("".join(mark for char in letters for mark in char if mark not in _TONES))
    parts = _SYLLABLE.fullmatch(bare)
    if parts is None or len(tones) > 1:
        return False
    for index, tone in tones.items():
        if index - parts.start(2) not in _tone_places(parts[2]):
            return False
        if bare.endswith(_STOPPED) and tone not in (_SAC, _NANG):
            return False
    return True


def _tone_places(rime: str) -> tuple[int, ...]:
    """The letters of a rime on which its tone may be written: both, in oa, oe and uy."""
    if rime in ("oa", "oe", "uy"):
        return (0, 1)
    marked = [index for index, letter in enumerate(rime) if letter in "ăâêôơư"]
    vowels = [index for index, letter in enumerate(rime) if letter in "aeiouyăâêôơư"]
    if marked:
        return (marked[-1],)
    # An open rime bears it before its last vowel, a closed one on it.
    return (vowels[-2] if len(vowels) > 1 and rime[-1] in "aeiouy" else vowels[-1],)
