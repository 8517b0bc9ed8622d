"""Reads texts into settings, layer by layer: default, file, the company's own file, each key by key."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from pydantic import SecretStr

from etl import __version__
from etl.errors import Problem
from etl.settings.catalogue import FILES, IN_MIGRATION
from etl.settings.company import choose, company_folders, is_code, undecided
from etl.settings.convert import FaultyValueError, convert
from etl.settings.files import misplaced_files
from etl.settings.grammar import KeyValue, parse_pairs
from etl.settings.kafka_keys import output_files
from etl.settings.keys import Key, KeyFile
from etl.settings.origin import DEFAULT, Origin, OriginKind, Setting
from etl.settings.renamed import RenamedKey, both_names, renamed_key

_COMPANY_CODE = (IN_MIGRATION, "companyCode")
# The maximum number that a message lists.
_LISTED_KEYS = 12


@dataclass
class Layers:
    """All keys of all files with the value of their topmost layer, and all problems."""

    origin: str
    # Path -> why others may have written the text.
    open_texts: Mapping[str, str] = field(default_factory=dict)
    settings: dict[tuple[str, str], Setting] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    # Keys with a faulty value; what depends on them is not checked, so that one fault gives one problem.
    faulty: set[tuple[str, str]] = field(default_factory=set)
    company: str = ""
    # The texts of single outputs into Kafka.
    outputs: list[KeyFile] = field(default_factory=list)
    # Kept apart, so that `etl config show` works without a company.
    company_problem: Problem | None = None

    def location(self, path: str) -> str:
        """The location of `path` for messages: a path, or the URL of a node."""
        base = self.origin.removeprefix("file:").rstrip("/")
        return f"{base}/{path}" if base else path

    def value(self, file: str, key: str) -> object:
        return self.settings[file, key].value

    def members(self, file: str, beginning: str) -> dict[str, Setting]:
        """What was written of a family of keys: ending -> setting. An empty value is as if it were not there."""
        return {
            name.removeprefix(beginning): setting
            for (path, name), setting in self.settings.items()
            if path == file and name.startswith(beginning) and setting.value not in ("", SecretStr(""))
        }

    def complain(self, file: str, key: str, message: str) -> None:
        """Adds a problem of a key whose text is well-formed, at the location that its value comes from."""
        origin = self.settings[file, key].origin
        self.problems.append(Problem(message, origin.path or self.location(file), origin.line, key))


def read_layers(
    texts: Mapping[str, str],
    origin: str,
    company: str | None,
    environ: Mapping[str, str],
    open_texts: Mapping[str, str],
) -> Layers:
    """Reads all layers of all files. Raises nothing."""
    layers = Layers(origin, open_texts)
    _lay_files(layers, FILES, texts, environ)
    _choose_company(layers, company, company_folders(texts))
    own = f"companies/{layers.company}/"
    layers.outputs = output_files(path.removeprefix(own) for path in texts)
    _lay_files(layers, layers.outputs, texts, environ)
    for file in (*FILES, *layers.outputs):
        path = f"{own}{file.path}"
        if layers.company and file.overlaid and path in texts:
            _add_layer(layers, file, path, texts[path], environ, OriginKind.COMPANY)
    _check_overlaid_code(layers)
    layers.problems.extend(misplaced_files(texts, layers.location))
    return layers


def _lay_files(layers: Layers, files: Iterable[KeyFile], texts: Mapping[str, str], environ: Mapping[str, str]) -> None:
    """Adds the defaults and the layer that holds for all companies."""
    for file in files:
        for key in file.keys:
            layers.settings[file.path, key.name] = Setting(file.path, key, convert(key, key.default), DEFAULT)
        if file.path in texts:
            _add_layer(layers, file, file.path, texts[file.path], environ, OriginKind.FILE)


def _add_layer(
    layers: Layers, file: KeyFile, path: str, text: str, environ: Mapping[str, str], kind: OriginKind
) -> None:
    location = layers.location(path)
    pairs, problems = parse_pairs(location, text, environ)
    layers.problems.extend(problems)
    names = {pair.key for pair in pairs}
    for pair in pairs:
        if renamed := renamed_key(file.path, pair.key):
            if problem := _refused(renamed, names, location, pair):
                layers.problems.append(problem)
                continue
            pair = replace(pair, key=renamed.new)
        key = file.key(pair.key, hidden=bool(pair.variable))
        if key is None:
            why = file.fault(pair.key)
            problem = Problem(why, location, pair.line, pair.key) if why else _unknown(file, location, pair)
            layers.problems.append(problem)
        elif pair.value and key.guarded and path in layers.open_texts:
            layers.problems.append(_untrusted(location, pair, layers.open_texts[path]))
        elif pair.value is not None:
            _set(layers, file, key, pair, Origin(kind, location, pair.line, pair.variable))


def _refused(renamed: RenamedKey, names: Collection[str], location: str, pair: KeyValue) -> Problem | None:
    """Why an old name does not count."""
    if renamed.new in names:
        return both_names(renamed, location, pair.line)
    return None if renamed.counts else Problem(renamed.refusal, location, pair.line, renamed.old)


def _set(layers: Layers, file: KeyFile, key: Key, pair: KeyValue, origin: Origin) -> None:
    if pair.variable:
        origin = replace(origin, kind=OriginKind.ENVIRONMENT)
    try:
        value = convert(key, pair.value or "")
    except FaultyValueError as error:
        layers.faulty.add((file.path, key.name))
        message = f"{error} (from the environment variable {pair.variable})" if pair.variable else str(error)
        layers.problems.append(Problem(message, origin.path, pair.line, key.name))
    else:
        # The company's value overrides a faulty one of the file below it.
        layers.faulty.discard((file.path, key.name))
        layers.settings[file.path, key.name] = Setting(file.path, key, value, origin)


def _choose_company(layers: Layers, asked: str | None, folders: list[str]) -> None:
    if asked is not None and not is_code(asked):
        message = f"{asked!r} is not a company code: write letters, digits and underscores, beginning with a letter"
        layers.problems.append(Problem(message))
        return
    layers.company = choose(asked, str(layers.value(*_COMPANY_CODE)), folders)
    if not layers.company and _COMPANY_CODE not in layers.faulty:
        layers.company_problem = Problem(undecided(folders), layers.location(IN_MIGRATION), None, _COMPANY_CODE[1])


def _check_overlaid_code(layers: Layers) -> None:
    """A company's own file must not name another company."""
    setting = layers.settings[_COMPANY_CODE]
    if setting.origin.path.startswith(layers.location("companies/")) and setting.value != layers.company:
        message = f"{setting.value} is set in the folder of company {layers.company}: delete this line"
        layers.complain(*_COMPANY_CODE, message)


def _untrusted(location: str, pair: KeyValue, why: str) -> Problem:
    danger = "users who may write this text could run programs as etl, or receive its messages"
    cure = "close it to others, or delete the line"
    return Problem(f"is refused: {why}, and {danger}; {cure}", location, pair.line, pair.key)


def _unknown(file: KeyFile, location: str, pair: KeyValue) -> Problem:
    by_lower = {key.name.lower(): key.name for key in file.keys}
    close = get_close_matches(pair.key.lower(), by_lower, n=1, cutoff=0.6)
    hint = (
        f"did you mean {by_lower[close[0]]}?"
        if close
        else f"{_listed([*by_lower.values()])}; or a newer etl knows it, this is {__version__}"
    )
    # A bare word that resembles no key may be a value on a line of its own; it is not repeated.
    named = "" if pair.value is None and not close else pair.key
    return Problem(f"unknown key; {hint}", location, pair.line, named)


def _listed(keys: list[str]) -> str:
    rest = len(keys) - _LISTED_KEYS
    more = f" and {rest} more: `etl config init` writes them all" if rest > 0 else ""
    return "known here: " + ", ".join(keys[:_LISTED_KEYS]) + more
