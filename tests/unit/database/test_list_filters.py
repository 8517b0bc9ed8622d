"""Lists inside SQL templates, and the second look at what was rendered."""

from pathlib import Path

import jinja2
import pytest

from etl.database import SqlTemplates
from etl.database.list_filters import FILTERS
from etl.errors import ConfigurationError


def rendered(template: str, **names: object) -> str:
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    environment.filters.update(FILTERS)
    return environment.from_string(template).render(**names)


@pytest.mark.parametrize(
    ("template", "sql"),
    [
        ("{{ two | idents | comma_list }}", 'a, "order"'),
        ("{{ two | idents('t') | comma_list }}", 't.a, t."order"'),
        ("{{ two | each('{0} is null') | any_of }}", "(a is null or order is null)"),
        ("{{ two | each('{0} is null') | all_of }}", "(a is null and order is null)"),
        ("{{ empty | any_of }}, {{ empty | all_of }}, [{{ empty | comma_list }}]", "false, true, []"),
        ("{{ two | sum_of }}, {{ empty | sum_of }}", "a + order, 0"),
        ("{{ two | each('{0.__class__.__name__}') | comma_list }}", "str, str"),
    ],
)
def test_lists(template: str, sql: str) -> None:
    assert rendered(template, two=["a", "order"], empty=[]) == sql


def test_long_lists_are_broken_into_lines() -> None:
    long = ["a" * 70, "b" * 20, "c" * 50]
    first, second, third = long
    between = "\n        "
    assert rendered("{{ long | comma_list }}", long=long) == f"{first},{between}{second}, {third}"
    assert rendered("{{ long | any_of }}", long=long) == f"({first}{between}or {second} or {third})"


def test_no_other_text_becomes_a_name() -> None:
    with pytest.raises(ConfigurationError, match="cannot be a name"):
        rendered("{{ names | idents | comma_list }}", names=["a; drop table t"])


def test_a_part_of_a_template_that_survives_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "half_rendered"
    (package / "sql").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "sql/twice.sql").write_text("select 1\nfrom {{ name }}\n")
    monkeypatch.syspath_prepend(tmp_path)
    templates = SqlTemplates("half_rendered")
    assert templates.text("twice", name="t") == "select 1\nfrom t"
    with pytest.raises(ValueError, match=r"twice.sql leaves `\{\{` in line 2"):
        templates.text("twice", name="{{ other }}")
