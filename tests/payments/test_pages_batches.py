"""The batch's pages: what changed, each step with its consequence, each refusal in words, nothing for outsiders."""

from datetime import date

import pytest
from django.urls import reverse

from beneficiaries.models import Person
from payments.models import Batch, Event, Payment
from payments.operations import batches
from payments.operations.outcomes import Reported, record_outcomes
from payments.transitions import Outcome
from tests import desk_world, worlds
from tests.desk_world import DECEMBER, NOVEMBER, World
from tests.payments.batch_pages import act, changes, compared, labels, page, said

pytestmark = pytest.mark.django_db
AGRIBANK = worlds.AGRIBANK


@pytest.fixture
def world(db) -> World:
    made = desk_world.build()
    desk_world.two_cycles(made)
    return made


def test_it_says_what_changed_since_last_month_with_people_sum_and_reason(world):
    # November paid October as arrears to all six. Since then: one died, one moved from the Post to an account,
    # one was granted 500,000 at the Post, one 1,250,000 (2.5 × 500,000) since October with an account.
    assert changes(world, "approver", world.batch(AGRIBANK)) == {
        "new": (1, 1_250_000, "quyết định mới"),
        "channel_in": (1, 500_000, "từ Bưu điện"),
        "arrears": (1, 2_500_000, "hưởng từ tháng 10/2024"),
        "past": (2, -1_000_000, "tháng này không chi lại"),
    }
    assert changes(world, "approver", world.batch("POST")) == {
        "new": (1, 500_000, "quyết định mới"),
        "stopped": (1, -500_000, "đã mất"),
        "channel_out": (1, -500_000, "sang Agribank"),
        "past": (4, -2_000_000, "tháng này không chi lại"),
    }


@pytest.mark.parametrize("provider", [AGRIBANK, "POST"])
def test_the_changes_add_up_to_the_difference_between_the_two_lists(world, provider):
    now, before = world.batch(provider), world.batch(provider, NOVEMBER)
    assert compared(world, "approver", now).context["changed_total"] == now.amount - before.amount


def test_a_change_of_law_is_named_as_the_reason(db):
    world = desk_world.build()
    Person.objects.exclude(pk__in=[person.pk for person in world.people[:2]]).update(died_on=date(2024, 5, 1))
    # The base of Decree 76/2024 (500,000, before 360,000) is law at August's list date, not at July's.
    for person in world.people[:2]:
        person.entitlements.update(from_month=date(2024, 7, 1), settled_before=date(2024, 7, 1))
        worlds.reckon(person, date(2024, 7, 1))
    worlds.run_round(date(2024, 7, 1))
    worlds.run_round(date(2024, 8, 1))
    found = changes(world, "approver", world.batch(AGRIBANK, date(2024, 8, 1)))
    assert found["raised"] == (2, 280_000, "thay đổi chính sách")
    assert found["arrears"][:2] == (2, 280_000)


def test_the_people_behind_a_change_are_listed(world):
    url = reverse("batch_change", args=[world.batch("POST").pk, "stopped"])
    response = world.client("approver").get(url)
    assert [(row["name"], row["before"], row["now"]) for row in response.context["rows"]] == [
        ("Huỳnh Văn Ơn", 500_000, 0)
    ]
    assert world.client("outsider").get(url).status_code == 404


def test_it_shows_count_sum_words_and_last_month_and_masks_numbers(world):
    response = page(world, "approver", world.batch(AGRIBANK))
    text = response.content.decode()
    assert response.context["batch"]["count"] == 4
    assert compared(world, "approver", world.batch(AGRIBANK)).context["before"].count == 2
    assert "5.250.000" in text
    assert "Năm triệu hai trăm năm mươi nghìn đồng" in text
    assert "060•••••0001" in text
    assert "••••4050" in text
    for person in world.people:
        assert person.national_id not in text
    assert "1020304050" not in text


