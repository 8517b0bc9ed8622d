"""A password appears in no event, however it is quoted there."""

import json
import logging
from urllib.parse import quote

from hypothesis import example, given
from hypothesis import strategies as st

from etl.logs.line import Line
from etl.logs.redaction import Redaction
from etl.settings.logging.pattern import parse_pattern

FORMS = (
    str,
    repr,
    json.dumps,
    lambda secret: json.dumps(secret, ensure_ascii=False),
    quote,
    lambda secret: quote(secret, safe=""),
    lambda secret: "'" + secret.replace("'", "''") + "'",
    lambda secret: "'" + secret.replace("\\", "\\\\").replace("'", "\\'") + "'",
)


def lines(redaction: Redaction, message: str, *arguments: object, error: BaseException | None = None) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("x", logging.INFO, __file__, 1, message, arguments, info)
    redaction.filter(record)
    return "\n".join(Line(parse_pattern(pattern)).format(record) for pattern in ("%msg%n", "%json"))


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=4, max_size=20).filter(lambda s: s.strip(" *\"'")))
@example("pass'wo\\rd\"x")
@example("пароль\n")
def test_no_form_of_a_secret_is_shown(secret: str) -> None:
    redaction = Redaction()
    redaction.keep(secret)
    for form in FORMS:
        shown = form(secret)
        try:
            raise RuntimeError(f"cannot connect with {shown}") from ValueError(shown)
        except RuntimeError as error:
            text = lines(redaction, f"tried {shown} and %s", shown, error=error)
        inner = shown.strip("'\"")
        assert f"tried {shown} and" not in text
        assert f"with {shown}" not in text
        if len(inner) > 12:
            assert inner not in text


def test_short_secrets_do_not_mask_parts_of_words() -> None:
    redaction = Redaction()
    redaction.keep("a", "")
    assert lines(redaction, "a banana, password=a").split("\n")[0] == "****** banana, password=******"


def test_the_longer_of_two_secrets_is_masked_whole_and_for_good() -> None:
    redaction = Redaction()
    redaction.keep("secret")
    redaction.keep("secret-two")
    assert lines(redaction, "secret-two, secret").split("\n")[0] == "******, ******"


def test_an_event_whose_arguments_do_not_fit_is_masked_too() -> None:
    redaction = Redaction()
    redaction.keep("")
    assert lines(redaction, "%d secret of %d", 1).split("\n")[0] == "%d secret of %d"
    redaction.keep("secret")
    assert lines(redaction, "%d secret of %d", 1).split("\n")[0] == "%d ****** of %d"


def test_a_traceback_and_a_stack_that_were_written_before_are_masked() -> None:
    redaction = Redaction()
    redaction.keep("secret")
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "text", (), None)
    record.exc_text, record.stack_info = "Traceback: secret\n", "Stack: secret"
    assert redaction.filter(record)
    assert (record.exc_text, record.stack_info) == ("Traceback: ******", "Stack: ******")
