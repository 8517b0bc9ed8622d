"""Whatever a value is, it is shown as text."""

import re
from pathlib import Path

import jinja2
import pytest

import etl.web
from etl.web.console import disposition
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


# A value in a style, a script, an address of one, or an attribute without quotes is not made harmless by escaping.
_RISKY = re.compile(
    r"<style|<script(?![^>]*\bsrc=)|\s(?:style|on\w+)=|javascript:|\s[\w-]+=\{\{|srcdoc=|<(?:iframe|object|embed|base)\b"
)
# Addresses are made by functions of ours, from ids and with their values encoded; or they begin with a question mark.
_ADDRESS = re.compile(r'\b(?:href|src|action)="([^"{]*)(\{\{.*?\}\})?')
_MADE = re.compile(r"\{\{ *(?:here|json_of|link|link_to|asset|in_language|one\.address)\b")
TEMPLATES = sorted((Path(etl.web.__file__).parent / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda one: one.name)
def test_values_stand_only_where_escaping_makes_them_harmless(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not _RISKY.findall(text)
    found = [(begin, value) for begin, value in _ADDRESS.findall(text) if value and not begin.startswith("?")]
    assert not [one for one in found if not _MADE.match(one[1])]


@pytest.mark.parametrize(
    "markup",
    ["<p style='color: {{ x }}'>", "<a onclick='{{ x }}'>", "<input value={{ x }}>", "<script>{{ x }}</script>"],
)
def test_the_search_finds_what_it_is_for(markup: str) -> None:
    assert _RISKY.search(markup)


def test_the_name_of_a_file_stays_in_its_header() -> None:
    header = disposition('../../a"b\r\nSet-Cookie: x=1;Ұлы.csv')
    assert header.isascii()
    assert not {"\r", "\n"} & set(header)
    plain, _, encoded = header.partition("; filename*=UTF-8''")
    assert re.fullmatch(r'attachment; filename="[\w-][\w.-]*"', plain)
    assert re.fullmatch(r"[\w.%~-]+", encoded)


def test_the_script_takes_no_time_from_the_browser() -> None:
    """Its clock may be wrong: ages and times come from the server as texts; only a silence is measured."""
    script = (Path(etl.web.__file__).parent / "static/console.js").read_text(encoding="utf-8")
    assert "new Date" not in script
    assert all("lastSeen" in line for line in script.splitlines() if "Date.now()" in line)