def test_an_account_in_another_name_is_flagged_with_who_may_collect(world):
    response = page(world, "approver", world.batch(AGRIBANK))
    flagged = {
        row["name"]: ([str(flag) for flag in row["flags"]], row["payee"])
        for row in response.context["page"]["rows"]
    }
    assert flagged["Hồ Văn Khác"] == (
        ["tên chủ tài khoản không khớp"],
        "người được ủy quyền: Hồ Thị Con, Giấy ủy quyền 12",
    )
    assert flagged["Đặng Thị Ước"] == ([], "")
    only = world.client("approver").get(reverse("batch", args=[world.batch(AGRIBANK).pk]), {"only": "holder"})
    assert [row["name"] for row in only.context["page"]["rows"]] == ["Hồ Văn Khác"]


def test_a_holder_written_with_diacritics_is_the_same_name(world):
    payment = Payment.objects.get(batch=world.batch(AGRIBANK), person=world.people[0])
    type(payment.payout_method).objects.filter(pk=payment.payout_method_id).update(holder="ĐẶNG THỊ ƯỚC")
    assert page(world, "approver", world.batch(AGRIBANK)).context["check_count"] == 1


def test_it_takes_a_batch_from_submission_to_release_each_step_with_its_figures(world):
    batch = world.batch(AGRIBANK)
    assert labels(page(world, "preparer", batch))[1:] == ["Trình 4 người, 5.250.000 ₫"]
    act(world, "preparer", batch, "submit")
    response = page(world, "approver", batch)
    assert labels(response) == ["Trả lại, ghi lý do", "Duyệt 4 người, 5.250.000 ₫"]
    act(world, "approver", batch, "approve", **response.context["actions"][1]["hidden"])
    assert (batch.state, batch.approved_count, batch.approved_amount) == ("approved", 4, 5_250_000)
    assert labels(page(world, "accountant", batch)) == ["Ghi chứng từ: 5.250.000 ₫"]
    act(world, "accountant", batch, "fund", number="GRT-07", date="2024-12-02", amount="5.250.000")
    assert (batch.voucher_number, batch.voucher_date) == ("GRT-07", date(2024, 12, 2))
    assert labels(page(world, "accountant", batch)) == ["Chuyển Agribank: 4 người, 5.250.000 ₫"]
    act(world, "accountant", batch, "release")
    assert (batch.state, batch.released_count) == ("released", 4)
    steps = [step["state"] for step in page(world, "accountant", batch).context["steps"]]
    assert steps == ["done"] * 5 + ["now", "todo", "todo"]


def test_a_second_click_on_approve_is_refused_in_words_and_changes_nothing(world):
    batch = world.batch(AGRIBANK)
    desk_world.bring(batch, "submitted", world)
    figures = {"count": 4, "amount": 5_250_000}
    assert said(act(world, "approver", batch, "approve", **figures)) == [
        "Đã duyệt. Danh sách chờ chứng từ Kho bạc."
    ]
    second = act(world, "approver", batch, "approve", **figures)
    assert second.status_code == 200
    assert "không chuyển sang “đã duyệt” được" in said(second)[0]
    assert Event.objects.filter(batch=batch, to_state="approved").count() == 1


def test_it_refuses_to_approve_figures_other_than_those_shown(world):
    batch = world.batch(AGRIBANK)
    desk_world.bring(batch, "submitted", world)
    response = act(world, "approver", batch, "approve", count=4, amount=5_000_000)
    assert said(response) == ["Danh sách đã thay đổi từ lúc mở trang này. Hãy xem lại trước khi duyệt."]
    assert batch.state == "submitted"


def test_the_preparer_who_also_holds_the_approvers_role_is_refused_in_words(world):
    batch = world.batch(AGRIBANK)
    batches.submit(batch_id=batch.pk, by=world.officers["approver"], at=worlds.NOON)
    action = page(world, "approver", batch).context["actions"][1]
    assert action["refused"] == "Bạn đã lập danh sách này; cán bộ khác sẽ duyệt."
    response = act(world, "approver", batch, "approve", count=4, amount=5_250_000)
    assert said(response) == ["Người lập không thể tự duyệt. Phải do một cán bộ khác duyệt."]
    assert batch.state == "submitted"


def test_sending_back_needs_a_reason_which_the_preparer_reads(world):
    batch = world.batch(AGRIBANK)
    desk_world.bring(batch, "submitted", world)
    assert said(act(world, "approver", batch, "send_back", reason=" ")) == ["Hãy ghi rõ cần sửa điều gì."]
    act(world, "approver", batch, "send_back", reason="Thiếu giấy ủy quyền")
    assert batch.state == "draft"
    assert "Thiếu giấy ủy quyền" in page(world, "preparer", batch).content.decode()


