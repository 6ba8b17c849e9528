"""Addresses of the reports."""

from __future__ import annotations

from django.urls import path

from reports import difficulty_views, target_views, views

urlpatterns = [
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
