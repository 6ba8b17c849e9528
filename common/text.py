"""Vietnamese text: one normal form, diacritic-insensitive search, and dictionary order without ICU."""

import re
import unicodedata
from functools import lru_cache

# Pasted from web pages and PDF: invisible, and two equal names then differ.
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
# K'Ho and Raglai names are typed with any of these, and word processors change them unasked.
_APOSTROPHES = "'’‘ʼ`´"
# Code page 1258 has Đ where Latin-1 has the Icelandic Ð: they look the same.
_AS_STORED = str.maketrans("Ðð", "Đđ", _INVISIBLE) | dict.fromkeys(map(ord, _APOSTROPHES), "'")
_TO_CLEAN = re.compile(f"[Ðð{_INVISIBLE}{_APOSTROPHES[1:]}]")
_D_BAR = str.maketrans("đĐ", "dD")
# The blocks of combining marks that Latin letters take.
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")

_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
# "~" sorts after every letter, so ă comes after az and â after ăz.
_LETTERS = {"ă": "a~", "â": "a~~", "đ": "d~", "ê": "e~", "ô": "o~", "ơ": "o~~", "ư": "u~"}
_NO_APOSTROPHES = dict.fromkeys(map(ord, _APOSTROPHES))
_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"[0-9]+")


def nfc(text: str) -> str:
    """The text in Unicode's composed form, in which everything is stored and compared."""
    return unicodedata.normalize("NFC", text)


def clean_name(text: str) -> str:
    """A name as stored: NFC, no invisible characters, Đ not Ð, ' not ’, single spaces, none at the ends.

    Text that may be in a legacy font goes through `legacy.repair` first.
    """
    plain = _plain(text)
    return " ".join((plain if plain.isascii() else nfc(plain)).split())


def fold(text: str) -> str:
    """The text for diacritic-insensitive search: `"  Đặng Thị  ƯỚC"` → `"dang thi uoc"`.

    Both the stored column and the words searched for go through it.
    """
    plain = _plain(text)
    if not plain.isascii():
        plain = _MARKS.sub("", unicodedata.normalize("NFD", plain)).translate(_D_BAR)
    return " ".join(plain.casefold().split())


def _plain(text: str) -> str:
    return text.translate(_AS_STORED) if _TO_CLEAN.search(text) else text


def sort_key(text: str) -> str:
    """A string whose order under C collation is Vietnamese dictionary order of `text`.

    Syllable by syllable: letters (a ă â … d đ e ê … o ô ơ … u ư), then the tone (none, huyền, hỏi, ngã,
    sắc, nặng: wherever it is written, so hòa equals hoà); numbers by value; at last small before capital.
    """
    words = _WORD.findall(nfc(text).translate(_NO_APOSTROPHES))
    capitals = "".join("1" if char.isupper() else "0" for char in "".join(words))
    return f"{'  '.join(_syllable_key(word.lower()) for word in words)}\t{capitals}"


def person_sort_key(name: str) -> str:
    """The key of a person's name as Vietnamese lists order it: given name (last word), then the rest."""
    words = clean_name(name).split(" ")
    return sort_key(" ".join([words[-1], *words[:-1]]))


@lru_cache(maxsize=8192)
def _syllable_key(word: str) -> str:
    letters, tones = [], []
    for char in word:
        marks = unicodedata.normalize("NFD", char)
        tones += [_TONES[mark] for mark in marks[1:] if mark in _TONES]
        letter = nfc("".join(mark for mark in marks if mark not in _TONES))
        letters.append(_LETTERS.get(letter) or marks[0])
    by_value = _DIGITS.sub(lambda run: run[0].lstrip("0").rjust(12, "0"), "".join(letters))
    return f"{by_value} {''.join(tones) or '0'}"
