"""Samples of the files that have a grammar of their own instead of `key=value` lines."""

from etl.settings.kafka_distribution import DISTRIBUTION
from etl.settings.logging import LOGGING
from etl.settings.schedule.file import (
    APPLY_REFERENCES,
    DEFAULT_PATTERN,
    DELETE_RECORDS,
    DELETE_REFERENCES,
    DIRECTORY_SCHEDULE,
    KAFKA_PATTERNS,
    KAFKA_SCHEDULE,
    METHOD,
    SCHEDULE,
    SYNC_METHOD,
)

_SCHEDULE = f"""\
# When `etl run --loop` checks whether rows are ready. `etl config schedule` shows the next times.
#
# One line per method: method = pattern. # before a line or before its pattern switches it off, and so does the
# pattern off. After a pattern, # starts a comment.
#
#   repeat every 30 sec          from the start of the service; repeat every 1 hour after pause in 5 min
#   02:00                        a time of day, in timeZone of configs/InMigrationConfig.txt
#   from 9:00 to 18:00 every 10 min
#   mon  ·  1 15 jan..jun  ·  2026 2028..2030 year  ·  from 9:00 to 18:00      days and periods, together with the above
#   a * b: both apply (binds tighter)  ·  a + b: one of them applies  ·  ( ) group
#   from 9:00 to 18:00 every 10 min * (mon + wed)
#
# In Russian: повторять каждые 30 минут начиная с паузы 5 минут  ·  с 9:00 до 18:00 каждый час * (пн + ср)  ·  17 мая
#
# A hand-over starts a run at once, independent of this schedule, unless startOnHandOver is false. With off no run
# starts at all.

{METHOD} = {DEFAULT_PATTERN}
"""

_LOGGING = """\
# Where log events go. Log files are in $ETL_LOG, by default in the folder log in the home of etl; a full file is rolled
# to .1.log.gz, .2.log.gz, ... All commands except `etl run --loop` print only WARN and above to stdout and stderr. If
# this file has errors, the previous logging configuration stays in force, and the errors are written beside this file.
#
# layout NAME            how a line looks
# destination_to NAME    a kind of destination: rolling_file, stdout or stderr
# destination NAME TO    one destination of that kind; for a rolling_file also its path in the log folder, without .log
# category PREFIX        which loggers it applies to; root applies to all others
# A - before any of them switches it off. Levels: OFF FATAL ERROR WARN INFO DEBUG TRACE. Sizes: 100000, 10 MB, 50MiB.
# Patterns are Logback's: %d %level %logger %thread %msg %mdc %ex %n, %-5level, %23.23thread; %json is one line of JSON.

layout
  pattern : %d{yyyy-MM-dd'T'HH:mm:ss.SSS} [%23.23thread] Q %msg%n

layout trace
  pattern : %d{yyyy-MM-dd'T'HH:mm:ss.SSS} %-5level Q%mdc{LID} %logger %msg%n

destination_to console
  type stderr

destination_to to_big_file
  type rolling_file
  layout trace
  max_file_size 50MiB
  files_count 10

destination console console
  level INFO

destination tracer_in_pg_migration to_big_file traces/in_pg_migration
  level TRACE

category tracer_in_pg_migration
  level TRACE
  assign_to tracer_in_pg_migration

# Syncs with Active Directory, and logins that were refused.
destination adMigration to_big_file migration/ad
  level TRACE

category AdMigration
  level TRACE
  assign_to adMigration

# The groups of each user who signs in by the directory.
destination tracer_ad_1 to_big_file traces2/ad_1
  level TRACE

category tracer_ad_1
  level TRACE
  assign_to tracer_ad_1

root
  level INFO
  assign_to console
"""

_KAFKA_LINES = "\n".join(f"{method} = {pattern}" for method, pattern in KAFKA_PATTERNS.items())
_KAFKA_SCHEDULE = f"""\
# When the records that are read from Kafka are looked after. The patterns are those of
# scheduler/core/InMigrationScheduler.scheduler-config.txt, where they are explained.
#
# {DELETE_RECORDS}          forgets recordIds older than recordCleanHours of configs/InMigrationKafkaConfig.txt
# {APPLY_REFERENCES}            tries waiting links again whose last try is older than interval
# {DELETE_REFERENCES}  deletes waiting links that have found their end

{_KAFKA_LINES}
"""

_DIRECTORY_SCHEDULE = f"""\
# When `etl run --loop` brings all users of Active Directory, as etl ad sync does; without a line never. Patterns are
# those of scheduler/core/InMigrationScheduler.scheduler-config.txt, where they are explained. Every night:
#
# {SYNC_METHOD} = 02:00
"""

_DISTRIBUTION = """\
# Business objects whose records go into a topic of their own instead of the topic of their output: code: topic.
# Client: OUT_MIGRATION_CLIENT
"""

OWN_GRAMMARS = {
    SCHEDULE: _SCHEDULE,
    KAFKA_SCHEDULE: _KAFKA_SCHEDULE,
    DIRECTORY_SCHEDULE: _DIRECTORY_SCHEDULE,
    DISTRIBUTION: _DISTRIBUTION,
    LOGGING: _LOGGING,
}
