"""The shapes of requests and answers. No rules: what may happen is decided by the operations."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers as s

from banks.models import InquiryState, ReportKind, Scope
from banks.queries.lists import SENT
from payments.models import MessageState, StopAnswer

KEY = "2024120210000000123"
_SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
STATUSES = ["paid", "failed", "returned"]


def _example(value: object, name: str = "example") -> OpenApiExample:
    return OpenApiExample(name, value)


class ProblemError(s.Serializer):
    pointer = s.CharField(required=False, help_text="JSON pointer (RFC 6901) into the body.")
    parameter = s.CharField(required=False)
    detail = s.CharField()


class Problem(s.Serializer):
    """RFC 9457. `type` leads to an explanation on the quick-start page."""

    type = s.URLField()
    title = s.CharField()
    status = s.IntegerField()
    detail = s.CharField()
    instance = s.CharField()
    errors = ProblemError(many=True, required=False)  # type: ignore[assignment]
    differs = s.ListField(child=s.CharField(), required=False)


class TokenRequest(s.Serializer):
    grant_type = s.CharField(help_text="`client_credentials`")
    scope = s.CharField(
        required=False, help_text="Space-separated; all of the client's where it is left out."
    )
    client_id = s.CharField(required=False, help_text="Or by HTTP Basic.")
    client_secret = s.CharField(required=False)


@extend_schema_serializer(
    examples=[
        _example({"access_token": "…", "token_type": "Bearer", "expires_in": 3600, "scope": "read results"})
    ]
)
class TokenAnswer(s.Serializer):
    access_token = s.CharField()
    token_type = s.CharField()
    expires_in = s.IntegerField(help_text="Seconds.")
    scope = s.CharField()


class TokenRefusal(s.Serializer):
    """RFC 6749 section 5.2."""

    error = s.ChoiceField(["invalid_request", "invalid_client", "invalid_scope", "unsupported_grant_type"])
    error_description = s.CharField()


_LIST = {
    "id": 1042,
    "message_id": "AS-1042-88123",
    "month": "2024-12",
    "round": 0,
    "unit": {"code": "593", "name": "Thành phố Phan Thiết"},
    "scheme": "BTXH",
    "state": "released",
    "count": 2,
    "amount": 1_750_000,
    "released_at": "2024-11-24T09:12:00+07:00",
    "sandbox": False,
}


class UnitShape(s.Serializer):
    code = s.CharField()
    name = s.CharField()


@extend_schema_serializer(examples=[_example(_LIST)])
class List(s.Serializer):
    """A released list. `amount` is in đồng; `message_id` is its pain.001's MsgId, another one after a recall."""

    id = s.IntegerField()
    message_id = s.CharField(max_length=35)
    month = s.RegexField(r"^[0-9]{4}-[0-9]{2}$")
    round = s.IntegerField()
    unit = UnitShape()
    scheme = s.ChoiceField(["NCC", "BTXH"])
    state = s.ChoiceField([str(state) for state in SENT])
    count = s.IntegerField()
    amount = s.IntegerField()
    released_at = s.DateTimeField()
    sandbox = s.BooleanField()


class Lists(s.Serializer):
    items = List(many=True)
    next = s.CharField(allow_null=True)


_PAYMENT = {
    "key": KEY,
    "account": "1020304050",
    "holder": "DANG THI UOC",
    "amount": 500_000,
    "status": "pending",
    "on": None,
}


@extend_schema_serializer(examples=[_example(_PAYMENT)])
class PaymentShape(s.Serializer):
    """One instruction. `key` (19 digits, at most 35) is the EndToEndId; `on` is the day of its status."""

    key = s.CharField(max_length=35)
    account = s.CharField()
    holder = s.CharField()
    amount = s.IntegerField()
    status = s.ChoiceField(["pending", "paid", "failed", "returned", "unclaimed", "stopped"])
    on = s.DateField(allow_null=True)


class Payments(s.Serializer):
    items = PaymentShape(many=True)
    next = s.CharField(allow_null=True)


@extend_schema_serializer(examples=[_example({"count": 2, "amount": 1_750_000, "sha256": _SHA})])
class Acknowledgement(s.Serializer):
    """`sha256`: of the lines `key|account|amount`, each ended by a line feed, in order of their keys."""

    count = s.IntegerField(min_value=0, max_value=10**9)
    amount = s.IntegerField(min_value=0, max_value=10**15)
    sha256 = s.RegexField(r"^[0-9a-fA-F]{64}$")


class Stop(s.Serializer):
    """An order to stop one payment of an acknowledged list."""

    id = s.IntegerField()
    key = s.CharField(max_length=35)
    batch = s.IntegerField()
    amount = s.IntegerField()
    reason = s.CharField()
    ordered_at = s.DateTimeField()
    answer = s.ChoiceField(["waiting", "stopped", "too_late"])
    answered_at = s.DateTimeField(allow_null=True)


class Stops(s.Serializer):
    items = Stop(many=True)
    next = s.CharField(allow_null=True)


@extend_schema_serializer(examples=[_example({"answer": "stopped"})])
class StopReply(s.Serializer):
    answer = s.ChoiceField([str(StopAnswer.STOPPED), str(StopAnswer.TOO_LATE)])
    note = s.CharField(required=False, allow_blank=True, max_length=300)


