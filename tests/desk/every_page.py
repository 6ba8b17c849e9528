"""A world in which every page of the site has something to show, in one's own area and in another's."""

from __future__ import annotations

import json
import uuid
from datetime import date

from accounts.models import Delegation, Role, RoleName
from accounts.operations import officers
from areas.models import Unit
from beneficiaries.models import ChangeKind, ChangePath, LikePair, Payee, Person, Way
from beneficiaries.operations import campaigns, changes, outreach
from beneficiaries.operations.campaigns import Opened
from beneficiaries.operations.changes import Draft, save_draft
from benefits.entering import Entered, complete
from desk.models import CivilList, RollUpload
from desk.operations.saved_views import keep_filter
from payments.models import Batch, OverpaidDecision
from payments.operations import proposals
from reports.giving import approve_gift_list, make_gift_list
from reports.operations import raise_difficulty, refresh_figures
from tests import desk_world, worlds
from tests.beneficiaries.change_world import submitted
from tests.desk_world import DECEMBER, NOVEMBER, OCTOBER, World

Pages = dict[str, tuple[list[object], list[object]]]


def build() -> World:
    """Two months' lists of both districts, in draft."""
    made = desk_world.build()
    home = _elsewhere()
    made.people.append(worlds.person("Người Nơi Khác", lives=home))
    worlds.grant(made.people[-1], "BTXH_5.5c", since=OCTOBER)
    expired = made.officers["expired"] = worlds.officer("expired")
    for role in RoleName:
        Role.objects.create(
            user=expired,
            name=role,
            unit=made.district.parent,
            valid_from=OCTOBER,
            valid_to=date(2025, 12, 31),
        )
    worlds.run_round(NOVEMBER)
    worlds.run_round(DECEMBER)
    refresh_figures(at=worlds.NOON)
    return made


def arguments(world: World) -> Pages:
    """What each address with a variable part is asked for: in one's own area, and in the other."""
    return {
        **_of_lists(world),
        **_of_people(world),
        **_of_civil_lists(world),
        **_of_officers(world),
        **_of_the_province(world),
        **_of_gifts(world),
        **_of_the_commune(world),
        **_of_the_road(world),
    }


def _of_lists(world: World) -> Pages:
    own = world.batch("POST")
    other = Batch.objects.get(round__cycle=DECEMBER, unit__code="594")
    pay_own = own.payments.get(person=world.people[2])
    pages = ("batch", "batch_changes", "batch_story", "batch_act", "batch_print")
    kept = keep_filter(user=world.officers["preparer"], listing="people", name="Ước", fields={"q": "uoc"})
    return {
        **{page: (["people"], []) for page in ("list_file", "list_print", "list_columns", "list_keep")},
        "list_forget": ([kept.pk], []),
        "reference_file": (["categories", "csv"], []),
        **{page: ([own.pk], [other.pk]) for page in pages},
        "batch_change": ([own.pk, "new"], [other.pk, "new"]),
        "payment_explanation": ([pay_own.pk], [other.payments.get().pk]),
        "payment_withdraw": ([pay_own.pk], [other.payments.get().pk]),
        "difficulty": ([_difficulty(world, worlds.commune())], [_difficulty(world, other.unit)]),
    }


def _of_people(world: World) -> Pages:
    people = (world.people[0], world.people[-1])
    decided = [
        OverpaidDecision.objects.create(
            person=person, scheme="BTXH", kind="waive", number="1", decided_on=NOVEMBER, reason="Thử",
            prepared_by=world.officers["second"], prepared_at=worlds.NOON,
        )
        for person in people
    ]  # fmt: skip
    moves, files, slips, payees = zip(
        *(
            _requests(world, person, home)
            for person, home in zip(people, (worlds.commune(), _elsewhere()), strict=True)
        ),
        strict=True,
    )
    by_person = ("person", "person_story", "person_numbers", "overpaid_person")
    by_request = ("change", "change_act", "change_edit", "change_attach")
    return {
        **{page: ([people[0].pk], [people[1].pk]) for page in by_person},
        **{page: ([moves[0]], [moves[1]]) for page in by_request},
        "change_new": ([people[0].pk, "stop"], [people[1].pk, "stop"]),
        "change_file": ([files[0]], [files[1]]),
        "change_slip": ([slips[0]], [slips[1]]),
        "payee_revoke": ([people[0].pk, payees[0]], [people[1].pk, payees[1]]),
        "alike_decide": ([_pair(people[0])], [_pair(people[1])]),
        "overpaid_act": ([decided[0].pk], [decided[1].pk]),
    }


