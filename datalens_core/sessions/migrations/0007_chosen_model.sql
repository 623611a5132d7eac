-- The model that was chosen for a run.
alter table runs add column model text;
