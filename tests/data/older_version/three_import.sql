SELECT pg_catalog.set_config('search_path', '', false);

CREATE SCHEMA in_tables;

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

ALTER TABLE ONLY in_tables.err ALTER COLUMN id SET DEFAULT nextval('in_tables.err_id_seq'::regclass);

ALTER TABLE ONLY in_tables.in_claim ALTER COLUMN id SET DEFAULT nextval('in_tables.in_claim_id_seq'::regclass);

ALTER TABLE ONLY in_tables.in_client ALTER COLUMN id SET DEFAULT nextval('in_tables.in_client_id_seq'::regclass);

ALTER TABLE ONLY in_tables.process_tracking ALTER COLUMN id SET DEFAULT nextval('in_tables.process_tracking_id_seq'::regclass);

ALTER TABLE ONLY in_tables.task ALTER COLUMN id SET DEFAULT nextval('in_tables.task_id_seq'::regclass);

INSERT INTO in_tables.copy_2026_11_28_in_claim VALUES
	(1, 'k0', NULL, '2026-11-28 16:08:36.533082+00', '', NULL, NULL, false, 'first'),
	(2, 'k1', NULL, '2026-11-28 16:08:36.533502+00', '', NULL, NULL, false, 'second');

INSERT INTO in_tables.copy_2026_11_28_in_claim_client VALUES
	('k0', 'c0', '', '2026-11-28 16:08:36.53418+00', false),
	('k1', 'late', '', '2026-11-28 16:08:36.534556+00', false);

INSERT INTO in_tables.copy_2026_11_28_in_claim_watchers VALUES
	('k0', 'c1', '', '2026-11-28 16:08:36.537774+00', false),
	('k0', 'later', '', '2026-11-28 16:08:36.538074+00', false);

INSERT INTO in_tables.copy_2026_11_28_in_client VALUES
	(1, 'c0', NULL, '2026-11-28 16:08:36.522113+00', '', NULL, NULL, false, 'Client 0', 0.0000),
	(2, 'c1', NULL, '2026-11-28 16:08:36.529152+00', '', NULL, NULL, false, 'Client 1', 1.0000),
	(3, 'c2', NULL, '2026-11-28 16:08:36.529248+00', '', NULL, NULL, false, 'Client 2', 2.0000),
	(4, 'c3', NULL, '2026-11-28 16:08:36.529316+00', '', NULL, NULL, false, 'Client 3', 3.0000),
	(5, 'c4', NULL, '2026-11-28 16:08:36.529383+00', '', NULL, NULL, false, 'Client 4', 4.0000),
	(6, 'c5', NULL, '2026-11-28 16:08:36.529441+00', '', NULL, NULL, false, 'Client 5', 5.0000),
	(7, 'bad', NULL, '2026-11-28 16:08:36.530178+00', '', NULL, NULL, false, 'Bad', 'NaN');

INSERT INTO in_tables.copy_table_info VALUES
	('copy_2026_11_28_in_Client', 'in_Client', 1883118886880018432, 7, '2026-11-28 16:08:37.251185+00'),
	('copy_2026_11_28_in_Claim', 'in_Claim', 1883118886880018432, 2, '2026-11-28 16:08:37.258667+00'),
	('copy_2026_11_28_in_Claim_Client', 'in_Claim_Client', 1883118886880018432, 2, '2026-11-28 16:08:37.262333+00'),
	('copy_2026_11_28_in_Claim_Watchers', 'in_Claim_Watchers', 1883118886880018432, 2, '2026-11-28 16:08:37.265294+00');

INSERT INTO in_tables.err VALUES
	(1, 1883118886880018432, 'in_Client', 7, 'bad', 'Amount', 'NUMBER_NOT_FINITE', 'Amount is NaN: write a finite number or null', 'Amount содержит NaN: укажите конечное число или null', 'NaN', 'error', '2026-11-28 16:08:37.376634+00');

INSERT INTO in_tables.in_claim VALUES
	(3, 'k2', NULL, '2026-11-28 16:08:39.695496+00', 'ON_WORK', 1883118892009652224, '2026-11-28 16:08:42.221619+00', false, 'third');

