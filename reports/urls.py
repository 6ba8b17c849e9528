"""Addresses of the reports."""

from __future__ import annotations

from django.urls import path

from reports import difficulty_views, gift_views, target_views, upward_views, views

urlpatterns = [
    path("reports/", upward_views.report_list, name="reports"),
    path("reports/gifts/", gift_views.gift_lists, name="gift_lists"),
    path("reports/gifts/<int:gift_id>/", gift_views.gift_list, name="gift_list"),
    path("reports/gifts/<int:gift_id>/act/", gift_views.gift_act, name="gift_act"),
    path("reports/gifts/<int:gift_id>/<int:commune_id>/", gift_views.gift_commune, name="gift_commune"),
    path("reports/gifts/<int:gift_id>/<int:commune_id>.xlsx", gift_views.gift_excel, name="gift_excel"),
    path("reports/gifts/<int:gift_id>/<int:commune_id>.pdf", gift_views.gift_pdf, name="gift_pdf"),
    path("reports/<slug:kind>/", upward_views.report, name="report"),
    path("reports/<slug:kind>.xlsx", upward_views.report_excel, name="report_excel"),
    path("reports/<slug:kind>.pdf", upward_views.report_pdf, name="report_pdf"),
    path("coverage/", views.dashboard, name="dashboard"),
    path("coverage.xlsx", views.coverage_excel, name="coverage_excel"),
    path("coverage.csv", views.coverage_csv, name="coverage_csv"),
    path("coverage.pdf", views.coverage_pdf, name="coverage_pdf"),
    path("coverage/report.pdf", views.coverage_report, name="coverage_report"),
    path("coverage/open-data.csv", views.coverage_open_data, name="coverage_open_data"),
    path("coverage/targets/", target_views.target_list, name="targets"),
    path("coverage/difficulties/", difficulty_views.difficulties, name="difficulties"),
    path("coverage/difficulties/<int:difficulty_id>/", difficulty_views.difficulty, name="difficulty"),
]
