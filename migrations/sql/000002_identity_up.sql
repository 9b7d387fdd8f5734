create table users (
  id {uuid} not null primary key,
  email text {byte_order} not null constraint users_email_key unique,
  name text not null,
  role text not null check (role in ('reader', 'contributor', 'editor', 'publisher', 'admin')),
  password_hash text not null,
  is_active {bool} not null,
  version {int} not null check (version > 0),
  created_at {time} not null,
  updated_at {time} not null
) {table_end};

create table sessions (
  id {uuid} not null primary key,
  family_id {uuid} not null,
  user_id {uuid} not null constraint sessions_user_fk references users (id) on delete cascade,
  token_hash text {byte_order} not null constraint sessions_token_key unique,
  issued_at {time} not null,
  idle_expires_at {time} not null,
  expires_at {time} not null,
  rotated_at {time},
  revoked_at {time},
  revoked_because text check (revoked_because in ('signed_out', 'reused', 'password_changed', 'suspended')),
  check ((revoked_at is null) = (revoked_because is null))
) {table_end};

create index sessions_family_idx on sessions (family_id);

create index sessions_user_idx on sessions (user_id);

create table api_keys (
  id {uuid} not null primary key,
  name text not null,
  prefix text not null,
  key_hash text {byte_order} not null constraint api_keys_hash_key unique,
  scopes {json} not null,
  expires_at {time},
  revoked_at {time},
  last_used_at {time},
  created_at {time} not null
) {table_end};