INSERT INTO in_tables.in_claim_client VALUES
	('k2', 'c7', 'ON_WORK', '2026-11-28 16:08:39.696142+00', false);

INSERT INTO in_tables.in_client VALUES
	(10, 'late', NULL, '2026-11-28 16:08:39.690475+00', 'ON_WORK', 1883118892009652224, '2026-11-28 16:08:42.21813+00', false, 'Came late', 8.0000),
	(11, 'c0', NULL, '2026-11-28 16:08:39.690702+00', 'ON_WORK', 1883118892009652224, '2026-11-28 16:08:42.21815+00', false, 'Client 0', 100.0000);

INSERT INTO in_tables.in_filestorage VALUES
	('held up', NULL, NULL, NULL, NULL, NULL, false);

INSERT INTO in_tables.migration_receipt VALUES
	(1883118886880018432, 'in_Client', 0, 7, 6, 0, 0, 0, 1, 0, 0, 0, '2026-11-28 16:08:37.694269+00', 0),
	(1883118886880018432, 'in_Claim', 1, 2, 2, 0, 0, 0, 0, 0, 0, 0, '2026-11-28 16:08:37.694551+00', 0),
	(1883118886880018432, 'in_Claim_Client', 2, 2, 1, 0, 0, 0, 0, 1, 0, 0, '2026-11-28 16:08:37.694569+00', 0),
	(1883118886880018432, 'in_Claim_Watchers', 3, 2, 1, 0, 0, 0, 0, 1, 0, 0, '2026-11-28 16:08:37.694579+00', 0),
	(1883118888206467072, 'in_Client', 0, 2, 1, 1, 0, 0, 0, 0, 0, 0, '2026-11-28 16:08:38.802319+00', 0),
	(1883118888206467072, 'in_Claim', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, '2026-11-28 16:08:38.802375+00', 0),
	(1883118888206467072, 'in_Claim_Client', 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, '2026-11-28 16:08:38.802385+00', 0),
	(1883118888206467072, 'in_Claim_Watchers', 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, '2026-11-28 16:08:38.80239+00', 0);

INSERT INTO in_tables.process_tracking VALUES
	(1, '2026-11-28', NULL, NULL, 0, '2026-11-28 16:08:37.165325+00', '2026-11-28 16:08:37.695999+00', 1, 0, '2026-11-28', NULL, '2026-11-28 16:08:37.158225+00'),
	(2, '2026-11-28', NULL, NULL, 1, '2026-11-28 16:08:38.433358+00', '2026-11-28 16:08:38.803426+00', 1, 0, '2026-11-28', NULL, '2026-11-28 16:08:38.046824+00'),
	(3, '2026-11-28', NULL, NULL, 1, '2026-11-28 16:08:42.073022+00', NULL, 0, 1883118892009652224, '2026-11-28', '2026-11-28 16:08:42.073022+00', '2026-11-28 16:08:39.69652+00');

INSERT INTO in_tables.run VALUES
	(1883118886880018432, 'demo', 1, 'f3dfc7a64c2506dc', 1, 'done', NULL, '2026-11-28 16:08:37.166993+00', '2026-11-28 16:08:37.968906+00', NULL),
	(1883118888206467072, 'demo', 2, '3179eed12f89ff9b', 2, 'done', NULL, '2026-11-28 16:08:38.435633+00', '2026-11-28 16:08:39.044206+00', NULL),
	(1883118892009652224, 'demo', 3, '0ddbce40d2b52246', 3, 'running', '2026-11-28 16:08:42.076592+00', '2026-11-28 16:08:42.076592+00', NULL, NULL);

INSERT INTO in_tables.run_fence VALUES
	(true, 3);

INSERT INTO in_tables.runner VALUES
	(1883118886880018432, 'f3dfc7a64c2506dc', 1, 'host', 14063, 'bc785f0df814d9ad9d686fdd7507010cf14dc738437d94fef3c450db6ffc1a41', '2026-11-28 16:08:37.168702+00', NULL),
	(1883118888206467072, '3179eed12f89ff9b', 2, 'host', 14093, 'bc785f0df814d9ad9d686fdd7507010cf14dc738437d94fef3c450db6ffc1a41', '2026-11-28 16:08:38.436715+00', NULL),
	(1883118892009652224, '0ddbce40d2b52246', 3, 'host', 14133, 'bc785f0df814d9ad9d686fdd7507010cf14dc738437d94fef3c450db6ffc1a41', '2026-11-28 16:08:42.078864+00', NULL);

