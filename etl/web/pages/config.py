"""Configuration: every setting as it counts, and where it comes from. Secrets are masked by the settings themselves."""

from etl.web.pages.frame import CompanyPage, LastGood, framed, last_good
from etl.web.requests import Model, PageRequest


class ConfigItem(Model):
    """A setting. `value` is "" where none is given, and `empty` says what that means; `kind` is where it comes from."""

    key: str
    value: str
    unit: str
    empty: str
    kind: str
    origin: str
    is_default: bool


class ConfigFile(Model):
    """The settings of one text."""

    file: str
    items: tuple[ConfigItem, ...]


class Config(CompanyPage):
    """By file, in the order of the samples. `faults`: why the values are the last good ones, not those of now."""

    files: tuple[ConfigFile, ...]
    faults: tuple[LastGood, ...]


def page(request: PageRequest) -> Config:
    """The settings that this company's work has now."""
    files: dict[str, list[ConfigItem]] = {}
    for one in request.runtime.settings.values:
        shown = one.shown
        value = "" if shown in ("", None) else str(shown).lower() if isinstance(shown, bool) else str(shown)
        item = ConfigItem(
            key=one.key.name,
            value=value,
            unit=one.key.unit or "",
            empty=one.key.empty or "",
            kind=str(one.origin.kind),
            origin=str(one.origin),
            is_default=one.origin.kind == "default",
        )
        files.setdefault(one.file, []).append(item)
    return Config(
        **framed(request),
        files=tuple(ConfigFile(file=name, items=tuple(ones)) for name, ones in files.items()),
        faults=last_good(request),
    )
