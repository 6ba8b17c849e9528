"""`manage.py setup_code NAME`: a set-up code for an officer whom no two administrators can give one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import SecondFactor, User
from accounts.operations.second_factor import invite


class Command(BaseCommand):
    help = "Print a code with which an officer without an authenticator sets one up: after an upgrade, on the server."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("officer", metavar="NAME", help="sign-in name")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["officer"], is_active=True).first()
        if user is None:
            raise CommandError(f"No open account is called {options['officer']}.")
        if SecondFactor.objects.filter(user=user, secret__isnull=False).exists():
            raise CommandError(f"{user.username} has an authenticator; two administrators end it by a reset.")
        self.stdout.write(invite(user=user))