INSERT INTO in_tables.task VALUES
	(25, 1883118892009652224, 0, 0, 'BEGIN', 'Начало миграции инстанций БО', '', '', NULL, NULL, 0, 'done', '0ddbce40d2b52246', 3, 1, 1, '{"in_Claim": 1, "in_Client": 2, "in_Claim_Client": 1, "in_Claim_Watchers": 0}', NULL, '2026-11-28 16:08:42.178659+00', '2026-11-28 16:08:42.18628+00', '2026-11-28 16:08:42.239838+00'),
	(1, 1883118886880018432, 0, 0, 'BEGIN', 'Начало миграции инстанций БО', '', '', NULL, NULL, 0, 'done', 'f3dfc7a64c2506dc', 1, 1, 1, '{"in_Claim": 2, "in_Client": 7, "in_Claim_Client": 2, "in_Claim_Watchers": 2}', NULL, '2026-11-28 16:08:37.228875+00', '2026-11-28 16:08:37.234401+00', '2026-11-28 16:08:37.284659+00'),
	(12, 1883118886880018432, 11, 8, 'RUN_PROCESSES', 'Запуск процессов', '', '', NULL, NULL, 0, 'done', 'f3dfc7a64c2506dc', 1, 1, 1, '{"linked": 2, "deleted": 0, "unlinked": 0, "upserted": 8}', NULL, '2026-11-28 16:08:37.279588+00', '2026-11-28 16:08:37.716654+00', '2026-11-28 16:08:37.937983+00'),
	(2, 1883118886880018432, 1, 1, 'MIGRATE_SINGLE_FIELDS', 'Простые поля: in_Client', 'in_Client', 'in_Client', NULL, NULL, 7, 'done', 'f3dfc7a64c2506dc', 1, 1, 1, '{"marked": 7, "created": 6, "rejected": 1}', NULL, '2026-11-28 16:08:37.27947+00', '2026-11-28 16:08:37.289905+00', '2026-11-28 16:08:37.382955+00'),
	(17, 1883118888206467072, 3, 3, 'MIGRATE_BO_LINKS', 'Связи: in_Claim_Client', 'in_Claim_Client', 'Claim.Client', NULL, NULL, 0, 'done', '3179eed12f89ff9b', 2, 1, 1, '{"marked": 0, "expired": 0, "resolved": 0}', NULL, '2026-11-28 16:08:38.560083+00', '2026-11-28 16:08:38.650842+00', '2026-11-28 16:08:38.719196+00'),
	(3, 1883118886880018432, 2, 1, 'MIGRATE_SINGLE_FIELDS', 'Простые поля: in_Claim', 'in_Claim', 'in_Claim', NULL, NULL, 2, 'done', 'f3dfc7a64c2506dc', 1, 1, 1, '{"marked": 2, "created": 2}', NULL, '2026-11-28 16:08:37.279527+00', '2026-11-28 16:08:37.388791+00', '2026-11-28 16:08:37.451589+00'),
	(13, 1883118886880018432, 12, 9, 'NOP', 'Миграция завершена', '', '', NULL, NULL, 0, 'done', 'f3dfc7a64c2506dc', 1, 1, 1, '{}', NULL, '2026-11-28 16:08:37.279593+00', '2026-11-28 16:08:37.941962+00', '2026-11-28 16:08:37.948232+00'),
	(4, 1883118886880018432, 3, 2, 'NOP', 'Простые поля прошли', '', '', NULL, NULL, 0, 'done', 'f3dfc7a64c2506dc', 1, 1, 1, '{}', NULL, '2026-11-28 16:08:37.279536+00', '2026-11-28 16:08:37.459512+00', '2026-11-28 16:08:37.466219+00'),
	(5, 1883118886880018432, 4, 3, 'MIGRATE_BO_LINKS', 'Связи: in_Claim_Client', 'in_Claim_Client', 'Claim.Client', NULL, NULL, 2, 'done', 'f3dfc7a64c2506dc', 1, 1, 1, '{"marked": 2, "created": 1, "expired": 0, "waiting": 1, "resolved": 0, "unchanged": 0}', NULL, '2026-11-28 16:08:37.279542+00', '2026-11-28 16:08:37.474534+00', '2026-11-28 16:08:37.574987+00'),
	(21, 1883118888206467072, 7, 6, 'FIX_PROCESS_TRACKING', 'Фиксация таблицы process_tracking о завершении считывания данных', '', '', NULL, NULL, 0, 'done', '3179eed12f89ff9b', 2, 1, 1, '{"marker_rows": 1}', NULL, '2026-11-28 16:08:38.560115+00', '2026-11-28 16:08:38.79642+00', '2026-11-28 16:08:38.803959+00'),
	(6, 1883118886880018432, 5, 3, 'MIGRATE_BO_LINKS', 'Связи: in_Claim_Watchers', 'in_Claim_Watchers', '', NULL, NULL, 2, 'done', 'f3dfc7a64c2506dc', 1, 1, 1, '{"marked": 2, "created": 1, "expired": 0, "waiting": 1, "resolved": 0, "unchanged": 0}', NULL, '2026-11-28 16:08:37.279556+00', '2026-11-28 16:08:37.586723+00', '2026-11-28 16:08:37.651547+00'),
	(7, 1883118886880018432, 6, 4, 'NOP', 'Связи прошли', '', '', NULL, NULL, 0, 'done', 'f3dfc7a64c2506dc', 1, 1, 1, '{}', NULL, '2026-11-28 16:08:37.279562+00', '2026-11-28 16:08:37.657919+00', '2026-11-28 16:08:37.663804+00'),
	(8, 1883118886880018432, 7, 5, 'MIGRATE_IN_MIGRATED_AT', 'Поле IN_MIGRATED_AT: in_Client', 'in_Client', '', NULL, NULL, 0, 'done', 'f3dfc7a64c2506dc', 1, 1, 1, '{}', NULL, '2026-11-28 16:08:37.279567+00', '2026-11-28 16:08:37.667569+00', '2026-11-28 16:08:37.673263+00'),
	(9, 1883118886880018432, 8, 5, 'MIGRATE_IN_MIGRATED_AT', 'Поле IN_MIGRATED_AT: in_Claim', 'in_Claim', '', NULL, NULL, 0, 'done', 'f3dfc7a64c2506dc', 1, 1, 1, '{}', NULL, '2026-11-28 16:08:37.279573+00', '2026-11-28 16:08:37.677227+00', '2026-11-28 16:08:37.682584+00'),
	(10, 1883118886880018432, 9, 6, 'FIX_PROCESS_TRACKING', 'Фиксация таблицы process_tracking о завершении считывания данных', '', '', NULL, NULL, 0, 'done', 'f3dfc7a64c2506dc', 1, 1, 1, '{"marker_rows": 1}', NULL, '2026-11-28 16:08:37.279578+00', '2026-11-28 16:08:37.686375+00', '2026-11-28 16:08:37.696738+00'),
	(11, 1883118886880018432, 10, 7, 'COPY_ERR', 'Копирование таблицы ошибок', '', '', NULL, NULL, 0, 'done', 'f3dfc7a64c2506dc', 1, 1, 1, '{"copied": 1}', NULL, '2026-11-28 16:08:37.279583+00', '2026-11-28 16:08:37.700774+00', '2026-11-28 16:08:37.711998+00'),
	(14, 1883118888206467072, 0, 0, 'BEGIN', 'Начало миграции инстанций БО', '', '', NULL, NULL, 0, 'done', '3179eed12f89ff9b', 2, 1, 1, '{"in_Claim": 0, "in_Client": 2, "in_Claim_Client": 0, "in_Claim_Watchers": 0}', NULL, '2026-11-28 16:08:38.522858+00', '2026-11-28 16:08:38.532526+00', '2026-11-28 16:08:38.561537+00'),
	(18, 1883118888206467072, 4, 3, 'MIGRATE_BO_LINKS', 'Связи: in_Claim_Watchers', 'in_Claim_Watchers', '', NULL, NULL, 0, 'done', '3179eed12f89ff9b', 2, 1, 1, '{"marked": 0, "expired": 0, "resolved": 0}', NULL, '2026-11-28 16:08:38.560089+00', '2026-11-28 16:08:38.729583+00', '2026-11-28 16:08:38.776268+00'),
	(15, 1883118888206467072, 1, 1, 'MIGRATE_SINGLE_FIELDS', 'Простые поля: in_Client', 'in_Client', 'in_Client', NULL, NULL, 2, 'done', '3179eed12f89ff9b', 2, 1, 1, '{"marked": 2, "changed": 1, "created": 1}', NULL, '2026-11-28 16:08:38.560017+00', '2026-11-28 16:08:38.565305+00', '2026-11-28 16:08:38.632457+00'),
	(24, 1883118888206467072, 10, 9, 'NOP', 'Миграция завершена', '', '', NULL, NULL, 0, 'done', '3179eed12f89ff9b', 2, 1, 1, '{}', NULL, '2026-11-28 16:08:38.560131+00', '2026-11-28 16:08:38.993376+00', '2026-11-28 16:08:39.010184+00'),
	(16, 1883118888206467072, 2, 2, 'NOP', 'Простые поля прошли', '', '', NULL, NULL, 0, 'done', '3179eed12f89ff9b', 2, 1, 1, '{}', NULL, '2026-11-28 16:08:38.560073+00', '2026-11-28 16:08:38.639785+00', '2026-11-28 16:08:38.646744+00'),
	(19, 1883118888206467072, 5, 4, 'NOP', 'Связи прошли', '', '', NULL, NULL, 0, 'done', '3179eed12f89ff9b', 2, 1, 1, '{}', NULL, '2026-11-28 16:08:38.560094+00', '2026-11-28 16:08:38.780246+00', '2026-11-28 16:08:38.784394+00'),
	(22, 1883118888206467072, 8, 7, 'COPY_ERR', 'Копирование таблицы ошибок', '', '', NULL, NULL, 0, 'done', '3179eed12f89ff9b', 2, 1, 1, '{"copied": 0}', NULL, '2026-11-28 16:08:38.560121+00', '2026-11-28 16:08:38.810274+00', '2026-11-28 16:08:38.818217+00'),
	(20, 1883118888206467072, 6, 5, 'MIGRATE_IN_MIGRATED_AT', 'Поле IN_MIGRATED_AT: in_Client', 'in_Client', '', NULL, NULL, 0, 'done', '3179eed12f89ff9b', 2, 1, 1, '{}', NULL, '2026-11-28 16:08:38.560109+00', '2026-11-28 16:08:38.787372+00', '2026-11-28 16:08:38.793549+00'),
	(23, 1883118888206467072, 9, 8, 'RUN_PROCESSES', 'Запуск процессов', '', '', NULL, NULL, 0, 'done', '3179eed12f89ff9b', 2, 1, 1, '{"linked": 0, "deleted": 0, "unlinked": 0, "upserted": 2}', NULL, '2026-11-28 16:08:38.560126+00', '2026-11-28 16:08:38.821259+00', '2026-11-28 16:08:38.989351+00'),
	(26, 1883118892009652224, 1, 1, 'UPLOAD_FILES', 'Файлы: in_fileStorage', 'in_fileStorage', '', NULL, NULL, 0, 'running', '0ddbce40d2b52246', 3, 1, 1, '{}', NULL, '2026-11-28 16:08:42.236962+00', '2026-11-28 16:08:42.243171+00', NULL),
	(27, 1883118892009652224, 2, 2, 'MIGRATE_SINGLE_FIELDS', 'Простые поля: in_Client', 'in_Client', 'in_Client', NULL, NULL, 2, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:42.237042+00', NULL, NULL),
	(28, 1883118892009652224, 3, 2, 'MIGRATE_SINGLE_FIELDS', 'Простые поля: in_Claim', 'in_Claim', 'in_Claim', NULL, NULL, 1, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:42.237072+00', NULL, NULL),
	(29, 1883118892009652224, 4, 3, 'NOP', 'Простые поля прошли', '', '', NULL, NULL, 0, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:42.237085+00', NULL, NULL),
	(30, 1883118892009652224, 5, 4, 'MIGRATE_BO_LINKS', 'Связи: in_Claim_Client', 'in_Claim_Client', 'Claim.Client', NULL, NULL, 1, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:42.237098+00', NULL, NULL),
	(31, 1883118892009652224, 6, 4, 'MIGRATE_BO_LINKS', 'Связи: in_Claim_Watchers', 'in_Claim_Watchers', '', NULL, NULL, 0, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:42.237109+00', NULL, NULL),
	(32, 1883118892009652224, 7, 5, 'NOP', 'Связи прошли', '', '', NULL, NULL, 0, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:42.237119+00', NULL, NULL),
	(33, 1883118892009652224, 8, 6, 'MIGRATE_IN_MIGRATED_AT', 'Поле IN_MIGRATED_AT: in_Client', 'in_Client', '', NULL, NULL, 0, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:42.237127+00', NULL, NULL),
	(34, 1883118892009652224, 9, 6, 'MIGRATE_IN_MIGRATED_AT', 'Поле IN_MIGRATED_AT: in_Claim', 'in_Claim', '', NULL, NULL, 0, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:42.237453+00', NULL, NULL),
	(35, 1883118892009652224, 10, 7, 'FIX_PROCESS_TRACKING', 'Фиксация таблицы process_tracking о завершении считывания данных', '', '', NULL, NULL, 0, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:42.23747+00', NULL, NULL),
	(36, 1883118892009652224, 11, 8, 'COPY_ERR', 'Копирование таблицы ошибок', '', '', NULL, NULL, 0, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:42.237477+00', NULL, NULL),
	(37, 1883118892009652224, 12, 9, 'RUN_PROCESSES', 'Запуск процессов', '', '', NULL, NULL, 0, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:42.237483+00', NULL, NULL),
	(38, 1883118892009652224, 13, 10, 'NOP', 'Миграция завершена', '', '', NULL, NULL, 0, 'todo', NULL, NULL, 0, 0, '{}', NULL, '2026-11-28 16:08:42.237507+00', NULL, NULL);

SELECT pg_catalog.setval('in_tables.err_id_seq', 1, true);

SELECT pg_catalog.setval('in_tables.in_claim_id_seq', 3, true);

SELECT pg_catalog.setval('in_tables.in_client_id_seq', 11, true);

SELECT pg_catalog.setval('in_tables.process_tracking_id_seq', 3, true);

SELECT pg_catalog.setval('in_tables.task_id_seq', 38, true);

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

CREATE INDEX err_in_id ON in_tables.err USING btree (in_table, in_id);

CREATE INDEX err_run ON in_tables.err USING btree (run, id);

CREATE UNIQUE INDEX in_claim_in_id_idx ON in_tables.in_claim USING btree (in_id);

CREATE UNIQUE INDEX in_client_in_id_idx ON in_tables.in_client USING btree (in_id);

CREATE UNIQUE INDEX run_running ON in_tables.run USING btree ((true)) WHERE ((state)::text = 'running'::text);

CREATE CONSTRAINT TRIGGER etl_hand_over AFTER INSERT OR DELETE OR UPDATE OF load_status, ins_inkafka_status ON in_tables.process_tracking DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION in_tables.etl_hand_over();

COMMENT ON TRIGGER etl_hand_over ON in_tables.process_tracking IS '918a6c117226922bc84ffdab18c170d48a0da92308bebc14a7b68b453099feeb';

CREATE TRIGGER etl_hand_over_truncate AFTER TRUNCATE ON in_tables.process_tracking FOR EACH STATEMENT EXECUTE FUNCTION in_tables.etl_hand_over();

ALTER TABLE ONLY in_tables.runner
    ADD CONSTRAINT runner_run_fkey FOREIGN KEY (run) REFERENCES in_tables.run(id) ON UPDATE CASCADE ON DELETE CASCADE;
