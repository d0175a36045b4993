"""openapi.json, made from the table of operations: what is documented is what is checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wiki.api import review_table
from wiki.api.fields import Field
from wiki.api.operations import Operation
from wiki.api.problems import MEDIA_TYPE, TITLES
from wiki.api.schemas import ANSWERS

ALWAYS = (401, 403, 422, 429)
PATH_PARTS = {
    "id": {"type": "string", "pattern": "^[a-z0-9]{1,64}$"},
    "action": {"type": "string", "pattern": "^[a-z0-9]{1,64}$"},
    "revision": {"type": "string", "pattern": "^[0-9a-f]{40}$"},
    "event": {"type": "string", "pattern": "^[a-z0-9]{1,64}$"},
}


def document(operations: Sequence[Operation], prefix: str, version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 description of these operations below `prefix`."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(prefix + operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Hindsight",
            "version": version,
            "description": "Entries, their history, search and related past experiences. Errors are RFC 9457 problems.",
            "license": {"name": "MIT"},
        },
        "paths": paths,
        "components": {
            "schemas": ANSWERS | review_table.ANSWERS | {"OpenAPI": {"type": "object"}},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"bearer": []}],
    }


def _operation(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation.path), *(_query_parameter(field) for field in operation.query)],
        "responses": _responses(operation),
    }
    if operation.if_match:
        found["parameters"].append(
            {
                "name": "If-Match",
                "in": "header",
                "required": False,
                "description": 'the revision that the change starts from, as "revision"',
                "schema": {"type": "string", "pattern": '^"[0-9a-f]{40}"$'},
            }
        )
    if operation.body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": _body(operation)}}}
    if operation.open:
        found["security"] = []
    return found


def _path_parameters(path: str) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [{"name": name, "in": "path", "required": True, "schema": PATH_PARTS[name]} for name in names]


def _query_parameter(field: Field) -> dict[str, Any]:
    schema = field.type.schema()
    if field.many:
        schema = {"type": "array", "items": schema, "maxItems": 50}
    return {
        "name": field.name,
        "in": "query",
        "required": field.required,
        "description": field.help,
        "schema": schema,
        **({"style": "form", "explode": True} if field.many else {}),
    }


def _body(operation: Operation) -> dict[str, Any]:
    fields = operation.body or ()
    required = [field.name for field in fields if field.required]
    found: dict[str, Any] = {
        "type": "object",
        "properties": {field.name: field.type.schema() | {"description": field.help} for field in fields},
    }
    if required:
        found["required"] = required
    return found


def _responses(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status in operation.statuses:
        found[str(status)] = {"description": _words(status)}
        if operation.answer and status not in {204, 304}:
            schema = {"$ref": f"#/components/schemas/{operation.answer}"}
            found[str(status)]["content"] = {"application/json": {"schema": schema}}
    always = () if operation.open else ALWAYS
    body = (400, 413, 415) if operation.body is not None else ()
    for status in sorted({*always, *body, *operation.problems}):
        schema = {"$ref": "#/components/schemas/Problem"}
        found[str(status)] = {"description": TITLES[status], "content": {MEDIA_TYPE: {"schema": schema}}}
    return found


def _words(status: int) -> str:
    return {200: "As asked", 201: "Created", 204: "Deleted", 304: "Not changed"}[status]
