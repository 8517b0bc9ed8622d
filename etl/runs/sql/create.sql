-- A unit of a run's work. `attempts` is counted when it is taken, so a task that kills its runner is seen; so are
-- `strikes`, the attempts that ended their runner or failed because of the task itself.
create table if not exists {{ schema | ident }}.task (
    id bigserial primary key,
    run bigint not null,
    seq int not null,
    stage int not null,
    kind varchar(32) not null,
    title text not null,
    in_table varchar(63) not null default '',
    lane varchar(130) not null default '',
    first_position bigint,
    after_position bigint,
    claimed_rows bigint not null default 0,
    state varchar(16) not null default 'todo'
        check (state in ('todo', 'running', 'done', 'quarantined', 'dropped')),
    owner varchar(64),
    fence bigint,
    attempts int not null default 0,
    strikes int not null default 0,
    counters jsonb not null default '{}',
    error text,
    created_at timestamp with time zone not null default clock_timestamp(),
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    unique (run, seq)
)
