-- Our own rows about runs, beside the marker. The fencing token has a row of its own: tasks lock it `for share`,
-- and a row that the heartbeat updates must not be locked so.
create table if not exists {{ schema | ident }}.run (
    id bigint primary key,
    company varchar(63) not null,
    marker int not null,
    owner varchar(64) not null,
    fence bigint not null,
    state varchar(8) not null check (state in ('running', 'done', 'stopped')),
    heartbeat_at timestamp with time zone,
    started_at timestamp with time zone not null default clock_timestamp(),
    finished_at timestamp with time zone,
    message text
);
-- A constraint ensures that there is one running run, independently of the code.
create unique index if not exists run_running on {{ schema | ident }}.run ((true)) where state = 'running';
-- The fencing token.
create table if not exists {{ schema | ident }}.run_fence (
    only_row bool primary key default true check (only_row),
    fence bigint not null default 0
);
-- Its one row.
insert into {{ schema | ident }}.run_fence default values on conflict do nothing;
-- The runners of a run: its owner, and the helpers that joined it. `heartbeat_at` is a helper's own lease; null
-- for the owner, whose lease is the run's, and for a helper that has left or was dismissed. `pinned`: see
-- engine/compatibility.py.
create table if not exists {{ schema | ident }}.runner (
    run bigint not null references {{ schema | ident }}.run on delete cascade on update cascade,
    owner varchar(64) not null,
    fence bigint not null,
    host varchar(253) not null,
    pid int not null,
    pinned varchar(64) not null,
    joined_at timestamp with time zone not null default clock_timestamp(),
    heartbeat_at timestamp with time zone,
    primary key (run, owner)
)
