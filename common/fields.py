"""Model fields that keep a rule of storage: composed text, whole months, encrypted values."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core import checks
from django.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext_lazy as _

from common import crypto
from common.months import parse_month
from common.text import nfc


class _Nfc:
    def to_python(self, value: Any) -> Any:
        return _composed(super().to_python(value))  # type: ignore[misc]

    def get_prep_value(self, value: Any) -> Any:
        return _composed(super().get_prep_value(value))  # type: ignore[misc]


def _composed(value: Any) -> Any:
    return nfc(value) if isinstance(value, str) else value


class NfcCharField(_Nfc, models.CharField):
    """Text that is stored, and looked up, in Unicode's composed form (NFC)."""


class NfcTextField(_Nfc, models.TextField):
    """Long text that is stored, and looked up, in Unicode's composed form (NFC)."""


class MonthField(models.DateField):
    """A month as the date of its first day; takes `YYYY-MM` too, and refuses any other day of a month.

    Pair it with `month_constraint`, which holds against bulk SQL as well.
    """

    default_error_messages = {"not_first": _("A month is the date of its first day, not %(value)s.")}

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, str) and len(value.strip()) == len("YYYY-MM"):
            try:
                value = parse_month(value)
            except ValueError as error:
                raise ValidationError(str(error), code="invalid") from error
        day = super().to_python(value)
        if day is not None and (day.day != 1 or isinstance(value, datetime)):
            raise ValidationError(
                self.error_messages["not_first"], code="not_first", params={"value": day.isoformat()}
            )
        return day


def month_constraint(field: str, name: str) -> models.CheckConstraint:
    """The CHECK constraint (named `name`) that keeps `field` on the first day of a month."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__day": 1}), name=name)


class EncryptedAttribute(DeferredAttribute):
    """On an instance: str is what was set or decrypted, bytes is what the database holds."""

    field: "EncryptedTextField"

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if not isinstance(value, bytes):
            return value
        plain = self._plain()
        if plain not in instance.__dict__:
            instance.__dict__[plain] = self.field.decrypt(value, instance)
        return instance.__dict__[plain]

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = bytes(value) if isinstance(value, memoryview) else value
        instance.__dict__.pop(self._plain(), None)

    def _plain(self) -> str:
        return f"_{self.field.attname}_plain"


class EncryptedTextField(models.Field):
    """A str on the instance, AES-GCM bytes in the database, bound to the row's `uuid` (see common.crypto).

    The model must have `uuid = UUIDField(default=uuid4, unique=True)`, never changed afterwards. Works with
    save, create and bulk_create, decrypts on first access, and writes an untouched value back as the same
    bytes. `values_list` gives the stored bytes. It cannot be searched: put a BlindIndexField beside it.
    `update` and `bulk_update` know no row and are refused: give them `field.encrypt(text, uuid)`. Renaming
    the table or the column makes old values unreadable until they are encrypted anew.
    """

    description = _("Encrypted text")
    empty_strings_allowed = False
    descriptor_class = EncryptedAttribute

    def get_internal_type(self) -> str:
        return "BinaryField"

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        problems = super().check(**kwargs)
        try:
            has_uuid = isinstance(self.model._meta.get_field("uuid"), models.UUIDField)
        except FieldDoesNotExist:
            has_uuid = False
        if not has_uuid:
            problems.append(
                checks.Error("An encrypted field needs a UUIDField `uuid`.", obj=self, id="common.E001")
            )
        if self.unique or self.db_index:  # type: ignore[attr-defined]
            problems.append(checks.Error("Equal texts encrypt differently: index a BlindIndexField instead.",
                                         obj=self, id="common.E002"))  # fmt: skip
        return problems

    def encrypt(self, plaintext: str, row: UUID) -> bytes:
        """The bytes to store in this field of the row with this uuid: for COPY and bulk SQL."""
        return crypto.encrypt(plaintext, **self._place(row))

    def decrypt(self, stored: bytes, instance: models.Model) -> str:
        """The text behind the stored bytes of this instance; DecryptionError if they are not its own."""
        return self.decrypt_stored(stored, instance.uuid)  # type: ignore[attr-defined]

    def decrypt_stored(self, stored: bytes, row: UUID) -> str:
        """The text behind the bytes that the row with this uuid holds here: for bulk SQL."""
        return crypto.decrypt(stored, **self._place(row))

    def _place(self, row: UUID) -> dict[str, Any]:
        return {"table": self.model._meta.db_table, "column": self.column, "row": row}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        getattr(model_instance, self.attname)
        value = model_instance.__dict__[self.attname]
        return self.encrypt(value, model_instance.uuid) if isinstance(value, str) else value  # type: ignore[attr-defined]

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            raise FieldError(
                f"{self.name}: encrypting needs the row; save the instance or use field.encrypt()"
            )
        return value if value is None else connection.Database.Binary(value)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted: look it up through its blind index column")
        return super().get_lookup(lookup_name)

    def value_to_string(self, obj: models.Model) -> str:
        raise FieldError(f"{self.name} is encrypted: a fixture would hold it in clear")


class BlindIndexField(models.BinaryField):
    """The keyed hash (32 bytes) beside an encrypted field, for equality look-up and uniqueness.

    Set or look up the text itself (str): it is hashed under `domain` on its way to the database. Bytes are
    taken as a hash. Two columns of one domain can be compared with each other.
    """

    def __init__(self, *args: Any, domain: str, **kwargs: Any) -> None:
        kwargs.update(max_length=32, editable=False)
        super().__init__(*args, **kwargs)
        self.domain = domain

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_length", None)
        return name, path, args, kwargs | {"domain": self.domain}

    def to_python(self, value: Any) -> Any:
        return self._hashed(value)

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(self._hashed(value))

    def _hashed(self, value: Any) -> Any:
        return crypto.blind_index(value, domain=self.domain) if isinstance(value, str) else value
