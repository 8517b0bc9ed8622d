"""Whatever a value is, it is shown as text."""

import jinja2
import pytest

from etl.web.problems import Answer
from etl.web.rendering import Renderer
from etl.web.requests import PageRequest, Viewer
from etl.web.roles import Role

MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
REQUEST = PageRequest("demo", Viewer(MARKUP, Role.OPERATOR, "en"), request_id=MARKUP)


def test_markup_in_values_is_text() -> None:
    page = Renderer().problem(Answer(400, "bad", MARKUP), REQUEST)
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_no_template_can_say_that_a_value_is_markup() -> None:
    environment = Renderer()._environment
    with pytest.raises(jinja2.TemplateAssertionError, match="safe"):
        environment.from_string("{{ value | safe }}")


def test_without_escaping_the_first_test_fails() -> None:
    renderer = Renderer()
    renderer._environment.autoescape = False
    assert "<script>alert" in renderer.problem(Answer(400, "bad", MARKUP), REQUEST)
