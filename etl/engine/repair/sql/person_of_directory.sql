-- A sync would give the values of the person to the instance that it knows.
select login from {{ store_schema | ident }}.ad_person where instance = :absorbed
