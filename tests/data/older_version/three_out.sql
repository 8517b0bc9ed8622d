SELECT pg_catalog.set_config('search_path', '', false);

CREATE SCHEMA out_demo;

CREATE SCHEMA out_demo_1_1;

CREATE SCHEMA out_demo_1_2;

CREATE SCHEMA store_demo;

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

CREATE TABLE store_demo.mirror (
    only_row boolean DEFAULT true NOT NULL,
    "position" pg_snapshot,
    place text,
    tables jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT mirror_only_row_check CHECK (only_row)
);

COMMENT ON TABLE store_demo.mirror IS '60bdbba7e275047c7ac9409f9be27d05950f0568fb47996b795ac002b5b257f5';

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

ALTER TABLE ONLY out_demo_1_1.claim ALTER COLUMN id SET DEFAULT nextval('out_demo_1_1.claim_id_seq'::regclass);

ALTER TABLE ONLY out_demo_1_1.client ALTER COLUMN id SET DEFAULT nextval('out_demo_1_1.client_id_seq'::regclass);

ALTER TABLE ONLY out_demo_1_2.claim ALTER COLUMN id SET DEFAULT nextval('out_demo_1_2.claim_id_seq'::regclass);

ALTER TABLE ONLY out_demo_1_2.client ALTER COLUMN id SET DEFAULT nextval('out_demo_1_2.client_id_seq'::regclass);

ALTER TABLE ONLY store_demo.journal ALTER COLUMN n SET DEFAULT nextval('store_demo.journal_n_seq'::regclass);

INSERT INTO out_demo_1_1._claim_client_ VALUES
	('P8XvbZdQ6M100000', 'P8XvbYL@co100000', '2026-11-28 16:08:37.897708+00');

INSERT INTO out_demo_1_1._claim_watchers_ VALUES
	('P8XvbZdQ6M100000', 'P8XvbYL@co100001', '2026-11-28 16:08:37.901376+00');

INSERT INTO out_demo_1_1.claim VALUES
	(1, '2026-11-28 16:08:37.166993+00', NULL, 'P8XvbZdQ6M100000', '2026-11-28 16:08:37.893296+00', '2026-11-28 16:08:37.893296+00', 'first'),
	(2, '2026-11-28 16:08:37.166993+00', NULL, 'P8XvbZdQ6M100001', '2026-11-28 16:08:37.893296+00', '2026-11-28 16:08:37.893296+00', 'second');

INSERT INTO out_demo_1_1.client VALUES
	(1, '2026-11-28 16:08:37.166993+00', NULL, 'P8XvbYL@co100000', '2026-11-28 16:08:37.889184+00', '2026-11-28 16:08:37.889184+00', 'Client 0', 0.0000),
	(3, '2026-11-28 16:08:37.166993+00', NULL, 'P8XvbYL@co100002', '2026-11-28 16:08:37.889184+00', '2026-11-28 16:08:37.889184+00', 'Client 2', 2.0000),
	(4, '2026-11-28 16:08:37.166993+00', NULL, 'P8XvbYL@co100003', '2026-11-28 16:08:37.889184+00', '2026-11-28 16:08:37.889184+00', 'Client 3', 3.0000),
	(5, '2026-11-28 16:08:37.166993+00', NULL, 'P8XvbYL@co100004', '2026-11-28 16:08:37.889184+00', '2026-11-28 16:08:37.889184+00', 'Client 4', 4.0000),
	(6, '2026-11-28 16:08:37.166993+00', NULL, 'P8XvbYL@co100005', '2026-11-28 16:08:37.889184+00', '2026-11-28 16:08:37.889184+00', 'Client 5', 5.0000),
	(2, '2026-11-28 16:08:37.166993+00', NULL, 'P8XvbYL@co100001', '2026-11-28 16:08:37.889184+00', '2026-11-28 16:08:38.904199+00', 'Renamed', 11.0000),
	(8, '2026-11-28 16:08:38.435633+00', NULL, 'P8Xvbry1uC100000', '2026-11-28 16:08:38.904199+00', '2026-11-28 16:08:38.904199+00', 'Client 7', 7.0000);

INSERT INTO out_demo_1_2._claim_client_ VALUES
	('P8XvbZdQ6M100000', 'P8XvbYL@co100000', '2026-11-28 16:08:39.61271+00');

INSERT INTO out_demo_1_2._claim_watchers_ VALUES
	('P8XvbZdQ6M100000', 'P8XvbYL@co100001', '2026-11-28 16:08:39.643557+00');

