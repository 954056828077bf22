"""What goes into a spreadsheet is never a formula."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderator.text import spreadsheet

STARTS = "=+-@\t\r\n|%＝＋－＠"


@pytest.mark.req("Z24")
@pytest.mark.parametrize(
    "told", ["=1+1", " =cmd", "\t=x", "\r=x", "+49", "-2", "@SUM(A1)", "＝1", "\u3000=HYPERLINK()", "|calc"]
)
def test_what_begins_like_a_formula_is_text(told: str) -> None:
    assert spreadsheet.cell(told) == f"'{told}"


@pytest.mark.req("Z24")
@given(st.text(max_size=20), st.integers())
def test_no_text_becomes_a_formula_and_none_is_lost(told: str, number: int) -> None:
    shown = spreadsheet.cell(told)
    assert shown.removeprefix("'") == told.removeprefix("'") or shown == f"'{told}"
    assert shown.lstrip(" ")[:1] not in STARTS or not shown.strip(" ")
    assert spreadsheet.cell(number) == str(number)


@pytest.mark.req("Z24")
def test_a_table_reads_back_with_every_cell_in_its_place() -> None:
    rows = [[1, "=1,2", 'a "b"'], [2, "two\nlines", "বা"]]
    told = list(csv.reader(io.StringIO("\n".join(spreadsheet.lines(("id", "a", "b"), rows)))))
    assert told == [["id", "a", "b"], ["1", "'=1,2", 'a "b"'], ["2", "two\nlines", "বা"]]
