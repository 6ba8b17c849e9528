"""Addresses of the Post's pages."""

from __future__ import annotations

from django.urls import path, register_converter

from postal.views import days, desk, marks, setup


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
    path("post/desk/worker.js", desk.worker, name="post_worker"),
    path("post/desk/<int:day_id>/", desk.desk, name="post_desk"),
    path("post/desk/<int:day_id>/list", desk.desk_data, name="post_desk_data"),
    path("post/desk/<int:day_id>/marks", desk.desk_marks, name="post_desk_marks"),
    path("post/changes/<int:batch_id>.<paper:kind>", days.changes_paper, name="post_changes"),
    path("post/archives/", days.ask_archive, name="post_ask_archive"),
    path("post/archives/<uuid:archive_id>/", days.archive, name="post_archive"),
    path("post/archives/<uuid:archive_id>.zip", days.archive_file, name="post_archive_file"),
]
