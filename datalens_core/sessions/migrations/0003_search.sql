-- Data sets are found by their names; the order of the list is that of its index.
alter table datasets add column name text not null default '';
update datasets set name = coalesce(json_extract(body, '$.name'), '');
drop index idx_sessions_user_id;
create index idx_sessions_user_id on sessions (user_id, last_activity desc, id desc);
