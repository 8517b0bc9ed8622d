-- people with a new email address
update {{ in_schema | ident }}.in_NaturalPerson
set Email = replace(Email, '@example.com', '@example.org'), in_status = ''
where id between 101 and 220;
-- people who are removed
update {{ in_schema | ident }}.in_NaturalPerson set removed = true, in_status = '' where id between 301 and 315;
-- people whom claims already name
insert into {{ in_schema | ident }}.in_NaturalPerson (in_id, Surname, Name, Email, IsResident)
select 'P-' || n, 'Newman', 'Nora', 'nora.' || n || '@example.com', true
from generate_series(2001, 2020) as n;
-- people who get the id that they lacked
update {{ in_schema | ident }}.in_NaturalPerson set in_id = 'P-' || 3000 + id, in_status = '' where in_id is null;
-- companies that claims already name
insert into {{ in_schema | ident }}.in_LegalPerson (in_id, Name, Form)
select 'L-' || n, 'Late Arrivals ' || n, 'LLP'
from generate_series(401, 405) as n;
-- companies sent again as they are
update {{ in_schema | ident }}.in_LegalPerson set in_status = '' where id <= 300;
-- claims with a corrected amount
update {{ in_schema | ident }}.in_ClientClaim set Amount = 75000, in_status = '' where Amount = 'NaN';
-- claims with a corrected status, one of them in small letters, which is another code
update {{ in_schema | ident }}.in_ClientClaim
set Status = case in_id when 'C-400' then 'APPROVED' else 'approved' end, in_status = ''
where Status = 'PAID';
-- links of claims that go to another person now
insert into {{ in_schema | ident }}.in_ClientClaim_CoClient_NaturalPerson (ClientClaim_id, CoClient_id)
select 'C-' || n, 'P-' || n * 2 + 1
from generate_series(1, 40) as n
