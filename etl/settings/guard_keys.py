"""Keys of configs/InMigrationConfig.txt about limits, safeguards and retention."""

from etl.settings.keys import Key, ValueKind

GUARD_KEYS = (
    Key(
        "errorLimit",
        ValueKind.NUMBER,
        "",
        "A run that rejects more rows than this stops; what it merged until then stays merged.",
        unit="rows",
        largest=9_000_000_000_000_000_000,
        empty="no limit",
    ),
    Key(
        "maxRemovedShare",
        ValueKind.NUMBER,
        "30",
        "A run that would remove more than this share of an object's instances stops before it merges anything; "
        "`etl run --accept` overrides that. A normal day seldom removes a tenth, a broken export removes nearly all. "
        "Objects with fewer than 100 instances are not checked.",
        unit="percent",
        smallest=1,
        largest=100,
        empty="any share may be removed",
    ),
    Key(
        "maxBlankedShare",
        ValueKind.NUMBER,
        "30",
        "The same for emptied fields: how many of an object's instances may lose a field's value in one run. A column "
        "that an export left out is empty in every row. No effect if nullPolicy is keep.",
        unit="percent",
        smallest=1,
        largest=100,
        empty="any share may be emptied",
    ),
    Key(
        "maxChangedShare",
        ValueKind.NUMBER,
        "",
        "The same for changes: how many of an object's instances may get other values in one run. Some feeds change "
        "every row every day, so this is off by default. It reads all rows of a batch that is large compared with its "
        "object.",
        unit="percent",
        smallest=1,
        largest=100,
        empty="any share may be changed",
    ),
    Key(
        "maxUnlinkedShare",
        ValueKind.NUMBER,
        "",
        "The same for links: how many of a field's links to one object may end in one run, by rows with removed = true "
        "or because a full set (linkMode: replace) does not contain them. A link of a SINGLE field that is replaced by "
        "another does not count. Fields with fewer than 100 links are not checked. Off by default: full sets may "
        "change as a whole.",
        unit="percent",
        smallest=1,
        largest=100,
        empty="any share may be ended",
    ),
    Key(
        "taskAttempts",
        ValueKind.NUMBER,
        "5",
        "How often a task may crash its runner, or fail for a reason that no single row explains, before its rows are "
        "rejected unread (CHUNK_QUARANTINED) and the run continues. From the third time on it runs alone.",
        unit="attempts",
        smallest=3,
        largest=1_000_000,
    ),
    Key(
        "faultPatienceSeconds",
        ValueKind.NUMBER,
        "600",
        "How long a run waits for a server that an administrator must repair: disk full, out of memory, read-only, no "
        "login. Hooks are notified once; the run keeps its lease and continues by itself. 0 ends the run at once.",
        unit="seconds",
        smallest=0,
        largest=1_000_000,
    ),
    Key(
        "copyTables",
        ValueKind.BOOLEAN,
        "true",
        "Whether the first run of a day copies the ready rows of each in_ table into copy_<yyyy_MM_dd>_<table>.",
    ),
    Key(
        "copyDays",
        ValueKind.NUMBER,
        "10",
        "Older copies are dropped, unless a view depends on them.",
        unit="days",
        smallest=1,
        largest=36_500,
    ),
    Key(
        "cleanDays",
        ValueKind.NUMBER,
        "10",
        "Older runs are deleted: their tasks, their errors beside the in_ tables, and their journal entries. Receipts, "
        "and the errors in the golden store, are kept.",
        unit="days",
        smallest=1,
        largest=36_500,
    ),
    Key(
        "historyDays",
        ValueKind.NUMBER,
        "0",
        "How far `etl history` and `etl undo` of batches reach back: the store's journal, its units and what undos "
        "need are kept for so long, if that is longer than cleanDays, and the journal has an index for it. 0: as long "
        "as cleanDays, without that index.",
        unit="days",
        smallest=0,
        largest=36_500,
    ),
    Key(
        "cleanLimit",
        ValueKind.NUMBER,
        "10000",
        "How many expired rows of each kind a run deletes before it begins; `etl clean` deletes all of them.",
        unit="rows",
        smallest=1,
        largest=10_000_000,
    ),
)
