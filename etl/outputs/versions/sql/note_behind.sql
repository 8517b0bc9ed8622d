-- Why the version did not follow; the time is that of the first attempt since it followed last.
update {{ store_schema | ident }}.out_version
set stays_behind = :reason,
    stays_behind_since = case
        when stays_behind_since >= followed_at then stays_behind_since else clock_timestamp()
    end
where schema_name = :schema_name
  and (stays_behind is distinct from :reason or stays_behind_since is null or stays_behind_since < followed_at)