INSERT INTO out_demo_1_2.claim VALUES
	(1, '2026-11-28 16:08:37.166993+00', NULL, 'P8XvbZdQ6M100000', '2026-11-28 16:08:39.583661+00', '2026-11-28 16:08:39.583661+00', 'first'),
	(2, '2026-11-28 16:08:37.166993+00', NULL, 'P8XvbZdQ6M100001', '2026-11-28 16:08:39.583661+00', '2026-11-28 16:08:39.583661+00', 'second');

INSERT INTO out_demo_1_2.client VALUES
	(1, '2026-11-28 16:08:37.166993+00', NULL, 'P8XvbYL@co100000', '2026-11-28 16:08:39.55369+00', '2026-11-28 16:08:39.55369+00', 'Client 0', 0.0000),
	(2, '2026-11-28 16:08:37.166993+00', NULL, 'P8XvbYL@co100001', '2026-11-28 16:08:39.55369+00', '2026-11-28 16:08:39.55369+00', 'Renamed', 11.0000),
	(3, '2026-11-28 16:08:37.166993+00', NULL, 'P8XvbYL@co100002', '2026-11-28 16:08:39.55369+00', '2026-11-28 16:08:39.55369+00', 'Client 2', 2.0000),
	(4, '2026-11-28 16:08:37.166993+00', NULL, 'P8XvbYL@co100003', '2026-11-28 16:08:39.55369+00', '2026-11-28 16:08:39.55369+00', 'Client 3', 3.0000),
	(5, '2026-11-28 16:08:37.166993+00', NULL, 'P8XvbYL@co100004', '2026-11-28 16:08:39.55369+00', '2026-11-28 16:08:39.55369+00', 'Client 4', 4.0000),
	(6, '2026-11-28 16:08:37.166993+00', NULL, 'P8XvbYL@co100005', '2026-11-28 16:08:39.55369+00', '2026-11-28 16:08:39.55369+00', 'Client 5', 5.0000),
	(7, '2026-11-28 16:08:38.435633+00', NULL, 'P8Xvbry1uC100000', '2026-11-28 16:08:39.55369+00', '2026-11-28 16:08:39.55369+00', 'Client 7', 7.0000);

INSERT INTO store_demo.bo_claim VALUES
	('P8XvbZdQ6M100000', 'k0', 'ACTUAL', '2026-11-28 16:08:37.166993+00', NULL, '2026-11-28 16:08:37.166993+00', NULL, '2026-11-28 16:08:37.166993+00', 'first'),
	('P8XvbZdQ6M100001', 'k1', 'ACTUAL', '2026-11-28 16:08:37.166993+00', NULL, '2026-11-28 16:08:37.166993+00', NULL, '2026-11-28 16:08:37.166993+00', 'second');

INSERT INTO store_demo.bo_client VALUES
	('P8XvbYL@co100000', 'c0', 'ACTUAL', '2026-11-28 16:08:37.166993+00', NULL, '2026-11-28 16:08:37.166993+00', NULL, '2026-11-28 16:08:37.166993+00', 'Client 0', 0.0000),
	('P8XvbYL@co100002', 'c2', 'ACTUAL', '2026-11-28 16:08:37.166993+00', NULL, '2026-11-28 16:08:37.166993+00', NULL, '2026-11-28 16:08:37.166993+00', 'Client 2', 2.0000),
	('P8XvbYL@co100003', 'c3', 'ACTUAL', '2026-11-28 16:08:37.166993+00', NULL, '2026-11-28 16:08:37.166993+00', NULL, '2026-11-28 16:08:37.166993+00', 'Client 3', 3.0000),
	('P8XvbYL@co100004', 'c4', 'ACTUAL', '2026-11-28 16:08:37.166993+00', NULL, '2026-11-28 16:08:37.166993+00', NULL, '2026-11-28 16:08:37.166993+00', 'Client 4', 4.0000),
	('P8XvbYL@co100005', 'c5', 'ACTUAL', '2026-11-28 16:08:37.166993+00', NULL, '2026-11-28 16:08:37.166993+00', NULL, '2026-11-28 16:08:37.166993+00', 'Client 5', 5.0000),
	('P8XvbYL@co100001', 'c1', 'ACTUAL', '2026-11-28 16:08:37.166993+00', NULL, '2026-11-28 16:08:38.435633+00', NULL, '2026-11-28 16:08:38.435633+00', 'Renamed', 11.0000),
	('P8Xvbry1uC100000', 'c7', 'ACTUAL', '2026-11-28 16:08:38.435633+00', NULL, '2026-11-28 16:08:38.435633+00', NULL, '2026-11-28 16:08:38.435633+00', 'Client 7', 7.0000);

