-- Which column a value was replaced in, as far as it is known; the name itself is redacted.
alter table pii_redactions add column column_name text not null default '';
