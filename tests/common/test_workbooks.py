"""Excel files that are handed out hold no formula and no link, whatever stands in a name."""

import io

import openpyxl
import pytest

from common.workbooks import new_workbook


@pytest.mark.parametrize("streamed", [True, False])
def test_text_that_looks_like_a_formula_a_link_or_a_number_stays_text(streamed):
    target = io.BytesIO()
    texts = ["=1+1", "{=SUM(A1)}", "https://example.vn", "0912345678"]
    with new_workbook(target, streamed=streamed) as book:
        book.add_worksheet().write_row(0, 0, texts)
    (row,) = openpyxl.load_workbook(target).active.iter_rows()
    assert [(cell.value, cell.data_type, cell.hyperlink) for cell in row] == [
        (one, "s", None) for one in texts
    ]
