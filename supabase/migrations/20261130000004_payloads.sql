-- Large charts and pictures are objects of Supabase's storage, in a private bucket: user / session /
-- SHA-256. May be run again; where there is no storage, rows hold them as before.

alter table public.artifacts add column if not exists png_sha256 text;
comment on column public.artifacts.metadata is
    'With "sha256": the content is the object of this name, and the column `content` is empty.';

create or replace function public.save_picture(wanted uuid, png text) returns void
language sql security invoker set search_path = '' as $$
    update public.artifacts a set png = decode(save_picture.png, 'base64'), png_sha256 = null
    where a.id = wanted
$$;

-- Each an array, in one row: the API cuts long answers by their rows.
drop function if exists public.payload_names, public.payloads_left_behind;

-- The objects of a session of the caller's; deleting it deletes them first.
create function public.payload_names(wanted uuid) returns text[]
language plpgsql stable security invoker set search_path = '' as $$
begin
    if to_regclass('storage.objects') is null then
        return '{}';
    end if;
    return array (select o.name from storage.objects o
        where o.bucket_id = 'datalens'
            and starts_with(o.name, (select auth.uid()) || '/' || wanted || '/'));
end
$$;

-- The caller's objects of sessions that are gone: the database deletes rows alone.
create function public.payloads_left_behind() returns text[]
language plpgsql stable security invoker set search_path = '' as $$
begin
    if to_regclass('storage.objects') is null then
        return '{}';
    end if;
    return array (select o.name from storage.objects o
        where o.bucket_id = 'datalens'
            and (storage.foldername(o.name))[1] = (select auth.uid())::text
            and not (storage.foldername(o.name))[2] = any (array (
                select s.id::text from public.sessions s
                where s.user_id = (select auth.uid()))));
end
$$;

revoke all on function public.payload_names, public.payloads_left_behind from public, anon;
grant execute on function public.payload_names, public.payloads_left_behind to authenticated;

-- An object is added to a session of one's own, read and deleted, and never changed: its name is the
-- hash of what it holds. Nobody sees another's, or the bucket without being signed in.
do $$
begin
    if to_regclass('storage.objects') is null then
        return;
    end if;
    insert into storage.buckets (id, name, public) values ('datalens', 'datalens', false)
        on conflict (id) do update set public = false;

    drop policy if exists "datalens bucket: select" on storage.buckets;
    create policy "datalens bucket: select" on storage.buckets for select to authenticated
        using (id = 'datalens');
    drop policy if exists "datalens payloads: select" on storage.objects;
    create policy "datalens payloads: select" on storage.objects for select to authenticated
        using (bucket_id = 'datalens'
            and (storage.foldername(name))[1] = (select auth.uid())::text);
    drop policy if exists "datalens payloads: insert" on storage.objects;
    create policy "datalens payloads: insert" on storage.objects for insert to authenticated
        with check (bucket_id = 'datalens'
            and (storage.foldername(name))[1] = (select auth.uid())::text
            and (storage.foldername(name))[2] = any (array (
                select s.id::text from public.sessions s
                where s.user_id = (select auth.uid()))));
    drop policy if exists "datalens payloads: delete" on storage.objects;
    create policy "datalens payloads: delete" on storage.objects for delete to authenticated
        using (bucket_id = 'datalens'
            and (storage.foldername(name))[1] = (select auth.uid())::text);
end
$$;