INSERT INTO store_demo.journal VALUES
	(1, '977', 1883118888206467072, 'Client', NULL, 'P8Xvbry1uC100000', NULL, 'created', NULL),
	(2, '977', 1883118888206467072, 'Client', NULL, 'P8XvbYL@co100001', NULL, 'changed', NULL);

INSERT INTO store_demo.link_claim_client VALUES
	('P8XvbZdQ6M100000', 'P8XvbYL@co100000', 'Client', '2026-11-28 16:08:36.53418+00');

INSERT INTO store_demo.link_claim_watchers VALUES
	('P8XvbZdQ6M100000', 'P8XvbYL@co100001', 'Client', '2026-11-28 16:08:36.537774+00');

INSERT INTO store_demo.links_served VALUES
	(true, NULL, NULL);

INSERT INTO store_demo.mirror VALUES
	(true, '975:975:', '7713254755794342892 16894 16993', '["bo_Client", "bo_Claim", "link_Claim_Client", "link_Claim_Watchers"]');

INSERT INTO store_demo.out_version VALUES
	('out_demo_1_1', '1', '1', '975:979:975,976', '2026-11-28 16:08:37.833963+00', '2026-11-28 16:08:38.929773+00', '{"links": [{"bo": "Claim", "field": "Client", "targets": ["Client"], "bo_column": null, "owner_column": "Claim_id", "target_column": "Client_id"}, {"bo": "Claim", "field": "Watchers", "targets": ["Client"], "bo_column": null, "owner_column": "Claim_id", "target_column": "Watchers_id"}], "instances": [{"bo": "Client", "columns": [{"name": "Name", "type": "text", "source": "field"}, {"name": "Amount", "type": "numeric(24,4)", "source": "field"}]}, {"bo": "Claim", "columns": [{"name": "Title", "type": "text", "source": "field"}]}], "keeps_removed": false}', '7713254755794342892 16895 17269 17365 c01614939003779837c22cedf7a2c090', NULL, '2026-11-28 16:08:37.902042+00', true, '2026-11-28 16:08:37.93638+00', NULL, '{}', NULL, 10, 0, NULL),
	('out_demo_1_2', '1', '2', '988:988:', '2026-11-28 16:08:39.505055+00', '2026-11-28 16:08:39.644765+00', '{"links": [{"bo": "Claim", "field": "Client", "targets": ["Client"], "bo_column": null, "owner_column": "Claim_id", "target_column": "Client_id"}, {"bo": "Claim", "field": "Watchers", "targets": ["Client"], "bo_column": null, "owner_column": "Claim_id", "target_column": "Watchers_id"}], "instances": [{"bo": "Client", "columns": [{"name": "Name", "type": "text", "source": "field"}, {"name": "Amount", "type": "numeric(24,4)", "source": "field"}]}, {"bo": "Claim", "columns": [{"name": "Title", "type": "text", "source": "field"}]}], "keeps_removed": false}', '7713254755794342892 16895 17269 17365 074310d2edce0b54d747cc4178deff75', NULL, '2026-11-28 16:08:39.644829+00', false, NULL, NULL, '{}', NULL, 6, 0, NULL);

INSERT INTO store_demo.unit_number VALUES
	(true, 0);

SELECT pg_catalog.setval('out_demo_1_1.claim_id_seq', 2, true);

SELECT pg_catalog.setval('out_demo_1_1.client_id_seq', 8, true);

SELECT pg_catalog.setval('out_demo_1_2.claim_id_seq', 2, true);

SELECT pg_catalog.setval('out_demo_1_2.client_id_seq', 7, true);

SELECT pg_catalog.setval('store_demo.journal_n_seq', 2, true);

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

ALTER TABLE ONLY store_demo.mirror
    ADD CONSTRAINT mirror_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY store_demo.out_version
    ADD CONSTRAINT out_version_pkey PRIMARY KEY (schema_name);

ALTER TABLE ONLY store_demo.stored_file
    ADD CONSTRAINT stored_file_pkey PRIMARY KEY (_id);

ALTER TABLE ONLY store_demo.undone_run
    ADD CONSTRAINT undone_run_pkey PRIMARY KEY (as_run);

ALTER TABLE ONLY store_demo.unit_number
    ADD CONSTRAINT unit_number_pkey PRIMARY KEY (only_row);

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
