-- Unique values that change hands are cleared before they are set: a unique index allows no two instances with one
-- value, not even within a statement. The stage has the old values, and takes over the new version. Of
-- instances that another source has changed meanwhile see update_instances; counted are those that were left out.
with giving as materialized (
    select h._known, h._known_version, bool_or(w.field = 'email') as gives_email,
        bool_or(w.field = 'passport') as gives_passport,
        bool_or(w.field = 'number') as gives_number
    from value_claim w
    join stage s on s._row = w._row and s._action in ('created', 'changed')
    join stage h on h._row = w.giver and h._action = 'changed'
    group by h._known, h._known_version
),
released as (
    update store_demo.bo_Person g
    set email = case when r.gives_email then null else g.email end,
        Passport = case when r.gives_passport then null else g.Passport end,
        Number = case when r.gives_number then null else g.Number end
    from giving r
    where g._id = r._known and g.xmin = r._known_version
    returning g._id, g.xmin as version
),
noted as (
    update stage s set _known_version = r.version from released r where s._known = r._id
)
select (select count(*) from giving) - (select count(*) from released) as rows