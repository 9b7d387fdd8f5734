create table operations (
  id {uuid} not null primary key,
  hash text {byte_order} not null constraint operations_hash_key unique,
  names {json} not null,
  text text not null,
  created_at {time} not null
) {table_end};

alter table api_keys add column operations text not null default 'any' check (operations in ('any', 'registered'));
