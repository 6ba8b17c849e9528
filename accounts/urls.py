"""Addresses of officers and their accounts."""

from __future__ import annotations

from django.contrib.auth import views as auth
from django.urls import path

from accounts.views import account, officers
from accounts.views.sign_in import SignIn

urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="login"),
    path("sign-out/", auth.LogoutView.as_view(), name="logout"),
    path("account/", account.account, name="account"),
    path("account/second-factor/", account.second_factor, name="second_factor"),
    path("account/password/", account.PasswordPage.as_view(), name="password"),
    path("account/delegate/<int:role_id>/", account.delegate, name="delegate"),
    path("account/delegations/<int:delegation_id>/end/", account.end_delegation, name="end_delegation"),
    path("officers/", officers.officer_list, name="officers"),
    path("officers/propose/", officers.propose, name="officer_propose"),
    path("officers/<int:user_id>/", officers.officer, name="officer"),
    path("officers/<int:user_id>/act/", officers.act, name="officer_act"),
    path("officers/changes/<int:change_id>/", officers.decide, name="officer_decide"),
]
