"""Legal references as the tables hold them, in Vietnamese, and their English form."""

import re

_ACTS = {"Nghị định": "Decree", "Pháp lệnh": "Ordinance", "Luật": "Law", "Nghị quyết": "Resolution"}
_REFERENCE = re.compile(
    r"(?:điểm (?P<point>\w) )?(?:khoản (?P<clause>\d+) )?(?:Điều (?P<article>\d+) |Phụ lục (?P<annex>[IVX, ]+) )?"
    rf"(?P<act>{'|'.join(_ACTS)}) (?P<number>\S+)(?P<rest>.*)",
    re.IGNORECASE,
)


def in_english(reference: str) -> str:
    """`Điểm a khoản 1 Điều 6 Nghị định 20/2021/NĐ-CP` → `Decree 20/2021/NĐ-CP, Art. 6(1)(a)`.

    Several references stand between semicolons; text that is no reference stays as it is.
    """
    return "; ".join(_one(part.strip()) for part in reference.split(";"))


def _one(reference: str) -> str:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return reference
    text = f"{_ACTS[found['act'].capitalize()]} {found['number']}{found['rest']}"
    if found["annex"]:
        return f"{text}, Annex {found['annex'].strip()}"
    if not found["article"]:
        return text
    parts = "".join(f"({part})" for part in (found["clause"], found["point"]) if part)
    return f"{text}, Art. {found['article']}{parts}"
