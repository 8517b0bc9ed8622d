"""OpenAPI 3.1 of the API, from the tables of pages and actions.

`python -m etl.web.api.openapi docs/openapi.json` writes it; a test compares the file.
"""

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, Literal, get_type_hints

from pydantic import TypeAdapter

from etl import __version__
from etl.web.directory_login import LOGIN_PATH
from etl.web.requests import Model
from etl.web.roles import Role
from etl.web.route import Action, Route, json_path
from etl.web.routes import ACTIONS, ROUTES

Described = tuple[str, Literal["serialization"], TypeAdapter[Any]]

_MODE: Final = "serialization"
_SCHEMAS: Final = "#/components/schemas/"
_VARIABLE: Final = re.compile(r"\{(\w+)\}")
_PROBLEM: Final = {
    "description": "What is wrong",
    "content": {"application/problem+json": {"schema": {"$ref": f"{_SCHEMAS}Problem"}}},
}


class Problem(Model):
    """What is wrong with a request (RFC 9457)."""

    type: str
    status: int
    code: str
    detail: str
    request_id: str


class ActionDone(Model):
    """What an action has done; `is_repeated`: an earlier request with the same key has."""

    sentence: str
    location: str
    values: dict[str, str | int | bool | None]
    audit_id: str
    is_repeated: bool


class ActionPending(Model):
    """An action that is still being done; `location` follows it."""

    location: str
    audit_id: str


class DirectoryLogin(Model):
    """A user whom the directory lets in; `login` is as the directory writes it."""

    ok: bool
    login: str


def openapi(routes: Iterable[Route] = ROUTES, actions: Iterable[Action] = ACTIONS) -> dict[str, Any]:
    """The whole document."""
    routes, actions = list(routes), list(actions)
    models = list(dict.fromkeys([*map(_model, routes), Problem, ActionDone, ActionPending, DirectoryLogin]))
    adapters: list[Described] = [(str(one), _MODE, TypeAdapter(one)) for one in models]
    found, definitions = TypeAdapter.json_schemas(adapters, ref_template=f"{_SCHEMAS}{{model}}")
    schemas: dict[Any, Any] = {one: found[str(one), _MODE] for one in models}
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(json_path(route), {})["get"] = _page(route, schemas[_model(route)])
    for action in actions:
        paths.setdefault(json_path(action), {})["post"] = _action(action, schemas)
    paths[LOGIN_PATH] = {"post": _login(schemas[DirectoryLogin])}
    return {
        "openapi": "3.1.0",
        "info": {"title": "etl", "version": __version__},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "service": {"type": "apiKey", "in": "header", "name": "X-Etl-Password"},
            },
        },
        "security": [{"token": []}],
    }


def text_of(document: dict[str, Any]) -> str:
    """As the file has it."""
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _model(route: Route) -> Any:
    """What the page function says that it returns: a model, or one of several."""
    return get_type_hints(route.page)["return"]


def _page(route: Route, schema: dict[str, Any]) -> dict[str, Any]:
    summary = (route.page.__module__ or "").rpartition(".")[2].replace("_", " ")
    return {
        "summary": summary,
        "description": _roles(route.roles),
        "parameters": _parameters(route.path),
        "responses": {
            "200": {"description": "The page", "content": {"application/json": {"schema": schema}}},
            "default": _PROBLEM,
        },
    }


def _action(action: Action, schemas: dict[Any, Any]) -> dict[str, Any]:
    key = {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string", "maxLength": 200}}
    texts = {"type": "object", "additionalProperties": {"type": "string"}}
    with_file = {**texts, "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]}
    body: dict[str, Any] = {"application/json": {"schema": texts}}
    if action.takes_file:
        body = {"multipart/form-data": {"schema": with_file}}
    return {
        "summary": action.name,
        "description": _roles(action.roles),
        "parameters": [*_parameters(action.path), key],
        "requestBody": {"content": body},
        "responses": {
            "200": {"description": "Done", "content": {"application/json": {"schema": schemas[ActionDone]}}},
            "202": {"description": "Begun", "content": {"application/json": {"schema": schemas[ActionPending]}}},
            "default": _PROBLEM,
        },
    }


def _login(schema: dict[str, Any]) -> dict[str, Any]:
    texts = {name: {"type": "string"} for name in ("login", "password")}
    body = {"type": "object", "properties": texts, "required": list(texts), "additionalProperties": False}
    company = {"name": "companyCode", "in": "query", "required": True, "schema": {"type": "string"}}
    kinds = ("application/json", "application/x-www-form-urlencoded")
    statuses = {
        "401": "Login or password is wrong",
        "403": "The password of the services is missing or wrong",
        "429": "Too many wrong passwords; Retry-After says for how many seconds",
        "503": "Directory or store cannot be asked now; Retry-After says for how many seconds",
    }
    return {
        "summary": "directory login",
        "description": "For the platform, with the password of its services",
        "security": [{"service": []}],
        "parameters": [company],
        "requestBody": {"required": True, "content": {kind: {"schema": body} for kind in kinds}},
        "responses": {
            "200": {"description": "The user is let in", "content": {"application/json": {"schema": schema}}},
            **{code: {**_PROBLEM, "description": description} for code, description in statuses.items()},
            "default": _PROBLEM,
        },
    }


def _parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in _VARIABLE.findall(path)
    ]


def _roles(roles: frozenset[Role]) -> str:
    return "For " + ", ".join(role for role in Role if role in roles)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text_of(openapi()), encoding="utf-8")
