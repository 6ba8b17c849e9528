import csv
import re

import pytest

from benefits.articles import in_english
from benefits.operations import DECREES


@pytest.mark.parametrize(
    ("vietnamese", "english"),
    [
        ("Điểm a khoản 1 Điều 6 Nghị định 20/2021/NĐ-CP", "Decree 20/2021/NĐ-CP, Art. 6(1)(a)"),
        ("Điểm đ khoản 1 Điều 6 Nghị định 20/2021/NĐ-CP", "Decree 20/2021/NĐ-CP, Art. 6(1)(đ)"),
        ("Điều 4 Nghị định 136/2013/NĐ-CP", "Decree 136/2013/NĐ-CP, Art. 4"),
        ("Phụ lục IV, VI Nghị định 75/2021/NĐ-CP", "Decree 75/2021/NĐ-CP, Annex IV, VI"),
        ("Nghị định 76/2024/NĐ-CP", "Decree 76/2024/NĐ-CP"),
        (
            "Khoản 1 Điều 13 Nghị định 75/2021/NĐ-CP; khoản 4 Điều 6 Pháp lệnh 02/2020/UBTVQH14",
            "Decree 75/2021/NĐ-CP, Art. 13(1); Ordinance 02/2020/UBTVQH14, Art. 6(4)",
        ),
        ("Theo công văn của tỉnh", "Theo công văn của tỉnh"),
    ],
)
def test_a_reference_reads_the_same_in_english(vietnamese: str, english: str) -> None:
    assert in_english(vietnamese) == english


def test_every_reference_of_the_tables_has_an_english_form() -> None:
    references = set()
    for path in DECREES.glob("*.csv"):
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                references |= {row[name] for name in ("article", "legal_source") if name in row}
    assert len(references) > 40
    untouched = re.compile(r"Điều|khoản|điểm|Nghị định|Pháp lệnh|Phụ lục", re.IGNORECASE)
    assert [text for text in references if untouched.search(in_english(text))] == []
