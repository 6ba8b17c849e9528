"""Addresses of the reports."""

from __future__ import annotations

from django.urls import path

from reports import views

urlpatterns = [
    path("coverage/", views.dashboard, name="dashboard"),
    path("coverage.xlsx", views.coverage_excel, name="coverage_excel"),
]
