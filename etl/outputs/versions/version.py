"""A version's name, and the schemas and limits of a company's versions."""

from dataclasses import dataclass

from etl.metadata import Company, names
from etl.metadata.out_structure import OutStructure


@dataclass(frozen=True)
class OutVersion:
    """A version's schema. `environment_version` is MYBPM_OUT_MIGRATION_VERSION (vendor's guide, OUT migration)."""

    schema: str
    store_schema: str
    environment_version: str
    code_version: str = names.OUT_MIGRATION_VERSION

    @property
    def variables(self) -> dict[str, object]:
        return {"out_schema": self.schema, "store_schema": self.store_schema}


@dataclass(frozen=True)
class Versions:
    """The settings of a company's versions: the structure of a new one, and how one is filled.

    `environment_version` names the version that runs make when it is missing. `kept_states` are the states beside
    ACTUAL in which an instance stays. `chunk_rows` are filled at once; a table of more than `undivided_rows` is filled
    in two parts; `fill_seconds` is how long one run may fill.
    """

    company: Company
    store_schema: str
    environment_version: str
    kept_states: tuple[str, ...]
    chunk_rows: int
    undivided_rows: int
    fill_seconds: float

    def named(self, environment_version: str) -> OutVersion:
        schema = names.out_schema(self.company.code, names.OUT_MIGRATION_VERSION, environment_version)
        return OutVersion(schema, self.store_schema, environment_version)

    @property
    def newest(self) -> OutVersion:
        """The version that the environment names."""
        return self.named(self.environment_version)

    @property
    def wanted(self) -> OutStructure:
        """The structure that the metadata requires now."""
        return OutStructure.of(self.company, kept=self.kept_states)

    @property
    def views_schema(self) -> str:
        return names.out_views_schema(self.company.code)
