SELECT pg_catalog.set_config('search_path', '', false);

CREATE SCHEMA in_tables;

CREATE SCHEMA out_demo;

CREATE SCHEMA out_demo_1_1;

CREATE SCHEMA out_demo_1_2;

CREATE SCHEMA store_demo;

CREATE FUNCTION in_tables.etl_hand_over() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $$
begin
    if coalesce(current_setting('etl.writes_marker', true), '') = 'on' then
        return null;
    end if;
    -- A truncate cannot be told of at the commit. Within a longer transaction the queue may be full by then.
    if tg_op = 'TRUNCATE' and statement_timestamp() <> transaction_timestamp() then
        return null;
    end if;
    if pg_notification_queue_usage() < 0.5 then
        perform pg_notify('etl_hand_over', tg_table_schema);
    end if;
    return null;
exception when others then
    return null;
end
$$;

CREATE FUNCTION store_demo.checklist_fault(written text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog'
    AS $$
declare
    parsed jsonb;
    fault text := 'JSON_INVALID';
begin
    parsed := cast(written as jsonb);
    fault := 'JSON_SHAPE';
    if (jsonb_typeof(parsed) = 'array' and not exists (
        select from jsonb_array_elements(parsed) as e (line)
        where (jsonb_typeof(line -> 'checked') = 'boolean' and jsonb_typeof(line -> 'label') in ('string', 'object'))
            is not true
    )) then
        return null;
    end if;
    return fault;
exception
    when insufficient_resources then raise;
    when others then return fault;
end
$$;

CREATE FUNCTION store_demo.geo_point_fault(written text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog'
    AS $$
declare
    parsed jsonb;
    fault text := 'JSON_INVALID';
begin
    parsed := cast(written as jsonb);
    fault := 'JSON_SHAPE';
    if (jsonb_typeof(parsed -> 'lat') = 'number' and jsonb_typeof(parsed -> 'lon') = 'number') then
        return null;
    end if;
    return fault;
exception
    when insufficient_resources then raise;
    when others then return fault;
end
$$;

CREATE FUNCTION store_demo.languages_fault(written text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog'
    AS $$
declare
    parsed jsonb;
    fault text := 'JSON_INVALID';
begin
    parsed := cast(written as jsonb);
    fault := 'JSON_SHAPE';
    if (jsonb_typeof(parsed) = 'object' and not exists (
        select from jsonb_each(parsed) as e (language, words)
        where language not in ('RUS', 'KAZ', 'QAZ', 'ENG') or jsonb_typeof(words) not in ('string', 'null')
    )) then
        return null;
    end if;
    return fault;
exception
    when insufficient_resources then raise;
    when others then return fault;
end
$$;

CREATE FUNCTION store_demo.period_fault(written text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog'
    AS $_$
declare
    parsed jsonb;
    fault text := 'JSON_INVALID';
begin
    parsed := cast(written as jsonb);
    fault := 'JSON_SHAPE';
    if (parsed ?& array['startDate', 'endDate'] and not exists (
        select from (values (parsed -> 'startDate'), (parsed -> 'endDate')) as e (instant)
        where (
            instant = 'null'
            or jsonb_typeof(instant) = 'string'
            and instant #>> '{}' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)$'
            and isfinite(cast(instant #>> '{}' as timestamp with time zone))
        ) is not true
    )) then
        return null;
    end if;
    return fault;
exception
    when insufficient_resources then raise;
    when others then return fault;
end
$_$;

CREATE FUNCTION store_demo.progress_bar_fault(written text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog'
    AS $$
declare
    parsed jsonb;
    fault text := 'JSON_INVALID';
begin
    parsed := cast(written as jsonb);
    fault := 'JSON_SHAPE';
    if (case jsonb_typeof(parsed)
        when 'object' then
            not exists (select from jsonb_each(parsed) as e (step, color) where jsonb_typeof(color) <> 'string')
        when 'array' then
            not exists (
                select from jsonb_array_elements(parsed) as e (step)
                where (jsonb_typeof(step -> 'stepCode') = 'string' and jsonb_typeof(step -> 'color') = 'string')
                    is not true
            )
    end) then
        return null;
    end if;
    return fault;
exception
    when insufficient_resources then raise;
    when others then return fault;
end
$$;

CREATE FUNCTION store_demo.questionnaire_fault(written text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog'
    AS $$
declare
    parsed jsonb;
    fault text := 'JSON_INVALID';
begin
    parsed := cast(written as jsonb);
    fault := 'JSON_SHAPE';
    if (jsonb_typeof(parsed) = 'array' and not exists (
        select from jsonb_array_elements(parsed) as e (answer)
        where (jsonb_typeof(answer -> 'rowId') = 'string' and jsonb_typeof(answer -> 'columnId') = 'string')
            is not true
    )) then
        return null;
    end if;
    return fault;
exception
    when insufficient_resources then raise;
    when others then return fault;
end
$$;

CREATE FUNCTION store_demo.same_json(one text, other text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog'
    AS $$
begin
    return cast(one as jsonb) = cast(other as jsonb);
exception
    when insufficient_resources then raise;
    when others then return one = other;
end
$$;

CREATE TABLE in_tables.copy_2026_11_28_in_claim (
    id bigint,
    in_id character varying(100),
    out_id character varying(32),
    inserted_date timestamp with time zone,
    in_status character varying(100),
    occupied_id bigint,
    occupied_at timestamp with time zone,
    removed boolean,
    title text
);

CREATE TABLE in_tables.copy_2026_11_28_in_claim_client (
    claim_id character varying(100),
    client_id character varying(100),
    in_status character varying(100),
    inserted_date timestamp with time zone,
    removed boolean
);

CREATE TABLE in_tables.copy_2026_11_28_in_claim_watchers (
    claim_id character varying(100),
    watchers_id character varying(100),
    in_status character varying(100),
    inserted_date timestamp with time zone,
    removed boolean
);

CREATE TABLE in_tables.copy_2026_11_28_in_client (
    id bigint,
    in_id character varying(100),
    out_id character varying(32),
    inserted_date timestamp with time zone,
    in_status character varying(100),
    occupied_id bigint,
    occupied_at timestamp with time zone,
    removed boolean,
    name text,
    amount numeric(24,4)
);

CREATE TABLE in_tables.copy_table_info (
    copy_table character varying(63) NOT NULL,
    in_table character varying(63) NOT NULL,
    run bigint NOT NULL,
    rows bigint NOT NULL,
    copied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE in_tables.err (
    id bigint NOT NULL,
    run bigint NOT NULL,
    in_table character varying(63) NOT NULL,
    row_id bigint,
    in_id character varying(100),
    column_name character varying(63),
    code character varying(32) NOT NULL,
    message text NOT NULL,
    message_rus text NOT NULL,
    value text,
    severity character varying(8) NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

COMMENT ON TABLE in_tables.err IS '51e303063611c9e0b16c89438b221ab77a6cc19e6f7869b0c65e2471bdaae670';

CREATE SEQUENCE in_tables.err_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE in_tables.err_id_seq OWNED BY in_tables.err.id;

CREATE TABLE in_tables.in_claim (
    id bigint NOT NULL,
    in_id character varying(100),
    out_id character varying(32),
    inserted_date timestamp with time zone DEFAULT clock_timestamp(),
    in_status character varying(100) DEFAULT ''::character varying NOT NULL,
    occupied_id bigint,
    occupied_at timestamp with time zone,
    removed boolean DEFAULT false,
    title text
)
WITH (fillfactor='40');

CREATE TABLE in_tables.in_claim_client (
    claim_id character varying(100) NOT NULL,
    client_id character varying(100) NOT NULL,
    in_status character varying(100) DEFAULT ''::character varying NOT NULL,
    inserted_date timestamp with time zone DEFAULT clock_timestamp(),
    removed boolean DEFAULT false
)
WITH (fillfactor='40');

CREATE SEQUENCE in_tables.in_claim_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE in_tables.in_claim_id_seq OWNED BY in_tables.in_claim.id;

CREATE TABLE in_tables.in_claim_watchers (
    claim_id character varying(100) NOT NULL,
    watchers_id character varying(100) NOT NULL,
    in_status character varying(100) DEFAULT ''::character varying NOT NULL,
    inserted_date timestamp with time zone DEFAULT clock_timestamp(),
    removed boolean DEFAULT false
)
WITH (fillfactor='40');

CREATE TABLE in_tables.in_client (
    id bigint NOT NULL,
    in_id character varying(100),
    out_id character varying(32),
    inserted_date timestamp with time zone DEFAULT clock_timestamp(),
    in_status character varying(100) DEFAULT ''::character varying NOT NULL,
    occupied_id bigint,
    occupied_at timestamp with time zone,
    removed boolean DEFAULT false,
    name text,
    amount numeric(24,4)
)
WITH (fillfactor='40');

CREATE SEQUENCE in_tables.in_client_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE in_tables.in_client_id_seq OWNED BY in_tables.in_client.id;

CREATE TABLE in_tables.in_filestorage (
    file_id character varying(32) NOT NULL,
    out_id character varying(32),
    file_name character varying(300),
    mime_type character varying(100),
    content bytea,
    out_file_id character varying(32),
    uploaded boolean DEFAULT false
);

CREATE TABLE in_tables.task (
    id bigint NOT NULL,
    run bigint NOT NULL,
    seq integer NOT NULL,
    stage integer NOT NULL,
    kind character varying(32) NOT NULL,
    title text NOT NULL,
    in_table character varying(63) DEFAULT ''::character varying NOT NULL,
    lane character varying(130) DEFAULT ''::character varying NOT NULL,
    first_position bigint,
    after_position bigint,
    claimed_rows bigint DEFAULT 0 NOT NULL,
    state character varying(16) DEFAULT 'todo'::character varying NOT NULL,
    owner character varying(64),
    fence bigint,
    attempts integer DEFAULT 0 NOT NULL,
    strikes integer DEFAULT 0 NOT NULL,
    counters jsonb DEFAULT '{}'::jsonb NOT NULL,
    error text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    CONSTRAINT task_state_check CHECK (((state)::text = ANY ((ARRAY['todo'::character varying, 'running'::character varying, 'done'::character varying, 'quarantined'::character varying, 'dropped'::character varying])::text[])))
);

COMMENT ON TABLE in_tables.task IS '481b713e1f8e2c38742239a84a17fd21aee714b3cfc5b6ee34cdb036af0182db';

CREATE VIEW in_tables.last_migration_state AS
 SELECT task.seq,
    task.kind,
    task.title,
    task.state,
    task.attempts,
    task.started_at,
    task.finished_at,
    task.counters,
    task.error,
    task.run
   FROM in_tables.task
  WHERE (task.run = ( SELECT max(task_1.run) AS max
           FROM in_tables.task task_1))
  ORDER BY task.seq;

COMMENT ON VIEW in_tables.last_migration_state IS '977b312de858b9d1608f8db6dd2fae4a83ed227160501eb5a4dc69f0a60346ff';

CREATE TABLE in_tables.migration_receipt (
    run bigint NOT NULL,
    in_table character varying(63) NOT NULL,
    ordinal integer NOT NULL,
    claimed bigint NOT NULL,
    created bigint NOT NULL,
    changed bigint NOT NULL,
    unchanged bigint NOT NULL,
    removed bigint NOT NULL,
    rejected bigint NOT NULL,
    waiting bigint NOT NULL,
    vanished bigint NOT NULL,
    released bigint NOT NULL,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    merged bigint DEFAULT 0 NOT NULL
);

CREATE TABLE in_tables.process_tracking (
    id integer NOT NULL,
    oper_date date NOT NULL,
    start_load_time timestamp with time zone,
    end_load_time timestamp with time zone,
    load_status integer DEFAULT 0,
    start_ins_inkafka_time timestamp with time zone,
    end_ins_inkafka_time timestamp with time zone,
    ins_inkafka_status integer DEFAULT 0,
    occupied_by_process bigint DEFAULT 0,
    migrate_cur_date date DEFAULT CURRENT_DATE,
    periodic_update_time timestamp with time zone,
    inserted_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP
);

CREATE SEQUENCE in_tables.process_tracking_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE in_tables.process_tracking_id_seq OWNED BY in_tables.process_tracking.id;

CREATE TABLE in_tables.run (
    id bigint NOT NULL,
    company character varying(63) NOT NULL,
    marker integer NOT NULL,
    owner character varying(64) NOT NULL,
    fence bigint NOT NULL,
    state character varying(8) NOT NULL,
    heartbeat_at timestamp with time zone,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    finished_at timestamp with time zone,
    message text,
    CONSTRAINT run_state_check CHECK (((state)::text = ANY ((ARRAY['running'::character varying, 'done'::character varying, 'stopped'::character varying])::text[])))
);

COMMENT ON TABLE in_tables.run IS '54ad894407185a572be51d6c76b4380bbe6b85d8ce2940fa49b6aceb843442d1';

CREATE TABLE in_tables.run_fence (
    only_row boolean DEFAULT true NOT NULL,
    fence bigint DEFAULT 0 NOT NULL,
    CONSTRAINT run_fence_only_row_check CHECK (only_row)
);

CREATE TABLE in_tables.runner (
    run bigint NOT NULL,
    owner character varying(64) NOT NULL,
    fence bigint NOT NULL,
    host character varying(253) NOT NULL,
    pid integer NOT NULL,
    pinned character varying(64) NOT NULL,
    joined_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    heartbeat_at timestamp with time zone
);

CREATE SEQUENCE in_tables.task_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE in_tables.task_id_seq OWNED BY in_tables.task.id;

CREATE VIEW in_tables.why_not AS
 WITH marker AS (
         SELECT process_tracking.id,
            COALESCE(process_tracking.load_status, 0) AS load_status,
            COALESCE(process_tracking.ins_inkafka_status, 0) AS read_status
           FROM in_tables.process_tracking
          ORDER BY process_tracking.id DESC
         LIMIT 1
        ), running AS (
         SELECT run.id,
            run.heartbeat_at,
            (date_trunc('second'::text, run.started_at))::text AS since
           FROM in_tables.run
          WHERE ((run.state)::text = 'running'::text)
        ), stopped AS (
         SELECT r.message
           FROM (in_tables.run r
             JOIN marker m ON ((m.id = r.marker)))
          WHERE ((r.state)::text = 'stopped'::text)
          ORDER BY r.id DESC
         LIMIT 1
        ), held(in_table, is_link, in_status, rows, oldest_inserted_date) AS (
         SELECT 'in_Client'::text AS "?column?",
            false AS bool,
            (in_client.in_status)::text AS in_status,
            count(*) AS count,
            min(in_client.inserted_date) AS min
           FROM in_tables.in_client
          WHERE ((in_client.in_status)::text IS DISTINCT FROM 'DONE'::text)
          GROUP BY in_client.in_status
        UNION ALL
         SELECT 'in_Claim'::text,
            false AS bool,
            (in_claim.in_status)::text AS in_status,
            count(*) AS count,
            min(in_claim.inserted_date) AS min
           FROM in_tables.in_claim
          WHERE ((in_claim.in_status)::text IS DISTINCT FROM 'DONE'::text)
          GROUP BY in_claim.in_status
        UNION ALL
         SELECT 'in_Claim_Client'::text,
            true AS bool,
            (in_claim_client.in_status)::text AS in_status,
            count(*) AS count,
            min(in_claim_client.inserted_date) AS min
           FROM in_tables.in_claim_client
          WHERE ((in_claim_client.in_status)::text IS DISTINCT FROM 'DONE'::text)
          GROUP BY in_claim_client.in_status
        UNION ALL
         SELECT 'in_Claim_Watchers'::text,
            true AS bool,
            (in_claim_watchers.in_status)::text AS in_status,
            count(*) AS count,
            min(in_claim_watchers.inserted_date) AS min
           FROM in_tables.in_claim_watchers
          WHERE ((in_claim_watchers.in_status)::text IS DISTINCT FROM 'DONE'::text)
          GROUP BY in_claim_watchers.in_status
        ), judged AS (
         SELECT held.in_table,
            held.is_link,
            held.in_status,
            held.rows,
            held.oldest_inserted_date,
            marker.id,
            marker.load_status,
            marker.read_status,
            running.id AS run,
            running.since,
            stopped.message,
                CASE
                    WHEN (held.in_status = 'ERROR'::text) THEN 'rejected'::text
                    WHEN ((held.in_status = 'WAITING'::text) AND held.is_link) THEN 'waiting'::text
                    WHEN (held.in_status = 'ON_WORK'::text) THEN
                    CASE
                        WHEN (running.id IS NULL) THEN 'left over'::text
                        ELSE 'being read'::text
                    END
                    WHEN (held.in_status IS DISTINCT FROM ''::text) THEN 'unknown status'::text
                    WHEN (running.id IS NOT NULL) THEN
                    CASE
                        WHEN (running.heartbeat_at IS NULL) THEN 'broken off'::text
                        ELSE 'running'::text
                    END
                    WHEN (marker.id IS NULL) THEN 'cleared'::text
                    WHEN ((marker.load_status <> ALL (ARRAY[0, 1])) OR (marker.read_status <> ALL (ARRAY[0, 1, 2]))) THEN 'unknown marker'::text
                    WHEN (marker.read_status = 2) THEN 'stopped'::text
                    WHEN (marker.read_status = 1) THEN 'finished'::text
                    WHEN (marker.load_status = 1) THEN 'handed over'::text
                    ELSE 'loading'::text
                END AS why
           FROM (((held
             LEFT JOIN marker ON (true))
             LEFT JOIN running ON (true))
             LEFT JOIN stopped ON (true))
        ), sentence(why, english, russian) AS (
         VALUES ('rejected'::text,'rejected: err says why; correct the row, set in_status to '''' and hand over'::text,'отклонено: причина в err; исправьте строку, установите in_status в '''' и повторите передачу'::text), ('waiting'::text,'an end of the link has not come: send it; the link is made by the run in which it comes'::text,'один из концов связи не появился: пришлите его; связь создаст тот запуск, в котором он появится'::text), ('being read'::text,'run {run} is reading them, since {since}'::text,'запуск {run} читает их с {since}'::text), ('left over'::text,'ON_WORK is set by runs, and none is running: set in_status to '''' and hand over'::text,'ON_WORK ставит запуск, а сейчас ни один не работает: установите in_status в '''' и повторите передачу'::text), ('unknown status'::text,'in_status means nothing to a run: set it to '''' and hand over'::text,'такой in_status ничего не значит для запуска: установите его в '''' и повторите передачу'::text), ('running'::text,'run {run} is running since {since} and took what was ready when it began: hand over when it has ended'::text,'запуск {run} работает с {since} и взял то, что было готово к его началу: передайте их после его окончания'::text), ('broken off'::text,'run {run}, begun {since}, broke off and is going to be resumed: hand over when it has ended'::text,'запуск {run}, начатый {since}, прерван и будет продолжен: передайте их после его окончания'::text), ('cleared'::text,'process_tracking is empty, so they are handed over: the next run takes them'::text,'process_tracking пуста, то есть строки переданы: их возьмёт следующий запуск'::text), ('unknown marker'::text,'process_tracking id={marker} has load_status={load}, ins_inkafka_status={read}: set them to 0 or 1'::text,'в process_tracking id={marker} load_status={load}, ins_inkafka_status={read}: установите 0 или 1'::text), ('stopped'::text,'the run on process_tracking id={marker} was stopped (ins_inkafka_status=2), hand over again: {message}'::text,'запуск по process_tracking id={marker} остановлен (ins_inkafka_status=2), повторите передачу: {message}'::text), ('finished'::text,'process_tracking id={marker} was read before they were ready: hand over again'::text,'process_tracking id={marker} прочитана раньше, чем они были готовы: повторите передачу'::text), ('handed over'::text,'process_tracking id={marker} has load_status=1: the next run takes them'::text,'в process_tracking id={marker} load_status=1: их возьмёт следующий запуск'::text), ('loading'::text,'process_tracking id={marker} has load_status=0: set it to 1 when they are complete'::text,'в process_tracking id={marker} load_status=0: установите 1, когда они готовы'::text)
        )
 SELECT j.in_table,
    j.in_status,
    j.rows,
    j.oldest_inserted_date,
    replace(replace(replace(replace(replace(replace(s.english, '{run}'::text, COALESCE((j.run)::text, ''::text)), '{since}'::text, COALESCE(j.since, ''::text)), '{marker}'::text, COALESCE((j.id)::text, ''::text)), '{load}'::text, COALESCE((j.load_status)::text, ''::text)), '{read}'::text, COALESCE((j.read_status)::text, ''::text)), '{message}'::text, COALESCE(j.message, ''::text)) AS reason,
    replace(replace(replace(replace(replace(replace(s.russian, '{run}'::text, COALESCE((j.run)::text, ''::text)), '{since}'::text, COALESCE(j.since, ''::text)), '{marker}'::text, COALESCE((j.id)::text, ''::text)), '{load}'::text, COALESCE((j.load_status)::text, ''::text)), '{read}'::text, COALESCE((j.read_status)::text, ''::text)), '{message}'::text, COALESCE(j.message, ''::text)) AS reason_rus
   FROM (judged j
     JOIN sentence s ON ((s.why = j.why)));

COMMENT ON VIEW in_tables.why_not IS '0e60e2d289bda2f28245a17ce82146b0de6d8060db3199ea285baeebbb5b5ac6';

CREATE TABLE out_demo_1_1._claim_client_ (
    claim_id character varying(100) NOT NULL,
    client_id character varying(100) NOT NULL,
    inserted_at timestamp with time zone DEFAULT clock_timestamp()
);

CREATE VIEW out_demo._claim_client_ AS
 SELECT _claim_client_.claim_id,
    _claim_client_.client_id,
    _claim_client_.inserted_at
   FROM out_demo_1_1._claim_client_;

CREATE TABLE out_demo_1_1._claim_watchers_ (
    claim_id character varying(100) NOT NULL,
    watchers_id character varying(100) NOT NULL,
    inserted_at timestamp with time zone DEFAULT clock_timestamp()
);

CREATE VIEW out_demo._claim_watchers_ AS
 SELECT _claim_watchers_.claim_id,
    _claim_watchers_.watchers_id,
    _claim_watchers_.inserted_at
   FROM out_demo_1_1._claim_watchers_;

CREATE TABLE out_demo_1_1.claim (
    id bigint NOT NULL,
    system_created_at timestamp with time zone,
    system_creator_fio character varying(100),
    system_id character varying(100),
    inserted_at timestamp with time zone DEFAULT clock_timestamp(),
    updated_at timestamp with time zone,
    title text
);

CREATE VIEW out_demo.claim AS
 SELECT claim.id,
    claim.system_created_at,
    claim.system_creator_fio,
    claim.system_id,
    claim.inserted_at,
    claim.updated_at,
    claim.title
   FROM out_demo_1_1.claim;

CREATE TABLE out_demo_1_1.client (
    id bigint NOT NULL,
    system_created_at timestamp with time zone,
    system_creator_fio character varying(100),
    system_id character varying(100),
    inserted_at timestamp with time zone DEFAULT clock_timestamp(),
    updated_at timestamp with time zone,
    name text,
    amount numeric(24,4)
);

CREATE VIEW out_demo.client AS
 SELECT client.id,
    client.system_created_at,
    client.system_creator_fio,
    client.system_id,
    client.inserted_at,
    client.updated_at,
    client.name,
    client.amount
   FROM out_demo_1_1.client;

CREATE SEQUENCE out_demo_1_1.claim_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE out_demo_1_1.claim_id_seq OWNED BY out_demo_1_1.claim.id;

CREATE SEQUENCE out_demo_1_1.client_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE out_demo_1_1.client_id_seq OWNED BY out_demo_1_1.client.id;

CREATE TABLE out_demo_1_2._claim_client_ (
    claim_id character varying(100) NOT NULL,
    client_id character varying(100) NOT NULL,
    inserted_at timestamp with time zone DEFAULT clock_timestamp()
);

CREATE TABLE out_demo_1_2._claim_watchers_ (
    claim_id character varying(100) NOT NULL,
    watchers_id character varying(100) NOT NULL,
    inserted_at timestamp with time zone DEFAULT clock_timestamp()
);

CREATE TABLE out_demo_1_2.claim (
    id bigint NOT NULL,
    system_created_at timestamp with time zone,
    system_creator_fio character varying(100),
    system_id character varying(100),
    inserted_at timestamp with time zone DEFAULT clock_timestamp(),
    updated_at timestamp with time zone,
    title text
);

CREATE SEQUENCE out_demo_1_2.claim_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE out_demo_1_2.claim_id_seq OWNED BY out_demo_1_2.claim.id;

CREATE TABLE out_demo_1_2.client (
    id bigint NOT NULL,
    system_created_at timestamp with time zone,
    system_creator_fio character varying(100),
    system_id character varying(100),
    inserted_at timestamp with time zone DEFAULT clock_timestamp(),
    updated_at timestamp with time zone,
    name text,
    amount numeric(24,4)
);

CREATE SEQUENCE out_demo_1_2.client_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE out_demo_1_2.client_id_seq OWNED BY out_demo_1_2.client.id;

CREATE TABLE store_demo.alias (
    bo character varying(63) NOT NULL,
    in_id character varying(100) NOT NULL COLLATE pg_catalog."C",
    instance character varying(16) NOT NULL COLLATE pg_catalog."C",
    run bigint NOT NULL
);

CREATE TABLE store_demo.bo_claim (
    _id character varying(16) NOT NULL COLLATE pg_catalog."C",
    _in_id character varying(100) COLLATE pg_catalog."C",
    _state character varying(8) DEFAULT 'ACTUAL'::character varying NOT NULL,
    _created_at timestamp with time zone NOT NULL,
    _created_by character varying(100),
    _modified_at timestamp with time zone NOT NULL,
    _modified_by character varying(100),
    _in_migrated_at timestamp with time zone,
    title text
);

CREATE TABLE store_demo.bo_client (
    _id character varying(16) NOT NULL COLLATE pg_catalog."C",
    _in_id character varying(100) COLLATE pg_catalog."C",
    _state character varying(8) DEFAULT 'ACTUAL'::character varying NOT NULL,
    _created_at timestamp with time zone NOT NULL,
    _created_by character varying(100),
    _modified_at timestamp with time zone NOT NULL,
    _modified_by character varying(100),
    _in_migrated_at timestamp with time zone,
    name text,
    amount numeric(24,4)
);

CREATE TABLE store_demo.boi_reference (
    bo character varying(63) NOT NULL,
    field character varying(63) NOT NULL,
    target_bo character varying(63) NOT NULL,
    owner_in_id character varying(100) NOT NULL COLLATE pg_catalog."C",
    target_in_id character varying(100) NOT NULL COLLATE pg_catalog."C",
    linked_at timestamp with time zone NOT NULL,
    run bigint NOT NULL,
    waiting_since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    restored_by bigint
);

CREATE TABLE store_demo.ended_alias (
    bo character varying(63) NOT NULL,
    in_id character varying(100) NOT NULL COLLATE pg_catalog."C",
    instance character varying(16) NOT NULL COLLATE pg_catalog."C",
    run bigint NOT NULL,
    ended_by bigint NOT NULL
);

CREATE TABLE store_demo.ended_file_alias (
    file_id character varying(32) NOT NULL COLLATE pg_catalog."C",
    file character varying(16) NOT NULL COLLATE pg_catalog."C",
    run bigint NOT NULL,
    ended_by bigint NOT NULL
);

CREATE TABLE store_demo.ended_file_reference (
    bo character varying(63) NOT NULL,
    field character varying(63) NOT NULL,
    instance character varying(16) NOT NULL COLLATE pg_catalog."C",
    file_id character varying(32) NOT NULL COLLATE pg_catalog."C",
    run bigint NOT NULL,
    waiting_since timestamp with time zone NOT NULL,
    ended_by bigint NOT NULL
);

CREATE TABLE store_demo.ended_reference (
    bo character varying(63) NOT NULL,
    field character varying(63) NOT NULL,
    target_bo character varying(63) NOT NULL,
    owner_in_id character varying(100) NOT NULL COLLATE pg_catalog."C",
    target_in_id character varying(100) NOT NULL COLLATE pg_catalog."C",
    linked_at timestamp with time zone NOT NULL,
    run bigint NOT NULL,
    waiting_since timestamp with time zone NOT NULL,
    ended_by bigint NOT NULL
);

CREATE TABLE store_demo.err (
    id bigint NOT NULL,
    run bigint NOT NULL,
    in_table character varying(63) NOT NULL,
    row_id bigint,
    in_id character varying(100),
    column_name character varying(63),
    code character varying(32) NOT NULL,
    message text NOT NULL,
    message_rus text NOT NULL,
    value text,
    severity character varying(8) NOT NULL,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE store_demo.file_alias (
    file_id character varying(32) NOT NULL COLLATE pg_catalog."C",
    file character varying(16) NOT NULL COLLATE pg_catalog."C",
    run bigint DEFAULT 0 NOT NULL
);

CREATE TABLE store_demo.file_reference (
    bo character varying(63) NOT NULL,
    field character varying(63) NOT NULL,
    instance character varying(16) NOT NULL COLLATE pg_catalog."C",
    file_id character varying(32) NOT NULL COLLATE pg_catalog."C",
    run bigint NOT NULL,
    waiting_since timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE store_demo.file_storage (
    _id character varying(16) NOT NULL COLLATE pg_catalog."C",
    sha256 bytea NOT NULL,
    file_name character varying(300),
    mime_type character varying(100),
    content bytea NOT NULL,
    stored_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE store_demo.journal (
    n bigint NOT NULL,
    written_by xid8 DEFAULT pg_current_xact_id() NOT NULL,
    run bigint,
    bo character varying(63) NOT NULL,
    field character varying(63),
    instance character varying(16) NOT NULL COLLATE pg_catalog."C",
    target character varying(16) COLLATE pg_catalog."C",
    change character varying(8) NOT NULL,
    before jsonb
);

COMMENT ON TABLE store_demo.journal IS '530c2da6a6ca26a08cd13b9a555ad0232004a23a77721b73069196719a4d03f0';

CREATE SEQUENCE store_demo.journal_n_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE store_demo.journal_n_seq OWNED BY store_demo.journal.n;

CREATE TABLE store_demo.link_claim_client (
    _owner character varying(16) NOT NULL COLLATE pg_catalog."C",
    _target character varying(16) NOT NULL COLLATE pg_catalog."C",
    _target_bo character varying(63) NOT NULL,
    _linked_at timestamp with time zone NOT NULL
);

CREATE TABLE store_demo.link_claim_watchers (
    _owner character varying(16) NOT NULL COLLATE pg_catalog."C",
    _target character varying(16) NOT NULL COLLATE pg_catalog."C",
    _target_bo character varying(63) NOT NULL,
    _linked_at timestamp with time zone NOT NULL
);

CREATE TABLE store_demo.links_served (
    only_row boolean DEFAULT true NOT NULL,
    place text,
    "position" xid8,
    CONSTRAINT links_served_only_row_check CHECK (only_row)
);

CREATE TABLE store_demo.out_version (
    schema_name character varying(63) NOT NULL,
    code_version character varying(16) NOT NULL,
    environment_version character varying(16) NOT NULL,
    "position" pg_snapshot NOT NULL,
    built_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    followed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    structure jsonb,
    place text,
    fill jsonb,
    whole_at timestamp with time zone,
    is_current boolean DEFAULT false NOT NULL,
    current_since timestamp with time zone,
    previous character varying(63),
    view_grants jsonb DEFAULT '{}'::jsonb NOT NULL,
    retire_on date,
    own_scans bigint DEFAULT 0 NOT NULL,
    reader_scans bigint DEFAULT 0 NOT NULL,
    last_read_at timestamp with time zone
);

CREATE TABLE store_demo.stored_file (
    _id character varying(16) NOT NULL COLLATE pg_catalog."C",
    content character varying(16) NOT NULL COLLATE pg_catalog."C",
    file_name character varying(300),
    mime_type character varying(100),
    stored_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE store_demo.undone_run (
    as_run bigint NOT NULL,
    run bigint NOT NULL
);

CREATE TABLE store_demo.unit_number (
    only_row boolean DEFAULT true NOT NULL,
    highest bigint NOT NULL,
    CONSTRAINT unit_number_only_row_check CHECK (only_row)
);

ALTER TABLE ONLY in_tables.err ALTER COLUMN id SET DEFAULT nextval('in_tables.err_id_seq'::regclass);

ALTER TABLE ONLY in_tables.in_claim ALTER COLUMN id SET DEFAULT nextval('in_tables.in_claim_id_seq'::regclass);

ALTER TABLE ONLY in_tables.in_client ALTER COLUMN id SET DEFAULT nextval('in_tables.in_client_id_seq'::regclass);

ALTER TABLE ONLY in_tables.process_tracking ALTER COLUMN id SET DEFAULT nextval('in_tables.process_tracking_id_seq'::regclass);

ALTER TABLE ONLY in_tables.task ALTER COLUMN id SET DEFAULT nextval('in_tables.task_id_seq'::regclass);

ALTER TABLE ONLY out_demo_1_1.claim ALTER COLUMN id SET DEFAULT nextval('out_demo_1_1.claim_id_seq'::regclass);

ALTER TABLE ONLY out_demo_1_1.client ALTER COLUMN id SET DEFAULT nextval('out_demo_1_1.client_id_seq'::regclass);

ALTER TABLE ONLY out_demo_1_2.claim ALTER COLUMN id SET DEFAULT nextval('out_demo_1_2.claim_id_seq'::regclass);

ALTER TABLE ONLY out_demo_1_2.client ALTER COLUMN id SET DEFAULT nextval('out_demo_1_2.client_id_seq'::regclass);

ALTER TABLE ONLY store_demo.journal ALTER COLUMN n SET DEFAULT nextval('store_demo.journal_n_seq'::regclass);

INSERT INTO in_tables.copy_2026_11_28_in_claim VALUES
	(1, 'k0', NULL, '2026-11-28 16:07:53.983696+00', '', NULL, NULL, false, 'first'),
	(2, 'k1', NULL, '2026-11-28 16:07:53.983974+00', '', NULL, NULL, false, 'second');

INSERT INTO in_tables.copy_2026_11_28_in_claim_client VALUES
	('k0', 'c0', '', '2026-11-28 16:07:53.986274+00', false),
	('k1', 'late', '', '2026-11-28 16:07:53.986504+00', false);

INSERT INTO in_tables.copy_2026_11_28_in_claim_watchers VALUES
	('k0', 'c1', '', '2026-11-28 16:07:53.987756+00', false),
	('k0', 'later', '', '2026-11-28 16:07:53.987957+00', false);

INSERT INTO in_tables.copy_2026_11_28_in_client VALUES
	(1, 'c0', NULL, '2026-11-28 16:07:53.974522+00', '', NULL, NULL, false, 'Client 0', 0.0000),
	(2, 'c1', NULL, '2026-11-28 16:07:53.974866+00', '', NULL, NULL, false, 'Client 1', 1.0000),
	(3, 'c2', NULL, '2026-11-28 16:07:53.974987+00', '', NULL, NULL, false, 'Client 2', 2.0000),
	(4, 'c3', NULL, '2026-11-28 16:07:53.975027+00', '', NULL, NULL, false, 'Client 3', 3.0000),
	(5, 'c4', NULL, '2026-11-28 16:07:53.975082+00', '', NULL, NULL, false, 'Client 4', 4.0000),
	(6, 'c5', NULL, '2026-11-28 16:07:53.975142+00', '', NULL, NULL, false, 'Client 5', 5.0000),
	(7, 'bad', NULL, '2026-11-28 16:07:53.978783+00', '', NULL, NULL, false, 'Bad', 'NaN');

INSERT INTO in_tables.copy_table_info VALUES
	('copy_2026_11_28_in_Client', 'in_Client', 1883118877600120832, 7, '2026-11-28 16:08:28.38862+00'),
	('copy_2026_11_28_in_Claim', 'in_Claim', 1883118877600120832, 2, '2026-11-28 16:08:28.392276+00'),
	('copy_2026_11_28_in_Claim_Client', 'in_Claim_Client', 1883118877600120832, 2, '2026-11-28 16:08:28.395102+00'),
	('copy_2026_11_28_in_Claim_Watchers', 'in_Claim_Watchers', 1883118877600120832, 2, '2026-11-28 16:08:28.401376+00');

INSERT INTO in_tables.err VALUES
	(1, 1883118877600120832, 'in_Client', 7, 'bad', 'Amount', 'NUMBER_NOT_FINITE', 'Amount is NaN: write a finite number or null', 'Amount содержит NaN: укажите конечное число или null', 'NaN', 'error', '2026-11-28 16:08:28.449084+00');

INSERT INTO in_tables.in_claim VALUES
	(3, 'k2', NULL, '2026-11-28 16:08:30.328942+00', 'ON_WORK', 1883118883543449600, '2026-11-28 16:08:34.199553+00', false, 'third');

INSERT INTO in_tables.in_claim_client VALUES
	('k2', 'c7', 'ON_WORK', '2026-11-28 16:08:30.329592+00', false);

INSERT INTO in_tables.in_client VALUES
	(10, 'late', NULL, '2026-11-28 16:08:30.328061+00', 'ON_WORK', 1883118883543449600, '2026-11-28 16:08:34.198572+00', false, 'Came late', 8.0000),
	(11, 'c0', NULL, '2026-11-28 16:08:30.328353+00', 'ON_WORK', 1883118883543449600, '2026-11-28 16:08:34.198592+00', false, 'Client 0', 100.0000);

INSERT INTO in_tables.in_filestorage VALUES
	('held up', NULL, NULL, NULL, NULL, NULL, false);

INSERT INTO in_tables.migration_receipt VALUES
	(1883118877600120832, 'in_Client', 0, 7, 6, 0, 0, 0, 1, 0, 0, 0, '2026-11-28 16:08:28.627028+00', 0),
	(1883118877600120832, 'in_Claim', 1, 2, 2, 0, 0, 0, 0, 0, 0, 0, '2026-11-28 16:08:28.627338+00', 0),
	(1883118877600120832, 'in_Claim_Client', 2, 2, 1, 0, 0, 0, 0, 1, 0, 0, '2026-11-28 16:08:28.627357+00', 0),
	(1883118877600120832, 'in_Claim_Watchers', 3, 2, 1, 0, 0, 0, 0, 1, 0, 0, '2026-11-28 16:08:28.627366+00', 0),
	(1883118878527062016, 'in_Client', 0, 2, 1, 1, 0, 0, 0, 0, 0, 0, '2026-11-28 16:08:29.463064+00', 0),
	(1883118878527062016, 'in_Claim', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, '2026-11-28 16:08:29.463121+00', 0),
	(1883118878527062016, 'in_Claim_Client', 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, '2026-11-28 16:08:29.463133+00', 0),
	(1883118878527062016, 'in_Claim_Watchers', 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, '2026-11-28 16:08:29.46314+00', 0);

INSERT INTO in_tables.process_tracking VALUES
	(1, '2026-11-28', NULL, NULL, 0, '2026-11-28 16:08:28.31295+00', '2026-11-28 16:08:28.628608+00', 1, 0, '2026-11-28', NULL, '2026-11-28 16:08:28.307427+00'),
	(2, '2026-11-28', NULL, NULL, 1, '2026-11-28 16:08:29.201058+00', '2026-11-28 16:08:29.466207+00', 1, 0, '2026-11-28', NULL, '2026-11-28 16:08:28.940547+00'),
	(3, '2026-11-28', NULL, NULL, 1, '2026-11-28 16:08:33.995462+00', NULL, 0, 1883118883543449600, '2026-11-28', '2026-11-28 16:08:33.995462+00', '2026-11-28 16:08:30.330244+00');

INSERT INTO in_tables.run VALUES
	(1883118877600120832, 'demo', 1, '9aee9430af9ded6c', 1, 'done', NULL, '2026-11-28 16:08:28.314415+00', '2026-11-28 16:08:28.857018+00', NULL),
	(1883118878527062016, 'demo', 2, '72358179912f7b44', 2, 'done', NULL, '2026-11-28 16:08:29.205073+00', '2026-11-28 16:08:29.593681+00', NULL),
	(1883118883543449600, 'demo', 3, '723dc8300f3ca0e4', 3, 'running', '2026-11-28 16:08:33.999415+00', '2026-11-28 16:08:33.999415+00', NULL, NULL);

INSERT INTO in_tables.run_fence VALUES
	(true, 3);

INSERT INTO in_tables.runner VALUES
	(1883118877600120832, '9aee9430af9ded6c', 1, 'host', 13774, 'cb2cf699cfdea6273d6b28945df046f0ff3e57afc86715ea6daccb180ca0928a', '2026-11-28 16:08:28.320081+00', NULL),
	(1883118878527062016, '72358179912f7b44', 2, 'host', 13788, 'cb2cf699cfdea6273d6b28945df046f0ff3e57afc86715ea6daccb180ca0928a', '2026-11-28 16:08:29.206222+00', NULL),
	(1883118883543449600, '723dc8300f3ca0e4', 3, 'host', 13807, 'cb2cf699cfdea6273d6b28945df046f0ff3e57afc86715ea6daccb180ca0928a', '2026-11-28 16:08:34.004293+00', NULL);

INSERT INTO in_tables.task VALUES
	(25, 1883118883543449600, 0, 0, 'BEGIN', 'Начало миграции инстанций БО', '', '', NULL, NULL, 0, 'done', '723dc8300f3ca0e4', 3, 1, 1, '{"in_Claim": 1, "in_Client": 2, "in_Claim_Client": 1, "in_Claim_Watchers": 0}', NULL, '2026-11-28 16:08:34.089062+00', '2026-11-28 16:08:34.100443+00', '2026-11-28 16:08:34.210614+00'),
	(1, 1883118877600120832, 0, 0, 'BEGIN', 'Начало миграции инстанций БО', '', '', NULL, NULL, 0, 'done', '9aee9430af9ded6c', 1, 1, 1, '{"in_Claim": 2, "in_Client": 7, "in_Claim_Client": 2, "in_Claim_Watchers": 2}', NULL, '2026-11-28 16:08:28.368116+00', '2026-11-28 16:08:28.375352+00', '2026-11-28 16:08:28.417061+00'),
	(12, 1883118877600120832, 11, 8, 'RUN_PROCESSES', 'Запуск процессов', '', '', NULL, NULL, 0, 'done', '9aee9430af9ded6c', 1, 1, 1, '{"linked": 2, "deleted": 0, "unlinked": 0, "upserted": 8}', NULL, '2026-11-28 16:08:28.410005+00', '2026-11-28 16:08:28.640399+00', '2026-11-28 16:08:28.824735+00'),
	(2, 1883118877600120832, 1, 1, 'MIGRATE_SINGLE_FIELDS', 'Простые поля: in_Client', 'in_Client', 'in_Client', NULL, NULL, 7, 'done', '9aee9430af9ded6c', 1, 1, 1, '{"marked": 7, "created": 6, "rejected": 1}', NULL, '2026-11-28 16:08:28.409845+00', '2026-11-28 16:08:28.421232+00', '2026-11-28 16:08:28.455333+00'),
	(17, 1883118878527062016, 3, 3, 'MIGRATE_BO_LINKS', 'Связи: in_Claim_Client', 'in_Claim_Client', 'Claim.Client', NULL, NULL, 0, 'done', '72358179912f7b44', 2, 1, 1, '{"marked": 0, "expired": 0, "resolved": 0}', NULL, '2026-11-28 16:08:29.301273+00', '2026-11-28 16:08:29.366821+00', '2026-11-28 16:08:29.398018+00'),
	(3, 1883118877600120832, 2, 1, 'MIGRATE_SINGLE_FIELDS', 'Простые поля: in_Claim', 'in_Claim', 'in_Claim', NULL, NULL, 2, 'done', '9aee9430af9ded6c', 1, 1, 1, '{"marked": 2, "created": 2}', NULL, '2026-11-28 16:08:28.409915+00', '2026-11-28 16:08:28.459909+00', '2026-11-28 16:08:28.485486+00'),
	(13, 1883118877600120832, 12, 9, 'NOP', 'Миграция завершена', '', '', NULL, NULL, 0, 'done', '9aee9430af9ded6c', 1, 1, 1, '{}', NULL, '2026-11-28 16:08:28.410013+00', '2026-11-28 16:08:28.833266+00', '2026-11-28 16:08:28.836894+00'),
	(4, 1883118877600120832, 3, 2, 'NOP', 'Простые поля прошли', '', '', NULL, NULL, 0, 'done', '9aee9430af9ded6c', 1, 1, 1, '{}', NULL, '2026-11-28 16:08:28.409926+00', '2026-11-28 16:08:28.489906+00', '2026-11-28 16:08:28.499562+00'),
	(5, 1883118877600120832, 4, 3, 'MIGRATE_BO_LINKS', 'Связи: in_Claim_Client', 'in_Claim_Client', 'Claim.Client', NULL, NULL, 2, 'done', '9aee9430af9ded6c', 1, 1, 1, '{"marked": 2, "created": 1, "expired": 0, "waiting": 1, "resolved": 0, "unchanged": 0}', NULL, '2026-11-28 16:08:28.409946+00', '2026-11-28 16:08:28.503336+00', '2026-11-28 16:08:28.555643+00'),
	(21, 1883118878527062016, 7, 6, 'FIX_PROCESS_TRACKING', 'Фиксация таблицы process_tracking о завершении считывания данных', '', '', NULL, NULL, 0, 'done', '72358179912f7b44', 2, 1, 1, '{"marker_rows": 1}', NULL, '2026-11-28 16:08:29.301307+00', '2026-11-28 16:08:29.456468+00', '2026-11-28 16:08:29.467019+00'),
	(6, 1883118877600120832, 5, 3, 'MIGRATE_BO_LINKS', 'Связи: in_Claim_Watchers', 'in_Claim_Watchers', '', NULL, NULL, 2, 'done', '9aee9430af9ded6c', 1, 1, 1, '{"marked": 2, "created": 1, "expired": 0, "waiting": 1, "resolved": 0, "unchanged": 0}', NULL, '2026-11-28 16:08:28.409954+00', '2026-11-28 16:08:28.560333+00', '2026-11-28 16:08:28.595442+00'),
	(7, 1883118877600120832, 6, 4, 'NOP', 'Связи прошли', '', '', NULL, NULL, 0, 'done', '9aee9430af9ded6c', 1, 1, 1, '{}', NULL, '2026-11-28 16:08:28.409963+00', '2026-11-28 16:08:28.600954+00', '2026-11-28 16:08:28.605517+00'),
	(8, 1883118877600120832, 7, 5, 'MIGRATE_IN_MIGRATED_AT', 'Поле IN_MIGRATED_AT: in_Client', 'in_Client', '', NULL, NULL, 0, 'done', '9aee9430af9ded6c', 1, 1, 1, '{}', NULL, '2026-11-28 16:08:28.409971+00', '2026-11-28 16:08:28.608788+00', '2026-11-28 16:08:28.61215+00'),
	(9, 1883118877600120832, 8, 5, 'MIGRATE_IN_MIGRATED_AT', 'Поле IN_MIGRATED_AT: in_Claim', 'in_Claim', '', NULL, NULL, 0, 'done', '9aee9430af9ded6c', 1, 1, 1, '{}', NULL, '2026-11-28 16:08:28.409979+00', '2026-11-28 16:08:28.615548+00', '2026-11-28 16:08:28.618644+00'),
	(10, 1883118877600120832, 9, 6, 'FIX_PROCESS_TRACKING', 'Фиксация таблицы process_tracking о завершении считывания данных', '', '', NULL, NULL, 0, 'done', '9aee9430af9ded6c', 1, 1, 1, '{"marker_rows": 1}', NULL, '2026-11-28 16:08:28.409988+00', '2026-11-28 16:08:28.621726+00', '2026-11-28 16:08:28.629276+00'),
	(11, 1883118877600120832, 10, 7, 'COPY_ERR', 'Копирование таблицы ошибок', '', '', NULL, NULL, 0, 'done', '9aee9430af9ded6c', 1, 1, 1, '{"copied": 1}', NULL, '2026-11-28 16:08:28.409996+00', '2026-11-28 16:08:28.632857+00', '2026-11-28 16:08:28.637232+00'),
	(14, 1883118878527062016, 0, 0, 'BEGIN', 'Начало миграции инстанций БО', '', '', NULL, NULL, 0, 'done', '72358179912f7b44', 2, 1, 1, '{"in_Claim": 0, "in_Client": 2, "in_Claim_Client": 0, "in_Claim_Watchers": 0}', NULL, '2026-11-28 16:08:29.266953+00', '2026-11-28 16:08:29.273829+00', '2026-11-28 16:08:29.302389+00'),
	(18, 1883118878527062016, 4, 3, 'MIGRATE_BO_LINKS', 'Связи: in_Claim_Watchers', 'in_Claim_Watchers', '', NULL, NULL, 0, 'done', '72358179912f7b44', 2, 1, 1, '{"marked": 0, "expired": 0, "resolved": 0}', NULL, '2026-11-28 16:08:29.301282+00', '2026-11-28 16:08:29.402077+00', '2026-11-28 16:08:29.434001+00'),
	(15, 1883118878527062016, 1, 1, 'MIGRATE_SINGLE_FIELDS', 'Простые поля: in_Client', 'in_Client', 'in_Client', NULL, NULL, 2, 'done', '72358179912f7b44', 2, 1, 1, '{"marked": 2, "changed": 1, "created": 1}', NULL, '2026-11-28 16:08:29.301176+00', '2026-11-28 16:08:29.307813+00', '2026-11-28 16:08:29.343601+00'),
	(24, 1883118878527062016, 10, 9, 'NOP', 'Миграция завершена', '', '', NULL, NULL, 0, 'done', '72358179912f7b44', 2, 1, 1, '{}', NULL, '2026-11-28 16:08:29.301333+00', '2026-11-28 16:08:29.570692+00', '2026-11-28 16:08:29.574473+00'),
	(16, 1883118878527062016, 2, 2, 'NOP', 'Простые поля прошли', '', '', NULL, NULL, 0, 'done', '72358179912f7b44', 2, 1, 1, '{}', NULL, '2026-11-28 16:08:29.301249+00', '2026-11-28 16:08:29.355798+00', '2026-11-28 16:08:29.362971+00'),
	(19, 1883118878527062016, 5, 4, 'NOP', 'Связи прошли', '', '', NULL, NULL, 0, 'done', '72358179912f7b44', 2, 1, 1, '{}', NULL, '2026-11-28 16:08:29.301291+00', '2026-11-28 16:08:29.438325+00', '2026-11-28 16:08:29.442237+00'),
	(22, 1883118878527062016, 8, 7, 'COPY_ERR', 'Копирование таблицы ошибок', '', '', NULL, NULL, 0, 'done', '72358179912f7b44', 2, 1, 1, '{"copied": 0}', NULL, '2026-11-28 16:08:29.301316+00', '2026-11-28 16:08:29.4708+00', '2026-11-28 16:08:29.481775+00'),
	(20, 1883118878527062016, 6, 5, 'MIGRATE_IN_MIGRATED_AT', 'Поле IN_MIGRATED_AT: in_Client', 'in_Client', '', NULL, NULL, 0, 'done', '72358179912f7b44', 2, 1, 1, '{}', NULL, '2026-11-28 16:08:29.301299+00', '2026-11-28 16:08:29.445717+00', '2026-11-28 16:08:29.449113+00'),
	(23, 1883118878527062016, 9, 8, 'RUN_PROCESSES', 'Запуск процессов', '', '', NULL, NULL, 0, 'done', '72358179912f7b44', 2, 1, 1, '{"linked": 0, "deleted": 0, "unlinked": 0, "upserted": 2}', NULL, '2026-11-28 16:08:29.301324+00', '2026-11-28 16:08:29.48537+00', '2026-11-28 16:08:29.561359+00'),
	(26, 1883118883543449600, 1, 1, 'UPLOAD_FILES', 'Файлы: in_fileStorage', 'in_fileStorage', '', NULL, NULL, 0, 'running', '723dc8300f3ca0e4', 3, 1, 1, '{}', NULL, '2026-11-28 16:08:34.208535+00', '2026-11-28 16:08:34.214239+00', NULL),
	(27, 1883118883543449600, 2, 2, 'MIGRATE_SINGLE_FIELDS', 'Простые поля: in_Client', 'in_Client', 'in_Client', NULL, NULL, 2, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:34.208594+00', NULL, NULL),
	(28, 1883118883543449600, 3, 2, 'MIGRATE_SINGLE_FIELDS', 'Простые поля: in_Claim', 'in_Claim', 'in_Claim', NULL, NULL, 1, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:34.208603+00', NULL, NULL),
	(29, 1883118883543449600, 4, 3, 'NOP', 'Простые поля прошли', '', '', NULL, NULL, 0, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:34.20861+00', NULL, NULL),
	(30, 1883118883543449600, 5, 4, 'MIGRATE_BO_LINKS', 'Связи: in_Claim_Client', 'in_Claim_Client', 'Claim.Client', NULL, NULL, 1, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:34.208616+00', NULL, NULL),
	(31, 1883118883543449600, 6, 4, 'MIGRATE_BO_LINKS', 'Связи: in_Claim_Watchers', 'in_Claim_Watchers', '', NULL, NULL, 0, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:34.208621+00', NULL, NULL),
	(32, 1883118883543449600, 7, 5, 'NOP', 'Связи прошли', '', '', NULL, NULL, 0, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:34.208627+00', NULL, NULL),
	(33, 1883118883543449600, 8, 6, 'MIGRATE_IN_MIGRATED_AT', 'Поле IN_MIGRATED_AT: in_Client', 'in_Client', '', NULL, NULL, 0, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:34.208633+00', NULL, NULL),
	(34, 1883118883543449600, 9, 6, 'MIGRATE_IN_MIGRATED_AT', 'Поле IN_MIGRATED_AT: in_Claim', 'in_Claim', '', NULL, NULL, 0, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:34.208805+00', NULL, NULL),
	(35, 1883118883543449600, 10, 7, 'FIX_PROCESS_TRACKING', 'Фиксация таблицы process_tracking о завершении считывания данных', '', '', NULL, NULL, 0, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:34.208826+00', NULL, NULL),
	(36, 1883118883543449600, 11, 8, 'COPY_ERR', 'Копирование таблицы ошибок', '', '', NULL, NULL, 0, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:34.208843+00', NULL, NULL),
	(37, 1883118883543449600, 12, 9, 'RUN_PROCESSES', 'Запуск процессов', '', '', NULL, NULL, 0, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:34.208853+00', NULL, NULL),
	(38, 1883118883543449600, 13, 10, 'NOP', 'Миграция завершена', '', '', NULL, NULL, 0, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:34.208861+00', NULL, NULL);

INSERT INTO out_demo_1_1._claim_client_ VALUES
	('P8XvZNntV8100000', 'P8XvZN9u7J100000', '2026-11-28 16:08:28.773452+00');

INSERT INTO out_demo_1_1._claim_watchers_ VALUES
	('P8XvZNntV8100000', 'P8XvZN9u7J100001', '2026-11-28 16:08:28.779719+00');

INSERT INTO out_demo_1_1.claim VALUES
	(1, '2026-11-28 16:08:28.314415+00', NULL, 'P8XvZNntV8100000', '2026-11-28 16:08:28.767807+00', '2026-11-28 16:08:28.767807+00', 'first'),
	(2, '2026-11-28 16:08:28.314415+00', NULL, 'P8XvZNntV8100001', '2026-11-28 16:08:28.767807+00', '2026-11-28 16:08:28.767807+00', 'second');

INSERT INTO out_demo_1_1.client VALUES
	(1, '2026-11-28 16:08:28.314415+00', NULL, 'P8XvZN9u7J100000', '2026-11-28 16:08:28.762031+00', '2026-11-28 16:08:28.762031+00', 'Client 0', 0.0000),
	(3, '2026-11-28 16:08:28.314415+00', NULL, 'P8XvZN9u7J100002', '2026-11-28 16:08:28.762031+00', '2026-11-28 16:08:28.762031+00', 'Client 2', 2.0000),
	(4, '2026-11-28 16:08:28.314415+00', NULL, 'P8XvZN9u7J100003', '2026-11-28 16:08:28.762031+00', '2026-11-28 16:08:28.762031+00', 'Client 3', 3.0000),
	(5, '2026-11-28 16:08:28.314415+00', NULL, 'P8XvZN9u7J100004', '2026-11-28 16:08:28.762031+00', '2026-11-28 16:08:28.762031+00', 'Client 4', 4.0000),
	(6, '2026-11-28 16:08:28.314415+00', NULL, 'P8XvZN9u7J100005', '2026-11-28 16:08:28.762031+00', '2026-11-28 16:08:28.762031+00', 'Client 5', 5.0000),
	(7, '2026-11-28 16:08:29.205073+00', NULL, 'P8XvZb0dje100000', '2026-11-28 16:08:29.511792+00', '2026-11-28 16:08:29.511792+00', 'Client 7', 7.0000),
	(2, '2026-11-28 16:08:28.314415+00', NULL, 'P8XvZN9u7J100001', '2026-11-28 16:08:28.762031+00', '2026-11-28 16:08:29.511792+00', 'Renamed', 11.0000);

INSERT INTO out_demo_1_2._claim_client_ VALUES
	('P8XvZNntV8100000', 'P8XvZN9u7J100000', '2026-11-28 16:08:30.18586+00');

INSERT INTO out_demo_1_2._claim_watchers_ VALUES
	('P8XvZNntV8100000', 'P8XvZN9u7J100001', '2026-11-28 16:08:30.246128+00');

INSERT INTO out_demo_1_2.claim VALUES
	(1, '2026-11-28 16:08:28.314415+00', NULL, 'P8XvZNntV8100000', '2026-11-28 16:08:30.135284+00', '2026-11-28 16:08:30.135284+00', 'first'),
	(2, '2026-11-28 16:08:28.314415+00', NULL, 'P8XvZNntV8100001', '2026-11-28 16:08:30.135284+00', '2026-11-28 16:08:30.135284+00', 'second');

INSERT INTO out_demo_1_2.client VALUES
	(1, '2026-11-28 16:08:28.314415+00', NULL, 'P8XvZN9u7J100000', '2026-11-28 16:08:30.064519+00', '2026-11-28 16:08:30.064519+00', 'Client 0', 0.0000),
	(2, '2026-11-28 16:08:28.314415+00', NULL, 'P8XvZN9u7J100001', '2026-11-28 16:08:30.064519+00', '2026-11-28 16:08:30.064519+00', 'Renamed', 11.0000),
	(3, '2026-11-28 16:08:28.314415+00', NULL, 'P8XvZN9u7J100002', '2026-11-28 16:08:30.064519+00', '2026-11-28 16:08:30.064519+00', 'Client 2', 2.0000),
	(4, '2026-11-28 16:08:28.314415+00', NULL, 'P8XvZN9u7J100003', '2026-11-28 16:08:30.064519+00', '2026-11-28 16:08:30.064519+00', 'Client 3', 3.0000),
	(5, '2026-11-28 16:08:28.314415+00', NULL, 'P8XvZN9u7J100004', '2026-11-28 16:08:30.064519+00', '2026-11-28 16:08:30.064519+00', 'Client 4', 4.0000),
	(6, '2026-11-28 16:08:28.314415+00', NULL, 'P8XvZN9u7J100005', '2026-11-28 16:08:30.064519+00', '2026-11-28 16:08:30.064519+00', 'Client 5', 5.0000),
	(7, '2026-11-28 16:08:29.205073+00', NULL, 'P8XvZb0dje100000', '2026-11-28 16:08:30.064519+00', '2026-11-28 16:08:30.064519+00', 'Client 7', 7.0000);

INSERT INTO store_demo.bo_claim VALUES
	('P8XvZNntV8100000', 'k0', 'ACTUAL', '2026-11-28 16:08:28.314415+00', NULL, '2026-11-28 16:08:28.314415+00', NULL, '2026-11-28 16:08:28.314415+00', 'first'),
	('P8XvZNntV8100001', 'k1', 'ACTUAL', '2026-11-28 16:08:28.314415+00', NULL, '2026-11-28 16:08:28.314415+00', NULL, '2026-11-28 16:08:28.314415+00', 'second');

INSERT INTO store_demo.bo_client VALUES
	('P8XvZN9u7J100000', 'c0', 'ACTUAL', '2026-11-28 16:08:28.314415+00', NULL, '2026-11-28 16:08:28.314415+00', NULL, '2026-11-28 16:08:28.314415+00', 'Client 0', 0.0000),
	('P8XvZN9u7J100002', 'c2', 'ACTUAL', '2026-11-28 16:08:28.314415+00', NULL, '2026-11-28 16:08:28.314415+00', NULL, '2026-11-28 16:08:28.314415+00', 'Client 2', 2.0000),
	('P8XvZN9u7J100003', 'c3', 'ACTUAL', '2026-11-28 16:08:28.314415+00', NULL, '2026-11-28 16:08:28.314415+00', NULL, '2026-11-28 16:08:28.314415+00', 'Client 3', 3.0000),
	('P8XvZN9u7J100004', 'c4', 'ACTUAL', '2026-11-28 16:08:28.314415+00', NULL, '2026-11-28 16:08:28.314415+00', NULL, '2026-11-28 16:08:28.314415+00', 'Client 4', 4.0000),
	('P8XvZN9u7J100005', 'c5', 'ACTUAL', '2026-11-28 16:08:28.314415+00', NULL, '2026-11-28 16:08:28.314415+00', NULL, '2026-11-28 16:08:28.314415+00', 'Client 5', 5.0000),
	('P8XvZb0dje100000', 'c7', 'ACTUAL', '2026-11-28 16:08:29.205073+00', NULL, '2026-11-28 16:08:29.205073+00', NULL, '2026-11-28 16:08:29.205073+00', 'Client 7', 7.0000),
	('P8XvZN9u7J100001', 'c1', 'ACTUAL', '2026-11-28 16:08:28.314415+00', NULL, '2026-11-28 16:08:29.205073+00', NULL, '2026-11-28 16:08:29.205073+00', 'Renamed', 11.0000);

INSERT INTO store_demo.boi_reference VALUES
	('Claim', 'Client', 'Client', 'k1', 'late', '2026-11-28 16:07:53.986504+00', 1883118877600120832, '2026-11-28 16:08:28.54933+00', NULL),
	('Claim', 'Watchers', 'Client', 'k0', 'later', '2026-11-28 16:07:53.987957+00', 1883118877600120832, '2026-11-28 16:08:28.592578+00', NULL);

INSERT INTO store_demo.err VALUES
	(1, 1883118877600120832, 'in_Client', 7, 'bad', 'Amount', 'NUMBER_NOT_FINITE', 'Amount is NaN: write a finite number or null', 'Amount содержит NaN: укажите конечное число или null', 'NaN', 'error', '2026-11-28 16:08:28.449084+00');

INSERT INTO store_demo.journal VALUES
	(1, '755', 1883118877600120832, 'Client', NULL, 'P8XvZN9u7J100000', NULL, 'created', NULL),
	(2, '755', 1883118877600120832, 'Client', NULL, 'P8XvZN9u7J100001', NULL, 'created', NULL),
	(3, '755', 1883118877600120832, 'Client', NULL, 'P8XvZN9u7J100002', NULL, 'created', NULL),
	(4, '755', 1883118877600120832, 'Client', NULL, 'P8XvZN9u7J100003', NULL, 'created', NULL),
	(5, '755', 1883118877600120832, 'Client', NULL, 'P8XvZN9u7J100004', NULL, 'created', NULL),
	(6, '755', 1883118877600120832, 'Client', NULL, 'P8XvZN9u7J100005', NULL, 'created', NULL),
	(7, '757', 1883118877600120832, 'Claim', NULL, 'P8XvZNntV8100000', NULL, 'created', NULL),
	(8, '757', 1883118877600120832, 'Claim', NULL, 'P8XvZNntV8100001', NULL, 'created', NULL),
	(9, '761', 1883118877600120832, 'Claim', 'Client', 'P8XvZNntV8100000', 'P8XvZN9u7J100000', 'linked', NULL),
	(10, '763', 1883118877600120832, 'Claim', 'Watchers', 'P8XvZNntV8100000', 'P8XvZN9u7J100001', 'linked', NULL),
	(11, '791', 1883118878527062016, 'Client', NULL, 'P8XvZb0dje100000', NULL, 'created', NULL),
	(12, '791', 1883118878527062016, 'Client', NULL, 'P8XvZN9u7J100001', NULL, 'changed', '{"name": "Client 1", "amount": 1.0000}');

INSERT INTO store_demo.link_claim_client VALUES
	('P8XvZNntV8100000', 'P8XvZN9u7J100000', 'Client', '2026-11-28 16:07:53.986274+00');

INSERT INTO store_demo.link_claim_watchers VALUES
	('P8XvZNntV8100000', 'P8XvZN9u7J100001', 'Client', '2026-11-28 16:07:53.987756+00');

INSERT INTO store_demo.links_served VALUES
	(true, '7713254755794342892 16384 16482', '810');

INSERT INTO store_demo.out_version VALUES
	('out_demo_1_1', '1', '1', '807:807:', '2026-11-28 16:08:28.700449+00', '2026-11-28 16:08:29.531465+00', '{"links": [{"bo": "Claim", "field": "Client", "targets": ["Client"], "bo_column": null, "owner_column": "Claim_id", "target_column": "Client_id"}, {"bo": "Claim", "field": "Watchers", "targets": ["Client"], "bo_column": null, "owner_column": "Claim_id", "target_column": "Watchers_id"}], "instances": [{"bo": "Client", "columns": [{"name": "Name", "type": "text", "source": "field"}, {"name": "Amount", "type": "numeric(24,4)", "source": "field"}]}, {"bo": "Claim", "columns": [{"name": "Title", "type": "text", "source": "field"}]}], "keeps_removed": false}', '7713254755794342892 16384 16482 16578 05e3638211479eb9675521c88e5bb1b9', NULL, '2026-11-28 16:08:28.78072+00', true, '2026-11-28 16:08:28.823745+00', NULL, '{}', NULL, 10, 0, NULL),
	('out_demo_1_2', '1', '2', '812:812:', '2026-11-28 16:08:30.012004+00', '2026-11-28 16:08:30.251643+00', '{"links": [{"bo": "Claim", "field": "Client", "targets": ["Client"], "bo_column": null, "owner_column": "Claim_id", "target_column": "Client_id"}, {"bo": "Claim", "field": "Watchers", "targets": ["Client"], "bo_column": null, "owner_column": "Claim_id", "target_column": "Watchers_id"}], "instances": [{"bo": "Client", "columns": [{"name": "Name", "type": "text", "source": "field"}, {"name": "Amount", "type": "numeric(24,4)", "source": "field"}]}, {"bo": "Claim", "columns": [{"name": "Title", "type": "text", "source": "field"}]}], "keeps_removed": false}', '7713254755794342892 16384 16482 16578 e7dad9fe64bf7e0a7ce3e0c03073cf74', NULL, '2026-11-28 16:08:30.251643+00', false, NULL, NULL, '{}', NULL, 6, 0, NULL);

INSERT INTO store_demo.unit_number VALUES
	(true, 1883118883543449600);

SELECT pg_catalog.setval('in_tables.err_id_seq', 1, true);

SELECT pg_catalog.setval('in_tables.in_claim_id_seq', 3, true);

SELECT pg_catalog.setval('in_tables.in_client_id_seq', 11, true);

SELECT pg_catalog.setval('in_tables.process_tracking_id_seq', 3, true);

SELECT pg_catalog.setval('in_tables.task_id_seq', 38, true);

SELECT pg_catalog.setval('out_demo_1_1.claim_id_seq', 2, true);

SELECT pg_catalog.setval('out_demo_1_1.client_id_seq', 8, true);

SELECT pg_catalog.setval('out_demo_1_2.claim_id_seq', 2, true);

SELECT pg_catalog.setval('out_demo_1_2.client_id_seq', 7, true);

SELECT pg_catalog.setval('store_demo.journal_n_seq', 12, true);

ALTER TABLE ONLY in_tables.copy_table_info
    ADD CONSTRAINT copy_table_info_pkey PRIMARY KEY (copy_table);

ALTER TABLE ONLY in_tables.err
    ADD CONSTRAINT err_pkey PRIMARY KEY (id);

ALTER TABLE in_tables.err
    ADD CONSTRAINT err_severity_check CHECK (((severity)::text = ANY ((ARRAY['error'::character varying, 'warning'::character varying, 'info'::character varying])::text[]))) NOT VALID;

ALTER TABLE ONLY in_tables.in_claim_client
    ADD CONSTRAINT in_claim_client_pkey PRIMARY KEY (claim_id, client_id);

ALTER TABLE ONLY in_tables.in_claim
    ADD CONSTRAINT in_claim_pkey PRIMARY KEY (id);

ALTER TABLE ONLY in_tables.in_claim_watchers
    ADD CONSTRAINT in_claim_watchers_pkey PRIMARY KEY (claim_id, watchers_id);

ALTER TABLE ONLY in_tables.in_client
    ADD CONSTRAINT in_client_pkey PRIMARY KEY (id);

ALTER TABLE ONLY in_tables.in_filestorage
    ADD CONSTRAINT in_filestorage_pkey PRIMARY KEY (file_id);

ALTER TABLE ONLY in_tables.migration_receipt
    ADD CONSTRAINT migration_receipt_pkey PRIMARY KEY (run, in_table);

ALTER TABLE ONLY in_tables.process_tracking
    ADD CONSTRAINT process_tracking_pkey PRIMARY KEY (id);

ALTER TABLE ONLY in_tables.run_fence
    ADD CONSTRAINT run_fence_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY in_tables.run
    ADD CONSTRAINT run_pkey PRIMARY KEY (id);

ALTER TABLE ONLY in_tables.runner
    ADD CONSTRAINT runner_pkey PRIMARY KEY (run, owner);

ALTER TABLE ONLY in_tables.task
    ADD CONSTRAINT task_pkey PRIMARY KEY (id);

ALTER TABLE ONLY in_tables.task
    ADD CONSTRAINT task_run_seq_key UNIQUE (run, seq);

ALTER TABLE ONLY out_demo_1_1._claim_client_
    ADD CONSTRAINT _claim_client__pkey PRIMARY KEY (claim_id, client_id);

ALTER TABLE ONLY out_demo_1_1._claim_watchers_
    ADD CONSTRAINT _claim_watchers__pkey PRIMARY KEY (claim_id, watchers_id);

ALTER TABLE ONLY out_demo_1_1.claim
    ADD CONSTRAINT claim_pkey PRIMARY KEY (id);

ALTER TABLE ONLY out_demo_1_1.claim
    ADD CONSTRAINT claim_system_id_key UNIQUE (system_id);

ALTER TABLE ONLY out_demo_1_1.client
    ADD CONSTRAINT client_pkey PRIMARY KEY (id);

ALTER TABLE ONLY out_demo_1_1.client
    ADD CONSTRAINT client_system_id_key UNIQUE (system_id);

ALTER TABLE ONLY out_demo_1_2._claim_client_
    ADD CONSTRAINT _claim_client__pkey PRIMARY KEY (claim_id, client_id);

ALTER TABLE ONLY out_demo_1_2._claim_watchers_
    ADD CONSTRAINT _claim_watchers__pkey PRIMARY KEY (claim_id, watchers_id);

ALTER TABLE ONLY out_demo_1_2.claim
    ADD CONSTRAINT claim_pkey PRIMARY KEY (id);

ALTER TABLE ONLY out_demo_1_2.claim
    ADD CONSTRAINT claim_system_id_key UNIQUE (system_id);

ALTER TABLE ONLY out_demo_1_2.client
    ADD CONSTRAINT client_pkey PRIMARY KEY (id);

ALTER TABLE ONLY out_demo_1_2.client
    ADD CONSTRAINT client_system_id_key UNIQUE (system_id);

ALTER TABLE ONLY store_demo.alias
    ADD CONSTRAINT alias_pkey PRIMARY KEY (bo, in_id);

ALTER TABLE ONLY store_demo.bo_claim
    ADD CONSTRAINT bo_claim__in_id_key UNIQUE (_in_id);

ALTER TABLE ONLY store_demo.bo_claim
    ADD CONSTRAINT bo_claim_pkey PRIMARY KEY (_id);

ALTER TABLE ONLY store_demo.bo_client
    ADD CONSTRAINT bo_client__in_id_key UNIQUE (_in_id);

ALTER TABLE ONLY store_demo.bo_client
    ADD CONSTRAINT bo_client_pkey PRIMARY KEY (_id);

ALTER TABLE ONLY store_demo.boi_reference
    ADD CONSTRAINT boi_reference_pkey PRIMARY KEY (bo, field, target_bo, owner_in_id, target_in_id);

ALTER TABLE ONLY store_demo.err
    ADD CONSTRAINT err_pkey PRIMARY KEY (run, id);

ALTER TABLE ONLY store_demo.file_alias
    ADD CONSTRAINT file_alias_pkey PRIMARY KEY (file_id);

ALTER TABLE ONLY store_demo.file_reference
    ADD CONSTRAINT file_reference_pkey PRIMARY KEY (bo, field, instance);

ALTER TABLE ONLY store_demo.file_storage
    ADD CONSTRAINT file_storage_pkey PRIMARY KEY (_id);

ALTER TABLE ONLY store_demo.file_storage
    ADD CONSTRAINT file_storage_sha256_key UNIQUE (sha256);

ALTER TABLE ONLY store_demo.link_claim_client
    ADD CONSTRAINT link_claim_client_pkey PRIMARY KEY (_owner, _target);

ALTER TABLE ONLY store_demo.link_claim_watchers
    ADD CONSTRAINT link_claim_watchers_pkey PRIMARY KEY (_owner, _target);

ALTER TABLE ONLY store_demo.links_served
    ADD CONSTRAINT links_served_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY store_demo.out_version
    ADD CONSTRAINT out_version_pkey PRIMARY KEY (schema_name);

ALTER TABLE ONLY store_demo.stored_file
    ADD CONSTRAINT stored_file_pkey PRIMARY KEY (_id);

ALTER TABLE ONLY store_demo.undone_run
    ADD CONSTRAINT undone_run_pkey PRIMARY KEY (as_run);

ALTER TABLE ONLY store_demo.unit_number
    ADD CONSTRAINT unit_number_pkey PRIMARY KEY (only_row);

CREATE INDEX err_in_id ON in_tables.err USING btree (in_table, in_id);

CREATE INDEX err_run ON in_tables.err USING btree (run, id);

CREATE UNIQUE INDEX in_claim_in_id_idx ON in_tables.in_claim USING btree (in_id);

CREATE UNIQUE INDEX in_client_in_id_idx ON in_tables.in_client USING btree (in_id);

CREATE UNIQUE INDEX run_running ON in_tables.run USING btree ((true)) WHERE ((state)::text = 'running'::text);

CREATE INDEX alias_instance ON store_demo.alias USING btree (instance);

CREATE INDEX boi_reference_restored_by ON store_demo.boi_reference USING btree (restored_by) WHERE (restored_by IS NOT NULL);

CREATE INDEX boi_reference_target ON store_demo.boi_reference USING btree (bo, field, target_bo, target_in_id);

CREATE INDEX boi_reference_waiting_since ON store_demo.boi_reference USING btree (waiting_since);

CREATE INDEX ended_alias_ended_by ON store_demo.ended_alias USING btree (ended_by);

CREATE INDEX ended_file_alias_ended_by ON store_demo.ended_file_alias USING btree (ended_by);

CREATE INDEX ended_file_reference_ended_by ON store_demo.ended_file_reference USING btree (ended_by);

CREATE INDEX ended_reference_ended_by ON store_demo.ended_reference USING btree (ended_by);

CREATE INDEX journal_written_by ON store_demo.journal USING btree (written_by);

CREATE INDEX link_claim_client__target_idx ON store_demo.link_claim_client USING btree (_target);

CREATE INDEX link_claim_watchers__target_idx ON store_demo.link_claim_watchers USING btree (_target);

CREATE UNIQUE INDEX out_version_current ON store_demo.out_version USING btree ((true)) WHERE is_current;

CREATE UNIQUE INDEX stored_file_content ON store_demo.stored_file USING btree (content, COALESCE(file_name, ''::character varying), COALESCE(mime_type, ''::character varying), ((file_name IS NULL)), ((mime_type IS NULL)));

CREATE CONSTRAINT TRIGGER etl_hand_over AFTER INSERT OR DELETE OR UPDATE OF load_status, ins_inkafka_status ON in_tables.process_tracking DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION in_tables.etl_hand_over();

COMMENT ON TRIGGER etl_hand_over ON in_tables.process_tracking IS '918a6c117226922bc84ffdab18c170d48a0da92308bebc14a7b68b453099feeb';

CREATE TRIGGER etl_hand_over_truncate AFTER TRUNCATE ON in_tables.process_tracking FOR EACH STATEMENT EXECUTE FUNCTION in_tables.etl_hand_over();

ALTER TABLE ONLY in_tables.runner
    ADD CONSTRAINT runner_run_fkey FOREIGN KEY (run) REFERENCES in_tables.run(id) ON UPDATE CASCADE ON DELETE CASCADE;
