"""Keys: which keys lead where."""

from etl.web.menu import MENU
from etl.web.requests import Model, PageRequest


class Keys(Model):
    """Letter behind `g` -> the page that it leads to."""

    keys: dict[str, str]


def page(request: PageRequest) -> Keys:
    """All of them."""
    return Keys(keys={key: name for name, key in MENU})
