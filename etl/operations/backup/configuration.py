"""The configuration as a backup keeps it: references to secrets stay, and a secret itself becomes a reference."""

from collections.abc import Iterator, Mapping

from etl.settings.catalogue import FILES
from etl.settings.grammar import parse_pairs
from etl.settings.kafka_keys import KAFKA_FILES, output_files
from etl.settings.keys import KeyFile
from etl.settings.web_keys import WEB_FILE

_VARIABLE = "ETL_LEFT_OUT_{}"


def without_secrets(texts: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The texts, where `password=…` reads `password:ENV=ETL_LEFT_OUT_1`; and which keys of which texts these are."""
    kept: dict[str, str] = {}
    left_out: list[str] = []
    for path, text in texts.items():
        lines = text.split("\n")
        for number, key in _secrets(path, text, texts):
            variable = _VARIABLE.format(len(left_out) + 1)
            lines[number - 1] = f"{key}:ENV={variable}"
            left_out.append(f"{path}: {key} is read from the environment variable {variable}")
        kept[path] = "\n".join(lines)
    return kept, left_out


def variables_of(texts: Mapping[str, str]) -> set[str]:
    """The environment variables that the texts refer to."""
    return {pair.variable for text in texts.values() for pair in parse_pairs("", text, _Anything())[0] if pair.variable}


def _secrets(path: str, text: str, texts: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Line and key of each value that is secret; the default of a key is none."""
    file = _file_of(path, texts)
    if file is None:
        return
    for pair in parse_pairs(path, text, _Anything())[0]:
        key = file.key(pair.key)
        if pair.value and not pair.variable and key and key.secret and pair.value != key.default:
            yield pair.line, pair.key


def _file_of(path: str, texts: Mapping[str, str]) -> KeyFile | None:
    """How the keys of a text are declared, also of a company's own copy."""
    own = path.split("/", 2)[2] if path.startswith("companies/") and path.count("/") > 1 else path
    outputs = output_files([own])
    return next((one for one in (*FILES, *KAFKA_FILES, WEB_FILE, *outputs) if one.path == own), None)


class _Anything(dict[str, str]):
    """An environment in which every variable is defined."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return "?"
