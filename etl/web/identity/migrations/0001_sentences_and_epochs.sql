-- kind: additive
-- oldest_writer: 0
-- oldest_reader: 0
-- Key and values of the sentence in `detail`, so that each viewer reads it in the own language.
alter table {{ schema | ident }}.web_audit_outcome add column sentence jsonb;
-- The database in which the sign-in began: after a restore, and in a copy, it is another one (sql/epoch.jinja).
alter table {{ schema | ident }}.web_session add column epoch text not null default '';
