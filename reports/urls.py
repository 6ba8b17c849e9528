"""Addresses of the reports; the dashboard is the site's first page."""

from __future__ import annotations

from django.urls import path

from reports import views

urlpatterns = [
    path("", views.dashboard, name="home"),
    path("coverage/", views.dashboard, name="dashboard"),
    path("coverage.xlsx", views.coverage_excel, name="coverage_excel"),
]
