{postgres} alter table articles reset (fillfactor);

create table change_head (
  id {small} not null primary key check (id = 1),
  seq {int} not null check (seq >= 0)
) {table_end};

insert into change_head (id, seq) select 1, coalesce(max(seq), 0) from change_log;

{postgres} drop index change_log_xact_idx;

{postgres} alter table change_log drop column xact;

{postgres} alter table change_log alter column seq drop identity;
