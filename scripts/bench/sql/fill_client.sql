-- One table alone, for the comparison with other tools.
truncate in_tables.in_client restart identity;
insert into in_tables.in_client
    (in_id, surname, name, patronymic, email, balance, credit_limit, born_at, vip)
select in_id, surname, name, patronymic, email, balance, credit_limit, born_at, vip
from feed.client where v = 0 and i <= %(rows)s
