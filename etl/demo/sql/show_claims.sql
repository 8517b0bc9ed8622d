-- claims with their clients, people and companies alike
select claim.name, claim.amount, claim.status, coalesce(person.surname, company.name) as client
from {{ out_schema | ident }}.clientclaim claim
join {{ out_schema | ident }}._clientclaim_coclient_ link on link.clientclaim_id = claim.system_id
left join {{ out_schema | ident }}.naturalperson person on person.system_id = link.coclient_id
left join {{ out_schema | ident }}.legalperson company on company.system_id = link.coclient_id
where claim.name between 'Claim 0999' and 'Claim 1002'
order by claim.name
