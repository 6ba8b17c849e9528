"""`manage.py bench NAME --people N`: a benchmark with its floor, on a database of its own; `all` runs each in turn."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandParser

from bench import api, coverage, generation, growth, importing, lists, overpaid, preview, results
from bench.world import scratch_database
from common.commands import JsonCommand

BENCHMARKS: dict[str, Callable[..., dict[str, Any]]] = {
    "api": api.measure,
    "growth": growth.measure,
    "generation": generation.measure,
    "lookback": generation.measure_lookback,
    "import": importing.measure,
    "coverage": coverage.measure,
    "lists": lists.measure,
    "preview": preview.measure,
    "overpaid": overpaid.measure,
    "results": results.measure,
}


class Command(JsonCommand):
    help = "Measure a part of the system against its floor, in the same run."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("name", choices=[*sorted(BENCHMARKS), "all"])
        parser.add_argument("--people", type=int, default=54_649)
        parser.add_argument("--pairs", type=int, default=5, help="alternating runs of ours and of the floor")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--months", type=int, default=24, help="growth: months of history (default: %(default)s)"
        )
        parser.add_argument(
            "--shape",
            choices=["plain", "partitioned"],
            default="plain",
            help="growth: how payments and lines are kept",
        )

    def handle(
        self, *args: Any, name: str, people: int, pairs: int, seed: int, as_json: bool, **options: Any
    ) -> None:
        for each in sorted(BENCHMARKS) if name == "all" else [name]:
            started = time.perf_counter()
            with scratch_database(name=f"bench_{each}_{os.getpid()}", people=people, seed=seed) as world:
                loaded = time.perf_counter() - started
                more = {key: options[key] for key in ("months", "shape")} if each == "growth" else {}
                measured = BENCHMARKS[each](world, pairs=pairs, **more)
            content = {"name": each, "people": people, **measured, "world_seconds": round(loaded, 1)}
            if as_json:
                self.emit(content)
            else:
                self.stdout.writelines(f"{key:20} {value}\n" for key, value in content.items())
