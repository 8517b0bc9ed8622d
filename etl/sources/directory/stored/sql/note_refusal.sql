-- The directory has refused the account.
insert into {{ schema | ident }}.ad_refusal (account, controller, reason, fingerprint)
values (:account, :controller, :reason, :fingerprint)
on conflict (only_one) do update
set account = excluded.account, controller = excluded.controller, reason = excluded.reason,
    fingerprint = excluded.fingerprint, refused_at = clock_timestamp()
