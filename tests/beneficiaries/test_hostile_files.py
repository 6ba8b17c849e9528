"""What `manage.py hostile_files` shows, for all two hundred files; the memory is measured by the command alone."""

from __future__ import annotations

from datetime import date

import pytest

from bench.hostile import HEADS, SECONDS, files, judge

pytestmark = pytest.mark.usefixtures("world")


def test_each_of_them_is_refused_in_words_and_leaves_nothing(tmp_path):
    verdicts = list(judge(tmp_path, today=date(2024, 12, 2)))
    assert len(verdicts) >= 200
    assert [(verdict.name, verdict.fault) for verdict in verdicts if verdict.fault] == []
    # A lone cell may claim a row that no sheet has: nobody reads the empty ones before it.
    assert max(verdict.seconds for verdict in verdicts) < SECONDS
    assert len({verdict.code for verdict in verdicts}) >= 5


def test_there_are_two_hundred_and_no_two_are_called_alike(tmp_path):
    names = [name for name, _path in files(tmp_path)]
    assert len(names) >= 200
    assert len(set(names)) == len(names)
    assert len(HEADS) == 40
