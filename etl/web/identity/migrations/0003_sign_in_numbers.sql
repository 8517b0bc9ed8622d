-- kind: additive
-- oldest_writer: 0
-- oldest_reader: 0
-- Names a sign-in in the list of its user, which shows neither the cookie nor its digest.
alter table {{ schema | ident }}.web_session add column id bigint generated always as identity unique;
