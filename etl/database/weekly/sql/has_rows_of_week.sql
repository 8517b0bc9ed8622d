-- Whether the default partition has rows of units of a week: a partition for these cannot be attached.
select exists (
    select from {{ schema | ident }}.{{ table | ident }} j where j.run >= :first_unit and j.run < :after_unit
) as has_rows
