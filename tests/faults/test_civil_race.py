"""The same file of another office uploaded twice at once is one preview. Without the constraint there are two."""

from __future__ import annotations

import io
import threading

import pytest
from django.db import connection

from accounts.access import reader_for
from accounts.models import Role
from desk.models import CivilKind, CivilList
from desk.operations import civil
from tests import worlds
from tests.faults.test_change_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
FILE = "Họ và tên;Ngày sinh;Ngày mất\nPhan Lạ;20/05/1940;20/11/2024".encode()


@pytest.fixture(autouse=True)
def reference(transactional_db):
    worlds.load_reference()


def uploaded_twice(patch: pytest.MonkeyPatch) -> list[str]:
    """Two uploads that have both found no such list yet before either is written."""
    both, match = threading.Barrier(2, timeout=60), civil.match_deaths
    by = worlds.officer("xa")
    Role.objects.create(user=by, name="commune_officer", unit=worlds.commune(), valid_from=worlds.NOON.date())
    reader = reader_for(by, on=worlds.NOON.date())

    def match_together(**what):
        both.wait()
        return match(**what)

    def take():
        return civil.take_list(
            kind=CivilKind.DEATHS, file=io.BytesIO(FILE), name="khai-tu.csv", size=len(FILE), month=None, by=by,
            reader=reader, at=worlds.NOON,
        )  # fmt: skip

    patch.setattr(civil, "match_deaths", match_together)
    return sorted(type(one).__name__ for one in at_once(take, take))


def test_the_same_file_uploaded_twice_at_once_is_one_preview(monkeypatch):
    assert uploaded_twice(monkeypatch) == ["CivilList", "ListRefused"]
    assert CivilList.objects.count() == 1


def test_control_without_the_constraint_there_are_two(monkeypatch):
    (constraint,) = [one for one in CivilList._meta.constraints if one.name == "a_civil_list_taken_once"]
    with connection.schema_editor() as editor:
        editor.remove_constraint(CivilList, constraint)
    try:
        assert uploaded_twice(monkeypatch) == ["CivilList", "CivilList"]
    finally:
        CivilList.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(CivilList, constraint)
