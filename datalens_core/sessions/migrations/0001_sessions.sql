-- The history of analyses: the seed's four tables, with runs, artifacts and data sets.
create table sessions (
    id text primary key,
    user_id text not null,
    title text not null default '',
    created_at text not null,
    last_activity text not null,
    sandbox_id text,
    dataset_schema text
);
create index idx_sessions_user_id on sessions (user_id, last_activity desc, id);
create index idx_sessions_last_activity on sessions (last_activity);

create table datasets (
    id text primary key,
    session_id text not null references sessions (id) on delete cascade,
    created_at text not null,
    body text not null
);
create index idx_datasets_session_id on datasets (session_id);

create table runs (
    run_id text primary key,
    session_id text not null references sessions (id) on delete cascade,
    query text,
    origin text not null,
    status text not null,
    plan text,
    answer text,
    assumptions text not null default '[]',
    checks text not null default '[]',
    error text,
    started_at text not null
);
create index idx_runs_session_id on runs (session_id, started_at);

create table messages (
    id text primary key,
    session_id text not null references sessions (id) on delete cascade,
    run_id text,
    role text not null check (role in ('user', 'assistant', 'system')),
    content text not null,
    created_at text not null
);
create index idx_messages_session_id on messages (session_id, created_at);

create table execution_logs (
    id text primary key,
    session_id text not null references sessions (id) on delete cascade,
    run_id text not null,
    position integer not null,
    step integer not null,
    attempt integer not null,
    retries text,
    origin text not null,
    code text not null,
    sha256 text not null,
    stdout text not null default '',
    stderr text not null default '',
    success integer,
    execution_time real,
    retry_count integer not null default 0,
    created_at text not null
);
create index idx_execution_logs_session_id on execution_logs (session_id, position);

create table artifacts (
    id text primary key,
    session_id text not null references sessions (id) on delete cascade,
    run_id text not null,
    execution_id text not null,
    position integer not null,
    type text not null,
    content text not null,
    metadata text not null,
    png blob
);
create index idx_artifacts_session_id on artifacts (session_id, position);

create table pii_redactions (
    id text primary key,
    session_id text not null references sessions (id) on delete cascade,
    run_id text not null,
    channel text not null,
    entity_type text not null,
    count integer not null,
    redacted_at text not null
);
create index idx_pii_redactions_session_id on pii_redactions (session_id);

create table projections (journal_id text primary key, position integer not null);