def test_it_refuses_to_submit_a_list_with_somebody_who_has_died_since(world):
    batch = world.batch(AGRIBANK)
    Person.objects.filter(pk=world.people[0].pk).update(died_on=date(2024, 11, 28))
    worlds.reckon(world.people[0], DECEMBER)
    response = act(world, "preparer", batch, "submit")
    assert "Những người này đã mất" in said(response)[0]
    assert batch.state == "draft"


def test_one_payment_is_withdrawn_with_a_reason_by_the_approver(world):
    batch = world.batch(AGRIBANK)
    desk_world.bring(batch, "approved", world)
    payment = batch.payments.get(person=world.people[0])
    url = reverse("payment_withdraw", args=[payment.pk])
    assert url in page(world, "approver", batch).content.decode()
    client = world.client("approver")
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": ""}).status_code == 200
    assert Payment.objects.get(pk=payment.pk).outcome is None
    response = client.post(url, {"reason": "Trùng người"}, follow=True)
    assert response.context["batch"]["count"] == 3
    assert response.context["batch"]["withdrawn"] == 1
    assert Payment.objects.get(pk=payment.pk).outcome == Outcome.WITHDRAWN
    assert world.client("accountant").get(url).status_code == 403
    assert world.client("outsider").get(url).status_code == 404


def test_the_settlement_is_signed_once_every_result_is_in(world):
    batch = world.batch(AGRIBANK)
    desk_world.bring(batch, "acknowledged", world)
    waiting = page(world, "accountant", batch)
    assert waiting.context["actions"] == []
    assert waiting.context["rule"] == "Còn 4 khoản chưa có kết quả; Agribank sẽ báo."
    assert said(act(world, "accountant", batch, "settle")) == ["Còn 4 khoản chi trả chưa có kết quả."]
    items = [Reported(payment.pk, Outcome.PAID, DECEMBER) for payment in batch.payments.all()]
    record_outcomes(provider=AGRIBANK, message_id="1", items=items, at=worlds.NOON)
    assert labels(page(world, "accountant", batch)) == ["Ký đối chiếu: 4 người, 5.250.000 ₫"]
    act(world, "accountant", batch, "settle")
    assert batch.state == "settled"


@pytest.mark.parametrize(
    ("who", "action"),
    [
        ("preparer", "approve"),
        ("approver", "submit"),
        ("approver", "release"),
        ("auditor", "submit"),
        ("accountant", "approve"),
    ],
)
def test_a_step_of_another_role_is_forbidden(world, who, action):
    batch = world.batch(AGRIBANK)
    url = reverse("batch_act", args=[batch.pk])
    assert world.client(who).post(url, {"action": action, "count": 4, "amount": 5_250_000}).status_code == 403
    batch.refresh_from_db()
    assert batch.state == "draft"


def test_a_batch_of_another_area_does_not_exist(world):
    batch = world.batch(AGRIBANK)
    assert page(world, "outsider", batch).status_code == 404
    assert (
        world.client("outsider").post(reverse("batch_act", args=[batch.pk]), {"action": "submit"}).status_code
        == 404
    )
    listed = world.client("outsider").get(reverse("batches"), {"month": "2024-12"})
    assert listed.context["page"]["rows"] == []
    assert listed.context["summary"] == {"batches": 0, "people": 0, "amount": 0}


@pytest.mark.parametrize("who", ["viewer", "post_clerk"])
def test_who_only_sees_figures_or_nothing_has_no_page_of_payments(world, who):
    client, batch = world.client(who), world.batch(AGRIBANK)
    payment = batch.payments.first()
    for url in (
        reverse("batches"),
        reverse("batch", args=[batch.pk]),
        reverse("payment_explanation", args=[payment.pk]),
        reverse("payment_withdraw", args=[payment.pk]),
    ):
        assert client.get(url).status_code == 403, url


