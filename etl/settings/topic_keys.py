"""Keys whose values are topics or codes of business objects, for the files about Kafka."""

import re
from typing import Final

from etl.settings.keys import Key, ValueKind

CODE = "[A-Za-z][A-Za-z0-9_]*"
TOPIC = r"(?!\.{1,2}(?![A-Za-z0-9._-]))[A-Za-z0-9._-]{1,249}"
TOPIC_RULE: Final = "is not the name of a topic: write at most 249 letters, digits, dots, _ and -"


def list_of(one: str) -> str:
    return rf"{one}(\s*,\s*{one})*"


def topic_key(name: str, comment: str, *, empty: str) -> Key:
    return Key(name, ValueKind.TEXT, "", comment, pattern=TOPIC, rule=TOPIC_RULE, empty=empty)


def codes_key(name: str, comment: str, *, empty: str) -> Key:
    rule = "is not a list of codes: write codes of business objects, separated by commas"
    return Key(name, ValueKind.TEXT, "", comment, pattern=list_of(CODE), rule=rule, empty=empty)


def is_topic_name(name: str) -> bool:
    return bool(re.fullmatch(TOPIC, name))
