-- kind: additive
-- oldest_writer: 4
-- oldest_reader: 4
-- The account that reads the directory, where it was refused with the settings of `fingerprint`: it is tried again with
-- other settings only, since each try counts towards the lock of the account.
create table {{ schema | ident }}.ad_refusal (
    only_one boolean primary key default true check (only_one),
    account text not null,
    controller text not null,
    reason text not null,
    fingerprint text not null,
    refused_at timestamp with time zone not null default clock_timestamp()
);
-- For people.
comment on table {{ schema | ident }}.ad_refusal is
    'The account of adUsername (etl ad), refused by the directory; tried again when its settings have changed.';
-- How often a password was asked for at login since the last right one, under the SHA-256 of the login: what users type
-- there may be a password.
create table {{ schema | ident }}.ad_try (
    login varchar(64) collate "C" primary key,
    tries int not null,
    tried_at timestamp with time zone not null default clock_timestamp()
);
-- For people.
comment on table {{ schema | ident }}.ad_try is
    'Tries of passwords at login (etl ad) since the last right one, by the SHA-256 of the login.';
-- The person of a login, at each login.
create index ad_person_login on {{ schema | ident }}.ad_person (lower(login));
