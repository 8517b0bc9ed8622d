-- kind: additive
-- oldest_writer: 4
-- oldest_reader: 4
-- Which record or entry gave a link that waits: the journal names it when the link is made. Null where the ids of both
-- ends say it, as for rows of in_ tables, and for what older versions wrote.
alter table {{ schema | ident }}.boi_reference add column origin text;
-- An undo lets it wait again.
alter table {{ schema | ident }}.ended_reference add column origin text;
-- For people.
comment on column {{ schema | ident }}.boi_reference.origin is
    'Which record or entry gave the link; null: the row of a link table with these ids.'
