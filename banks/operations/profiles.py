"""What the province agrees with a bank."""

from __future__ import annotations

from collections.abc import Sequence

from banks.models import Profile


def set_profile(
    *, provider: str, contact: str, debtor_account: str, columns: Sequence[Sequence[str]]
) -> Profile:
    """Whom to call, the account debited, and the [field, title] columns of the bank's Excel file, in order."""
    facts = {
        "contact": contact,
        "debtor_account": debtor_account,
        "columns": [list(pair) for pair in columns],
    }
    profile, _created = Profile.objects.update_or_create(provider_id=provider, defaults=facts)
    return profile
