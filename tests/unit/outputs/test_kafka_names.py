"""Names in Kafka that are made of others: no two writers, groups or keys of progress have the same."""

import re

from hypothesis import given
from hypothesis import strategies as st

from etl.kafka.reading import _GROUP
from etl.outputs.kafka.progress import ProgressKey, transactional_id
from etl.settings.company import is_code
from etl.settings.kafka_keys import IN_KAFKA, KAFKA_FILES, RECOVERY_SUFFIX, is_output_name

# Few letters, so that parts of different names are often the same.
_COMPANY = st.text("ab_-", min_size=1, max_size=5).filter(is_code)
_OUTPUT = (st.text("ab_-", min_size=1, max_size=5) | st.sampled_from(["a-recovery", "recovery", "a-b"])).filter(
    is_output_name
)
_WRITER = st.tuples(_COMPANY, _OUTPUT, st.booleans())


@given(_WRITER, _WRITER)
def test_two_writers_have_two_names(one: tuple[str, str, bool], other: tuple[str, str, bool]) -> None:
    names = [transactional_id(company, output, is_recovery=recovers) for company, output, recovers in (one, other)]
    assert (names[0] == names[1]) == (one == other)
    keys = [
        ProgressKey.of_recovery(company, output) if recovers else ProgressKey.of_output(company, output, "")
        for company, output, recovers in (one, other)
    ]
    assert (keys[0].name == keys[1].name) == (one == other)


def test_what_the_names_rest_on() -> None:
    """With a hyphen in the code of a company, `a-b` and `c` would be `a` and `b-c`."""
    assert not is_code("a-b")
    assert not is_code("a/b")
    assert is_output_name("a-b")
    assert not is_output_name("a/b")
    assert not is_output_name(f"a{RECOVERY_SUFFIX}")
    [groups] = [
        key.pattern for file in KAFKA_FILES if file.path == IN_KAFKA for key in file.keys if key.name == "groupId"
    ]
    assert not re.fullmatch(groups, _GROUP)
