alter table articles add column live_version {int};

alter table articles add column pending_version {int};

alter table articles add column pending_submitted_at {time};

alter table articles add column internal_note text;

alter table articles add column seo {json};

alter table articles add column purged_at {time};

create index articles_deleted_idx on articles (deleted_at, id) where deleted_at is not null and purged_at is null;

create table article_versions (
  article_id {uuid} not null constraint article_versions_article_fk references articles (id) on delete cascade,
  version {int} not null check (version > 0),
  at {time} not null,
  actor text not null,
  act text not null,
  summary text,
  fields {json} not null,
  content_version {int} not null check (content_version > 0),
  live_version {int} check (live_version > 0),
  published_at {time},
  embargo_until {time},
  expires_at {time},
  first_published_at {time},
  revised_at {time},
  primary key (article_id, version)
) {table_end};

create index article_versions_at_idx on article_versions (article_id, at);

create table article_contents (
  article_id {uuid} not null constraint article_contents_article_fk references articles (id) on delete cascade,
  version {int} not null check (version > 0),
  content text not null,
  primary key (article_id, version)
) {table_end};

create table article_transitions (
  article_id {uuid} not null constraint article_transitions_article_fk references articles (id) on delete cascade,
  kind text not null check (kind in ('OPENS', 'CLOSES')),
  at {time} not null,
  primary key (article_id, kind)
) {table_end};

create index article_transitions_at_idx on article_transitions (at, article_id);

insert into article_transitions (article_id, kind, at)
select id, 'OPENS', case when embargo_until > published_at then embargo_until else published_at end
from articles
where state = 'PUBLISHED' and deleted_at is null
  and (published_at > {now} or embargo_until > {now})
  and (expires_at is null or (expires_at > published_at and (embargo_until is null or expires_at > embargo_until)));

insert into article_transitions (article_id, kind, at)
select id, 'CLOSES', expires_at
from articles
where state = 'PUBLISHED' and deleted_at is null
  and expires_at > {now} and expires_at > published_at and (embargo_until is null or expires_at > embargo_until);

create table corrections (
  id {uuid} not null primary key,
  article_id {uuid} not null constraint corrections_article_fk references articles (id) on delete cascade,
  kind text not null check (kind in ('CORRECTION', 'CLARIFICATION', 'UPDATE', 'RETRACTION', 'EDITOR_NOTE')),
  text text not null,
  language text {byte_order} not null,
  corrected_at {time} not null,
  from_version {int} not null check (from_version > 0),
  to_version {int} not null check (to_version > from_version),
  actor text not null
) {table_end};

create index corrections_corrected_idx on corrections (corrected_at, id);

create index corrections_article_idx on corrections (article_id, corrected_at, id);

create table localizations (
  entity_kind text not null,
  entity_id {uuid} not null,
  language text {byte_order} not null,
  words {json} not null,
  primary key (entity_id, entity_kind, language)
) {table_end};

create table redirects (
  id {uuid} not null primary key,
  path text {byte_order} not null constraint redirects_path_key unique,
  target text {byte_order} not null,
  target_path text {byte_order},
  status {small} not null check (status in (301, 302, 307, 308)),
  version {int} not null check (version > 0),
  created_at {time} not null,
  updated_at {time} not null
) {table_end};

create index redirects_target_idx on redirects (target);

create index redirects_target_path_idx on redirects (target_path);

create index redirects_created_idx on redirects (created_at, id);

create table preview_tokens (
  id {uuid} not null primary key,
  article_id {uuid} not null constraint preview_tokens_article_fk references articles (id) on delete cascade,
  version {int},
  actor text not null,
  created_at {time} not null,
  expires_at {time} not null,
  revoked_at {time}
) {table_end};

create index preview_tokens_article_idx on preview_tokens (article_id, created_at, id);

create index preview_tokens_expires_idx on preview_tokens (expires_at);

create table idempotency_keys (
  caller text {byte_order} not null,
  idempotency_key text {byte_order} not null,
  fingerprint text not null,
  acts {int} not null check (acts >= 0),
  status {small},
  answer text,
  started_at {time} not null,
  expires_at {time} not null,
  primary key (caller, idempotency_key)
) {table_end};

create index idempotency_keys_expires_idx on idempotency_keys (expires_at);

alter table change_log add column act text;

alter table change_log add column origin text;

alter table change_log add column request_id text;

create index change_log_actor_idx on change_log (actor, seq);

create index change_log_at_idx on change_log (at, seq);
