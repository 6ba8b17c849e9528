"""The reorganisation of 2025-07-01: people, officers and paying move, the past stays where it was."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.access import Action, province_reader, reader_for
from accounts.models import Role, RoleName, User
from areas.models import Unit
from beneficiaries.models import Person, Residence
from desk.models import Reorganisation
from desk.operations.reorganisation import ReorganisationRefused, confirm, move_homes, place_hamlet, prepare
from desk.queries.reorganisation import preview, split_hamlets
from payments.models import Batch, Payment
from payments.operations import batches, generation
from payments.operations.errors import PersonIncomplete, SamePerson
from reports.queries.coverage import By
from tests import worlds
from tests.reports.world import coverage
from tests.stepped_up import stepped_up
from tests.worlds import NOON, REFORM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
JUNE, JULY = date(2025, 6, 1), date(2025, 7, 1)
DISABLED = "BTXH_5.6_DBN"  # goes on after the reform, unlike the benefits of age


def old(code: str) -> Unit:
    return Unit.objects.on(JUNE).get(level="commune", code=code)


def new(code: str) -> Unit:
    return Unit.objects.on(JULY).get(level="commune", code=code)


def someone(name: str, lives: Unit, *, bank: bool = False, hamlet: str = "") -> Person:
    who = worlds.person(name, born=date(1980, 1, 1), lives=lives)
    who.residences.update(hamlet=hamlet)
    worlds.grant(who, DISABLED, since=JUNE, queue=False)
    if bank:
        worlds.account(who, number=f"77{who.pk}")
    return who


def officer(name: str, role: str, unit: Unit) -> User:
    user = worlds.officer(name)
    Role.objects.create(user=user, name=role, unit=unit, valid_from=date(2024, 1, 1))
    return user


def reorganise() -> tuple[User, User]:
    first, second = worlds.officer("truoc"), worlds.officer("sau")
    prepare(on_date=REFORM, by=first, at=NOON)
    confirm(on_date=REFORM, by=second, at=NOON)
    return first, second


def home(who: Person, day: date) -> Unit:
    return who.residences.get(
        valid_from__lte=day, valid_to=None if day >= REFORM else date(2025, 6, 30)
    ).commune


def test_people_live_in_the_commune_that_followed_theirs_and_their_past_stays():
    who = someone("Đặng Thị Ước", old("22918"), hamlet="Khu phố 3")
    reorganise()
    assert home(who, JUNE) == old("22918")
    # Phường Hàm Tiến became a part of Phường Mũi Né, which took over its very code.
    assert (home(who, JULY), home(who, JULY).name) == (new("22918"), "Phường Mũi Né")
    assert old("22918").name == "Phường Hàm Tiến"
    assert set(who.residences.values_list("hamlet", flat=True)) == {"Khu phố 3"}


def test_june_is_paid_in_the_old_unit_and_july_in_the_new_one():
    who = someone("Đặng Thị Ước", old("22918"))
    worlds.run_round(JUNE)
    reorganise()
    worlds.run_round(JULY)
    june, july = Payment.objects.filter(person=who).order_by("pk")
    assert (june.commune, june.batch.unit.code) == (old("22918"), "593")
    assert (july.commune, july.batch.unit) == (new("22918"), new("22918"))
    assert (june.amount, july.amount) == (1_000_000, 1_000_000)  # 500,000 x 2.0


def test_a_supplementary_list_of_june_made_after_it_still_goes_to_the_old_unit():
    who = someone("Đặng Thị Ước", old("22918"))
    worlds.run_round(JUNE)
    reorganise()
    late = someone("Trần Thị Hai", new("22918"))
    late.residences.all().delete()
    late.residences.create(commune=old("22918"), valid_from=date(2020, 1, 1))
    assert move_homes(on_date=REFORM) == 1
    worlds.reckon(late, JUNE)
    cycle = generation.open_cycle(month=JUNE)
    made = generation.open_round(cycle=cycle, routed_on=JUNE, at=NOON)
    generation.drain_round(round_id=made.pk, at=worlds.clock)
    assert Payment.objects.get(person=late).batch.unit.code == "593"
    assert Payment.objects.filter(person=who).count() == 1


def test_july_is_not_made_in_communes_that_have_ended():
    someone("Đặng Thị Ước", old("22918"))
    cycle = generation.open_cycle(month=JULY)
    made = generation.open_round(cycle=cycle, routed_on=JULY, at=NOON)
    with pytest.raises(PersonIncomplete, match="nơi cư trú"):
        generation.drain_round(round_id=made.pk, at=worlds.clock)


def test_the_successors_officers_finish_the_lists_of_june():
    someone("Đặng Thị Ước", old("22918"))
    preparer = officer("huyen593", RoleName.PREPARER, Unit.objects.get(code="593", level="district"))
    approver = officer("duyet593", RoleName.APPROVER, Unit.objects.get(code="593", level="district"))
    worlds.run_round(JUNE)
    reorganise()
    batch = Batch.objects.get(round__cycle=JUNE, unit__code="593")
    for user, action in ((preparer, Action.SUBMIT), (approver, Action.APPROVE)):
        assert Role.objects.on(JULY).get(user=user).unit == new("22918")
        assert Role.objects.on(JUNE).get(user=user).unit.code == "593"
        assert reader_for(user, on=JULY).may(action, batch.unit_id)
        assert reader_for(user, on=JULY).may(action, new("22918").pk)
    batches.submit(batch_id=batch.pk, by=preparer, at=NOON)
    assert batches.approve(batch_id=batch.pk, by=approver, at=NOON).state == "approved"
    # Who takes over the district's lists does not thereby see the people of all its communes.
    assert old("22945").pk not in reader_for(preparer, on=JULY).units(Action.SEE_PEOPLE)


def test_roles_change_their_level_with_their_unit():
    civil_servant = officer("xa", RoleName.COMMUNE_OFFICER, old("22918"))
    viewer = officer("tinh", RoleName.VIEWER, Unit.objects.get(code="60", level="province"))
    reorganise()
    assert Role.objects.on(JUNE).get(user=civil_servant).name == RoleName.COMMUNE_OFFICER
    after = Role.objects.on(JULY).get(user=civil_servant)
    assert (after.name, after.unit) == (RoleName.PREPARER, new("22918"))
    assert Role.objects.on(JULY).get(user=viewer).unit.code == "68"
    # The new commune's officer has its own units' past, and the province's viewer that of the whole old province.
    assert old("22918").pk in reader_for(civil_servant, on=JULY).units(Action.SEE_PAYMENTS)
    assert old("22945").pk in reader_for(viewer, on=JULY).units(Action.SEE_COVERAGE)
    assert old("22945").pk not in reader_for(civil_servant, on=JULY).units(Action.SEE_PAYMENTS)


def test_people_of_a_split_commune_are_paid_in_the_default_successor_until_their_hamlet_is_placed():
    phong_phu, default, other = old("22978"), new("22972"), new("22978")
    assert (phong_phu.name, default.name, other.name) == ("Xã Phong Phú", "Xã Phan Rí Cửa", "Xã Tuy Phong")
    stays = someone("Đặng Thị Ước", phong_phu, hamlet="Thôn 1")
    goes = someone("Trần Thị Hai", phong_phu, hamlet="Thôn 2")
    first, _second = reorganise()
    worlds.run_round(JULY)
    assert set(Payment.objects.values_list("commune", flat=True)) == {default.pk}
    waiting = [hamlet for hamlet in split_hamlets(on_date=REFORM) if not hamlet.decided]
    assert [(hamlet.name, hamlet.now, hamlet.people) for hamlet in waiting] == [
        ("Thôn 1", default, 1),
        ("Thôn 2", default, 1),
    ]
    facts = {"on_date": REFORM, "predecessor": phong_phu, "by": first, "at": NOON}
    assert place_hamlet(hamlet="Thôn 1", successor=default, **facts) == 0
    assert place_hamlet(hamlet="Thôn 2", successor=other, **facts) == 1
    assert [hamlet.decided for hamlet in split_hamlets(on_date=REFORM)] == [True, True]
    assert (home(stays, JULY), home(goes, JULY)) == (default, other)
    worlds.run_round(date(2025, 8, 1))
    assert dict(Payment.objects.values_list("pk", "commune")) == {
        payment.pk: (other if payment.person == goes and payment.pk // 10**13 == 202508 else default).pk
        for payment in Payment.objects.all()
    }
    with pytest.raises(ReorganisationRefused, match="không tiếp nhận"):
        place_hamlet(hamlet="Thôn 2", successor=new("22918"), **facts)


def test_it_takes_two_people_and_what_the_first_agreed_to():
    first, second = worlds.officer("truoc"), worlds.officer("sau")
    someone("Đặng Thị Ước", old("22918"))
    with pytest.raises(ReorganisationRefused, match="Trước hết"):
        confirm(on_date=REFORM, by=second, at=NOON)
    prepare(on_date=REFORM, by=first, at=NOON)
    with pytest.raises(SamePerson):
        confirm(on_date=REFORM, by=first, at=NOON)
    someone("Trần Thị Hai", old("22918"))
    with pytest.raises(ReorganisationRefused, match="đã thay đổi"):
        confirm(on_date=REFORM, by=second, at=NOON)
    prepare(on_date=REFORM, by=first, at=NOON)
    assert confirm(on_date=REFORM, by=second, at=NOON).people == 2
    with pytest.raises(ReorganisationRefused, match="đã được thực hiện"):
        confirm(on_date=REFORM, by=second, at=NOON)
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        Reorganisation.objects.update(confirmed_by=first)
    assert Residence.objects.count() == 4
    assert move_homes(on_date=REFORM) == 0


def test_a_list_already_made_in_an_ended_unit_blocks_it():
    who = someone("Đặng Thị Ước", old("22918"))
    worlds.run_round(JUNE)
    batch = Batch.objects.get()
    assert preview(on_date=REFORM).blockers == []
    cycle = generation.open_cycle(month=JULY)
    late = cycle.rounds.create(number=0, routed_on=JULY, started_at=NOON, state="done")
    Batch.objects.create(
        round=late, unit=batch.unit, scheme="BTXH", channel="post", provider_id="POST", count=1
    )
    with pytest.raises(ReorganisationRefused, match="07/2025"):
        prepare(on_date=REFORM, by=worlds.officer("truoc"), at=NOON)
    assert who.residences.count() == 1


def test_figures_stay_true_in_the_old_units_and_are_one_series_in_the_new_ones():
    someone("Đặng Thị Ước", old("22918"), bank=True)
    someone("Trần Thị Hai", old("22915"))  # Phường Mũi Né of old
    someone("Lê Thị Ba", old("23026"))
    worlds.run_round(JUNE)
    reorganise()
    worlds.run_round(JULY)
    reader = province_reader()

    def rows(month: date, by: By, **options: object) -> dict[str, tuple[int, int]]:
        found = coverage(month=month, by=by, reader=reader, **options)
        assert (sum(row.covered for row in found.rows), sum(row.all for row in found.rows)) == (1, 3)
        assert (found.total.covered, found.total.all) == (1, 3)
        return {row.name: (row.covered, row.all) for row in found.rows}

    assert rows(JUNE, By.COMMUNE)["Phường Hàm Tiến"] == (1, 1)
    assert rows(JULY, By.COMMUNE) == rows(JUNE, By.COMMUNE, units_on=REFORM) == rows(JULY, By.DISTRICT)
    assert rows(JUNE, By.DISTRICT, units_on=REFORM)["Phường Mũi Né"] == (1, 2)


def test_the_command_shows_prepares_and_carries_out():
    someone("Đặng Thị Ước", old("22978"))
    worlds.officer("truoc"), worlds.officer("sau")

    def run(*arguments: str) -> dict[str, object]:
        out = io.StringIO()
        call_command("reorganise", "2025-07-01", "--json", *arguments, stdout=out)
        return json.loads(out.getvalue())

    shown = run()
    assert (shown["state"], shown["people"]) == ("proposed", 1)
    assert shown["split"] == [{"commune": "22978", "people": 1, "successors": ["22972", "22978"]}]
    assert "22972" in shown["without_officers"]
    assert run("--prepare", "truoc", "--finisher", "595=22969")["state"] == "prepared"
    with pytest.raises(CommandError, match="cán bộ khác"):
        run("--confirm", "truoc")
    done = run("--confirm", "sau")
    assert (done["state"], done["moved"]) == ("done", {"people": 1, "roles": 0})
    assert {"unit": "595", "finisher": "22969", "open_batches": 0} in done["finishers"]
    call_command("reorganise", "2025-07-01", stdout=io.StringIO())


def client(user: User) -> Client:
    made = Client(headers={"accept-language": "en"})
    made.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return stepped_up(made)


def test_two_administrators_carry_it_out_on_its_page_and_place_the_hamlets():
    someone("Đặng Thị Ước", old("22978"), hamlet="Thôn 2")
    province = Unit.objects.get(code="60", level="province")
    first, second = (client(officer(name, RoleName.ADMINISTRATOR, province)) for name in ("mot", "hai"))
    assert first.get("/reorganisations/").url == "/reorganisations/2025-07-01/"
    address = "/reorganisations/2025-07-01/"
    page = first.get(address)
    assert "Xã Phong Phú" in page.content.decode()
    assert page.context["actions"] == []
    payer = Unit.objects.get(code="595", level="district")
    first.post(address, {"action": "prepare", f"finisher-{payer.pk}": str(new("22969").pk)})
    assert first.get(address).context["actions"][0]["refused"]
    assert not second.get(address).context["actions"][0]["refused"]
    second.post(address, {"action": "confirm"})
    done = second.get(address)
    assert done.context["done"]
    assert done.context["hamlets_left"] == 1
    assert "Carried out by hai" in done.content.decode()
    worklist = address + "hamlets/"
    choice = {"predecessor": old("22978").pk, "hamlet": "Thôn 2", "successor": new("22978").pk}
    page = second.post(worklist, choice, follow=True)
    assert "Thôn 2 belongs to Xã Tuy Phong; 1 people moved there." in page.content.decode()
    assert Residence.objects.get(valid_to=None).commune == new("22978")


def test_only_administrators_see_it_and_others_place_only_hamlets_that_sit_with_them():
    someone("Đặng Thị Ước", old("22978"), hamlet="Thôn 2")
    viewer = officer("xem", RoleName.VIEWER, Unit.objects.get(code="60", level="province"))
    mine = officer("xa1", RoleName.COMMUNE_OFFICER, old("22972"))
    other = officer("xa2", RoleName.COMMUNE_OFFICER, old("22918"))
    reorganise()
    for user in (viewer, mine):
        assert client(user).get("/reorganisations/2025-07-01/").status_code == 403
    worklist = "/reorganisations/2025-07-01/hamlets/"
    assert [row.name for row in client(mine).get(worklist).context["rows"]] == ["Thôn 2"]
    assert client(other).get(worklist).context["rows"] == []
    choice = {"predecessor": old("22978").pk, "hamlet": "Thôn 2", "successor": new("22978").pk}
    assert client(other).post(worklist, choice).status_code == 404
    assert client(viewer).get(worklist).status_code == 403
