"""What goes upwards in the demonstration: difficulties in every state, and gift lists of 27 July and Tết; made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Role, RoleName, User
from areas.models import Unit
from beneficiaries.models import Obstacle
from desk.demonstration.year import cast
from reports.giving import approve_gift_list, make_gift_list
from reports.models import Difficulty, DifficultyKind, GiftList, Occasion
from reports.operations import answer_difficulty, close_difficulty, raise_difficulty

# The fewest people that a difficulty of the demonstration holds back, however small its roll.
FEWEST = 6


@dataclass(frozen=True, slots=True)
class Raised:
    """One difficulty: of which unit (a commune's officer or a district's preparer), how many people with `reason` it
    speaks for, how many days ago it was raised, and what became of it."""

    unit: str
    kind: DifficultyKind
    reason: str
    days: int
    text: str
    proposal: str = ""
    answer: str = ""
    assigned_to: str = ""
    closed: bool = False


RAISED = (
    Raised(
        "23272", DifficultyKind.NO_BRANCH, "not_asked", 48,
        "Đảo chỉ có một máy rút tiền, khi biển động thì hết tiền nhiều ngày.",
        "Đề nghị ngân hàng đặt thêm điểm rút tiền tại chợ.",
        "Đã làm việc với ngân hàng; sẽ đặt điểm rút tiền lưu động vào ngày chi trả.", "Agribank Phú Quý (giả lập)",
    ),
    Raised(
        "23113", DifficultyKind.TELEPHONES, "no_smartphone", 9,
        "Hai thôn chưa có sóng ổn định, người già không dùng điện thoại thông minh.",
        "Đề nghị cho nhận bằng thẻ, không cần ứng dụng trên điện thoại.",
    ),
    Raised(
        "23059", DifficultyKind.NO_CARDS, "no_citizen_card", 35,
        "Một số cụ cao tuổi không đi lại được nên chưa làm căn cước.",
        "Đề nghị công an huyện làm căn cước lưu động tại thôn.",
        "Công an huyện xếp lịch làm căn cước lưu động trong tháng 01/2025.", "Công an huyện (giả lập)",
    ),
    Raised(
        "22918", DifficultyKind.DISTRUST, "distrusts", 62,
        "Bà con lo bị lừa qua điện thoại sau một vụ giả danh cán bộ.",
        "Đề nghị ngân hàng và công an cùng về khu phố giải thích.",
        "Đã tổ chức hai buổi nói chuyện tại nhà văn hóa khu phố.", "Phòng LĐTBXH (giả lập)", closed=True,
    ),
    Raised(
        "596", DifficultyKind.FEES, "fears_account", 16,
        "Nhiều xã cùng nêu: người dân ngại phí duy trì tài khoản và phí rút tiền ở máy ngân hàng khác.",
        "Đề nghị các ngân hàng miễn phí cho tài khoản nhận trợ cấp.",
    ),
    Raised(
        "600", DifficultyKind.HEALTH, "fears_relative", 75,
        "Người nằm liệt giường không ra ngân hàng mở tài khoản được.",
        "Đề nghị mở tài khoản tại nhà.",
        "Ngân hàng mở tài khoản tại nhà theo danh sách của xã.", "Ngân hàng và xã (giả lập)", closed=True,
    ),
)  # fmt: skip

# đồng by category, in the manner of such decisions; the levels of a real one are in its own text.
_JULY = {
    "BMVNAH_TC": 600_000, "TB": 300_000, "TBB": 300_000, "BB": 300_000, "CDHH": 300_000, "LS_1": 300_000,
    "LS_2": 600_000, "LS_3": 600_000,
}  # fmt: skip
_TET = _JULY | {
    "LTCM_TUAT": 300_000,
    "TKN_TUAT": 300_000,
    "CDHH_CON": 300_000,
    "CCGDCM_HCKC": 300_000,
    "TU_DAY": 300_000,
}


@transaction.atomic
def show_upward(*, on: date) -> str:
    """Raise, answer and close the difficulties, approve the gift lists, as of a day; how many stand. Done once."""
    if not Difficulty.objects.exists():
        for one in RAISED:
            _raise(one, on)
    if not GiftList.objects.exists():
        _give(Occasion.INVALIDS_DAY, "1207", date(on.year, 7, 27), date(on.year, 7, 5), _JULY)
        _give(Occasion.TET, "2712", date(on.year + 1, 1, 22), on - timedelta(days=6), _TET)
    return f"{Difficulty.objects.count()} difficulties, {GiftList.objects.count()} gift lists"


def _raise(one: Raised, on: date) -> None:
    unit = Unit.objects.on(on).filter(level__in=("district", "commune")).get(code=one.unit)
    under = Unit.objects.under_or_before(unit)
    said = Obstacle.objects.filter(
        reason=one.reason, resolved_on=None, person__residences__commune__in=under, person__residences__valid_to=None
    ).count()  # fmt: skip
    first, second = cast().first_closer, cast().second_closer
    day = on - timedelta(days=one.days)
    by = _officer(unit, on)
    raised = raise_difficulty(
        unit=unit, kind=one.kind, people=max(said, FEWEST), text=one.text, proposal=one.proposal,
        by=by, at=_at(day, 9),
    )  # fmt: skip
    if one.answer:
        answer_difficulty(
            difficulty_id=raised.pk, answer=one.answer, assigned_to=one.assigned_to, by=first,
            at=_at(day + timedelta(days=5), 15),
        )  # fmt: skip
    if one.closed:
        close_difficulty(difficulty_id=raised.pk, by=second, at=_at(day + timedelta(days=40), 10))


def _officer(unit: Unit, on: date) -> User:
    """Who raises it: the commune's civil servant, or the district's preparer."""
    roles = Role.objects.on(on).filter(unit=unit, name__in=(RoleName.COMMUNE_OFFICER, RoleName.PREPARER))
    return roles.select_related("user").order_by("pk")[0].user


def _give(occasion: Occasion, number: str, on_date: date, decided: date, amounts: dict[str, int]) -> None:
    people = cast()
    made = make_gift_list(
        occasion=occasion, on_date=on_date, decision_number=f"{number}/QĐ-UBND (giả lập)", decision_date=decided,
        amounts=amounts, by=people.first_closer, at=_at(decided + timedelta(days=1), 9),
    )  # fmt: skip
    approve_gift_list(gift_id=made.pk, by=people.second_closer, at=_at(decided + timedelta(days=2), 9))


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=timezone.get_default_timezone())
