"""What stands on the files of a list beside its payments."""

from __future__ import annotations

from django.utils import timezone

from banks.iso20022.pain001 import Header
from banks.models import Profile
from banks.queries.lists import released_at
from payments.models import Batch


def header_of(batch: Batch) -> Header:
    """The head of a list's pain.001. The same list has the same head each time it is fetched, until it is recalled."""
    release = released_at(batch)
    profile = Profile.objects.filter(provider=batch.provider_id).first()
    at = timezone.localtime(release.at)
    return Header(
        message_id=f"AS-{batch.pk}-{release.pk}",
        created_at=at,
        count=batch.released_count or 0,
        amount=batch.released_amount or 0,
        payer=batch.unit.name,
        payer_account=(profile.debtor_account if profile else "") or f"KBNN-{batch.unit.code}",
        pay_on=at.date(),
        bank=batch.provider_id,
        swift=batch.provider.swift,
        remittance=remittance_of(batch),
    )


def remittance_of(batch: Batch) -> str:
    """The words that the person reads on the account: scheme and month, never the category (rule H01)."""
    return f"Tro cap {batch.scheme} thang {batch.round.cycle_id:%m/%Y}"


def columns_of(provider: str) -> list[list[str]]:
    """The columns agreed for a bank's Excel file, [] for ours."""
    profile = Profile.objects.filter(provider=provider).first()
    return profile.columns if profile else []
