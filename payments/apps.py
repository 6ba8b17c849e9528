from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from payments.history import refuse_changes_by_the_application


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        post_migrate.connect(refuse_changes_by_the_application, sender=self)
