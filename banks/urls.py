"""Addresses of the bank channel: the interface, its schema and guide, and the province's pages."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from banks.views import directory, guide, matters

urlpatterns = [
    path("api/banks/v1/", include("banks.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("banks/api/", guide.quick_start, name="bank_quick_start"),
    path(
        "banks/api/reference/",
        login_not_required(guide.ReferenceView.as_view(url_name="schema")),
        name="bank_reference",
    ),
    path("banks/", directory.bank_list, name="banks"),
    path("banks/quarantine/", matters.quarantine, name="bank_quarantine"),
    path("banks/quarantine/act/", matters.quarantine_act, name="bank_quarantine_act"),
    path("banks/reconciliation/", matters.reconcile, name="reconciliation"),
    path("banks/reconciliation/act/", matters.reconcile_act, name="reconciliation_act"),
    path("banks/reconciliation/<slug:code>/protocol.pdf", matters.protocol, name="reconciliation_protocol"),
    path("banks/lists/<int:batch_id>/", matters.timeline, name="bank_timeline"),
    path("banks/<slug:code>/", directory.bank, name="bank"),
    path("banks/<slug:code>/act/", directory.bank_act, name="bank_act"),
]
