"""Finds the version that a command names, and checks the metadata against the versions; no I/O."""

from collections.abc import Iterable

from etl.errors import ConfigurationError
from etl.outputs.versions.registry import VersionRow
from etl.outputs.versions.version import Versions
from etl.quoting import fold, shown


def current_version(found: Iterable[VersionRow]) -> VersionRow | None:
    """The one that the views show."""
    return next((one for one in found if one.is_current), None)


def find_version(found: list[VersionRow], name: str, versions: Versions) -> VersionRow:
    """The version of a schema's name, or of an environment version. Raises ConfigurationError for none."""
    schemas = (fold(name), versions.named(name).schema if name.replace("_", "").isalnum() else "")
    for known in found:
        if known.schema in schemas:
            return known
    there = ", ".join(one.version.environment_version for one in found) or "none yet"
    raise ConfigurationError(f"there is no out_ version {shown(name)} of company {versions.company.code}: {there}")


def refuse_changed(found: list[VersionRow], versions: Versions) -> None:
    """Raises ConfigurationError when the metadata asks for other tables than the version has that the environment
    names, and no other version has them either (vendor's guide: "обязательно инкремент").
    """
    wanted = versions.wanted
    newest = next((one for one in found if one.schema == versions.newest.schema), None)
    if newest is None or newest.structure is None or any(_fits(one, versions) for one in found):
        return
    lines = "\n".join(f"  {line}" for line in newest.structure.differences(wanted, newest.schema))
    raised = next_version(found, versions)
    raise ConfigurationError(
        f"the metadata of company {versions.company.code} asks for other out_ tables than {newest.schema} has:\n"
        f"{lines}\n"
        f"raise MYBPM_OUT_MIGRATION_VERSION (now {versions.environment_version}), and the next run makes a new schema "
        f"beside it; or do it now: `etl out build --version {raised}`"
    )


def _fits(known: VersionRow, versions: Versions) -> bool:
    return known.structure is not None and not known.structure.differences(versions.wanted, known.schema)


def next_version(found: list[VersionRow], versions: Versions) -> str:
    """The lowest number above those in use."""
    taken = [versions.environment_version, *(one.version.environment_version for one in found)]
    return str(max([int(one) for one in taken if one.isdecimal()], default=0) + 1)
