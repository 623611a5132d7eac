-- The history of DataLens: what its SQLite file holds, for many users.
--
-- JSON is `json`, not `jsonb`, where it is a payload: it comes back as it was written, to the last
-- digit. References between rows of a session hold the session too, as checks of foreign keys do
-- not look at policies: nobody can refer to a row of somebody else's session.

create table public.sessions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references auth.users (id) on delete cascade,
    title text not null default '',
    created_at timestamptz not null default now(),
    last_activity timestamptz not null default now(),
    sandbox_id text,
    dataset_schema jsonb,
    is_active boolean not null default true
);
create index idx_sessions_user_id on public.sessions (user_id, last_activity desc, id desc);
create index idx_sessions_last_activity on public.sessions (last_activity);

create table public.datasets (
    id uuid primary key default gen_random_uuid(),
    session_id uuid not null references public.sessions (id) on delete cascade,
    name text not null,
    body json not null,
    created_at timestamptz not null default clock_timestamp()
);
create index idx_datasets_session_id on public.datasets (session_id);

create table public.runs (
    run_id uuid primary key,
    session_id uuid not null references public.sessions (id) on delete cascade,
    position bigint not null,
    query text,
    origin varchar(20) not null,
    model varchar(200),
    status varchar(20) not null,
    plan json,
    answer text,
    assumptions json not null default '[]',
    checks json not null default '[]',
    alternatives json not null default '[]',
    error json,
    usage json not null default '{}',
    started_at timestamptz not null default now(),
    unique (session_id, run_id)
);

create table public.messages (
    id uuid primary key default gen_random_uuid(),
    session_id uuid not null references public.sessions (id) on delete cascade,
    run_id uuid,
    position bigint not null default 0,
    role varchar(20) not null check (role in ('user', 'assistant', 'system')),
    content text not null,
    created_at timestamptz not null default now(),
    foreign key (session_id, run_id) references public.runs (session_id, run_id) on delete cascade
);
create index idx_messages_session_id on public.messages (session_id);
create index idx_messages_run on public.messages (session_id, run_id);

create table public.execution_logs (
    id uuid primary key default gen_random_uuid(),
    session_id uuid not null references public.sessions (id) on delete cascade,
    run_id uuid not null,
    position bigint not null,
    step int not null,
    attempt int not null,
    retries uuid,
    origin varchar(20) not null,
    code text not null,
    sha256 text not null,
    stdout text not null default '',
    stderr text not null default '',
    success boolean,
    execution_time float,
    retry_count int not null default 0,
    analysis json,
    created_at timestamptz not null default now(),
    unique (session_id, id),
    foreign key (session_id, run_id) references public.runs (session_id, run_id) on delete cascade
);
create index idx_execution_logs_session_id on public.execution_logs (session_id);
create index idx_execution_logs_run on public.execution_logs (session_id, run_id);

create table public.artifacts (
    id uuid primary key default gen_random_uuid(),
    session_id uuid not null references public.sessions (id) on delete cascade,
    run_id uuid not null,
    execution_id uuid not null,
    position bigint not null,
    type varchar(20) not null,
    content json not null,
    metadata json not null,
    png bytea,
    foreign key (session_id, execution_id)
        references public.execution_logs (session_id, id) on delete cascade
);
create index idx_artifacts_execution on public.artifacts (session_id, execution_id);

create table public.pii_redactions (
    id uuid primary key default gen_random_uuid(),
    session_id uuid not null references public.sessions (id) on delete cascade,
    run_id uuid not null,
    channel varchar(50) not null,
    entity_type varchar(50) not null,
    column_name varchar(100) not null default '',
    count int not null check (count > 0),
    redacted_at timestamptz not null default now(),
    foreign key (session_id, run_id) references public.runs (session_id, run_id) on delete cascade
);
create index idx_pii_redactions_run on public.pii_redactions (session_id, run_id);

-- How far each journal of a user has been taken over.
create table public.projections (
    user_id uuid not null references auth.users (id) on delete cascade,
    journal_id uuid not null,
    position bigint not null,
    primary key (user_id, journal_id)
);
