"""Sign-in; in a demonstration its page names the accounts that were made up."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import views
from django.utils import timezone

from accounts.models import Role


class SignIn(views.LoginView):
    """Django's sign-in, with one made-up account of each role where nobody is real."""

    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | ({"demo_users": _one_of_each_role()} if settings.DEMO else {})


def _one_of_each_role() -> list[dict[str, str]]:
    roles = Role.objects.on(timezone.localdate()).select_related("user", "unit").order_by("unit__code", "pk")
    first: dict[str, Role] = {}
    for role in roles:
        first.setdefault(role.name, role)
    return [
        {"username": role.user.username, "role": f"{role.get_name_display()}, {role.unit.name}"}
        for role in sorted(first.values(), key=lambda role: role.pk)
    ]
