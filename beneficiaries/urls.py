"""Addresses of people."""

from __future__ import annotations

from django.urls import path

from beneficiaries import views

urlpatterns = [path("people/", views.people, name="people")]
