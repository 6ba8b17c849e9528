"""Addresses of cycles, batches and payments."""

from __future__ import annotations

from django.urls import path, register_converter

from common.paths import MonthConverter
from payments.views import batches, budget, conversion, cycles, law, overpaid, payments

register_converter(MonthConverter, "month")

urlpatterns = [
    path("cycles/", cycles.cycle_list, name="cycles"),
    path("cycles/make/", cycles.round_open, name="round_open"),
    path("cycles/<month:month>/", cycles.cycle, name="cycle"),
    path("cycles/<month:month>/progress/", cycles.cycle_progress, name="cycle_progress"),
    path("cycles/<month:month>/act/", cycles.cycle_act, name="cycle_act"),
    path("batches/", batches.batch_list, name="batches"),
    path("batches/act/", batches.batches_act, name="batches_act"),
    path("batches/<int:batch_id>/", batches.batch, name="batch"),
    path("batches/<int:batch_id>/print/", batches.batch_print, name="batch_print"),
    path("batches/<int:batch_id>/act/", batches.batch_act, name="batch_act"),
    path("batches/<int:batch_id>/changes/", batches.batch_changes, name="batch_changes"),
    path("batches/<int:batch_id>/changes/<slug:key>/", batches.batch_change, name="batch_change"),
    path("payments/<int:payment_id>/why/", payments.payment_explanation, name="payment_explanation"),
    path("payments/<int:payment_id>/withdraw/", payments.payment_withdraw, name="payment_withdraw"),
    path("budget/", budget.budget, name="budget"),
    path("overpaid/", overpaid.overpaid_list, name="overpaid"),
    path("overpaid/<int:person_id>/", overpaid.overpaid_person, name="overpaid_person"),
    path("overpaid/decisions/<int:decision_id>/", overpaid.overpaid_act, name="overpaid_act"),
    path("law/", law.law, name="law"),
    path("law/conversion/", conversion.conversion, name="law_conversion"),
    path("law/conversion/figures/", conversion.figures, name="law_conversion_figures"),
    path("law/conversion/act/", conversion.act, name="law_conversion_act"),
    path("law/conversion/progress/", conversion.progress, name="law_conversion_progress"),
    path("law/table/", law.table, name="law_table"),
    path("law/propose/", law.propose, name="law_propose"),
    path("law/simulate/", law.simulation, name="law_simulate"),
    path("law/proposals/<int:proposal_id>/", law.proposal, name="law_proposal"),
    path("law/proposals/<int:proposal_id>/act/", law.act, name="law_act"),
    path("law/proposals/<int:proposal_id>/progress/", law.progress, name="law_progress"),
    path("law/proposals/<int:proposal_id>/people/", law.people, name="law_people"),
]
