"""Request bodies, read whole up to a limit, so that their fingerprint can be kept beside the answer."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from banks.api.problems import TooLarge
from common.workbooks import XLSX

LARGEST = 32 * 1024 * 1024
XML = "application/xml"
CSV = "text/csv"


@dataclass(frozen=True, slots=True)
class Body:
    """What was sent: its bytes, its media type, and for JSON its content."""

    content: bytes
    media_type: str
    data: Any = None

    def fingerprint(self, method: str, path: str) -> bytes:
        return hashlib.sha256(f"{method} {path}\n".encode() + self.content).digest()


class RawBody(BaseParser):
    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        content = stream.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise TooLarge
        return Body(content, self.media_type or "", self.read(content))

    def read(self, content: bytes) -> Any:
        return None


class JsonBody(RawBody):
    media_type = "application/json"

    def read(self, content: bytes) -> Any:
        try:
            return json.loads(content.decode("utf-8"), parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise ParseError(
                _("The body is not JSON in UTF-8: %(error)s") % {"error": str(error)[:200]}
            ) from error


class XmlBody(RawBody):
    media_type = XML


class ExcelBody(RawBody):
    media_type = XLSX


class CsvBody(RawBody):
    media_type = CSV


def body_of(request: Request) -> Body:
    """The request's body; an empty one where nothing was sent."""
    found: Any = request.data
    return found if isinstance(found, Body) else Body(b"", "application/json", {})


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON number")