class ResultItem(s.Serializer):
    key = s.RegexField(r"^[0-9]{1,19}$")
    status = s.ChoiceField(STATUSES)
    on = s.DateField(help_text="The day on which the money moved, or did not.")
    reason = s.RegexField(r"^[A-Z0-9]{4}$", required=False, help_text="ISO 20022 code, such as AC04.")
    text = s.CharField(required=False, allow_blank=True, max_length=200)


@extend_schema_serializer(
    examples=[
        _example(
            {
                "message_id": "VBAA-20241205-0001",
                "items": [
                    {"key": KEY, "status": "paid", "on": "2024-12-05"},
                    {"key": "2024120210000000124", "status": "failed", "on": "2024-12-05", "reason": "AC04"},
                ],
            }
        )
    ]
)
class Results(s.Serializer):
    """One message of results; at most 100,000 items. The same message_id with the same items changes nothing."""

    message_id = s.RegexField(r"^[!-~]{1,35}$")
    items = ResultItem(many=True)


class Fault(s.Serializer):
    key = s.CharField()
    fault = s.ChoiceField(["twice", "unknown", "contradiction"])


@extend_schema_serializer(
    examples=[
        _example(
            {
                "message_id": "VBAA-20241205-0001",
                "state": "accepted",
                "items": 2,
                "applied": 2,
                "repeated": 0,
                "underway": 0,
                "note": "",
                "faults": [],
            }
        )
    ]
)
class Receipt(s.Serializer):
    """What a message did. Quarantined: nothing of it was applied, a person looks at it; `faults` says which items."""

    message_id = s.CharField()
    state = s.ChoiceField(MessageState.values)
    items = s.IntegerField()
    applied = s.IntegerField()
    repeated = s.IntegerField()
    underway = s.IntegerField(required=False, help_text="pain.002 only: statuses that are not final.")
    note = s.CharField(allow_blank=True)
    faults = Fault(many=True)


_INQUIRY = {
    "id": 7,
    "account": "1020304050",
    "asked_at": "2024-11-02T09:00:00+07:00",
    "state": "waiting",
    "score": None,
}


@extend_schema_serializer(examples=[_example(_INQUIRY)])
class InquiryShape(s.Serializer):
    """Whose is this account? `score` is how alike the bank's name and the roll's are, in percent."""

    id = s.IntegerField()
    account = s.CharField()
    asked_at = s.DateTimeField()
    state = s.ChoiceField(InquiryState.values)
    score = s.IntegerField(allow_null=True)


class Inquiries(s.Serializer):
    items = InquiryShape(many=True)
    next = s.CharField(allow_null=True)


@extend_schema_serializer(examples=[_example({"exists": True, "holder": "DANG THI UOC"})])
class InquiryAnswer(s.Serializer):
    exists = s.BooleanField()
    holder = s.CharField(
        required=False, allow_blank=True, max_length=140, help_text=_("Needed where it exists.")
    )


_REPORT = {"kind": "closed", "account": "1020304050", "on": "2024-12-02"}


@extend_schema_serializer(examples=[_example(_REPORT)])
class AccountReportShape(s.Serializer):
    """What happened to an account: closed, renamed (holder), or opened for a person at a campaign."""

    kind = s.ChoiceField(ReportKind.values)
    account = s.RegexField(r"^[0-9A-Za-z]{4,34}$")
    on = s.DateField()
    holder = s.CharField(required=False, allow_blank=True, max_length=140)
    national_id = s.RegexField(
        r"^[0-9]{12}$", required=False, help_text="For an account opened: whose it is."
    )


class Accepted(s.Serializer):
    state = s.ChoiceField(["accepted"])


class StatementLineShape(s.Serializer):
    key = s.CharField(max_length=35)
    kind = s.ChoiceField(["paid", "returned"])
    amount = s.IntegerField(min_value=1, max_value=10**15)
    on = s.DateField()


@extend_schema_serializer(
    examples=[
        _example(
            {
                "statement": "VBAA-2024-12",
                "month": "2024-12",
                "items": [{"key": KEY, "kind": "paid", "amount": 500_000, "on": "2024-12-05"}],
            }
        )
    ]
)
class StatementShape(s.Serializer):
    """Your own statement of what left and re-entered the paying accounts for one cycle."""

    statement = s.RegexField(r"^[!-~]{1,35}$")
    month = s.RegexField(r"^[12][0-9]{3}-(0[1-9]|1[0-2])$")
    items = StatementLineShape(many=True)


class StatementReceipt(s.Serializer):
    statement = s.CharField()
    month = s.CharField()
    items = s.IntegerField()
    added = s.IntegerField(help_text="0 where the statement was delivered before.")


class NoticeShape(s.Serializer):
    """One notice to your webhook, with its latest attempt."""

    id = s.UUIDField()
    kind = s.CharField()
    state = s.ChoiceField(["waiting", "delivered", "given_up"])
    attempts = s.IntegerField()
    created_at = s.DateTimeField()
    last_status = s.IntegerField(allow_null=True)
    last_fault = s.CharField(allow_blank=True)


class Notices(s.Serializer):
    items = NoticeShape(many=True)
    next = s.CharField(allow_null=True)


class Me(s.Serializer):
    client = s.CharField()
    bank = s.CharField()
    bin = s.CharField()
    scopes = s.ListField(child=s.ChoiceField(Scope.values))
    sandbox = s.BooleanField()
    webhook = s.CharField(allow_null=True)
