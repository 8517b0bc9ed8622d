"""The description of the API is that of the tables, and docs/openapi.json is it."""

import json

from etl.web.api.openapi import openapi, text_of
from etl.web.directory_login import LOGIN_PATH
from etl.web.route import json_path
from etl.web.routes import ACTIONS, ROUTES
from tests.documentation import CHECKOUT


def test_the_file_is_up_to_date() -> None:
    """After a change: python -m etl.web.api.openapi docs/openapi.json."""
    assert (CHECKOUT / "docs/openapi.json").read_text(encoding="utf-8") == text_of(openapi())


def test_it_has_every_page_and_action_and_resolves() -> None:
    document = openapi()
    assert set(document["paths"]) == {*map(json_path, ROUTES), *map(json_path, ACTIONS), LOGIN_PATH}
    text = json.dumps(document)
    for name in {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in document["components"]["schemas"]
