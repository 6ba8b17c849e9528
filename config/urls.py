"""Every address of the site."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from config import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("language/", login_not_required(set_language), name="set_language"),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics, name="metrics"),
    path("", include("accounts.urls")),
    path("", include("desk.urls")),
    path("", include("payments.urls")),
    path("", include("postal.urls")),
    path("", include("beneficiaries.urls")),
    path("", include("reports.urls")),
    path("", include("banks.urls")),
]
