"""The application may read history and add to it, to the audit only what its triggers write.

The tables' owner alone could change it, and triggers refuse that. Migrations run as the owner, the site and its
workers as a role that cannot change history.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connections

# Each has a trigger `append_only`, as check_ledger's I3 proves; those of the chain are sealed too.
CHAINED = ("audit_entry", "payments_event", "payments_adjustment")
APPEND_ONLY = (*CHAINED, "audit_seal", "postal_mark", "payments_allotment", "beneficiaries_changeevent")


def refuse_changes_by_the_application(*, using: str, **_: Any) -> None:
    """Take from the application's role, whatever its name here, the right to change history.

    After every migrate, as the tables' owner: a role may be another since the last one, and roles.sql gives new
    tables to the application whole. Without a role of its own (one address for both) there is nothing to take;
    the triggers remain.
    """
    connection = connections[using]
    role = settings.DATABASE_APPLICATION_ROLE
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if not role or cursor.fetchone()[0] == role:
            return
        # In the middle of an upgrade some may not exist yet.
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NOT NULL",
            [list(APPEND_ONLY)],
        )
        found = [row[0] for row in cursor.fetchall()]
        if not found:
            return
        tables = ", ".join(connection.ops.quote_name(name) for name in found)
        named = connection.ops.quote_name(role)
        cursor.execute(f"GRANT SELECT, INSERT ON {tables} TO {named}")
        cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {tables} FROM {named}, PUBLIC")
        # Written by the triggers and by audit_look, which run as the owner: no entry is made up.
        if "audit_entry" in found:
            cursor.execute(f"REVOKE INSERT ON audit_entry FROM {named}, PUBLIC")
