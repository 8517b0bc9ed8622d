"""Models as HTML: Jinja with autoescape, texts in the viewer's language, and links that stay below the prefix of the
console."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final
from urllib.parse import urlencode

import jinja2

from etl.quoting import printable
from etl.web.assets import ASSETS
from etl.web.charts import columns
from etl.web.menu import IN_SIGHT, MENU
from etl.web.problems import Answer
from etl.web.requests import Model, PageRequest
from etl.web.roles import Role
from etl.web.route import API
from etl.web.routes import ACTIONS, ROUTES
from etl.web.texts import LANGUAGES, UNREVIEWED, language, zone_named
from etl.web.texts.sentence import restored

_SIGNS: Final = {"good": "✓", "busy": "●", "warning": "▲", "bad": "✗"}


@dataclass(frozen=True)
class MenuItem:
    """A page that the viewer may see."""

    name: str
    address: str
    key: str


class Renderer:
    """The templates of the console. Each gets `page` (the model), `request` (the PageRequest) and `t` (the Language);
    `link("/c/shop/now")`, `here("/now")`, `json_of("/now")`, `link_to("/errors", code="…")`,
    `query_of(before=…)` and `asset("console.css")` give addresses below the prefix."""

    @cached_property
    def _environment(self) -> jinja2.Environment:
        environment = jinja2.Environment(
            loader=jinja2.PackageLoader("etl.web", "templates"),
            undefined=jinja2.StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        # Partners' values come into these pages: nothing may say that a text is markup.
        del environment.filters["safe"]
        environment.filters["printable"] = lambda value: printable(str(value))
        environment.globals |= {
            "languages": LANGUAGES,
            "unreviewed": UNREVIEWED,
            "signs": _SIGNS,
            "column_chart": columns,
            "new_key": partial(secrets.token_urlsafe, 16),
        }
        return environment

    def page(self, template: str, model: Model, request: PageRequest) -> str:
        """A page as HTML."""
        zone = getattr(model, "zone", "UTC")
        return self._environment.get_template(template).render(page=model, **self._common(request, zone))

    def problem(self, answer: Answer, request: PageRequest) -> str:
        """What is wrong, as a page."""
        return self._environment.get_template("problem.html").render(problem=answer, **self._common(request, "UTC"))

    def _common(self, request: PageRequest, zone_name: str) -> dict[str, object]:
        t, zone = language(request.viewer.language), zone_named(zone_name)

        def link(path: str) -> str:
            return request.prefix + path

        def here(path: str) -> str:
            return f"{request.prefix}/c/{request.company}{path}"

        def json_of(path: str) -> str:
            return f"{request.prefix}{API}/c/{request.company}{path}"

        def link_to(path: str, **query: object) -> str:
            given = {name: str(value) for name, value in query.items() if value not in (None, "")}
            return f"{here(path)}?{urlencode(given)}"

        def query_of(**query: object) -> str:
            return urlencode({name: value for name, value in query.items() if value is not None})

        def asset(name: str) -> str:
            return f"{request.prefix}/static/{ASSETS[name].address}"

        def in_language(code: str) -> str:
            return f"?{urlencode({**request.query, 'language': code})}"

        def filled(key: str, values: dict[str, object]) -> str:
            return t.filled(key, values, zone)

        def kept(text: str, sentence: dict[str, object] | None) -> str:
            return t.sentence(restored(text, sentence))

        return {
            "request": request,
            "kept": kept,
            "t": t,
            "zone_name": zone_name,
            "time": partial(t.time, zone=zone),
            "filled": filled,
            "link": link,
            "in_language": in_language,
            "here": here,
            "json_of": json_of,
            "link_to": link_to,
            "query_of": query_of,
            "asset": asset,
            "menu": menu_of(request) if request.company else (),
            "may": partial(_may, request.viewer.role),
            "sees": partial(_sees, request.viewer.role),
            "in_sight": IN_SIGHT,
        }


def menu_of(request: PageRequest) -> Sequence[MenuItem]:
    """The pages of the company that the viewer's role may see."""
    return [
        MenuItem(name, f"{request.prefix}/c/{request.company}/{name}", key)
        for name, key in MENU
        if _sees(request.viewer.role, f"/{name}")
    ]


def _sees(role: Role, path: str) -> bool:
    """Whether a role may see a page of a company: links to others are not shown."""
    return any(one.path == f"/c/{{company}}{path}" and role in one.roles for one in ROUTES)


def _may(role: Role, action: str) -> bool:
    """Whether a role may do an action: buttons of others are not shown."""
    return any(one.name == action and role in one.roles for one in ACTIONS)
