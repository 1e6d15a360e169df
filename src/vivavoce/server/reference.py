"""The API's reference as a page: what a script-free browser can read, made from the OpenAPI description."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from vivavoce.server.pages.visit import render_page

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of a body."""

    name: str
    place: str
    """query, path, header or body."""
    kind: str
    required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that can be asked for."""

    name: str
    tag: str
    method: str
    path: str
    text: str
    closed: bool
    """Whether it wants a token or a log-in."""
    fields: tuple[Field, ...]


@router.get("/api/docs")
def show_reference(request: Request) -> Response:
    """Show everything that the API answers to."""
    description = request.app.openapi()
    operations = list(list_operations(description))
    tags = list(dict.fromkeys(operation.tag for operation in operations))
    return render_page("reference.html", operations=operations, tags=tags, info=description["info"])


def list_operations(description: dict[str, Any]) -> Iterator[Operation]:
    """Read an OpenAPI description in its order."""
    for path, methods in description["paths"].items():
        for method, found in methods.items():
            yield Operation(
                name=found["operationId"],
                tag=found["tags"][0],
                method=method.upper(),
                path=path,
                text=found.get("description") or found["summary"],
                closed=bool(found.get("security")),
                fields=(*_list_parameters(found), *_list_body(found, description)),
            )


def _list_parameters(operation: dict[str, Any]) -> Iterator[Field]:
    for one in operation.get("parameters", ()):
        text = one.get("description", "")
        yield Field(one["name"], one["in"], _name_kind(one["schema"]), one.get("required", False), text)


def _list_body(operation: dict[str, Any], description: dict[str, Any]) -> Iterator[Field]:
    for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
        schema = _resolve(body["schema"], description)
        if "properties" not in schema:
            yield Field("", "body", media_type, required=True, text="")
        for name, field in schema.get("properties", {}).items():
            required = name in schema.get("required", ())
            yield Field(name, "body", _name_kind(field), required, field.get("description", ""))


def _resolve(schema: dict[str, Any], description: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = description["components"]["schemas"][name] if name else schema
    return found


def _name_kind(schema: dict[str, Any]) -> str:
    """Name a kind of value: "string", "list of EventKind", "integer or null"."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_name_kind(one) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return ", ".join(map(str, schema.get("enum", [schema.get("const")])))
    if schema.get("type") == "array":
        return f"list of {_name_kind(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type", "anything"))