def _of_the_road(world: World) -> Pages:
    return {
        "person_receipt": ([world.people[0].pk], [world.people[-1].pk]),
        "road_file": (["xlsx"], []),
        "road_plan_withdraw": ([_plan(world, worlds.commune())], [_plan(world, _elsewhere())]),
        **{
            name: (
                [_account_day(world, worlds.commune(), world.people[2])],
                [_account_day(world, _elsewhere(), world.people[-1])],
            )
            for name in ("campaign", "campaign_paper", "campaign_export", "campaign_opened", "campaign_act")
        },
    }


def _of_civil_lists(world: World) -> Pages:
    """A kept list of deaths of either district, with one row that is only alike."""
    (own, match), (other, away) = (
        _civil_list(world, who, person)
        for who, person in (("preparer", world.people[0]), ("outsider", world.people[-1]))
    )
    return {
        "civil_lists": (["deaths"], []),
        "civil_list": ([own], [other]),
        "civil_list_act": ([own], [other]),
        "civil_match": ([match], [away]),
    }


def _civil_list(world: World, who: str, person: Person) -> tuple[int, int]:
    at = worlds.NOON
    made = CivilList.objects.create(
        kind="deaths", name="khai-tu.csv", digest=b"1", rows=1, refused=0, unmatched=0, elsewhere=0, problems="[]",
        by=world.officers[who], at=at, kept_at=at,
    )  # fmt: skip
    said = {"name": person.name, "birth": "", "national_id": "", "commune": "", "died_on": "2024-11-20",
            "certificate": "", "household": "", "hamlet": "", "precision": "day"}  # fmt: skip
    match = made.matches.create(
        number=2, said=json.dumps(said), person=person, commune=person.residences.get().commune,
        likeness="alike", effect="death",
    )  # fmt: skip
    return made.pk, match.pk


def _of_officers(world: World) -> Pages:
    delegation = Delegation.objects.create(
        role=Role.objects.get(user=world.officers["approver"]), to=world.officers["preparer"], reason="Nghỉ phép",
        valid_from=date(2024, 1, 5), valid_to=date(2024, 1, 9), made_at=worlds.NOON,
    )  # fmt: skip
    change = officers.propose_reset(
        user=world.officers["accountant"], reason="Mất máy", by=world.officers["second"], at=worlds.NOON
    )
    return {
        "delegate": ([delegation.role_id], []),
        "end_delegation": ([delegation.pk], []),
        "officer": ([world.officers["preparer"].pk], []),
        "officer_act": ([world.officers["preparer"].pk], []),
        "officer_decide": ([change.pk], []),
    }


def _of_the_province(world: World) -> Pages:
    row = Entered(2, "BTXH_STANDARD", NOVEMBER, date(2024, 12, 10), amount=600_000)
    proposal = proposals.propose(
        rows=complete([row], source="Nghị định 99/2024/NĐ-CP"), source="Nghị định 99/2024/NĐ-CP", note="",
        by=world.officers["second"], at=worlds.NOON,
    )  # fmt: skip
    while proposals.reckon_next_part(proposal_id=proposal.pk, at=worlds.NOON):
        pass
    return {
        **{f"law_{page}": ([proposal.pk], []) for page in ("proposal", "people", "progress", "act")},
        **{page: ([DECEMBER], []) for page in ("cycle", "cycle_progress", "cycle_act")},
        **{page: (["changes"], []) for page in ("report", "report_excel", "report_pdf")},
        **{page: ([date(2025, 7, 1)], []) for page in ("reorganisation", "reorganisation_hamlets")},
    }


def _of_gifts(world: World) -> Pages:
    gift = make_gift_list(
        occasion="tet", on_date=DECEMBER, decision_number="1", decision_date=NOVEMBER,
        amounts={"BTXH_5.5c": 300_000}, by=world.officers["second"], at=worlds.NOON,
    ).pk  # fmt: skip
    approve_gift_list(gift_id=gift, by=world.officers["preparer"], at=worlds.NOON)
    elsewhere = world.people[-1].residences.get().commune_id
    return {
        **{page: ([gift], []) for page in ("gift_list", "gift_act")},
        **{
            page: ([gift, worlds.commune().pk], [gift, elsewhere])
            for page in ("gift_commune", "gift_excel", "gift_pdf")
        },
    }


