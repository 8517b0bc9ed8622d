"""Keys of configs/InMigrationConfig.txt about hooks, and about when a hand-over is due."""

from etl.settings.keys import Key, ValueKind
from etl.settings.schedule.due import DUE_PATTERN, DUE_RULE

NOTICE_KEYS = (
    Key(
        "hookCommand",
        ValueKind.TEXT,
        "",
        "Command that is notified of finished and stopped runs and of late and stalled feeds: it gets one JSON object "
        "on standard input. Quoted as in a shell, but not run by a shell. Refused if others may write this file.",
        empty="none",
        guarded=True,
    ),
    Key(
        "hookUrl",
        ValueKind.TEXT,
        "",
        "URL to which the same JSON is posted. It often contains a token, so hookUrl:ENV=NAME is better. "
        "Refused if others may write this file.",
        secret=True,
        pattern=r"https?://[^\s/?#]+[^\s]*",
        rule="is not a URL: write one that begins with https:// or http://",
        empty="none",
        guarded=True,
    ),
    Key(
        "hookSeconds",
        ValueKind.NUMBER,
        "10",
        "Time limit of a hook; then it is killed, and the run continues.",
        unit="seconds",
        smallest=1,
        largest=300,
    ),
    Key(
        "freshnessDue",
        ValueKind.TEXT,
        "",
        "When a hand-over is due each day, and the time zone: 02:00, 14:00 Asia/Almaty. The default zone is timeZone, "
        "else UTC. It is late if none came since the time before, or within freshnessMinutes before it.",
        pattern=DUE_PATTERN,
        rule=DUE_RULE,
        empty="at no fixed time",
    ),
    Key(
        "freshnessMinutes",
        ValueKind.NUMBER,
        "",
        "How old the last hand-over may be at the times of freshnessDue, or, without them, at any time.",
        unit="minutes",
        smallest=1,
        largest=525_600,
        empty="any age",
    ),
    Key(
        "stalledMinutes",
        ValueKind.NUMBER,
        "",
        "How long a hand-over may stay unread: its run has not begun, has not ended, or was stopped.",
        unit="minutes",
        smallest=1,
        largest=525_600,
        empty="any time",
    ),
)
