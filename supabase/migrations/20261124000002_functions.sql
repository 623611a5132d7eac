-- What takes more than one statement. All but one run with the rights of the caller, under the
-- policies; payloads travel as text, so that no number changes on the way.

-- The one that sees more: it tells a session of somebody else (403) from one that is not (404).
create or replace function public.session_exists(wanted uuid) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.sessions where id = wanted)
$$;

-- A text as it is searched: whatever the case, and without accents.
create or replace function public.plain(written text) returns text
language sql immutable security invoker set search_path = '' as $$
    select regexp_replace(normalize(lower(written), NFKD), '[\u0300-\u036f]', '', 'g')
$$;

-- A page of the caller's sessions after a place in the list, those that hold all the words.
create or replace function public.sessions_page(
    up_to int, words text[], before timestamptz default null, before_id uuid default null
) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(page), '[]')::text from (
        select s.id, s.user_id, s.title, s.created_at, s.last_activity, s.sandbox_id,
            s.dataset_schema,
            (select coalesce(json_agg(d.name order by d.created_at, d.id), '[]')
                from public.datasets d where d.session_id = s.id) as dataset_names,
            (select count(*) from public.messages m where m.session_id = s.id) as message_count
        from public.sessions s
        where s.user_id = (select auth.uid())
            and (before is null or (s.last_activity, s.id) < (before, before_id))
            and not exists (
                select 1 from (select public.plain(w) as word from unnest(words) as w) as sought
                where position(word in public.plain(s.title)) = 0
                    and not exists (
                        select 1 from public.runs r
                        where r.session_id = s.id and position(word in public.plain(r.query)) > 0)
                    and not exists (
                        select 1 from public.datasets d
                        where d.session_id = s.id and position(word in public.plain(d.name)) > 0))
        order by s.last_activity desc, s.id desc
        limit up_to
    ) page
$$;

create or replace function public.session(wanted uuid) returns text
language sql stable security invoker set search_path = '' as $$
    select json_build_object(
        'id', s.id, 'user_id', s.user_id, 'title', s.title, 'created_at', s.created_at,
        'last_activity', s.last_activity, 'sandbox_id', s.sandbox_id,
        'dataset_schema', s.dataset_schema,
        'dataset_names', (
            select coalesce(json_agg(d.name order by d.created_at, d.id), '[]')
            from public.datasets d where d.session_id = wanted),
        'message_count', (select count(*) from public.messages m where m.session_id = wanted)
    )::text
    from public.sessions s where s.id = wanted
$$;

-- All rows of a session, each table in its order; null if there is no such session.
create or replace function public.session_detail(wanted uuid) returns text
language sql stable security invoker set search_path = '' as $$
    select json_build_object(
        'session', public.session(wanted)::json,
        'datasets', (
            select coalesce(json_agg(d order by d.created_at, d.id), '[]')
            from public.datasets d where d.session_id = wanted),
        'runs', (
            select coalesce(json_agg(r order by r.started_at, r.position), '[]')
            from public.runs r where r.session_id = wanted),
        'messages', (
            select coalesce(json_agg(m order by m.created_at, m.position), '[]')
            from public.messages m where m.session_id = wanted),
        'execution_logs', (
            select coalesce(json_agg(e order by e.created_at, e.position), '[]')
            from public.execution_logs e where e.session_id = wanted),
        'artifacts', (
            select coalesce(json_agg(shown order by shown.made_at, shown.position), '[]')
            from (
                select a.id, a.execution_id, a.position, a.type, a.content, a.metadata,
                    e.created_at as made_at
                from public.artifacts a
                join public.execution_logs e on e.session_id = wanted and e.id = a.execution_id
                where a.session_id = wanted
            ) shown)
    )::text
    from public.sessions s where s.id = wanted
$$;

create or replace function public.artifact(wanted uuid) returns text
language sql stable security invoker set search_path = '' as $$
    select json_build_object(
        'id', a.id, 'session_id', a.session_id, 'type', a.type,
        'content', a.content, 'metadata', a.metadata)::text
    from public.artifacts a where a.id = wanted
$$;

-- The pictures of a session's charts, by the charts' ids.
create or replace function public.pictures(wanted uuid) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_object_agg(a.id, encode(a.png, 'base64')), '{}')::text
    from public.artifacts a where a.session_id = wanted and a.png is not null
$$;

create or replace function public.save_picture(wanted uuid, png text) returns void
language sql security invoker set search_path = '' as $$
    update public.artifacts a set png = decode(save_picture.png, 'base64') where a.id = wanted
$$;

create or replace function public.redaction_counts(wanted uuid)
returns table (entity_type text, channel text, "column" text, count bigint)
language sql stable security invoker set search_path = '' as $$
    select p.entity_type::text, p.channel::text, p.column_name::text, sum(p.count)::bigint
    from public.pii_redactions p where p.session_id = wanted
    group by 1, 2, 3 order by 1, 2, 3
$$;

