from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from audit import actor, history, triggers


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        connection_created.connect(actor.tell_new_connection)
        post_migrate.connect(triggers.watch_all, sender=self)
        post_migrate.connect(history.refuse_changes_by_the_application, sender=self)
