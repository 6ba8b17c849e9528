"""The Treasury's voucher on a batch's page, and the whole list on paper."""

from datetime import date

import pytest
from django.urls import reverse

from payments.models import Batch
from payments.operations import batches
from payments.operations.outcomes import Reported, record_outcomes
from payments.transitions import Outcome
from tests import desk_world, worlds
from tests.desk_world import DECEMBER, NOVEMBER, World
from tests.payments.test_pages_batches import AGRIBANK, act, page, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db) -> World:
    made = desk_world.build()
    desk_world.two_cycles(made)
    return made


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"number": "GRT-07", "date": "2024-12-02", "amount": "5.000.000"}, "số tiền 5.250.000 đồng"),
        ({"number": "GRT-07", "date": "2024-12-02", "amount": "năm triệu"}, "bằng chữ số"),
        ({"number": "", "date": "2024-12-02", "amount": "5250000"}, "Số chứng từ"),
    ],
)
def test_it_refuses_a_voucher_that_does_not_fit_in_words(world, fields, words):
    batch = world.batch(AGRIBANK)
    desk_world.bring(batch, "approved", world)
    assert words in said(act(world, "accountant", batch, "fund", **fields))[0]
    assert batch.state == "approved"


def test_a_refused_voucher_stands_in_its_dialog_again_once(world):
    batch = world.batch(AGRIBANK)
    desk_world.bring(batch, "approved", world)
    client = world.client("accountant")
    written = {"action": "fund", "number": "GRT-07", "date": "32/12/2024", "amount": "5.250.000"}
    answer = client.post(reverse("batch_act", args=[batch.pk]), written, follow=True)
    action = answer.context["actions"][-1]
    assert action["open"]
    assert [action["form"][name].value() for name in ("number", "date", "amount")] == [
        "GRT-07", "32/12/2024", "5.250.000",
    ]  # fmt: skip
    assert "ngày/tháng/năm" in action["form"].errors["date"][0]
    assert "popover data-open" in answer.content.decode()
    again = client.get(reverse("batch", args=[batch.pk]))
    assert not again.context["actions"][-1]["open"]
    assert not again.context["actions"][-1]["form"].is_bound


def test_the_whole_list_is_printed_beyond_a_page_in_a_bounded_number_of_questions(
    world, django_assert_max_num_queries
):
    # 130 more people at the Post, so that the batch's page would show 50 of them.
    for number in range(130):
        worlds.grant(worlds.person(f"Lê Thị {number:03}"), "BTXH_5.5c", since=DECEMBER)
    worlds.run_round(DECEMBER)
    batch = Batch.objects.get(round__cycle=DECEMBER, round__number=1, provider="POST")
    client, url = world.client("preparer"), reverse("batch_print", args=[batch.pk])
    with django_assert_max_num_queries(12):
        answer = client.get(url)
    names = [row["name"] for row in answer.context["rows"]]
    assert names == [f"Lê Thị {number:03}" for number in range(130)]
    assert world.client("outsider").get(url).status_code == 404


def test_the_voucher_is_asked_less_the_cash_that_the_post_still_holds(world):
    before, now = world.batch("POST", NOVEMBER), world.batch("POST")
    desk_world.bring(before, "acknowledged", world)
    # November's list: four people at 1,000,000 (October and November); one of them does not come.
    payments = list(before.payments.order_by("pk"))
    items = [Reported(payment.pk, Outcome.PAID, DECEMBER) for payment in payments[1:]]
    items.append(Reported(payments[0].pk, Outcome.UNCLAIMED, DECEMBER))
    record_outcomes(provider="POST", message_id="november", items=items, at=worlds.NOON)
    batches.settle(batch_id=before.pk, by=world.officers["accountant"], at=worlds.NOON)
    desk_world.bring(now, "approved", world)
    action = page(world, "accountant", now).context["actions"][0]
    # December's list comes to 1,500,000; 1,000,000 of it is still with the Post.
    assert action["label"].replace("\u00a0", " ") == "Ghi chứng từ: 500.000 ₫"
    assert action["form"]["held"].value() == "1.000.000"
    act(
        world,
        "accountant",
        now,
        "fund",
        number="GRT-08",
        date="2/12/2024",
        held="1.000.000",
        amount="500.000",
    )
    assert (now.state, now.voucher_amount, now.voucher_date) == ("funded", 500_000, date(2024, 12, 2))
