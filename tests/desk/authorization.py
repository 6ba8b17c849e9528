"""What every address answers to every role: written by hand from the roles' tasks, never derived from the program.

One row for each address, method and button. The columns are the roles of WHO, all of Phan Thiết but the viewer and
the administrator, who are the province's, and the commune officer, who is Hàm Tiến's; `expired` had every task until
last year. `own` is about Phan Thiết, `other` about another district. 200 is the page, 302 the step done (or refused
in words), 403 not this role, 404 not in this area: there, nothing exists. Nobody signed in is sent to sign in.
"""

from __future__ import annotations

from dataclasses import dataclass, field

WHO = (
    "commune_officer", "preparer", "approver", "accountant", "post_clerk", "viewer", "administrator", "auditor",
    "expired",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """`own` and `other`: the answers to WHO, in order; `other` is empty where an address is about no area."""

    url: str
    method: str
    own: str
    other: str = ""
    fields: dict[str, str] = field(default_factory=dict)


#       commune preparer approver accountant post viewer administrator auditor expired
READS = "200    200      200      200        403  403    200           200     403"
# A batch is its paying unit's, the district's: the commune's officer has no such page.
BATCH = "404    200      200      200        403  403    200           200     403"
LAW = "  403    200      200      403        403  403    200           200     403"
# What a change would cost is the whole province's, and the auditor here is one district's.
LAW_CHANGE = "403 403   403      403        403  403    200           403     403"
AWAY = " 404    404      404      404        403  403    200           404     403"


REQUESTS = "200 200     403      403        403  403    403           403     403"
REQUESTS_AWAY = "404 404 403 403 403 403 403 403 403"


THE_BATCH = "the batch asked about"
NOT_HERE = "404 404 404 404 403 403 403 404 403"


def step(own: str, **fields: str) -> Row:
    """A button of a batch: elsewhere there is no batch, except for the administrator, who may do none of them."""
    return Row("batch_act", "POST", own, NOT_HERE, fields)


PAIR = "302 302 302 403 403 403 403 403 403"
DECIDES = "403 403 302 403 403 403 403 403 403"
# The administrators'; every officer's; where the next page follows; nobody's.
ADMIN_SEES = "403 403 403 403 403 403 200 403 403"
ADMIN_DOES = "403 403 403 403 403 403 302 403 403"
EVERYBODY = "200 200 200 200 200 200 200 200 200"
LED_ON = "302 302 302 302 302 302 302 302 302"
NOBODY = "404 404 404 404 404 404 404 404 404"

ROWS = [
    # Every officer has a first page; the viewer's is the coverage, the post clerk's the month at the Post.
    Row("home", "GET", "200 200 200 200 302 302 200 200 200"),
    Row("people", "GET", READS),
    Row("person", "GET", READS, AWAY),
    # What was done and looked at is read by who judges it, in the own area.
    Row("person_story", "GET", "403 403 403 403 403 403 200 200 403", "403 403 403 403 403 403 200 404 403"),
    Row("batch_story", "GET", "403 403 403 403 403 403 200 200 403", "403 403 403 403 403 403 200 404 403"),
    Row("looks", "GET", "403 403 403 403 403 403 200 200 403"),
    Row("reference", "GET", ADMIN_SEES),
    Row("reference_file", "GET", ADMIN_SEES),
    # Who is one person is found out by the commune and the district.
    Row("alike", "GET", "200 200 200 403 403 403 403 403 403"),
    Row("alike_look", "POST", "403 302 403 403 403 403 403 403 403"),
    Row("alike_decide", "POST", PAIR, PAIR.replace("302", "404"), {"verdict": "same", "reason": "a"}),
    # Lists as files and on paper are for who sees the list; what is kept of one is its officer's own: the preparer's.
    Row("list_file", "GET", READS),
    Row("list_print", "GET", READS),
    Row("list_columns", "GET", READS),
    Row(
        "list_columns", "POST", "302 302 302 302 403 403 302 302 403", fields={"name": "a", "place_name": "1"}
    ),
    Row("list_keep", "POST", "302 302 302 302 403 403 302 302 403", fields={"named": "a", "q": "b"}),
    Row("list_forget", "POST", "404 302 404 404 404 404 404 404 404"),
    Row("cycles", "GET", READS),
    Row("cycle", "GET", READS),
    Row("cycle_progress", "GET", "204 204 204 204 403 403 204 204 403"),
    Row("round_open", "GET", "403 200 403 403 403 403 200 403 403"),
    Row("round_open", "POST", "403 302 403 403 403 403 302 403 403", fields={"month": "2025-01"}),
    Row("cycle_act", "POST", "403 302 403 403 403 403 302 403 403", fields={"action": "next_slice"}),
    # A cycle is the whole province's: who may close in one district does not close it.
    Row("cycle_act", "POST", ADMIN_DOES, fields={"action": "prepare_close"}),
    Row("cycle_act", "POST", ADMIN_DOES, fields={"action": "close"}),
    Row("cycle_act", "POST", NOBODY, fields={"action": "no such thing"}),
    Row("batches", "GET", READS),
    Row("batch", "GET", BATCH, AWAY),
    Row("batch_changes", "GET", BATCH, AWAY),
    Row("batch_change", "GET", BATCH, AWAY),
    Row("batch_print", "GET", BATCH, AWAY),
    #    commune preparer approver accountant post viewer administrator auditor expired
    step("404    302      403      403        403  403    403           403     403", action="submit"),
    step("404    302      403      403        403  403    403           403     403", action="cancel"),
    step(
        "404    403      302      403        403  403    403           403     403",
        action="send_back",
        reason="a",
    ),
    step(
        "404    403      302      403        403  403    403           403     403",
        action="approve",
        count="1",
        amount="1",
    ),
    step("404    403      403      302        403  403    403           403     403", action="fund"),
    step("404    403      403      302        403  403    403           403     403", action="release"),
    step("404    403      403      302        403  403    403           403     403", action="recall"),
    step("404    403      403      302        403  403    403           403     403", action="settle"),
    Row("batch_act", "POST", "404 404 404 404 403 403 404 404 403", "404 404 404 404 403 403 404 404 403"),
    *(
        Row("batches_act", "POST", own, away, {"action": action, "batch": THE_BATCH})
        for action, own, away in (
            ("submit", "403 302 403 403 403 403 403 403 403", "403 404 403 403 403 403 403 403 403"),
            ("release", "403 403 403 302 403 403 403 403 403", "403 403 403 404 403 403 403 403 403"),
            ("settle", "403 403 403 302 403 403 403 403 403", "403 403 403 404 403 403 403 403 403"),
            ("approve", NOBODY, NOBODY),
        )
    ),
    Row("payment_explanation", "GET", READS, AWAY),
    # The commune's officer sees the payments of its people and takes none out of a list.
    Row("payment_withdraw", "GET", "403 403 200 403 403 403 403 403 403", NOT_HERE),
    Row("payment_withdraw", "POST", DECIDES, NOT_HERE, {"reason": "a"}),
    Row("dashboard", "GET", "200 200 200 200 403 200 200 200 403"),
    Row("coverage_excel", "GET", "200 200 200 200 403 200 200 200 403"),
    Row("coverage_csv", "GET", "200 200 200 200 403 200 200 200 403"),
    Row("coverage_pdf", "GET", "200 200 200 200 403 200 200 200 403"),
    Row("coverage_report", "GET", "200 200 200 200 403 200 200 200 403"),
    # What is published is the whole province's; the auditor here is one district's.
    Row("coverage_open_data", "GET", "403 403 403 403 403 200 200 403 403"),
    Row("reports", "GET", "200 200 200 200 403 200 200 200 403"),
    Row("report", "GET", "200 200 200 200 403 200 200 200 403"),
    Row("report_excel", "GET", "200 200 200 200 403 200 200 200 403"),
    Row("report_pdf", "GET", "200 200 200 200 403 200 200 200 403"),
    # Names stand on a gift list: the viewer of figures sees none. Only the province makes one.
    Row("gift_lists", "GET", READS),
    Row("gift_lists", "POST", ADMIN_SEES),
    Row("gift_list", "GET", READS),
    Row("gift_act", "POST", ADMIN_DOES, fields={"action": "withdraw"}),
    Row("gift_commune", "GET", READS, AWAY),
    Row("gift_excel", "GET", READS, AWAY),
    Row("gift_pdf", "GET", READS, AWAY),
    Row("targets", "GET", "200 200 200 200 403 200 200 200 403"),
    Row("targets", "POST", ADMIN_SEES),
    # A difficulty is raised by who works with people and answered by the province; here the second one raised it.
    Row("difficulties", "GET", "200 200 200 200 403 200 200 200 403"),
    Row("difficulties", "POST", "200 200 200 403 403 403 403 403 403"),
    Row("difficulty", "GET", "200 200 200 200 403 200 200 200 403", "404 404 404 404 403 200 200 404 403"),
    Row("difficulty", "POST", ADMIN_SEES, "404 404 404 404 403 403 200 404 403", {"action": "answer"}),
    Row("difficulty", "POST", ADMIN_DOES, "404 404 404 404 403 403 302 404 403", {"action": "close"}),
    # What was paid too much: seen by who sees payments, decided by who prepares and, as a second officer, who approves.
    Row("overpaid", "GET", READS),
    Row("budget", "GET", READS),
    Row("budget", "POST", "403    403      403      200        403  403    403           403     403"),
    Row("overpaid_person", "GET", READS, AWAY),
    Row("overpaid_person", "POST", "403 200 403 403 403 403 403 403 403", NOT_HERE),
    Row("overpaid_act", "POST", DECIDES, NOT_HERE, {"action": "confirm"}),
    # Requests to change the record: asked by the commune or who prepares, decided by another, read by who sees people.
    # What comes ahead: people to who may see them, how many to who may see figures.
    Row("ahead", "GET", "200 200 200 200 403 200 200 200 403"),
    Row("ahead_counts", "GET", REQUESTS),
    Row("ahead_draft", "POST", REQUESTS_AWAY),
    # Lists of deaths and of poor households: uploaded by who may ask for changes; a match is its commune's.
    Row("civil_lists", "GET", READS),
    Row("civil_lists", "POST", "422 422 403 403 403 403 403 403 403"),
    Row("civil_list", "GET", READS, AWAY),
    Row("civil_list_act", "POST", "404 302 403 403 403 403 403 403 403", REQUESTS_AWAY, {"action": "keep"}),
    Row("civil_match", "POST", "302 302 403 403 403 403 403 403 403", REQUESTS_AWAY, {"verdict": "same"}),
    Row("civil_drafts", "POST", "302 302 403 403 403 403 403 403 403"),
    Row("changes", "GET", READS),
    Row("changes_approve", "POST", DECIDES),
    Row("change", "GET", READS, AWAY),
    Row(
        "change_act",
        "POST",
        "302 302 403 403 403 403 403 403 403",
        NOT_HERE,
        {"action": "take_back", "version": "1"},
    ),
    Row("change_act", "POST", DECIDES, NOT_HERE, {"action": "approve", "version": "1"}),
    Row("change_act", "POST", "404 404 404 404 403 403 404 404 403", "404 404 404 404 403 403 404 404 403"),
    Row("change_new", "GET", REQUESTS, REQUESTS_AWAY),
    Row("change_new", "POST", REQUESTS, REQUESTS_AWAY),
    Row("change_edit", "GET", REQUESTS.replace("200", "302"), REQUESTS_AWAY),
    Row("change_edit", "POST", REQUESTS.replace("200", "302"), REQUESTS_AWAY),
    Row("change_attach", "POST", REQUESTS.replace("200", "302"), REQUESTS_AWAY),
    Row("change_file", "GET", READS, AWAY),
    Row("change_slip", "GET", READS, AWAY),
    Row("payee_revoke", "POST", REQUESTS.replace("200", "302"), REQUESTS_AWAY),
    # The road to cashless: read by who sees people, worked at by who asks for changes, approved by another officer.
    Row("person_receipt", "GET", READS, AWAY),
    Row("road", "GET", READS),
    Row("road_file", "GET", READS),
    Row("road_note", "GET", REQUESTS.replace("200", "302")),
    Row("road_note", "POST", REQUESTS.replace("200", "302")),
    Row("road_plans", "GET", READS),
    Row("road_plans", "POST", REQUESTS.replace("200", "422")),
    Row("road_plan_withdraw", "POST", REQUESTS.replace("200", "302"), REQUESTS_AWAY),
    Row("campaigns", "GET", READS),
    Row("campaign_invite", "GET", REQUESTS.replace("200", "302")),
    Row("campaign_invite", "POST", REQUESTS.replace("200", "302")),
    Row("campaign", "GET", READS, AWAY),
    Row("campaign_paper", "GET", READS, AWAY),
    # Identity numbers in full leave the house: who may see them and prepares the list.
    Row("campaign_export", "POST", REQUESTS, "404 404 404 403 403 403 403 403 403"),
    Row("campaign_opened", "POST", REQUESTS.replace("200", "422"), REQUESTS_AWAY),
    Row("campaign_act", "POST", REQUESTS.replace("200", "302"), REQUESTS_AWAY, {"action": "consent"}),
    Row("campaign_act", "POST", REQUESTS.replace("200", "302"), REQUESTS_AWAY, {"action": "take_off"}),
    Row("campaign_act", "POST", REQUESTS.replace("200", "302"), REQUESTS_AWAY, {"action": "end"}),
    *(
        Row(
            "campaign_act", "POST", DECIDES, DECIDES.replace("302", "404"), {"action": action, "version": "1"}
        )
        for action in ("approve", "accept")
    ),
    Row("campaign_act", "POST", NOBODY, NOBODY),
    # The law: read by who makes and judges lists, changed by the province's administrators, each of the other's rows.
    Row("law", "GET", LAW),
    Row("law_table", "GET", LAW),
    Row("law_simulate", "GET", LAW_CHANGE),
    Row("law_simulate", "POST", LAW_CHANGE),
    Row("law_proposal", "GET", LAW_CHANGE),
    Row("law_people", "GET", LAW_CHANGE),
    Row("law_progress", "GET", LAW_CHANGE.replace("200", "204")),
    Row("law_propose", "GET", ADMIN_SEES),
    Row("law_propose", "POST", ADMIN_SEES),
    Row("law_conversion", "GET", LAW_CHANGE),
    Row("law_conversion", "POST", ADMIN_SEES),
    Row("law_conversion_figures", "GET", LAW_CHANGE),
    Row("law_conversion_progress", "GET", LAW_CHANGE.replace("200", "204")),
    Row("law_conversion_act", "POST", ADMIN_DOES, fields={"action": "confirm"}),
    Row(
        "law_conversion_act",
        "POST",
        "403 403 403 403 403 403 404 403 403",
        fields={"action": "no such thing"},
    ),
    Row("law_act", "POST", ADMIN_DOES, fields={"action": "withdraw"}),
    Row("law_act", "POST", ADMIN_DOES, fields={"action": "confirm"}),
    Row("law_act", "POST", "403 403 403 403 403 403 404 403 403", fields={"action": "no such thing"}),
    # A new grant is entered by who may ask for changes; a draft of another area does not exist.
    Row("entry_new", "GET", "302 302 403 403 403 403 403 403 403"),
    Row("entry", "GET", "200 200 403 403 403 403 403 403 403", REQUESTS_AWAY),
    Row("entry", "POST", "422 422 403 403 403 403 403 403 403", REQUESTS_AWAY),
    Row("entry_save", "POST", "200 409 403 403 403 403 403 403 403", REQUESTS_AWAY),
    Row("entry_check", "POST", "200 200 403 403 403 403 403 403 403", REQUESTS_AWAY),
    Row("entry_scan", "POST", "422 422 403 403 403 403 403 403 403"),
    Row("entry_decide", "POST", "200 200 403 403 403 403 403 403 403", REQUESTS_AWAY),
    Row("entry_move", "POST", REQUESTS_AWAY, REQUESTS_AWAY),
    # A roll is uploaded by who makes lists; an upload is its officer's own, and nobody else's exists.
    Row("roll_uploads", "GET", "403 200 403 403 403 403 200 403 403"),
    Row("roll_uploads", "POST", "403 422 403 403 403 403 422 403 403"),
    Row("roll_template", "GET", "403 200 403 403 403 403 200 403 403"),
    Row("roll_upload", "GET", "403 200 403 403 403 403 404 403 403"),
    Row("roll_progress", "GET", "403 200 403 403 403 403 404 403 403"),
    Row("roll_refused", "GET", "403 404 403 403 403 403 404 403 403"),
    Row("roll_apply", "POST", "403 302 403 403 403 403 404 403 403"),
    Row("roll_discard", "POST", "403 302 403 403 403 403 404 403 403"),
    # A reorganisation of units is the administrators'; hamlets are placed by who makes the lists.
    Row("reorganisations", "GET", ADMIN_DOES),
    Row("reorganisation", "GET", ADMIN_SEES),
    Row("reorganisation", "POST", ADMIN_DOES),
    Row("reorganisation_hamlets", "GET", "403 200 403 403 403 403 200 403 403"),
    Row("reorganisation_hamlets", "POST", "403 404 403 403 403 403 404 403 403"),
    # For machines, with no officer: whether the site is well; its counts with a token only.
    Row("healthz", "GET", EVERYBODY),
    Row("metrics", "GET", NOBODY),
    # One number in full: deciding officers and the commune's, where the person lives.
    Row(
        "person_numbers", "GET", "200 200 200 403 403 403 403 403 403", "404 404 404 403 403 403 403 403 403"
    ),
    Row(
        "person_numbers",
        "POST",
        "200 200 200 403 403 403 403 403 403",
        "404 404 404 403 403 403 403 403 403",
        {"number": "national_id", "reason": "a"},
    ),
    # One's own account is everybody's; a role is delegated by its holder alone, and ended by the two it concerns.
    Row("account", "GET", EVERYBODY),
    Row("second_factor", "GET", EVERYBODY),
    Row("second_factor", "POST", LED_ON, fields={"action": "begin"}),
    Row("password", "GET", EVERYBODY),
    Row("password", "POST", EVERYBODY),
    Row("delegate", "GET", "404 404 200 404 404 404 404 404 404"),
    Row("delegate", "POST", "404 404 200 404 404 404 404 404 404"),
    Row("end_delegation", "POST", "404 302 302 404 404 404 404 404 404"),
    # Officers' accounts are the administrators'.
    Row("officers", "GET", ADMIN_SEES),
    Row("officer", "GET", ADMIN_SEES),
    Row("officer_propose", "GET", ADMIN_SEES),
    Row("officer_propose", "POST", ADMIN_SEES),
    Row("officer_act", "POST", ADMIN_DOES, fields={"action": "reset"}),
    Row("officer_act", "POST", ADMIN_DOES, fields={"action": "leave"}),
    Row("officer_act", "POST", "403 403 403 403 403 403 404 403 403", fields={"action": "no such thing"}),
    Row("officer_decide", "POST", ADMIN_SEES, fields={"action": "confirm"}),
    Row("officer_decide", "POST", ADMIN_DOES, fields={"action": "withdraw"}),
    # Who is signed in is led on; signing out and the language are everybody's.
    Row("login", "GET", LED_ON),
    Row("login", "POST", LED_ON),
    Row("logout", "POST", LED_ON),
    Row("set_language", "GET", LED_ON),
    Row("set_language", "POST", LED_ON, fields={"language": "en", "next": "/"}),
]
# What asks for the authenticator's code of whoever may do it at all, as (address, method, action).
PROVED = {
    ("batch_act", "POST", "approve"),
    ("batch_act", "POST", "release"),
    ("batches_act", "POST", "release"),
    ("payment_withdraw", "POST", ""),
    ("cycle_act", "POST", "close"),
    ("overpaid_act", "POST", "confirm"),
    ("payee_revoke", "POST", ""),
    ("gift_act", "POST", "withdraw"),
    ("law_conversion", "POST", ""),
    ("law_propose", "GET", ""),
    ("law_propose", "POST", ""),
    ("law_act", "POST", "confirm"),
    ("law_conversion_act", "POST", "confirm"),
    ("changes_approve", "POST", ""),
    ("change_act", "POST", "approve"),
    ("campaign_export", "POST", ""),
    ("campaign_act", "POST", "approve"),
    ("campaign_act", "POST", "accept"),
    ("reorganisation", "POST", ""),
    ("person_numbers", "POST", ""),
    ("delegate", "POST", ""),
    ("officer_propose", "POST", ""),
    ("officer_act", "POST", "reset"),
    ("officer_act", "POST", "leave"),
    ("officer_decide", "POST", "confirm"),
    ("officer_decide", "POST", "withdraw"),
}
# The addresses that answer whoever is not signed in, and how.
PUBLIC = {
    ("login", "GET"): 200,
    ("login", "POST"): 200,
    ("set_language", "GET"): 302,
    ("set_language", "POST"): 302,
    # The pay desk's service worker: a file without data, which a browser asks for without its session.
    ("post_worker", "GET"): 200,
    # For machines: whether the site is well; its counts only with a token.
    ("healthz", "GET"): 200,
    ("metrics", "GET"): 404,
    # For a bank's engineer, who has no account here.
    ("bank_quick_start", "GET"): 200,
    ("bank_reference", "GET"): 200,
}
# Whole parts of the site with a world and a test of their own, which goes through their addresses.
ELSEWHERE = {"/post/": "tests/postal/test_post_access.py", "/banks/": "tests/banks/test_bank_pages.py"}
# What machines ask (/api/) answers 401 without a token, whoever is signed in, but for the token itself, which takes
# the client's secret, and the schema, which is published.
OPEN_TO_MACHINES = {
    ("bank_token", "GET"): 405,
    ("bank_token", "POST"): 400,
    ("bank_token", "PUT"): 405,
    ("bank_token", "PATCH"): 405,
    ("bank_token", "DELETE"): 405,
    **{("bank_nothing", method): 404 for method in ("GET", "POST", "PUT", "PATCH", "DELETE")},
    ("schema", "GET"): 200,
    ("schema", "POST"): 405,
    ("schema", "PUT"): 405,
    ("schema", "PATCH"): 405,
    ("schema", "DELETE"): 405,
}
