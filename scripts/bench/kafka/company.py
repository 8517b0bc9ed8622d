"""The unit of work as metadata: clients of 8 fields with one link to a branch; and a contestant's configuration."""

from dataclasses import dataclass
from pathlib import Path

from scripts.bench.company import CODE, Place

STORE = "store_bench"

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
_CLIENT = f"""
code: Client
orderIndex: 1
fields:
  - {{code: Surname, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Patronymic, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Email, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Balance, type: INPUT_NUMBER, {_FLAGS}}}
  - {{code: Credit_limit, type: INPUT_NUMBER, {_FLAGS}}}
  - {{code: Born_at, type: FULL_DATE, {_FLAGS}}}
  - {{code: Vip, type: CHECKBOX, {_FLAGS}}}
"""
_LINKED = f"{_CLIENT}  - {{code: Branch, type: BO, bo: Branch, {_FLAGS}}}\n"
_BRANCH = f"""
code: Branch
orderIndex: 2
fields:
  - {{code: Code, type: INPUT_TEXT, isUnique: true, {_FLAGS}}}
  - {{code: Title, type: INPUT_TEXT, {_FLAGS}}}
"""
LINKED = {"Client": _LINKED, "Branch": _BRANCH}
"""Clients with their link."""
FLAT = {"Client": _CLIENT}
"""Clients alone."""


@dataclass(frozen=True)
class Flow:
    """What a contestant reads and writes: documents of the company, topics in, the topic out ("": none), workers, and
    whether out_ tables are filled."""

    documents: dict[str, str]
    topics: str
    out_topic: str = ""
    workers: int = 1
    shows: bool = False


def configure(tree: Path, place: Place, servers: str, group: str, flow: Flow) -> None:
    """Writes the configuration of a contestant. Its consumers are a group of their own."""
    on = {True: "true", False: "false"}
    texts = {
        "configs/InMigrationConfig.txt": f"companyCode={CODE}\n",
        "configs/InMigrationPostgresConfig.txt": place.lines,
        "configs/OutMigrationPostgresConfig.txt": f"hasOutMigration={on[flow.shows]}\n",
        "configs/KafkaConfig.txt": f"servers={servers}\n",
        "configs/InMigrationKafkaConfig.txt": (f"hasInMigrationKafka=true\ntopics={flow.topics}\ngroupId={group}\n"),
        "configs/OutMigrationKafkaConfig.txt": (
            f"hasOutMigrationKafka={on[bool(flow.out_topic)]}\ntopic={flow.out_topic}\nbusinessObjects=Client\n"
        ),
        "consumers/InMigration.workerCount": f"comeKafkaInMigration={flow.workers}\n",
    }
    texts |= {f"companies/{CODE}/business-objects/{code}.yaml": text for code, text in flow.documents.items()}
    for path, text in texts.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text, encoding="utf-8")
