"""Addresses below /api/banks/v1/."""

from __future__ import annotations

from django.urls import path, re_path

from banks.api import accounts, lists, messages, token
from banks.api.base import NothingView

urlpatterns = [
    path("token", token.TokenView.as_view(), name="bank_token"),
    path("me", token.MeView.as_view(), name="bank_me"),
    path("batches", lists.ListsView.as_view(), name="bank_lists"),
    path("batches/<int:batch_id>", lists.ListView.as_view(), name="bank_list"),
    path("batches/<int:batch_id>/payments", lists.PaymentsView.as_view(), name="bank_payments"),
    path("batches/<int:batch_id>/pain.001", lists.Pain001View.as_view(), name="bank_pain001"),
    path("batches/<int:batch_id>/payments.xlsx", lists.ExcelView.as_view(), name="bank_excel"),
    path(
        "batches/<int:batch_id>/acknowledgement", lists.AcknowledgementView.as_view(), name="bank_acknowledge"
    ),
    re_path(r"^payments/(?P<key>[0-9]{1,19})$", lists.PaymentView.as_view(), name="bank_payment"),
    path("stop-orders", lists.StopsView.as_view(), name="bank_stops"),
    path("stop-orders/<int:stop_id>", lists.StopView.as_view(), name="bank_stop"),
    path("results", messages.ResultsView.as_view(), name="bank_results"),
    re_path(r"^results/(?P<message_id>[!-.0-~]{1,35})$", messages.MessageView.as_view(), name="bank_message"),
    path("statements", messages.StatementsView.as_view(), name="bank_statements"),
    path("account-inquiries", accounts.InquiriesView.as_view(), name="bank_inquiries"),
    path("account-inquiries/<int:inquiry_id>", accounts.InquiryView.as_view(), name="bank_inquiry"),
    path("account-reports", accounts.AccountReportsView.as_view(), name="bank_account_reports"),
    path("notices", token.NoticesView.as_view(), name="bank_notices"),
    path("notices/<uuid:notice_id>", token.NoticeView.as_view(), name="bank_notice"),
    re_path("", NothingView.as_view(), name="bank_nothing"),
]
