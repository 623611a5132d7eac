-- Why an execution failed, in words, and what else a question could have meant.
alter table execution_logs add column analysis text;
alter table runs add column alternatives text not null default '[]';
