"""Addresses of the bank channel: the interface, its schema and documentation, and the province's pages."""

from __future__ import annotations

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

urlpatterns = [
    path("api/banks/v1/", include("banks.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
]
