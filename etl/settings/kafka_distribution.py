"""The vendor's file that distributes business objects over topics, a YAML map from the code of an object to a topic."""

import re
from collections.abc import Iterator, Mapping

import yaml

from etl.errors import Problem
from etl.settings.topic_keys import TOPIC_RULE

DISTRIBUTION = "direct-configs/KafkaDistributionBoOverTopic.yaml"

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_TOPIC = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}")
_SHAPE = "write one line for each business object, such as Client: OUT_MIGRATION"


def read_distribution(texts: Mapping[str, str], location: str) -> tuple[dict[str, str], list[Problem]]:
    """Code of a business object -> its topic; nothing without the file."""
    try:
        root = yaml.compose(texts.get(DISTRIBUTION, ""), Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        return {}, [
            Problem(f"is not YAML: {getattr(error, 'problem', None) or 'see the line'}; {_SHAPE}", location, line)
        ]
    if root is None:
        return {}, []
    if not isinstance(root, yaml.MappingNode):
        return {}, [Problem(f"is not a map: {_SHAPE}", location, root.start_mark.line + 1)]
    topics, problems = dict[str, str](), list[Problem]()
    for key, value in root.value:
        faults = list(_faults(key, value, topics, location))
        problems += faults
        if not faults:
            topics[key.value] = value.value
    return topics, problems


def _faults(key: yaml.Node, value: yaml.Node, topics: Mapping[str, str], location: str) -> Iterator[Problem]:
    line = key.start_mark.line + 1
    if not isinstance(key, yaml.ScalarNode) or not _CODE.fullmatch(key.value):
        yield Problem(f"a key is not the code of a business object: {_SHAPE}", location, line)
    elif key.value in topics:
        yield Problem("is there twice: delete one of the two lines", location, line, key.value)
    elif not isinstance(value, yaml.ScalarNode):
        yield Problem(f"has a list or a map: {_SHAPE}", location, line, key.value)
    elif not _TOPIC.fullmatch(value.value):
        yield Problem(TOPIC_RULE, location, line, key.value)
