"""Keys of the service (`etl run --loop`): what starts a run besides the schedule."""

from etl.settings.keys import Key, ValueKind

LOOP_KEYS = (
    Key(
        "startOnHandOver",
        ValueKind.BOOLEAN,
        "true",
        "Whether `etl run --loop` starts a run as soon as the partner hands over, also outside of the schedule; a "
        "trigger on process_tracking notifies it. If false, only the schedule starts runs, and there is no trigger: "
        "required if the partner uses two-phase commit.",
    ),
    Key(
        "pollSeconds",
        ValueKind.NUMBER,
        "30",
        "How often `etl run --loop` checks for a hand-over without a notification (connection poolers drop them).",
        unit="seconds",
        smallest=1,
        largest=3_600,
    ),
    Key(
        "timeZone",
        ValueKind.TEXT,
        "",
        "Time zone of the schedule, like Asia/Almaty.",
        pattern=r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*",
        rule="is not the name of a time zone: write one like Asia/Almaty or UTC",
        empty="the zone of this machine",
    ),
)
