"""The cycle's pages: making a list with its consequence, progress, what is left to do, closing by two."""

from datetime import date

import pytest
from django.urls import reverse

from payments.models import Cycle, Round, RoundState, StatementKind
from payments.operations import batches, closing, generation
from payments.operations.closing import StatementItem
from payments.operations.outcomes import Reported, record_outcomes
from payments.transitions import Outcome
from tests import desk_world, worlds
from tests.desk_world import DECEMBER, NOVEMBER

pytestmark = pytest.mark.django_db


def make(world, who="preparer", **fields):
    return world.client(who).post(reverse("round_open"), {"month": "2024-12", **fields}, follow=True)


def cycle(world, who="preparer", month=DECEMBER):
    return world.client(who).get(reverse("cycle", args=[month]))


def act(world, who, action, month=DECEMBER):
    return world.client(who).post(reverse("cycle_act", args=[month]), {"action": action}, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


def settle_everything(world, month=DECEMBER):
    """Every batch of the month to its settlement, all paid, with the providers' statements."""
    for batch in (world.batch(provider, month) for provider in (worlds.AGRIBANK, "POST")):
        desk_world.bring(batch, "acknowledged", world)
        paid = list(batch.payments.all())
        items = [Reported(payment.pk, Outcome.PAID, month) for payment in paid]
        record_outcomes(provider=batch.provider_id, message_id=f"m{batch.pk}", items=items, at=worlds.NOON)
        lines = [
            StatementItem(str(payment.pk), StatementKind.PAID, payment.amount, month) for payment in paid
        ]
        closing.load_statement(provider=batch.provider_id, month=month, statement=f"s{batch.pk}", items=lines)
        batches.settle(batch_id=batch.pk, by=world.officers["accountant"], at=worlds.NOON)


def test_the_confirm_page_says_what_making_the_list_means(world):
    response = world.client("preparer").get(reverse("round_open"), {"month": "2024-12"})
    text = response.content.decode()
    assert "Lập danh sách tháng 12/2024" in text
    assert "quy định có hiệu lực vào ngày 20/11/2024" in text
    assert "chưa chi trả cho ai" in text
    assert not Cycle.objects.exists()


def test_making_a_list_opens_the_round_and_shows_its_progress(world):
    response = make(world)
    assert response.redirect_chain[-1][0] == reverse("cycle", args=[DECEMBER])
    made = Round.objects.get()
    assert (made.state, made.opened_by, made.number) == (RoundState.GENERATING, world.officers["preparer"], 0)
    progress = response.context["progress"]
    assert (progress["done"], progress["all"], progress["people"]) == (0, 1, 0)
    part = world.client("preparer").get(progress["url"])
    assert (part.status_code, "HX-Refresh" in part.headers) == (200, False)
    generation.drain_round(round_id=made.pk, at=worlds.clock)
    done = world.client("preparer").get(progress["url"])
    assert (done.status_code, done.headers["HX-Refresh"]) == (204, "true")
    # Six elderly people, 500,000 each for October to December; two with an account.
    totals = cycle(world).context["totals"]
    assert (totals["people"], totals["amount"], totals["bank_people"]) == (6, 9_000_000, 2)


def test_the_cycle_page_totals_unit_scheme_and_channel_and_says_what_is_left(world):
    desk_world.two_cycles(world)
    response = cycle(world, "approver")
    [unit] = response.context["units"]
    assert (unit["name"], unit["scheme"]) == (world.district.name, "Bảo trợ xã hội")
    assert (unit["bank_people"], unit["bank_amount"]) == (4, 5_250_000)
    assert (unit["post_people"], unit["post_amount"]) == (3, 1_500_000)
    assert [(str(row["label"]), row["count"]) for row in response.context["todo"]] == [("chờ trình", 2)]
    assert [step["state"] for step in response.context["steps"]][:3] == ["done", "now", "todo"]


def test_a_category_without_a_rate_is_refused_in_words_and_nothing_is_opened(world):
    worlds.grant(worlds.person(born=date(1950, 1, 1)), "TB", since=date(2026, 11, 1), injury_rate=45)
    response = make(world, month="2026-11")
    assert response.status_code == 200
    text = response.content.decode()
    assert "Chưa có mức hưởng còn hiệu lực cho:" in text
    assert "TB (11/2026)" in text
    assert not Round.objects.exists()


def test_a_second_list_at_the_same_time_is_refused_in_words(world):
    make(world)
    response = make(world, month="2025-01")
    assert "Lần 0 của tháng 12/2024 đang được lập" in response.content.decode()


def test_a_month_that_cannot_be_read_is_refused_in_words(world):
    assert "2024-13" in make(world, month="2024-13").content.decode()
    assert not Cycle.objects.exists()


def test_tet_pays_two_months_in_one_cycle(world):
    make(world, month="2025-01", two_months="on")
    assert Cycle.objects.get().last_month == date(2025, 2, 1)


def test_a_supplementary_list_says_that_nobody_waits(world):
    desk_world.two_cycles(world)
    page = world.client("preparer").get(reverse("round_open"), {"month": "2024-12"}).content.decode()
    assert "Lập danh sách bổ sung tháng 12/2024" in page
    assert "danh sách bổ sung sẽ trống" in page


def test_a_cycle_is_closed_in_two_steps_by_two_people(world):
    desk_world.two_cycles(world)
    settle_everything(world)
    page = cycle(world, "administrator")
    assert [action["label"] for action in page.context["actions"]][-1] == "Sẵn sàng khóa sổ: 2 đợt"
    act(world, "administrator", "prepare_close")
    own = cycle(world, "administrator").context["actions"][-1]
    assert own["refused"] == "Bạn đã xác nhận sẵn sàng; cán bộ khác sẽ khóa sổ."
    assert "Người lập không thể" in said(act(world, "administrator", "close"))[0]
    assert cycle(world, "second").context["actions"][-1]["label"] == "Khóa sổ kỳ chi trả: 2 đợt"
    assert said(act(world, "second", "close")) == ["Đã khóa sổ. Số liệu của kỳ này không thay đổi nữa."]
    closed = cycle(world, "second")
    assert closed.context["cycle"]["state"] == "closed"
    assert closed.context["actions"] == []
    assert {step["state"] for step in closed.context["steps"]} == {"done"}


def test_a_cycle_with_open_batches_is_not_closed_and_says_why(world):
    desk_world.two_cycles(world)
    assert (
        "Còn 2 danh sách của kỳ này chưa đối chiếu xong"
        in said(act(world, "administrator", "prepare_close"))[0]
    )


def test_whoever_may_not_close_in_every_unit_paid_does_not_close_the_province(world):
    desk_world.two_cycles(world)
    assert act(world, "outsider", "prepare_close").status_code == 403


def test_an_officer_of_another_district_sees_the_cycle_without_this_ones_figures(world):
    desk_world.two_cycles(world)
    response = cycle(world, "outsider")
    assert (response.context["units"], response.context["totals"]) == ([], None)
    listed = world.client("outsider").get(reverse("cycles"))
    assert [row["people"] for row in listed.context["cycles"]] == [None, None]


@pytest.mark.parametrize("who", ["viewer", "post_clerk"])
def test_who_sees_no_payments_has_no_page_of_cycles(world, who):
    desk_world.two_cycles(world)
    client = world.client(who)
    for url in (reverse("cycles"), reverse("cycle", args=[DECEMBER]), reverse("round_open")):
        assert client.get(url).status_code == 403
    assert client.get(reverse("cycle_progress", args=[DECEMBER])).status_code == 403


def test_only_who_makes_lists_opens_a_round(world):
    for who in ("approver", "accountant", "commune_officer", "auditor"):
        assert make(world, who).status_code == 403
    assert not Cycle.objects.exists()


def test_a_month_without_a_cycle_does_not_exist(world):
    assert cycle(world, month=date(2030, 1, 1)).status_code == 404
    assert world.client("preparer").get("/cycles/2024-13/").status_code == 404


def test_the_pages_ask_the_database_a_bounded_number_of_questions(world, django_assert_max_num_queries):
    desk_world.two_cycles(world)
    client = world.client("approver")
    with django_assert_max_num_queries(12):
        client.get(reverse("cycle", args=[DECEMBER]))
    with django_assert_max_num_queries(8):
        client.get(reverse("cycles"))
    with django_assert_max_num_queries(8):
        client.get("/")


def test_the_desk_lists_what_waits_for_this_officer(world):
    desk_world.two_cycles(world)
    desk_world.bring(world.batch("POST"), "submitted", world)
    waits = world.client("approver").get("/").context["rows"]
    assert [(row["month"], str(row["label"]), row["batches"], row["amount"]) for row in waits] == [
        (DECEMBER, "chờ duyệt", 1, 1_500_000)
    ]
    prepares = world.client("preparer").get("/").context["rows"]
    assert [(row["month"], row["batches"]) for row in prepares] == [(NOVEMBER, 2), (DECEMBER, 1)]


def test_the_post_clerk_begins_at_the_post_and_the_viewer_at_the_coverage(world):
    clerk = world.client("post_clerk")
    assert clerk.get("/").url == reverse("post_month")
    assert [entry.url for entry in clerk.get("/post/").context["nav"]] == ["/", reverse("post_month")]
    assert world.client("viewer").get("/").url == reverse("dashboard")


def test_a_signed_out_visitor_is_asked_to_sign_in(client, db):
    for url in ("/", "/cycles/", "/batches/", "/people/"):
        assert client.get(url).url == f"{reverse('login')}?next={url}"
