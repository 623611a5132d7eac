-- What a run used of a model.
alter table runs add column usage text not null default '{}';
