-- In the unit's first transaction on the store. A runner that takes a run over, or tries it again, finds the row.
insert into {{ schema | ident }}.unit (number, source, kind, started_at)
values (:number, :source, :kind, :started_at)
on conflict (number) do nothing