def _of_the_commune(world: World) -> Pages:
    drafts = ("entry", "entry_save", "entry_check", "entry_decide", "entry_move")
    uploads = ("upload", "progress", "refused", "apply", "discard")
    return {
        **{
            page: ([_grant_draft(world, worlds.commune())], [_grant_draft(world, _elsewhere())])
            for page in drafts
        },
        **{f"roll_{page}": ([_upload(world)], []) for page in uploads},
    }


def _elsewhere() -> Unit:
    return Unit.objects.communes().filter(parent__code="594").order_by("code")[0]


def _requests(world: World, person: Person, home: Unit) -> tuple[int, uuid.UUID, int, int]:
    """A submitted move and a file of it, an approved move of somebody else, and who may collect."""
    clerk, at = world.officers["second"], worlds.NOON
    to = Unit.objects.communes().filter(valid_to=None).order_by("code")[0]
    content = {"to": to.pk, "stopped_on": "2026-12-10"}
    waiting = submitted("move", person, content, by=clerk, commune=home)
    file = changes.attach(
        request_id=waiting.pk, content=b"%%PDF-1.4 %d %%%%EOF" % waiting.pk, title="Giấy", by=clerk, at=at
    )
    moved = submitted("move", worlds.person("Người Đã Chuyển", lives=home), content, by=clerk, commune=home)
    changes.approve(request_id=moved.pk, version=1, by=world.officers["approver"], at=at)
    payee = Payee.objects.create(
        person=person, role="authorised", name="Hồ Thị Con", document="Giấy 12", valid_from=OCTOBER
    )
    return waiting.pk, file.pk, moved.pk, payee.pk


def _grant_draft(world: World, commune: Unit) -> uuid.UUID:
    """A commune officer's draft of a new grant; who entered it in the other area is of no matter."""
    draft = Draft(
        kind=ChangeKind.NEW, path=ChangePath.SIGNED, commune=commune, content={"person": {"name": "Thử"}}
    )
    key = uuid.uuid4()
    return save_draft(
        draft=draft, client_key=key, by=world.officers["commune_officer"], at=worlds.NOON
    ).client_key


def _plan(world: World, commune: Unit) -> int:
    return outreach.make_plan(
        commune=commune, on=date(2024, 12, 20), way=Way.MEETING, group="", hamlets=[], place="Nhà văn hóa",
        by=world.officers["second"], at=worlds.NOON,
    ).pk  # fmt: skip


def _account_day(world: World, commune: Unit, person: Person) -> int:
    """An account-opening day, each at a place of its own, to which one person has agreed; of three more the bank has
    opened an account, in another name, and in that of somebody who may collect."""
    made = campaigns.make_campaign(
        commune=commune, provider=worlds.AGRIBANK, on=date(2024, 12, 21), place=f"Phòng {uuid.uuid4()}",
        by=world.officers["second"], at=worlds.NOON,
    )  # fmt: skip
    people = [
        person,
        *(worlds.person(name, lives=commune) for name in ("Võ Thị Mở", "Võ Thị Khác", "Võ Thị Nhờ")),
    ]
    Payee.objects.create(
        person=people[3], role="guardian", name="Hồ Thị Con", document="QĐ 1", valid_from=OCTOBER
    )
    campaigns.invite(campaign_id=made.pk, people=[one.pk for one in people])
    campaigns.record_consent(
        campaign_id=made.pk, candidates=made.candidates.values_list("pk", flat=True), on=date(2024, 12, 2)
    )
    holders = zip(made.candidates.order_by("number")[1:], ("VO THI MO", "AI DO", "HO THI CON"), strict=True)
    rows = [
        Opened(line=line, reference=one.reference, account=f"{made.pk:06d}{line}", holder=holder)
        for line, (one, holder) in enumerate(holders)
    ]
    campaigns.take_opened(campaign_id=made.pk, rows=rows, by=world.officers["second"], at=worlds.NOON)
    return made.pk


def _upload(world: World) -> int:
    facts = {"by": world.officers["preparer"], "at": worlds.NOON, "seen_at": worlds.NOON}
    return RollUpload.objects.create(name="danh-sach.xlsx", size=1, **facts).pk


def _pair(person: Person) -> int:
    """Somebody of the same name and birth in the same commune."""
    twin = worlds.person(person.name, lives=person.residences.get().commune)
    return LikePair.objects.create(first=person, second=twin, kind="name", found_on=NOVEMBER).pk


def _difficulty(world: World, unit: Unit) -> int:
    facts = {"kind": "fees", "people": 3, "text": "Phí", "by": world.officers["second"], "at": worlds.NOON}
    return raise_difficulty(unit=unit, **facts).pk
