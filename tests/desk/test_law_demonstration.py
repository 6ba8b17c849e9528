"""The change of law that the demonstration proposes: previewed over the roll, confirmed by nobody."""

from __future__ import annotations

from datetime import date

import pytest

from benefits.models import Base, Proposal, ProposalState
from desk.demonstration.law import SOURCE, in_words, propose_higher_base
from tests import desk_world

pytestmark = pytest.mark.django_db


def test_it_stands_proposed_with_its_figures_and_changes_no_table():
    world = desk_world.build()
    by = world.officers["administrator"]
    figures = propose_higher_base(month=date(2025, 1, 1), by=by)
    # Six people of 80 and over: 500,000 each becomes 550,000.
    total = figures.total()
    assert (total.changed, total.before, total.after) == (6, 3_000_000, 3_300_000)
    assert "3.300.000" in in_words(figures)
    proposal = Proposal.objects.get(source=SOURCE)
    assert (proposal.state, proposal.previewed_at is not None) == (ProposalState.OPEN, True)
    assert not Base.objects.filter(legal_source=SOURCE).exists()
    assert propose_higher_base(month=date(2025, 1, 1), by=by).total() == total
    assert Proposal.objects.count() == 1
