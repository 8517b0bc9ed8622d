"""Keys of configs/InMigrationConfig.txt about what guards the data and what is forgotten in time."""

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
        "`etl run --accept` lets it pass. A real day seldom removes a tenth, a broken export removes nearly all. "
        "Objects with fewer than 100 instances are not watched.",
        unit="percent",
        smallest=1,
        largest=100,
        empty="any share may be removed",
    ),
    Key(
        "maxBlankedShare",
        ValueKind.NUMBER,
        "30",
        "The same for emptying a field: how many of an object's instances may lose its value in one run. A column that "
        "an export forgot comes empty in every row. Without effect when nullPolicy is keep.",
        unit="percent",
        smallest=1,
        largest=100,
        empty="any share may be emptied",
    ),
    Key(
        "maxChangedShare",
        ValueKind.NUMBER,
        "",
        "The same for changes: how many of an object's instances may get other values in one run. A feed in which each "
        "row changes every day is no accident, so nothing is watched unless a share is given. It costs a look at all "
        "rows of a batch that is large beside its object.",
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
        "or because a full set (linkMode: replace) does not name them. The link of a SINGLE field that gives way to "
        "another does not count. Fields with fewer than 100 links are not watched. Without a share nothing is: "
        "full sets may change as a whole.",
        unit="percent",
        smallest=1,
        largest=100,
        empty="any share may be ended",
    ),
    Key(
        "taskAttempts",
        ValueKind.NUMBER,
        "5",
        "How often a task may end its runner, or meet a fault that no single row explains, until it is set aside: "
        "its rows are rejected unread (CHUNK_QUARANTINED), the run continues. From the third time on it runs alone.",
        unit="attempts",
        smallest=3,
        largest=1_000_000,
    ),
    Key(
        "faultPatienceSeconds",
        ValueKind.NUMBER,
        "600",
        "How long a run waits, after one notice, for a server that an administrator must repair: disk full, out of "
        "memory, read only, no login. It keeps its lease and continues by itself. 0 ends the run at once.",
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
        "Copies that are older are dropped, unless a view needs them.",
        unit="days",
        smallest=1,
        largest=36_500,
    ),
    Key(
        "cleanDays",
        ValueKind.NUMBER,
        "10",
        "Runs that are older are forgotten: their tasks, their errors beside the in_ tables, their part of the "
        "journal. Receipts, and the errors in the golden store, stay.",
        unit="days",
        smallest=1,
        largest=36_500,
    ),
    Key(
        "cleanLimit",
        ValueKind.NUMBER,
        "10000",
        "Expired rows of each kind that a run deletes before it begins; `etl clean` repeats this until none is left.",
        unit="rows",
        smallest=1,
        largest=10_000_000,
    ),
)
