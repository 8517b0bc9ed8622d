"""The parts of a contract beside the metadata: schemas and the limits that the operator has set."""

from dataclasses import dataclass

from etl.metadata import Company, names
from etl.settings import KafkaSettings, Settings


@dataclass(frozen=True)
class Terms:
    """`out_schema` is that of the version whose DDL is shown, `views_schema` where readers find it. `keeps_on_null`: an
    empty column leaves its field as it is, instead of emptying it. `kept_states`: the states beside ACTUAL in which
    instances are in the out_ tables. `kafka`: None where nothing is read from topics or written into them.
    """

    in_schema: str
    out_schema: str
    views_schema: str
    max_value_bytes: int
    reference_expiry_minutes: int
    keeps_on_null: bool = False
    kept_states: tuple[str, ...] = ()
    kafka: KafkaSettings | None = None

    @classmethod
    def of(cls, settings: Settings, company: Company) -> "Terms":
        """Those of a company, by its settings."""
        version = names.OUT_MIGRATION_VERSION, settings.out_environment_version
        return cls(
            in_schema=settings.in_migration.schema_name,
            out_schema=names.out_schema(company.code, *version),
            views_schema=names.out_views_schema(company.code),
            max_value_bytes=settings.in_migration.max_value_bytes,
            reference_expiry_minutes=settings.in_migration.reference_expiry_minutes,
            keeps_on_null=settings.in_migration.null_policy == "keep",
            kept_states=settings.out_migration.kept_states,
            kafka=settings.kafka if settings.kafka.is_used else None,
        )
