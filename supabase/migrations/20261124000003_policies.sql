-- Who may do what: a user all with what is the user's own, and nobody else anything. May be run again.
--
-- `(select auth.uid())` and `any (array (select …))` are worked out once a statement, not once a row.

alter table public.sessions enable row level security;
revoke all on public.sessions from public, anon, authenticated;
grant select, insert, update, delete on public.sessions to authenticated;
drop policy if exists "own sessions: select" on public.sessions;
create policy "own sessions: select" on public.sessions for select to authenticated
    using (user_id = (select auth.uid()));
drop policy if exists "own sessions: insert" on public.sessions;
create policy "own sessions: insert" on public.sessions for insert to authenticated
    with check (user_id = (select auth.uid()));
drop policy if exists "own sessions: update" on public.sessions;
create policy "own sessions: update" on public.sessions for update to authenticated
    using (user_id = (select auth.uid()))
    with check (user_id = (select auth.uid()));
drop policy if exists "own sessions: delete" on public.sessions;
create policy "own sessions: delete" on public.sessions for delete to authenticated
    using (user_id = (select auth.uid()));

alter table public.projections enable row level security;
revoke all on public.projections from public, anon, authenticated;
grant select, insert, update, delete on public.projections to authenticated;
drop policy if exists "own projections: select" on public.projections;
create policy "own projections: select" on public.projections for select to authenticated
    using (user_id = (select auth.uid()));
drop policy if exists "own projections: insert" on public.projections;
create policy "own projections: insert" on public.projections for insert to authenticated
    with check (user_id = (select auth.uid()));
drop policy if exists "own projections: update" on public.projections;
create policy "own projections: update" on public.projections for update to authenticated
    using (user_id = (select auth.uid()))
    with check (user_id = (select auth.uid()));
drop policy if exists "own projections: delete" on public.projections;
create policy "own projections: delete" on public.projections for delete to authenticated
    using (user_id = (select auth.uid()));

alter table public.datasets enable row level security;
revoke all on public.datasets from public, anon, authenticated;
grant select, insert, update, delete on public.datasets to authenticated;
drop policy if exists "own datasets: select" on public.datasets;
create policy "own datasets: select" on public.datasets for select to authenticated
    using (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));
drop policy if exists "own datasets: insert" on public.datasets;
create policy "own datasets: insert" on public.datasets for insert to authenticated
    with check (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));
drop policy if exists "own datasets: update" on public.datasets;
create policy "own datasets: update" on public.datasets for update to authenticated
    using (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))))
    with check (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));
drop policy if exists "own datasets: delete" on public.datasets;
create policy "own datasets: delete" on public.datasets for delete to authenticated
    using (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));

alter table public.runs enable row level security;
revoke all on public.runs from public, anon, authenticated;
-- Not to delete: the audit of a run would go with it.
grant select, insert, update on public.runs to authenticated;
drop policy if exists "own runs: select" on public.runs;
create policy "own runs: select" on public.runs for select to authenticated
    using (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));
drop policy if exists "own runs: insert" on public.runs;
create policy "own runs: insert" on public.runs for insert to authenticated
    with check (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));
drop policy if exists "own runs: update" on public.runs;
create policy "own runs: update" on public.runs for update to authenticated
    using (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))))
    with check (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));
drop policy if exists "own runs: delete" on public.runs;

alter table public.messages enable row level security;
revoke all on public.messages from public, anon, authenticated;
grant select, insert, update, delete on public.messages to authenticated;
drop policy if exists "own messages: select" on public.messages;
create policy "own messages: select" on public.messages for select to authenticated
    using (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));
drop policy if exists "own messages: insert" on public.messages;
create policy "own messages: insert" on public.messages for insert to authenticated
    with check (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));
drop policy if exists "own messages: update" on public.messages;
create policy "own messages: update" on public.messages for update to authenticated
    using (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))))
    with check (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));
drop policy if exists "own messages: delete" on public.messages;
create policy "own messages: delete" on public.messages for delete to authenticated
    using (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));

alter table public.execution_logs enable row level security;
revoke all on public.execution_logs from public, anon, authenticated;
grant select, insert, update, delete on public.execution_logs to authenticated;
drop policy if exists "own execution_logs: select" on public.execution_logs;
create policy "own execution_logs: select" on public.execution_logs for select to authenticated
    using (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));
drop policy if exists "own execution_logs: insert" on public.execution_logs;
create policy "own execution_logs: insert" on public.execution_logs for insert to authenticated
    with check (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));
drop policy if exists "own execution_logs: update" on public.execution_logs;
create policy "own execution_logs: update" on public.execution_logs for update to authenticated
    using (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))))
    with check (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));
drop policy if exists "own execution_logs: delete" on public.execution_logs;
create policy "own execution_logs: delete" on public.execution_logs for delete to authenticated
    using (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));

alter table public.artifacts enable row level security;
revoke all on public.artifacts from public, anon, authenticated;
grant select, insert, update, delete on public.artifacts to authenticated;
drop policy if exists "own artifacts: select" on public.artifacts;
create policy "own artifacts: select" on public.artifacts for select to authenticated
    using (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));
drop policy if exists "own artifacts: insert" on public.artifacts;
create policy "own artifacts: insert" on public.artifacts for insert to authenticated
    with check (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));
drop policy if exists "own artifacts: update" on public.artifacts;
create policy "own artifacts: update" on public.artifacts for update to authenticated
    using (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))))
    with check (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));
drop policy if exists "own artifacts: delete" on public.artifacts;
create policy "own artifacts: delete" on public.artifacts for delete to authenticated
    using (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));

-- The audit is written and read, and never changed; it goes with its session alone.
alter table public.pii_redactions enable row level security;
revoke all on public.pii_redactions from public, anon, authenticated;
grant select, insert on public.pii_redactions to authenticated;
drop policy if exists "own pii_redactions: select" on public.pii_redactions;
create policy "own pii_redactions: select" on public.pii_redactions for select to authenticated
    using (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));
drop policy if exists "own pii_redactions: insert" on public.pii_redactions;
create policy "own pii_redactions: insert" on public.pii_redactions for insert to authenticated
    with check (session_id = any (array (
        select s.id from public.sessions s where s.user_id = (select auth.uid()))));
-- Functions: for those who are signed in.
revoke all on function
    public.session_exists, public.session, public.plain, public.sessions_page, public.session_detail,
    public.artifact, public.pictures, public.save_picture, public.redaction_counts, public.take_over
    from public, anon;
grant execute on function
    public.session_exists, public.session, public.plain, public.sessions_page, public.session_detail,
    public.artifact, public.pictures, public.save_picture, public.redaction_counts, public.take_over
    to authenticated;
revoke all on function public.delete_unused_sessions from public, anon, authenticated;
