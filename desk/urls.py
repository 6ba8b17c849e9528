"""Addresses of the pages that cross apps."""

from __future__ import annotations

from django.urls import path

from desk import views

urlpatterns = [
    path("", views.home, name="home"),
    path("people/<int:person_id>/", views.person, name="person"),
]
