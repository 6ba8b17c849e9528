"""Requests to change what is on record: entered and submitted by one officer, decided and carried out by another."""

from beneficiaries.operations.changes.applying import apply as apply
from beneficiaries.operations.changes.applying import check as check
from beneficiaries.operations.changes.applying import decision_of as decision_of
from beneficiaries.operations.changes.applying import needs_decision as needs_decision
from beneficiaries.operations.changes.attaching import MAX_BYTES as MAX_BYTES
from beneficiaries.operations.changes.attaching import attach as attach
from beneficiaries.operations.changes.attaching import attachment_path as attachment_path
from beneficiaries.operations.changes.deciding import Approved as Approved
from beneficiaries.operations.changes.deciding import approve as approve
from beneficiaries.operations.changes.deciding import approve_many as approve_many
from beneficiaries.operations.changes.deciding import open_request as open_request
from beneficiaries.operations.changes.deciding import refuse as refuse
from beneficiaries.operations.changes.deciding import return_with_reason as return_with_reason
from beneficiaries.operations.changes.drafting import Draft as Draft
from beneficiaries.operations.changes.drafting import save_draft as save_draft
from beneficiaries.operations.changes.drafting import submit as submit
from beneficiaries.operations.changes.drafting import take_back as take_back
from beneficiaries.operations.changes.drafting import withdraw as withdraw
from beneficiaries.operations.changes.errors import SameOfficer as SameOfficer
