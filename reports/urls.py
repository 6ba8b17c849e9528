"""Addresses of the reports."""

from __future__ import annotations

from django.urls import path

from reports.views import coverage, difficulties, gifts, targets, upward

urlpatterns = [
    path("reports/", upward.report_list, name="reports"),
    path("reports/gifts/", gifts.gift_lists, name="gift_lists"),
    path("reports/gifts/<int:gift_id>/", gifts.gift_list, name="gift_list"),
    path("reports/gifts/<int:gift_id>/act/", gifts.gift_act, name="gift_act"),
    path("reports/gifts/<int:gift_id>/<int:commune_id>/", gifts.gift_commune, name="gift_commune"),
    path("reports/gifts/<int:gift_id>/<int:commune_id>.xlsx", gifts.gift_excel, name="gift_excel"),
    path("reports/gifts/<int:gift_id>/<int:commune_id>.pdf", gifts.gift_pdf, name="gift_pdf"),
    path("reports/<slug:kind>/", upward.report, name="report"),
    path("reports/<slug:kind>.xlsx", upward.report_excel, name="report_excel"),
    path("reports/<slug:kind>.pdf", upward.report_pdf, name="report_pdf"),
    path("coverage/", coverage.dashboard, name="dashboard"),
    path("coverage.xlsx", coverage.coverage_excel, name="coverage_excel"),
    path("coverage.csv", coverage.coverage_csv, name="coverage_csv"),
    path("coverage.pdf", coverage.coverage_pdf, name="coverage_pdf"),
    path("coverage/report.pdf", coverage.coverage_report, name="coverage_report"),
    path("coverage/open-data.csv", coverage.coverage_open_data, name="coverage_open_data"),
    path("coverage/targets/", targets.target_list, name="targets"),
    path("coverage/difficulties/", difficulties.difficulties, name="difficulties"),
    path("coverage/difficulties/<int:difficulty_id>/", difficulties.difficulty, name="difficulty"),
]