-- Take over a batch of a journal's entries, in one transaction. Entries up to the place where this
-- journal was last taken over, and those of sessions that are gone, change nothing.
--
-- `changes` is {inserts: {table: [row]}, updates: [{table, row}], touches: [{session_id, at, title}]},
-- each with the `position` of its entry.
create or replace function public.take_over(journal uuid, upto bigint, changes text)
returns bigint
language plpgsql security invoker set search_path = '' as $$
declare
    me constant uuid := auth.uid();
    whole constant json := changes::json;
    inserts constant json := whole -> 'inserts';
    done bigint;
    known uuid[];
    change json;
begin
    insert into public.projections (user_id, journal_id, position)
        values (me, journal, 0) on conflict do nothing;
    select p.position into strict done from public.projections p
        where p.user_id = me and p.journal_id = journal for update;
    if done >= upto then
        return done;
    end if;
    select coalesce(array_agg(s.id), '{}') into known from public.sessions s
        where s.user_id = me and s.id = any (array (
            select (value #>> '{}')::uuid from json_array_elements(whole -> 'sessions')));

    insert into public.runs (
            run_id, session_id, position, query, origin, model, status, started_at)
        select r.run_id, r.session_id, r.position, r.query, r.origin, r.model, r.status,
            r.started_at
        from json_populate_recordset(null::public.runs, inserts -> 'runs') r
        where r.position > done and r.session_id = any (known)
        on conflict do nothing;
    insert into public.messages (id, session_id, run_id, position, role, content, created_at)
        select r.id, r.session_id, r.run_id, r.position, r.role, r.content, r.created_at
        from json_populate_recordset(null::public.messages, inserts -> 'messages') r
        where r.position > done and r.session_id = any (known)
        on conflict do nothing;
    insert into public.execution_logs (id, session_id, run_id, position, step, attempt, retries,
            origin, code, sha256, retry_count, created_at)
        select r.id, r.session_id, r.run_id, r.position, r.step, r.attempt, r.retries,
            r.origin, r.code, r.sha256, r.retry_count, r.created_at
        from json_populate_recordset(null::public.execution_logs, inserts -> 'execution_logs') r
        where r.position > done and r.session_id = any (known)
        on conflict do nothing;
    insert into public.artifacts (id, session_id, run_id, execution_id, position, type, content,
            metadata)
        select r.id, r.session_id, r.run_id, r.execution_id, r.position, r.type, r.content,
            r.metadata
        from json_populate_recordset(null::public.artifacts, inserts -> 'artifacts') r
        where r.position > done and r.session_id = any (known)
        on conflict do nothing;
    insert into public.pii_redactions (id, session_id, run_id, channel, entity_type, column_name,
            count, redacted_at)
        select r.id, r.session_id, r.run_id, left(r.channel, 50), left(r.entity_type, 50),
            left(coalesce(r.column_name, ''), 100), r.count, r.redacted_at
        from json_to_recordset(inserts -> 'pii_redactions') as r (id uuid, session_id uuid,
            run_id uuid, channel text, entity_type text, column_name text, count int,
            redacted_at timestamptz, position bigint)
        where r.position > done and r.session_id = any (known)
        on conflict do nothing;

    for change in select value from json_array_elements(whole -> 'updates') loop
        continue when (change ->> 'position')::bigint <= done;
        if change ->> 'table' = 'runs' then
            update public.runs x set
                status = coalesce(r.status, x.status),
                plan = coalesce(r.plan, x.plan),
                answer = coalesce(r.answer, x.answer),
                assumptions = coalesce(r.assumptions, x.assumptions),
                checks = coalesce(r.checks, x.checks),
                alternatives = coalesce(r.alternatives, x.alternatives),
                error = coalesce(r.error, x.error),
                usage = coalesce(r.usage, x.usage)
            from json_populate_record(null::public.runs, change -> 'values') r
            where x.run_id = (change ->> 'id')::uuid;
        else
            update public.execution_logs x set
                stdout = coalesce(r.stdout, x.stdout) || coalesce(change -> 'append' ->> 'stdout', ''),
                stderr = coalesce(r.stderr, x.stderr) || coalesce(change -> 'append' ->> 'stderr', ''),
                success = coalesce(r.success, x.success),
                execution_time = coalesce(r.execution_time, x.execution_time),
                retry_count = coalesce(r.retry_count, x.retry_count),
                analysis = coalesce(r.analysis, x.analysis)
            from json_populate_record(null::public.execution_logs, change -> 'values') r
            where x.id = (change ->> 'id')::uuid;
        end if;
    end loop;

    for change in select value from json_array_elements(whole -> 'touches') loop
        continue when (change ->> 'position')::bigint <= done;
        update public.sessions s set
            last_activity = greatest(s.last_activity, (change ->> 'at')::timestamptz),
            title = case when s.title = '' then coalesce(change ->> 'title', '') else s.title end
        where s.id = (change ->> 'session_id')::uuid;
    end loop;

    update public.projections p set position = upto
        where p.user_id = me and p.journal_id = journal;
    return upto;
end
$$;

-- Sessions that nobody has used for so many days, with all that belongs to them; how many there were.
-- For a schedule of the database's own: no user may run it.
create or replace function public.delete_unused_sessions(days int) returns bigint
language sql security invoker set search_path = '' as $$
    with gone as (
        delete from public.sessions s
        where days > 0 and s.last_activity < now() - make_interval(days => days)
        returning 1)
    select count(*) from gone
$$;
