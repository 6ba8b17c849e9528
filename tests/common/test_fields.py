import uuid
from datetime import date

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.writer import MigrationWriter
from django.test.utils import isolate_apps

from common import crypto
from common.fields import BlindIndexField, EncryptedTextField, MonthField, NfcCharField, month_constraint

with isolate_apps():

    class Card(models.Model):
        uuid = models.UUIDField(default=uuid.uuid4, unique=True)
        name = NfcCharField(max_length=50, default="")
        number = EncryptedTextField(null=True)
        number_index = BlindIndexField(domain="national_id", null=True, unique=True)
        month = MonthField(default=date(2024, 12, 1))

        class Meta:
            app_label = "common"
            constraints = [month_constraint("month", "card_month_is_first_day")]

    class Bare(models.Model):
        number = EncryptedTextField(unique=True)

        class Meta:
            app_label = "common"


@pytest.fixture
def cards(db):
    with connection.schema_editor() as editor:
        editor.create_model(Card)
    return Card.objects


def stored(card):
    return bytes(Card.objects.values_list("number", flat=True).get(pk=card.pk))


def test_a_number_comes_back_and_is_not_stored_in_clear(cards):
    card = cards.create(number="060144000011")
    assert card.number == "060144000011"
    assert Card.objects.get().number == "060144000011"
    assert b"060144000011" not in stored(card)
    assert Card.objects.defer("number").get().number == "060144000011"
    assert Card.objects.only("number").get().number == "060144000011"


def test_bulk_create_encrypts_each_row_for_itself(cards):
    cards.bulk_create([Card(number=f"06014400{serial:04d}") for serial in range(20)])
    assert {card.number for card in cards.all()} == {f"06014400{serial:04d}" for serial in range(20)}


def test_an_untouched_value_is_written_back_as_the_same_bytes(cards):
    card = cards.create(number="060144000011")
    before = stored(card)
    again = cards.get()
    assert again.number == "060144000011"
    again.name = "Thử"
    again.save()
    assert stored(card) == before
    again.number = "060144000012"
    again.save()
    assert stored(card) != before
    assert cards.get().number == "060144000012"


def test_null_and_empty_are_kept_apart(cards):
    nothing, empty = cards.create(number=None), cards.create(number="")
    assert cards.get(number__isnull=True) == nothing
    assert cards.get(pk=empty.pk).number == ""


def test_a_value_moved_to_another_row_does_not_decrypt(cards):
    first, second = cards.create(number="060144000011"), cards.create(number="060144000012")
    cards.filter(pk=second.pk).update(number=stored(first))
    with pytest.raises(crypto.DecryptionError):
        _ = cards.get(pk=second.pk).number


def test_update_takes_bytes_encrypted_for_the_row_and_refuses_text(cards):
    card = cards.create(number="060144000011")
    field = Card._meta.get_field("number")
    cards.filter(pk=card.pk).update(number=field.encrypt("060144000012", card.uuid))
    assert cards.get().number == "060144000012"
    with pytest.raises(FieldError, match="needs the row"):
        cards.update(number="060144000013")
    card.number = "060144000014"
    with pytest.raises(FieldError, match="needs the row"):
        cards.bulk_update([card], ["number"])


def test_it_cannot_be_searched_and_says_where_to_look(cards):
    with pytest.raises(FieldError, match="blind index"):
        cards.filter(number="060144000011")
    with pytest.raises(FieldError, match="blind index"):
        cards.filter(number__startswith="060")


def test_the_blind_index_finds_a_row_by_the_text_and_keeps_it_unique(cards):
    card = cards.create(number="060144000011", number_index="060144000011")
    cards.create(number="060144000012", number_index=crypto.blind_index("060144000012", domain="national_id"))
    assert cards.get(number_index="060144000011") == card
    assert cards.filter(number_index__in=["060144000011", "060144000012"]).count() == 2
    assert not cards.filter(number_index="060144000013").exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        cards.create(number="060144000011", number_index="060144000011")


def test_a_full_clean_keeps_number_and_index(cards):
    card = Card(name="Thử", number="060144000011", number_index="060144000011")
    card.full_clean()
    card.save()
    assert cards.get(number_index="060144000011").number == "060144000011"


def test_a_fixture_never_holds_it_in_clear(cards):
    card = cards.create(number="060144000011")
    with pytest.raises(FieldError, match="in clear"):
        Card._meta.get_field("number").value_to_string(card)


def test_the_fields_can_be_written_into_migrations():
    for name in ("name", "number", "number_index", "month"):
        text, _imports = MigrationWriter.serialize(Card._meta.get_field(name))
        assert text.startswith("common.fields.")
    assert "domain='national_id'" in MigrationWriter.serialize(Card._meta.get_field("number_index"))[0]


def test_a_model_without_a_row_uuid_is_reported():
    assert [problem.id for problem in Bare._meta.get_field("number").check()] == [
        "common.E001",
        "common.E002",
    ]
    assert Card._meta.get_field("number").check() == []


def test_text_is_stored_and_found_composed(cards):
    cards.create(name="Nguye\u0302\u0303n")
    assert cards.values_list("name", flat=True).get() == "Nguyễn"
    assert cards.filter(name="Nguye\u0302\u0303n").exists()


@pytest.mark.parametrize("text", ["2024-12", "2024-12-01"])
def test_a_month_is_read_from_its_text(text):
    assert MonthField().clean(text, None) == date(2024, 12, 1)


@pytest.mark.parametrize("value", ["2024-13", "2024-12-02", date(2024, 12, 31)])
def test_a_day_other_than_the_first_is_no_month(value):
    with pytest.raises(ValidationError):
        MonthField().clean(value, None)
    with pytest.raises(ValidationError):
        MonthField().get_prep_value(value)


def test_the_database_refuses_it_too(cards):
    cards.create()
    with pytest.raises(IntegrityError, match="card_month_is_first_day"), connection.cursor() as cursor:
        cursor.execute("UPDATE common_card SET month = '2024-12-02'")
