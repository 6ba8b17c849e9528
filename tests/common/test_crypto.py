import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import crypto

ROW = uuid.UUID("00000000-0000-4000-8000-000000000060")
PLACE = {"table": "beneficiaries_person", "column": "national_id", "row": ROW}


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.uuids())
def test_what_is_encrypted_for_a_row_decrypts_for_it(plaintext, row):
    place = PLACE | {"row": row}
    assert crypto.decrypt(crypto.encrypt(plaintext, **place), **place) == plaintext


def test_equal_texts_are_stored_differently():
    assert crypto.encrypt("060144000011", **PLACE) != crypto.encrypt("060144000011", **PLACE)


@pytest.mark.parametrize("moved", [{"table": "other"}, {"column": "account"}, {"row": uuid.UUID(int=1)}])
def test_a_value_copied_elsewhere_does_not_decrypt(moved):
    stored = crypto.encrypt("060144000011", **PLACE)
    with pytest.raises(crypto.DecryptionError):
        crypto.decrypt(stored, **(PLACE | moved))


def test_an_altered_or_cut_value_does_not_decrypt():
    stored = crypto.encrypt("060144000011", **PLACE)
    for index in range(len(stored)):
        altered = stored[:index] + bytes([stored[index] ^ 1]) + stored[index + 1 :]
        with pytest.raises(crypto.DecryptionError):
            crypto.decrypt(altered, **PLACE)
        with pytest.raises(crypto.DecryptionError):
            crypto.decrypt(stored[:index], **PLACE)


def test_old_values_decrypt_after_the_key_is_rotated(settings):
    settings.FIELD_KEYS, settings.FIELD_KEY_ID = {"2024": b"a" * 32}, "2024"
    old = crypto.encrypt("060144000011", **PLACE)
    settings.FIELD_KEYS, settings.FIELD_KEY_ID = {"2024": b"a" * 32, "2025": b"b" * 32}, "2025"
    new = crypto.encrypt("060144000011", **PLACE)
    assert (crypto.key_id_of(old), crypto.key_id_of(new)) == ("2024", "2025")
    assert crypto.decrypt(old, **PLACE) == crypto.decrypt(new, **PLACE) == "060144000011"
    settings.FIELD_KEYS = {"2025": b"b" * 32}
    with pytest.raises(crypto.DecryptionError, match="no key '2024'"):
        crypto.decrypt(old, **PLACE)


def test_the_blind_index_depends_on_value_domain_and_key(settings):
    settings.BLIND_INDEX_KEY = b"k" * 32
    index = crypto.blind_index("060144000011", domain="national_id")
    assert len(index) == 32
    assert index == crypto.blind_index("060144000011", domain="national_id")
    assert index != crypto.blind_index("060144000012", domain="national_id")
    assert index != crypto.blind_index("060144000011", domain="account")
    settings.BLIND_INDEX_KEY = b"l" * 32
    assert index != crypto.blind_index("060144000011", domain="national_id")
