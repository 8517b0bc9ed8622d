-- people
insert into {{ in_schema | ident }}.in_NaturalPerson (in_id, Surname, Name, IIN, BirthDate, Email, IsResident)
select
    'P-' || n,
    surname || case when n % 2 = 0 then 'a' else '' end,
    case when n % 2 = 0 then her else his end,
    to_char(born, 'YYMMDD') || lpad(cast(n as text), 6, '0'),
    born,
    lower(case when n % 2 = 0 then her else his end) || '.' || n || '@example.com',
    n % 9 <> 0
from (
    select
        n, cast('1950-01-01 00:00:00+05' as timestamp with time zone) + make_interval(days => n * 37 % 20000) as born,
        (array['Akhmetov', 'Bekov', 'Dzhaksybekov', 'Ivanov', 'Kasymov', 'Nurpeisov', 'Omarov', 'Seitov'])[1 + n % 8]
            as surname,
        (array['Aigerim', 'Dana', 'Elena', 'Madina', 'Saule'])[1 + n % 5] as her,
        (array['Arman', 'Bolat', 'Daniyar', 'Ivan', 'Timur', 'Yerlan', 'Zhanat'])[1 + n % 7] as his
    from generate_series(1, 2000) as n
) person;
-- people without in_id and out_id
insert into {{ in_schema | ident }}.in_NaturalPerson (Surname, Name)
values ('Akhmetova', 'Zarina'), ('Omarov', 'Ruslan');
-- companies
insert into {{ in_schema | ident }}.in_LegalPerson (in_id, Name, BIN, CreateDate, Form)
select
    'L-' || n,
    (array['Altyn', 'Aral', 'Bayterek', 'Saryarka', 'Tengri'])[1 + n % 5] || ' '
        || (array['Logistics', 'Motors', 'Trade', 'Foods'])[1 + n % 4] || ' ' || n,
    lpad(cast(n as text), 12, '9'),
    cast('1995-01-01 00:00:00+05' as timestamp with time zone) + make_interval(days => n * 23),
    case when n % 6 = 0 then 'JSC' else 'LLP' end
from generate_series(1, 400) as n;
-- claims on clients
insert into {{ in_schema | ident }}.in_ClientClaim (in_id, Name, Descr, Amount, Status)
select
    'C-' || n,
    'Claim ' || lpad(cast(n as text), 4, '0'),
    'Asks for ' || (array['a loan', 'a card', 'a deposit', 'a guarantee'])[1 + n % 4],
    50000 + n * 7919 % 900000 + 0.5,
    (array['NEW', 'APPROVED', 'DECLINED'])[1 + n % 3]
from generate_series(1, 1500) as n;
-- of these with an amount that is not a number
update {{ in_schema | ident }}.in_ClientClaim set Amount = 'NaN' where in_id in ('C-100', 'C-200', 'C-300');
-- of these with a status that is no option
update {{ in_schema | ident }}.in_ClientClaim set Status = 'PAID' where in_id in ('C-400', 'C-500');
-- links from claims to people, the last 20 of whom come later
insert into {{ in_schema | ident }}.in_ClientClaim_CoClient_NaturalPerson (ClientClaim_id, CoClient_id)
select 'C-' || n, 'P-' || case when n > 980 then n + 1020 else n * 2 end
from generate_series(1, 1000) as n;
-- links from claims to companies, the last 5 of which come later
insert into {{ in_schema | ident }}.in_ClientClaim_CoClient_LegalPerson (ClientClaim_id, CoClient_id)
select 'C-' || n, 'L-' || case when n > 1495 then n - 1095 else 1 + n % 400 end
from generate_series(1001, 1500) as n;
-- claims on people
insert into {{ in_schema | ident }}.in_NaturalClaim (in_id, Name, Descr, Amount)
select 'N-' || n, 'Personal claim ' || lpad(cast(n as text), 4, '0'), 'Asks for a refund', 1000 + n * 31 % 5000
from generate_series(1, 800) as n;
-- links from claims to people
insert into {{ in_schema | ident }}.in_NaturalClaim_Natural (NaturalClaim_id, Natural_id)
select 'N-' || n, 'P-' || n + 1000
from generate_series(1, 800) as n
