"""The Vietnamese texts that set-up compiles."""

from pathlib import Path

import pytest

from config.messages import merged

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def locale(tmp_path: Path) -> Path:
    (tmp_path / "LC_MESSAGES").mkdir()
    (tmp_path / "fragments").mkdir()
    (tmp_path / "LC_MESSAGES" / "django.po").write_text(HEADER + 'msgid "Bank"\nmsgstr "Ngân hàng"\n')
    return tmp_path


def test_a_fragment_adds_its_texts(locale: Path):
    (locale / "fragments" / "postal.po").write_text('msgid "Post"\nmsgstr "Bưu điện"\n')
    catalog = merged(locale)
    assert [catalog.get(text).string for text in ("Bank", "Post")] == ["Ngân hàng", "Bưu điện"]


def test_two_translations_of_one_text_are_refused(locale: Path):
    (locale / "fragments" / "banks.po").write_text('msgid "Bank"\nmsgstr "Nhà băng"\n')
    with pytest.raises(ValueError, match=r"banks[.]po: 'Bank' is already translated"):
        merged(locale)
