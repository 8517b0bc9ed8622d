"""Every setting that a role, a database or the environment may give our sessions: an odd value, or why it may stay."""

ODD = {
    "search_path": "traps, pg_catalog",
    "client_encoding": "LATIN1",
    "standard_conforming_strings": "off",
    "backslash_quote": "on",
    "escape_string_warning": "off",
    "quote_all_identifiers": "on",
    "array_nulls": "off",
    "bytea_output": "escape",
    "xmlbinary": "hex",
    "xmloption": "document",
    "extra_float_digits": "-15",
    "TimeZone": "Asia/Almaty",
    "timezone_abbreviations": "India",
    "DateStyle": "German, DMY",
    "IntervalStyle": "sql_standard",
    "lc_monetary": "POSIX",
    "lc_numeric": "POSIX",
    "lc_time": "POSIX",
    "transform_null_equals": "on",
    "gin_fuzzy_search_limit": "1",
    "row_security": "off",
    "check_function_bodies": "off",
    "default_table_access_method": "no_such_method",
    "exit_on_error": "on",
    "jit": "on",
    "lock_timeout": "1ms",
    "default_transaction_isolation": "serializable",
}
"""Pinned in each transaction (the isolation: with its `begin`): name -> a value that would change what we do."""

PLANS = {
    "constraint_exclusion": "on",
    "cursor_tuple_fraction": "1",
    "default_statistics_target": "1",
    "enable_hashagg": "off",
    "enable_hashjoin": "off",
    "enable_indexscan": "off",
    "enable_mergejoin": "off",
    "enable_nestloop": "off",
    "enable_seqscan": "off",
    "from_collapse_limit": "1",
    "geqo_threshold": "2",
    "join_collapse_limit": "1",
    "plan_cache_mode": "force_generic_plan",
    "random_page_cost": "1000",
    "synchronize_seqscans": "off",
    "temp_buffers": "100",
    "work_mem": "64kB",
    "client_min_messages": "log",
    "default_transaction_deferrable": "on",
    "stats_fetch_consistency": "snapshot",
}
"""Not pinned: how a statement is planned, not what it answers. The behaviour test takes these odd values along."""

_PLAN = "how a statement is planned or spread, never what it answers"
_SPEED = "how fast, or when, the server writes, reads or cleans"
_LOG = "what the server writes into its log"
_LIMIT = "a limit that an administrator sets: a statement ends with a clear error, an answer never changes"
_DEBUG = "for those who work on PostgreSQL itself"
_UNUSED = "concerns what we do not do"
_SUPERUSER = "only a superuser sets it, and no role of ours could pin it; it changes no answer"


def _all(why: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), why)


HARMLESS = {
    **dict.fromkeys(PLANS, _PLAN),
    "client_min_messages": "which notices come; they are not read",
    "default_transaction_deferrable": "counts for serializable transactions only, and ours are not",
    "stats_fetch_consistency": "how statistics of one transaction are kept together",
    "application_name": "given on connect; not trusted",
    "default_transaction_read_only": "respected, and reported by `etl check`",
    "session_replication_role": "reported by `etl check`; only a superuser sets it",
    "default_tablespace": "where tables lie is the administrator's",
    "default_toast_compression": "how large values lie on disk",
    "temp_tablespaces": "where temporary files lie is the administrator's",
    "synchronous_commit": "reported by `etl check`",
    "track_counts": "reported by `etl check`",
    "track_activities": "hides what a session does, not whose it is",
    "lc_messages": "only a superuser sets it; errors are known by SQLSTATE, internal ones are not translated",
    "transaction_isolation": "of one transaction: see default_transaction_isolation",
    "transaction_read_only": "of one transaction: see default_transaction_read_only",
    "transaction_deferrable": "of one transaction: see default_transaction_deferrable",
    **_all(
        _SPEED,
        """
        backend_flush_after commit_siblings effective_io_concurrency gin_pending_list_limit io_combine_limit
        logical_decoding_work_mem maintenance_io_concurrency maintenance_work_mem vacuum_buffer_usage_limit
        vacuum_cost_delay vacuum_cost_limit vacuum_cost_page_dirty vacuum_cost_page_hit vacuum_cost_page_miss
        vacuum_failsafe_age vacuum_freeze_min_age vacuum_freeze_table_age vacuum_max_eager_freeze_failure_rate
        vacuum_multixact_failsafe_age vacuum_multixact_freeze_min_age vacuum_multixact_freeze_table_age vacuum_truncate
        wal_skip_threshold file_copy_method commit_delay wal_compression wal_init_zero wal_recycle track_functions
        track_io_timing track_wal_io_timing track_cost_delay_timing update_process_title compute_query_id
        deadlock_timeout
        """,
    ),
    **_all(
        _PLAN,
        """
        cpu_index_tuple_cost cpu_operator_cost cpu_tuple_cost effective_cache_size enable_async_append
        enable_bitmapscan enable_distinct_reordering enable_gathermerge enable_group_by_reordering
        enable_incremental_sort enable_indexonlyscan enable_material enable_memoize enable_parallel_append
        enable_parallel_hash enable_partition_pruning enable_partitionwise_aggregate enable_partitionwise_join
        enable_presorted_aggregate enable_self_join_elimination enable_sort enable_tidscan force_parallel_mode
        debug_parallel_query geqo geqo_effort geqo_generations geqo_pool_size geqo_seed geqo_selection_bias
        hash_mem_multiplier jit_above_cost jit_expressions jit_inline_above_cost jit_optimize_above_cost
        jit_tuple_deforming max_parallel_maintenance_workers max_parallel_workers max_parallel_workers_per_gather
        min_parallel_index_scan_size min_parallel_table_scan_size parallel_leader_participation parallel_setup_cost
        parallel_tuple_cost recursive_worktable_factor seq_page_cost
        """,
    ),
    **_all(
        _LIMIT,
        """
        client_connection_check_interval idle_in_transaction_session_timeout idle_session_timeout statement_timeout
        transaction_timeout tcp_keepalives_count tcp_keepalives_idle tcp_keepalives_interval tcp_user_timeout
        wal_sender_timeout temp_file_limit max_stack_depth restrict_nonsystem_relation_kind
        """,
    ),
    **_all(
        _DEBUG,
        """
        debug_logical_replication_streaming debug_pretty_print debug_print_parse debug_print_plan debug_print_rewritten
        debug_print_raw_parse trace_notify trace_sort ignore_system_indexes post_auth_delay jit_debugging_support
        jit_profiling_support jit_dump_bitcode backtrace_functions debug_discard_caches wal_consistency_checking
        allow_in_place_tablespaces
        """,
    ),
    **_all(
        _UNUSED,
        """
        createrole_self_grant default_text_search_config icu_validation_level local_preload_libraries
        md5_password_warnings password_encryption scram_iterations
        """,
    ),
    **_all(
        _SUPERUSER,
        """
        allow_system_table_mods dynamic_library_path event_triggers extension_control_path extension_destdir
        ignore_checksum_failure lo_compat_privileges session_preload_libraries zero_damaged_pages
        """,
    ),
    **_all(
        _LOG,
        """
        log_connections log_disconnections log_duration log_error_verbosity log_executor_stats log_lock_failures
        log_lock_waits log_min_duration_sample log_min_duration_statement log_min_error_statement log_min_messages
        log_parameter_max_length log_parameter_max_length_on_error log_parser_stats log_planner_stats
        log_replication_commands log_statement log_statement_sample_rate log_statement_stats log_temp_files
        log_transaction_sample_rate
        """,
    ),
}
