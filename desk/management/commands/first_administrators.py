"""`manage.py first_administrators lan "Nguyễn Thị Lan" hung "Lê Văn Hùng"`: the two who make every later account."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.operations.officers import ChangeRefused, first_administrators
from areas.models import Unit


class Command(BaseCommand):
    help = "Make the province's first two administrators and print their first passwords, this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "officers", nargs=4, metavar=("NAME", "FULL_NAME"), help="two sign-in and full names"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        names = options["officers"]
        today = timezone.localdate()
        try:
            province = Unit.objects.on(today).provinces().get(code=settings.PROVINCE_CODE)
            made = first_administrators(
                officers=[(names[0], names[1]), (names[2], names[3])], province=province, at=timezone.now(),
                today=today,
            )  # fmt: skip
        except Unit.DoesNotExist as error:
            raise CommandError(
                f"No province of today has the code {settings.PROVINCE_CODE}: set ANSINH_PROVINCE, load_reference."
            ) from error
        except ChangeRefused as error:
            raise CommandError(str(error)) from error
        for given in made:
            self.stdout.write(
                f"{given.username}  {given.password}  until {given.until:%Y-%m-%d %H:%M} UTC"
                f"  set-up code {given.invitation}"
            )
