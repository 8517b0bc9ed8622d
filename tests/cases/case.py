"""One case folder as a value."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from etl.ddl import Direction, statements
from etl.metadata import Company, parse_company

DIRECTIONS = (Direction.IN, Direction.STORE, Direction.OUT)
FOLDER = Path(__file__).parent
# The vendor's guide shows its Natural_client and Contracts in schema public.
SCHEMAS = {"in_schema": "in_tables", "store_schema": "store_demo", "out_schema": "out_demo_1_8"}
IN_SCHEMAS = {"natural_client": "public", "contracts": "public"}


@dataclass(frozen=True)
class Case:
    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def schemas(self) -> dict[str, str]:
        return SCHEMAS | {"in_schema": IN_SCHEMAS.get(self.name, SCHEMAS["in_schema"])}

    @cached_property
    def documents(self) -> dict[str, str]:
        found = sorted(self.folder.glob("business-objects/*.yaml"))
        return {f"companies/demo/business-objects/{path.name}": path.read_text() for path in found}

    @cached_property
    def company(self) -> Company:
        return parse_company("demo", self.documents)

    def expected_path(self, direction: Direction) -> Path:
        return self.folder / f"{direction}.sql"

    def printed(self, direction: Direction) -> str:
        return "\n\n".join(change.sql for change in statements(self.company, direction, **self.schemas)) + "\n"


def all_cases() -> list[Case]:
    return [Case(path.parent) for path in sorted(FOLDER.glob("*/business-objects"))]
