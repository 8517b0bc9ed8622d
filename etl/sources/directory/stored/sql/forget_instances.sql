-- What was noted of these instances under another GUID.
delete from {{ schema | ident }}.ad_person p
using unnest(cast(:guids as text[]), cast(:instances as text[])) as t (guid, instance)
where p.instance = t.instance and p.guid <> t.guid
