"""Addresses of the Post's pages."""

from __future__ import annotations

from django.urls import path, register_converter

from postal.views import days, desk, marks, proof, settlement, setup


class PaperKind:
    """A paper as PDF or Excel."""

    regex = "pdf|xlsx"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PaperKind, "paper")

urlpatterns = [
    path("post/", days.month, name="post_month"),
    path("post/plan/", days.plan, name="post_plan"),
    path("post/contracts/", setup.contracts, name="post_contracts"),
    path("post/contracts/<int:contract_id>/", setup.contract, name="post_contract"),
    path("post/points/", setup.points, name="post_points"),
    path("post/points/<int:point_id>/", setup.point, name="post_point"),
    path("post/days/<int:day_id>/", days.day, name="post_day"),
    path("post/days/<int:day_id>/<int:batch_id>.<paper:kind>", days.day_paper, name="post_day_paper"),
    path("post/days/<int:day_id>/seal/", desk.seal, name="post_seal"),
    path("post/days/<int:day_id>/correct/<int:payment_id>/", marks.correct, name="post_correct"),
    path("post/days/<int:day_id>/decide/<int:correction_id>/", marks.decide, name="post_decide"),
    path("post/days/<int:day_id>/act/", proof.act, name="post_day_act"),
    path("post/days/<int:day_id>/scans/<uuid:scan_id>", proof.scan_file, name="post_scan"),
    path("post/settlements/", settlement.settlements, name="post_settlements"),
    path("post/settlements/upload/", settlement.upload, name="post_upload"),
    path("post/settlements/<int:batch_id>/", settlement.settlement_page, name="post_settlement"),
    path("post/settlements/<int:batch_id>.pdf", settlement.settlement_paper, name="post_settlement_paper"),
    path("post/settlements/<int:batch_id>/act/", settlement.settle, name="post_settle"),
    path("post/notices/", settlement.notices, name="post_notices"),
    path("post/notices/<int:notice_id>/", settlement.answer_notice, name="post_answer_notice"),
    path("post/service/", settlement.service, name="post_service"),
    path("post/desk/worker.js", desk.worker, name="post_worker"),
    path("post/desk/<int:day_id>/", desk.desk, name="post_desk"),
    path("post/desk/<int:day_id>/list", desk.desk_data, name="post_desk_data"),
    path("post/desk/<int:day_id>/marks", desk.desk_marks, name="post_desk_marks"),
    path("post/changes/<int:batch_id>.<paper:kind>", days.changes_paper, name="post_changes"),
    path("post/archives/", days.ask_archive, name="post_ask_archive"),
    path("post/archives/<uuid:archive_id>/", days.archive, name="post_archive"),
    path("post/archives/<uuid:archive_id>.zip", days.archive_file, name="post_archive_file"),
]
