-- The refused account.
select account, controller, reason, fingerprint, refused_at from {{ schema | ident }}.ad_refusal
