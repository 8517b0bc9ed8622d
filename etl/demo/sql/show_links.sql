-- links of claims: whose, to whom, and of which business object that one is
select clientclaim_id, coclient_id, coclient_bo
from {{ out_schema | ident }}._clientclaim_coclient_
order by coclient_bo, clientclaim_id
limit 3
