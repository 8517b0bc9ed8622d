-- kind: additive
-- oldest_writer: 0
-- oldest_reader: 0
-- Who may use the console, who is signed in, what was done. Users with passwords; those of a proxy are not here.
create table {{ schema | ident }}.web_user (
    name varchar(100) collate "C" primary key,
    -- scrypt with its parameters and salt, as etl/web/identity/passwords.py writes it.
    password_hash text not null,
    language varchar(2) not null default '',
    created_at timestamp with time zone not null default clock_timestamp()
);
-- The role of a user in a company; the empty company stands for all.
create table {{ schema | ident }}.web_role (
    user_name varchar(100) collate "C" not null references {{ schema | ident }}.web_user on delete cascade,
    company varchar(63) collate "C" not null default '',
    role varchar(10) not null check (role in ('operator', 'viewer', 'partner', 'reader')),
    primary key (user_name, company)
);
-- Sign-ins that have not ended. Only the digest of the cookie is kept: who reads this table cannot use one.
create table {{ schema | ident }}.web_session (
    token_digest bytea primary key check (length(token_digest) = 32),
    user_name varchar(100) collate "C" not null references {{ schema | ident }}.web_user on delete cascade,
    address varchar(100) not null,
    user_agent varchar(200) not null,
    signed_in_at timestamp with time zone not null default clock_timestamp(),
    last_seen_at timestamp with time zone not null default clock_timestamp()
);
-- A user's sessions are listed, and ended together.
create index web_session_user on {{ schema | ident }}.web_session (user_name);
-- Programs sign in with these. Roles: those of the user, or weaker.
create table {{ schema | ident }}.web_token (
    token_digest bytea primary key check (length(token_digest) = 32),
    name varchar(100) collate "C" not null unique,
    company varchar(63) collate "C" not null default '',
    role varchar(10) not null check (role in ('operator', 'viewer', 'partner', 'reader')),
    created_at timestamp with time zone not null default clock_timestamp(),
    expires_at timestamp with time zone
);
-- What was asked to be done, written before it is done; refused requests too. Rows are only added.
create table {{ schema | ident }}.web_audit (
    id bigint generated always as identity primary key,
    at timestamp with time zone not null default clock_timestamp(),
    request_id varchar(40) not null,
    viewer varchar(200) not null,
    role varchar(10) not null,
    address varchar(100) not null,
    company varchar(63) not null,
    action varchar(60) not null,
    target varchar(500) not null,
    parameters jsonb not null
);
-- The page of the audit shows one company's rows, the newest first.
create index web_audit_company on {{ schema | ident }}.web_audit (company, id);
-- How it ended; a row of web_audit without one of these has not ended, or its process was killed.
create table {{ schema | ident }}.web_audit_outcome (
    audit_id bigint primary key references {{ schema | ident }}.web_audit,
    at timestamp with time zone not null default clock_timestamp(),
    outcome varchar(10) not null check (outcome in ('done', 'refused', 'failed')),
    detail varchar(2000) not null
);
-- A refusal by grants alone would not stop a superuser or the owner.
create function {{ schema | ident }}.refuse_change() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end
$$;
-- For rows and for truncate.
create trigger web_audit_append_only before update or delete or truncate on {{ schema | ident }}.web_audit
for each statement execute function {{ schema | ident }}.refuse_change();
-- The same for outcomes.
create trigger web_audit_outcome_append_only
before update or delete or truncate on {{ schema | ident }}.web_audit_outcome
for each statement execute function {{ schema | ident }}.refuse_change();
-- The key that a form or a program sends with an action: sent again, the result is the same, and nothing is done twice.
create table {{ schema | ident }}.web_action_key (
    viewer varchar(200) not null,
    key_digest bytea not null check (length(key_digest) = 32),
    -- What was asked for under the key.
    request_digest bytea not null check (length(request_digest) = 32),
    audit_id bigint not null references {{ schema | ident }}.web_audit,
    begun_at timestamp with time zone not null default clock_timestamp(),
    -- Null while it is being done.
    result jsonb,
    primary key (viewer, key_digest)
);
-- Old keys are deleted.
create index web_action_key_begun on {{ schema | ident }}.web_action_key (begun_at);
