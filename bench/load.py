"""`python -m bench.load`: two hundred officers and five banks at once, over HTTP, while cycles are made.

A database of its own with the synthetic roll and three months; the site as docker-compose.yml runs it (gunicorn, two
processes of eight threads), one worker of two processes with beat. Officers open pages of their role and think between
them; banks confirm and pay their lists. Meanwhile one month after the other is made for everybody. Prints every page's
median and 95th percentile; ends with 1 when a limit is broken or anything failed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=54_649)
    parser.add_argument("--officers", type=int, default=200)
    parser.add_argument("--banks", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=180, help="how long they work")
    parser.add_argument("--think", type=float, nargs=2, default=(5, 15), help="seconds between two pages")
    parser.add_argument("--bank-think", type=float, nargs=2, default=(1, 3))
    parser.add_argument("--every", type=float, default=30, help="seconds from one cycle's start to the next")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--here", action="store_true", help="the database as it is, prepared by a run before")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    asked = parse(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("ANSINH_DB_ROLE", "owner")
    # Settings and models are read only now that the environment names the owner.
    from config import services

    services.ensure()
    # Another broker than that of whatever else runs on these servers: its workers know another database.
    os.environ.setdefault("REDIS_URL", services.urls(os.environ).redis_url.replace("?db=0", "?db=14"))
    import django

    django.setup()
    from bench import load_run

    report = load_run.run(asked)
    if asked.json:
        print(json.dumps(report))
    else:
        show(report)
    return 0 if report["kept"] else 1


def show(report: dict[str, Any]) -> None:
    """The table of docs/performance.md."""
    print("| what | answers | median, ms | p95, ms | slowest, ms |\n|---|---|---|---|---|")
    for row in report["rows"]:
        print("| " + " | ".join(str(row[key]) for key in ("name", "count", "p50", "p95", "most")) + " |")
    print(json.dumps({key: value for key, value in report.items() if key != "rows"}))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
