"""Requests made up from the OpenAPI schema, fitting and not, and what every answer must keep to."""

from __future__ import annotations

import json
import string
from typing import Any

import jsonschema
from django.http import HttpResponse
from hypothesis import strategies as st

PREFIX = "/api/banks/v1"
WILD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
TEXT = st.text(max_size=12) | st.sampled_from(["", "0", "-1", "9" * 25, "2024-12", "%00", "'; --", "²"])


class Contract:
    """The schema, and requests drawn from it. `known` are values of path parameters that exist."""

    def __init__(self, schema: dict[str, Any], known: dict[str, list[str]]) -> None:
        self.schema, self.known = schema, known
        self.operations = [
            (method.upper(), path, operation)
            for path, item in schema["paths"].items()
            for method, operation in item.items()
            if method in ("get", "post") and path.startswith(PREFIX) and not path.endswith("/token")
        ]

    def request(self, draw: Any) -> dict[str, Any]:
        """One request: an operation with path, query, headers and body, each fitting or not."""
        method, path, operation = draw(st.sampled_from(self.operations))
        for name in [part.partition("}")[0] for part in path.split("{")[1:]]:
            values = [*self.known.get(name, []), "0", "999999999", "9" * 19, "9" * 30, "x", "%F0%9F%92%A9"]
            path = path.replace("{" + name + "}", draw(st.sampled_from(values)), 1)
        query, headers = {}, {}
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query" and draw(st.booleans()):
                query[parameter["name"]] = draw(TEXT | self.value(parameter["schema"]).map(str))
            if parameter["in"] == "header" and draw(st.integers(0, 9)) == 0:
                headers[parameter["name"]] = draw(
                    st.text(string.ascii_letters + string.digits + "-,;=*", max_size=20)
                )
        media_type, content = "application/json", b""
        bodies = operation.get("requestBody", {}).get("content", {})
        if bodies:
            media_type = draw(st.sampled_from([*bodies, "text/plain"]))
            content = self.body(draw, bodies.get(media_type, {}), media_type)
        return {"method": method, "path": path, "query": query, "headers": headers, "operation": operation,
                "content": content, "media_type": media_type}  # fmt: skip

    def body(self, draw: Any, described: dict[str, Any], media_type: str) -> bytes:
        kind = draw(st.integers(0, 9))
        if media_type != "application/json" or kind == 0:
            return draw(st.binary(max_size=60))
        value = draw(WILD if kind == 1 else self.value(described.get("schema", {})))
        return json.dumps(value).encode("utf-8", "surrogatepass")

    def value(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        """Values of a schema; one in ten is something else."""
        fitting = self._fitting(self._resolved(schema))
        return st.integers(0, 9).flatmap(lambda one: WILD if one == 0 else fitting)

    def _fitting(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        for key in ("oneOf", "anyOf", "allOf"):
            if key in schema:
                return st.one_of([self.value(part) for part in schema[key]])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        kinds = schema.get("type", "string")
        kind = kinds[0] if isinstance(kinds, list) else kinds
        if kind == "object":
            fields = schema.get("properties", {})
            needed = {
                name: self.value(part) for name, part in fields.items() if name in schema.get("required", [])
            }
            others = {name: self.value(part) for name, part in fields.items() if name not in needed}
            return st.fixed_dictionaries(needed, optional=others)
        if kind == "array":
            return st.lists(self.value(schema.get("items", {})), max_size=4)
        if kind == "integer":
            return st.integers(schema.get("minimum", -(2**70)), schema.get("maximum", 2**70))
        if kind == "boolean":
            return st.booleans()
        if kind == "number":
            return st.floats(allow_nan=False)
        return self._text(schema)

    def _text(self, schema: dict[str, Any]) -> st.SearchStrategy[str]:
        if schema.get("format") == "date":
            return st.dates().map(lambda day: day.isoformat())
        if "pattern" in schema:
            keys = self.known.get("key", [])
            drawn = st.from_regex(schema["pattern"], fullmatch=True)
            return drawn | st.sampled_from(keys) if keys else drawn
        return st.text(max_size=min(40, schema.get("maxLength", 40)))

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            schema = self.schema["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return schema

    def breaches(self, operation: dict[str, Any], answer: HttpResponse) -> list[str]:
        """What an answer does that the schema does not say; [] if nothing."""
        status, media_type = str(answer.status_code), answer.get("Content-Type", "").partition(";")[0]
        if answer.status_code >= 500:
            return [f"{status}"]
        described = operation["responses"].get(status)
        if described is None:
            return [f"{status} is not documented"]
        content = described.get("content", {})
        if media_type not in content:
            return [f"{status} {media_type} is not documented"]
        if not media_type.endswith("json"):
            return []
        schema = content[media_type].get("schema", {}) | {"components": self.schema["components"]}
        checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker(["date"]))
        return [
            f"{status}: {error.message[:200]}" for error in checker.iter_errors(json.loads(answer.content))
        ]
