"""The parts of a contract beside the metadata: schemas and the limits that the operator has set."""

from dataclasses import dataclass

from etl.settings import KafkaSettings


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
