"""Inquiries and reports about accounts."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from banks.models import AccountReport, Client, Inquiry, ReportState


def inquiries_of(client: Client) -> QuerySet[Inquiry]:
    """What a bank is asked, in order. Clients for trying out are asked about nobody."""
    found = (
        Inquiry.objects.filter(provider=client.provider_id) if not client.sandbox else Inquiry.objects.none()
    )
    return found.select_related("payout_method").order_by("pk")


def reports_waiting() -> QuerySet[AccountReport]:
    """Reports that an officer has to decide about, oldest first."""
    return (
        AccountReport.objects.filter(state=ReportState.WAITING)
        .select_related("provider", "person")
        .order_by("pk")
    )


def inquiry_counts(provider: str) -> dict[str, int]:
    """How many inquiries of a bank wait, agree, differ, are unknown."""
    states = Inquiry.objects.filter(provider=provider).values_list("state").annotate(Count("pk"))
    return dict(states.filter(~Q(state="")).order_by("state"))
