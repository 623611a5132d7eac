-- Which file holds a payload that is too large for its row: named by its SHA-256.
alter table artifacts add column content_sha256 text;
alter table artifacts add column png_sha256 text;
