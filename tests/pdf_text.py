"""The text of a PDF as a reader of it would copy it: enough of the format for what Typst writes."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\b(.*?)\bendobj", re.DOTALL)
_PLAIN = rb"\\.|[^\\()]"
# Brackets inside a text stand as they are where they match: three deep is more than chance brings about.
_NESTED = rb"\((?:" + _PLAIN + rb"|\((?:" + _PLAIN + rb"|\((?:" + _PLAIN + rb")*\))*\))*\)"
_STRING = rb"\(((?:" + _PLAIN + rb"|" + _NESTED + rb")*)\)"
_SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|\bTm\b|\[((?:" + _STRING + rb"|[^\](])*)\]TJ", re.DOTALL)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_NAMED = {b"n": 10, b"r": 13, b"t": 9, b"b": 8, b"f": 12}


def pdf_text(pdf: bytes) -> str:
    """Every text shown, in the order of the pages' content, with a space wherever a new place begins.

    Fonts have two-byte codes and a table to Unicode, streams are deflated: anything else raises.
    """
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    resources = [body for body in objects.values() if b"/Font<<" in body]
    fonts = {
        name: _letters(objects, int(number))
        for body in resources
        for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", body)
    }
    pages = [body for body in objects.values() if re.search(rb"/Type/Page\b", body)]
    contents = [int(number) for page in pages for number in re.findall(rb"/Contents (\d+) 0 R", page)]
    return " ".join(_said(_stream(objects[number]), fonts) for number in contents)


def _said(content: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    said: list[str] = []
    letters: dict[int, str] = {}
    for found in _SHOWN.finditer(content):
        font, shown = found[1], found[2]
        if font:
            letters = fonts[font]
        elif shown is None:
            said.append(" ")
        else:
            strings = re.findall(_STRING, shown, re.DOTALL)
            codes = b"".join(_ESCAPED.sub(_byte, string) for string in strings)
            said += [letters[int.from_bytes(codes[at : at + 2])] for at in range(0, len(codes), 2)]
    return re.sub(r"\s+", " ", "".join(said)).strip()


def _byte(escaped: re.Match[bytes]) -> bytes:
    letter = escaped[1]
    code = int(letter, 8) if letter.isdigit() else _NAMED.get(letter, letter[0])
    return bytes([code])


def _letters(objects: dict[int, bytes], font: int) -> dict[int, str]:
    (table,) = re.findall(rb"/ToUnicode (\d+) 0 R", objects[font])
    text = _stream(objects[int(table)])
    assert b"beginbfchar" in text, text
    pairs = re.findall(rb"<([0-9A-Fa-f]{4})> ?<([0-9A-Fa-f]+)>", text.partition(b"beginbfchar")[2])
    return {int(code, 16): bytes.fromhex(letter.decode()).decode("utf-16-be") for code, letter in pairs}


def _stream(body: bytes) -> bytes:
    start = re.search(rb"stream\r?\n", body)
    assert start, body[:80]
    return zlib.decompressobj().decompress(body[start.end() :])
