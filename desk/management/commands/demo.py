"""`make demo`: the whole main job in front of the user, then the site."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.access import province_reader
from beneficiaries.models import Person
from beneficiaries.roll.writing import write_roll
from common.money import format_number, format_vnd
from common.progress import progress_bar
from desk.demonstration.civil import show_civil_lists
from desk.demonstration.last_list import write_last_list
from desk.demonstration.law import in_words, propose_higher_base
from desk.demonstration.over_http import bank_over_http
from desk.demonstration.post import prepare_post
from desk.demonstration.reform import show_reform
from desk.demonstration.requests import show_requests
from desk.demonstration.road import show_road
from desk.demonstration.upward import show_upward
from desk.demonstration.year import cast, show_month
from desk.queries.ledger import check_ledger
from desk.synthetic.officers import create_demo_officers
from desk.synthetic.roll import plan_roll, roll_rows
from payments.models import Cycle, CycleState
from reports.operations import refresh_figures
from reports.queries.coverage import By, coverage

JANUARY, DECEMBER = date(2024, 1, 1), date(2024, 12, 1)
JANUARY_AFTER = date(2025, 1, 1)
# Phường Hàm Tiến, Phan Thiết.
COMMUNE = "22918"
AGRIBANK = "970405"
PEOPLE, SEED = 54_649, 1
# The Bình Thuận newspaper on cashless payment in 2024: covered, all, billion đồng through accounts ("more than").
ARTICLE = {"NCC": (4_283, 9_035, 103), "BTXH": (16_867, 45_614, 80), "": (21_150, 54_649, 183)}


class Command(BaseCommand):
    help = "Reference data, roll, the twelve cycles of 2024, the coverage table beside the article's, then the site."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--headless", action="store_true", help="stop after the coverage table")
        parser.add_argument("--people", type=int, default=PEOPLE)
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--reform",
            action="store_true",
            help="go on through the reorganisation of 2025-07-01, to August 2025",
        )

    def handle(
        self, *args: Any, headless: bool, people: int, port: int, reform: bool, **options: Any
    ) -> None:
        if not settings.DEMO:
            raise CommandError("The demonstration makes people up; it does not run in production.")
        with self._step("Reference data: units, decrees, banks"):
            call_command("load_reference", province="60", stdout=self.stdout)
        password = self._officers()
        if not Person.objects.exists():
            with self._step(f"Synthetic roll of {format_number(people)} people and schemes"):
                call_command("seed_roll", people=people, month=DECEMBER, seed=SEED, stdout=self.stdout)
            with self._step("The same roll written to Excel and imported: nothing may change"):
                self._through_excel(people)
            with self._step("The list that one commune paid last month, compared: four planted differences"):
                self._last_list()
        with self._step("The Post: a contract, a pay point in every commune, December's pay days"):
            prepare_post(month=DECEMBER)
        self._year()
        with self._step("A higher base of the province's own from January, proposed and previewed"):
            with progress_bar("01/2025") as progress:
                figures = propose_higher_base(month=JANUARY_AFTER, by=cast().first_closer, progress=progress)
            self.stdout.write(in_words(figures))
        with self._step("Change requests in one commune: submitted, returned, a draft"):
            shown = show_requests(on=date(2024, 12, 26))
            self.stdout.write(", ".join(f"{count} {state}" for state, count in shown.items()))
        with self._step(
            "The road to cashless: the year's talks and account-opening days, one of them under way"
        ):
            made = show_road(year=2024, on=date(2024, 12, 26))
            self.stdout.write(f"{format_number(made['talks'])} talks, {made['days']} account-opening days")
        with self._step("A list of deaths and one of poor households, held against one commune's roll"):
            self.stdout.write(show_civil_lists(on=date(2024, 12, 26)))
        with self._step(
            "What goes upwards: difficulties and proposals, and the gift lists of 27 July and Tết"
        ):
            self.stdout.write(show_upward(on=date(2024, 12, 26)))
        if reform:
            show_reform(password=password, step=self._step, write=self.stdout.write)
        with self._step("Ledger"):
            broken = [invariant.id for invariant in check_ledger() if invariant.broken]
            self.stdout.write("check_ledger: " + (", ".join(broken) or "clean"))
        self._table()
        if broken:
            raise CommandError("The ledger is not clean.")
        if not headless:
            self._site(port, password)

    def _officers(self) -> str:
        officers = create_demo_officers(on=DECEMBER)
        return officers[0].password

    def _through_excel(self, people: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "danh-sach.xlsx"
            plan = plan_roll(pairs=people, month=DECEMBER, seed=SEED)
            write_roll(path, roll_rows(plan, seed=SEED))
            call_command("import_roll", str(path), dry_run=True, stdout=self.stdout)

    def _last_list(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "chi-tra-thang-truoc.xlsx"
            write_last_list(path, commune=COMMUNE, month=JANUARY)
            with suppress(SystemExit):  # 1: the list differs
                call_command("compare_roll", str(path), f"{JANUARY:%Y-%m}", unit=COMMUNE, stdout=self.stdout)

    def _year(self) -> None:
        people = cast()
        for number in range(1, 13):
            month = date(2024, number, 1)
            started = time.monotonic()
            with ExitStack() as stack:
                closed = Cycle.objects.filter(pk=month, state=CycleState.CLOSED).exists()
                # One month of one bank goes over the interface, so that what is shown is what a bank meets.
                over_http = month == DECEMBER and not closed
                bank = (
                    stack.enter_context(bank_over_http(AGRIBANK, on=month.replace(day=5)))
                    if over_http
                    else None
                )
                progress = stack.enter_context(progress_bar(f"{month:%m/%Y}"))
                shown = show_month(month=month, people=people, progress=progress, bank=bank)
            if bank:
                self.stdout.write(bank.summary())
            if shown is None:
                self.stdout.write(f"{month:%m/%Y}: closed before, left as it is")
                continue
            self.stdout.write(
                f"{month:%m/%Y}: {format_number(shown.payments)} paid, {format_vnd(shown.amount)}, "
                f"{shown.corrected} accounts corrected, list made in {shown.seconds:.1f} s, "
                f"closed after {time.monotonic() - started:.0f} s"
            )

    def _table(self) -> None:
        refresh_figures(at=timezone.now())
        found = coverage(month=DECEMBER, by=By.SCHEME, reader=province_reader())
        self.stdout.write(
            f"\n{'12/2024':8}{'through accounts':>18}{'all':>9}{'rate':>8}{'2024, through accounts':>26}"
        )
        for row in [*found.rows, found.total]:
            covered, everybody, billions = ARTICLE.get(row.key, ARTICLE[""])
            self.stdout.write(
                f"{row.key or 'all':8}{format_number(row.covered):>18}{format_number(row.all):>9}"
                f"{100 * row.covered / (row.all or 1):>7.1f}%{format_vnd(row.amount_year):>26}"
            )
            self.stdout.write(
                f"{'article':8}{format_number(covered):>18}{format_number(everybody):>9}"
                f"{100 * covered / everybody:>7.1f}%{f'> {billions} billion':>26}"
            )

    def _site(self, port: int, password: str) -> None:
        self.stdout.write(
            f"\nhttp://127.0.0.1:{port}/  sign in as tinh, huyen593, duyet593, ketoan: {password}"
        )
        bin_folder = Path(sys.executable).parent
        worker = subprocess.Popen(
            [bin_folder / "celery", "-A", "config", "worker", "--beat", "--loglevel", "warning"]
        )
        try:
            subprocess.run(
                [bin_folder / "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "8"],
                check=False,
            )
        except KeyboardInterrupt:
            self.stdout.write("")
        finally:
            worker.terminate()
            worker.wait()

    @contextmanager
    def _step(self, title: str) -> Iterator[None]:
        self.stdout.write(f"\n{title}")
        started = timezone.now()
        yield
        self.stdout.write(f"  {(timezone.now() - started).total_seconds():.1f} s")
