"""A world in which every page of the site has something to show, in one's own area and in another's."""

from __future__ import annotations

import uuid
from datetime import date

from accounts.models import Delegation, Role, RoleName
from accounts.operations import officers
from areas.models import Unit
from beneficiaries.models import ChangeKind, ChangePath, Payee, Person
from beneficiaries.operations import changes
from beneficiaries.operations.changes import Draft, save_draft
from benefits.entering import Entered, complete
from desk.models import RollUpload
from payments.models import Batch, OverpaidDecision
from payments.operations import proposals
from reports.giving import approve_gift_list, make_gift_list
from reports.operations import raise_difficulty, refresh_figures
from tests import desk_world, worlds
from tests.beneficiaries.change_world import submitted
from tests.desk_world import DECEMBER, NOVEMBER, OCTOBER, World


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


def arguments(world: World) -> dict[str, tuple[list[object], list[object]]]:
    """What each address with a variable part is asked for: in one's own area, and in the other."""
    own = world.batch("POST")
    other = Batch.objects.get(round__cycle=DECEMBER, unit__code="594")
    row = Entered(2, "BTXH_STANDARD", NOVEMBER, date(2024, 12, 10), amount=600_000)
    proposal = proposals.propose(
        rows=complete([row], source="Nghị định 99/2024/NĐ-CP"), source="Nghị định 99/2024/NĐ-CP", note="",
        by=world.officers["second"], at=worlds.NOON,
    )  # fmt: skip
    while proposals.reckon_next_part(proposal_id=proposal.pk, at=worlds.NOON):
        pass
    home = Unit.objects.communes().filter(parent__code="594").order_by("code")[0]
    decided = [
        OverpaidDecision.objects.create(
            person=person, scheme="BTXH", kind="waive", number="1", decided_on=NOVEMBER, reason="Thử",
            prepared_by=world.officers["second"], prepared_at=worlds.NOON,
        )
        for person in (world.people[0], world.people[-1])
    ]  # fmt: skip
    pay_own = own.payments.get(person=world.people[2])
    moves, files, slips, payees = zip(
        *(
            _requests(world, person, home)
            for person, home in ((world.people[0], worlds.commune()), (world.people[-1], _elsewhere()))
        ),
        strict=True,
    )
    gift = make_gift_list(
        occasion="tet", on_date=DECEMBER, decision_number="1", decision_date=NOVEMBER,
        amounts={"BTXH_5.5c": 300_000}, by=world.officers["second"], at=worlds.NOON,
    ).pk  # fmt: skip
    approve_gift_list(gift_id=gift, by=world.officers["preparer"], at=worlds.NOON)
    delegation = Delegation.objects.create(
        role=Role.objects.get(user=world.officers["approver"]), to=world.officers["preparer"], reason="Nghỉ phép",
        valid_from=date(2024, 1, 5), valid_to=date(2024, 1, 9), made_at=worlds.NOON,
    )  # fmt: skip
    change = officers.propose_reset(
        user=world.officers["accountant"], reason="Mất máy", by=world.officers["second"], at=worlds.NOON
    )
    return {
        **{
            name: ([moves[0]], [moves[1]])
            for name in ("change", "change_act", "change_edit", "change_attach")
        },
        "change_new": ([world.people[0].pk, "stop"], [world.people[-1].pk, "stop"]),
        "change_file": ([files[0]], [files[1]]),
        "change_slip": ([slips[0]], [slips[1]]),
        "payee_revoke": ([world.people[0].pk, payees[0]], [world.people[-1].pk, payees[1]]),
        "person_numbers": ([world.people[0].pk], [world.people[-1].pk]),
        "delegate": ([delegation.role_id], []),
        "end_delegation": ([delegation.pk], []),
        "officer": ([world.officers["preparer"].pk], []),
        "officer_act": ([world.officers["preparer"].pk], []),
        "officer_decide": ([change.pk], []),
        "person": ([world.people[0].pk], [world.people[-1].pk]),
        "batch": ([own.pk], [other.pk]),
        "batch_story": ([own.pk], [other.pk]),
        "person_story": ([world.people[0].pk], [world.people[-1].pk]),
        "batch_act": ([own.pk], [other.pk]),
        "batch_print": ([own.pk], [other.pk]),
        "batch_change": ([own.pk, "new"], [other.pk, "new"]),
        "payment_explanation": ([pay_own.pk], [other.payments.get().pk]),
        "payment_withdraw": ([pay_own.pk], [other.payments.get().pk]),
        "overpaid_person": ([world.people[0].pk], [world.people[-1].pk]),
        "overpaid_act": ([decided[0].pk], [decided[1].pk]),
        "law_proposal": ([proposal.pk], []),
        "law_people": ([proposal.pk], []),
        "law_progress": ([proposal.pk], []),
        "law_act": ([proposal.pk], []),
        "difficulty": ([_difficulty(world, worlds.commune())], [_difficulty(world, other.unit)]),
        **{
            page: ([_grant_draft(world, worlds.commune())], [_grant_draft(world, home)])
            for page in ("entry", "entry_save", "entry_check", "entry_decide", "entry_move")
        },
        **{
            f"roll_{page}": ([_upload(world)], [])
            for page in ("upload", "progress", "refused", "apply", "discard")
        },
        **{name: (["changes"], []) for name in ("report", "report_excel", "report_pdf")},
        "gift_list": ([gift], []),
        "gift_act": ([gift], []),
        **{
            name: ([gift, worlds.commune().pk], [gift, world.people[-1].residences.get().commune_id])
            for name in ("gift_commune", "gift_excel", "gift_pdf")
        },
        "reorganisation": ([date(2025, 7, 1)], []),
        "reorganisation_hamlets": ([date(2025, 7, 1)], []),
        "cycle": ([DECEMBER], []),
        "cycle_progress": ([DECEMBER], []),
        "cycle_act": ([DECEMBER], []),
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


def _upload(world: World) -> int:
    facts = {"by": world.officers["preparer"], "at": worlds.NOON, "seen_at": worlds.NOON}
    return RollUpload.objects.create(name="danh-sach.xlsx", size=1, **facts).pk


def _difficulty(world: World, unit: Unit) -> int:
    facts = {"kind": "fees", "people": 3, "text": "Phí", "by": world.officers["second"], "at": worlds.NOON}
    return raise_difficulty(unit=unit, **facts).pk
