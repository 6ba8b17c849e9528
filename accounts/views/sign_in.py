"""Sign-in; in a demonstration its page names the accounts that were made up."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role


class SignInForm(AuthenticationForm):
    """Refuses a first password after its last day."""

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if user.first_password_until is not None and user.first_password_until < timezone.now():
            raise ValidationError(_("This first password has expired. Ask the administrators for a new one."))


class SignIn(views.LoginView):
    """Django's sign-in, with one made-up account of each role where nobody is real."""

    redirect_authenticated_user = True
    authentication_form = SignInForm

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
