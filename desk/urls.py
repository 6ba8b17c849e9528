"""Addresses of the pages that cross apps."""

from __future__ import annotations

from django.urls import path, register_converter

from common.paths import DayConverter
from desk import (
    ahead_views,
    campaign_views,
    change_entry_views,
    change_views,
    civil_views,
    entry_views,
    receipt_views,
    reorganisation_views,
    road_views,
    roll_views,
    story_views,
    unmask_views,
    views,
)

register_converter(DayConverter, "day")

urlpatterns = [
    path("", views.home, name="home"),
    path("people/<int:person_id>/", views.person, name="person"),
    path("entry/", entry_views.entry_new, name="entry_new"),
    path("entry/scan/", entry_views.entry_scan, name="entry_scan"),
    path("entry/<uuid:key>/", entry_views.entry, name="entry"),
    path("entry/<uuid:key>/save/", entry_views.entry_save, name="entry_save"),
    path("entry/<uuid:key>/check/", entry_views.entry_check, name="entry_check"),
    path("entry/<uuid:key>/decide/", entry_views.entry_decide, name="entry_decide"),
    path("entry/<uuid:key>/move/", entry_views.entry_move, name="entry_move"),
    path("ahead/", ahead_views.ahead, name="ahead"),
    path("ahead/draft/", ahead_views.ahead_draft, name="ahead_draft"),
    path("ahead/drafts/", civil_views.civil_drafts, name="civil_drafts"),
    path("ahead/list/<int:list_id>/", civil_views.civil_list, name="civil_list"),
    path("ahead/list/<int:list_id>/act/", civil_views.civil_list_act, name="civil_list_act"),
    path("ahead/match/<int:match_id>/", civil_views.civil_match, name="civil_match"),
    path("ahead/<slug:kind>/", civil_views.civil_lists, name="civil_lists"),
    path("rolls/", roll_views.roll_uploads, name="roll_uploads"),
    path("rolls/template/", roll_views.roll_template, name="roll_template"),
    path("rolls/<int:upload_id>/", roll_views.roll_upload, name="roll_upload"),
    path("rolls/<int:upload_id>/progress/", roll_views.roll_progress, name="roll_progress"),
    path("rolls/<int:upload_id>/apply/", roll_views.roll_apply, name="roll_apply"),
    path("rolls/<int:upload_id>/discard/", roll_views.roll_discard, name="roll_discard"),
    path("rolls/<int:upload_id>/refused/", roll_views.roll_refused, name="roll_refused"),
    path("people/<int:person_id>/story/", story_views.person_story, name="person_story"),
    path("batches/<int:batch_id>/story/", story_views.batch_story, name="batch_story"),
    path("people/<int:person_id>/changes/<slug:kind>/", change_entry_views.change_new, name="change_new"),
    path(
        "people/<int:person_id>/payees/<int:payee_id>/revoke/",
        change_entry_views.payee_revoke,
        name="payee_revoke",
    ),
    path("changes/", change_views.change_list, name="changes"),
    path("changes/approve/", change_views.changes_approve, name="changes_approve"),
    path("changes/<int:request_id>/", change_views.change, name="change"),
    path("changes/<int:request_id>/act/", change_views.change_act, name="change_act"),
    path("changes/<int:request_id>/edit/", change_entry_views.change_edit, name="change_edit"),
    path("changes/<int:request_id>/attach/", change_entry_views.change_attach, name="change_attach"),
    path("changes/<int:request_id>/slip/", change_entry_views.change_slip, name="change_slip"),
    path("changes/files/<uuid:file_id>/", change_entry_views.change_file, name="change_file"),
    path("people/<int:person_id>/numbers/", unmask_views.numbers, name="person_numbers"),
    path("people/<int:person_id>/receipt/", receipt_views.person_receipt, name="person_receipt"),
    path("road/", road_views.road, name="road"),
    path("road/list.<slug:kind>", road_views.road_file, name="road_file"),
    path("road/answers/", road_views.road_note, name="road_note"),
    path("road/plans/", road_views.road_plans, name="road_plans"),
    path("road/plans/<int:plan_id>/withdraw/", road_views.road_plan_withdraw, name="road_plan_withdraw"),
    path("road/days/", campaign_views.campaign_list, name="campaigns"),
    path("road/days/invite/", campaign_views.campaign_invite, name="campaign_invite"),
    path("road/days/<int:campaign_id>/", campaign_views.campaign, name="campaign"),
    path("road/days/<int:campaign_id>/list.pdf", campaign_views.campaign_paper, name="campaign_paper"),
    path("road/days/<int:campaign_id>/export/", campaign_views.campaign_export, name="campaign_export"),
    path("road/days/<int:campaign_id>/opened/", campaign_views.campaign_opened, name="campaign_opened"),
    path("road/days/<int:campaign_id>/act/", campaign_views.campaign_act, name="campaign_act"),
    path("reorganisations/", reorganisation_views.reorganisations, name="reorganisations"),
    path("reorganisations/<day:on_date>/", reorganisation_views.reorganisation, name="reorganisation"),
    path(
        "reorganisations/<day:on_date>/hamlets/", reorganisation_views.hamlets, name="reorganisation_hamlets"
    ),
]
