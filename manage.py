#!/usr/bin/env python
"""The project's commands. Those that work with data have the services running for as long as they live."""

import os
import sys

from config import services

NEEDS_NO_SERVER = {
    "authorization",
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "help",
    "makemessages",
    "makemigrations",
    "spectacular",
    "version",
}
RUNS_AS_OWNER = {"bench", "createcachetable", "flush", "migrate", "restore", "sqlmigrate", "test"}


def main(arguments: list[str]) -> None:
    """Run the command named by `arguments`; commands that change tables run as the database's owner."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command = arguments[1] if len(arguments) > 1 else "help"
    if command in RUNS_AS_OWNER:
        os.environ.setdefault("ANSINH_DB_ROLE", "owner")
    offline = command in NEEDS_NO_SERVER or command.startswith("-") or {"-h", "--help"} & set(arguments)
    if not offline:
        try:
            services.ensure()
        except services.ServicesError as error:
            sys.exit(f"{error}")
    from django.core.management import execute_from_command_line

    from audit import actor

    actor.name_process(f"command {command}, system user {os.getuid()}")
    execute_from_command_line(arguments)


if __name__ == "__main__":
    main(sys.argv)
