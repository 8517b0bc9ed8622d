"""Models as HTML: Jinja with autoescape, and links that stay below the prefix of the console."""

from functools import cached_property

import jinja2

from etl.web.assets import ASSETS
from etl.web.problems import Answer
from etl.web.requests import Model, PageRequest


class Renderer:
    """The templates of the console. Each gets `page` (the model) and `request` (the PageRequest); `link("/c/shop/now")`
    and `asset("console.css")` give addresses below the prefix."""

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
        return environment

    def page(self, template: str, model: Model, request: PageRequest) -> str:
        """A page as HTML."""
        return self._environment.get_template(template).render(page=model, **self._common(request))

    def problem(self, answer: Answer, request: PageRequest) -> str:
        """What is wrong, as a page."""
        return self._environment.get_template("problem.html").render(problem=answer, **self._common(request))

    def _common(self, request: PageRequest) -> dict[str, object]:
        def link(path: str) -> str:
            return request.prefix + path

        def asset(name: str) -> str:
            return f"{request.prefix}/static/{ASSETS[name].address}"

        return {"request": request, "link": link, "asset": asset}
