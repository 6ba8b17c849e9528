"""Addresses of the pages that cross apps."""

from __future__ import annotations

from django.urls import path, register_converter

from common.paths import DayConverter
from desk import reorganisation_views, views

register_converter(DayConverter, "day")

urlpatterns = [
    path("", views.home, name="home"),
    path("people/<int:person_id>/", views.person, name="person"),
    path("reorganisations/", reorganisation_views.reorganisations, name="reorganisations"),
    path("reorganisations/<day:on_date>/", reorganisation_views.reorganisation, name="reorganisation"),
    path(
        "reorganisations/<day:on_date>/hamlets/", reorganisation_views.hamlets, name="reorganisation_hamlets"
    ),
]