def test_a_payment_is_explained_by_base_coefficient_and_article(world):
    payment = world.batch(AGRIBANK).payments.get(person__name="Hồ Văn Khác")
    url = reverse("payment_explanation", args=[payment.pk])
    response = world.client("approver").get(url)
    lines = [(line["month"], line["kind"], line["amount"]) for line in response.context["lines"]]
    assert lines == [
        (date(2024, 10, 1), "arrears", 1_250_000),
        (date(2024, 11, 1), "arrears", 1_250_000),
        (date(2024, 12, 1), "regular", 1_250_000),
    ]
    assert "500.000 ₫ × hệ số 2,5" in response.content.decode()
    assert world.client("outsider").get(url).status_code == 404


def test_the_list_is_filtered_and_an_unknown_value_filters_nothing(world):
    client = world.client("approver")
    both = client.get(reverse("batches"), {"month": "2024-12", "channel": "nonsense"})
    assert len(both.context["page"]["rows"]) == 2
    bank = client.get(reverse("batches"), {"month": "2024-12", "channel": "bank", "state": "draft"})
    assert [row["provider"] for row in bank.context["page"]["rows"]] == ["Agribank"]
    none = client.get(reverse("batches"), {"month": "2024-12", "state": "approved"})
    assert none.context["page"]["rows"] == []


def test_the_batch_page_asks_the_database_a_bounded_number_of_questions(world, django_assert_max_num_queries):
    client, url = world.client("approver"), reverse("batch", args=[world.batch(AGRIBANK).pk])
    client.get(url)
    with django_assert_max_num_queries(12):
        client.get(url)
    with django_assert_max_num_queries(12):
        client.get(url, {"q": "van"})
    # The accountant's button names the voucher's amount, less the cash that the Post holds.
    desk_world.bring(world.batch("POST"), "approved", world)
    client, url = world.client("accountant"), reverse("batch", args=[world.batch("POST").pk])
    client.get(url)
    with django_assert_max_num_queries(12):
        assert client.get(url).context["actions"]
    with django_assert_max_num_queries(14):
        client.get(reverse("batches"), {"month": "2024-12"})


def test_each_state_of_a_batch_has_a_page_for_everyone_who_sees_payments(world):
    batch = world.batch(AGRIBANK)
    desk_world.bring(batch, "released", world)
    for who in ("preparer", "approver", "accountant", "administrator", "auditor"):
        assert page(world, who, batch).status_code == 200
    assert Batch.objects.get(pk=batch.pk).state == "released"


def test_a_draft_is_cancelled_with_a_reason_and_its_people_are_owed_again(world):
    draft = world.batch("POST")
    people = draft.payments.count()
    shown = page(world, "preparer", draft)
    assert labels(shown)[0] == "Hủy danh sách, kèm lý do"
    assert f"{people} người trong danh sách được tính lại" in shown.context["actions"][0]["consequence"]
    assert "Hãy ghi lý do" in said(act(world, "preparer", draft, "cancel"))[0]
    assert draft.state == "draft"
    assert act(world, "approver", draft, "cancel", reason="lập sai").status_code == 403
    act(world, "preparer", draft, "cancel", reason="lập sai kỳ")
    assert draft.state == "cancelled"
    assert set(draft.payments.values_list("outcome", flat=True)) == {"withdrawn"}
    shown = page(world, "preparer", draft)
    assert shown.context["actions"] == []
    assert [(event["text"], event["reason"]) for event in shown.context["events"]] == [
        ("Đã hủy", "lập sai kỳ")
    ]
    worlds.run_round(DECEMBER)
    again = Batch.objects.get(round__cycle=DECEMBER, round__number=1, provider="POST")
    assert (again.count, again.amount) == (people, draft.amount)


def test_a_submitted_list_is_not_cancelled_over_its_approver_s_head(world):
    submitted = world.batch("POST")
    desk_world.bring(submitted, "submitted", world)
    assert "trả lại" in said(act(world, "preparer", submitted, "cancel", reason="đổi ý"))[0]
    assert submitted.state == "submitted"


def test_it_leads_on_to_the_next_list_that_waits(world):
    bank, post = world.batch(AGRIBANK), world.batch("POST")
    for batch in (bank, post):
        desk_world.bring(batch, "submitted", world)
    assert page(world, "approver", bank).context["onward"]["link"] == reverse("batch", args=[post.pk])
    batches.approve(batch_id=post.pk, by=world.officers["approver"], at=worlds.NOON)
    assert page(world, "approver", bank).context["onward"] is None
