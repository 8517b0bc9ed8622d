"""The pages of a company, as the menu lists them."""

from typing import Final

# Pages of a company in the order of the menu, each with the letter that leads there behind `g`; the first ones are
# always in sight.
MENU: Final = (
    ("now", "n"),
    ("runs", "r"),
    ("errors", "e"),
    ("waiting", "w"),
    ("instance", "i"),
    ("out", "o"),
    ("kafka", "k"),
    ("directory", "p"),
    ("speed", "s"),
    ("freshness", "h"),
    ("schedule", "t"),
    ("backups", "b"),
    ("checks", "c"),
    ("config", "f"),
    ("metadata", "m"),
    ("contract", "d"),
    ("fill", "l"),
    ("audit", "a"),
)
IN_SIGHT: Final = 6
