create table change_head (
  id {small} not null primary key check (id = 1),
  seq {int} not null check (seq >= 0)
) {table_end};

insert into change_head (id, seq) values (1, 0);

create table change_log (
  seq {int} not null primary key,
  at {time} not null,
  actor text not null,
  entity_kind text not null,
  entity_id {uuid} not null,
  version {int},
  kind text not null check (kind in ('CREATED', 'UPDATED', 'MOVED', 'PUBLISHED', 'REMOVED', 'DELETED', 'MERGED')),
  reason text,
  fields {json} not null,
  scope_before {json},
  scope_after {json}
) {table_end};

create index change_log_entity_idx on change_log (entity_kind, entity_id, seq);

create table media (
  id {uuid} not null primary key,
  url text not null,
  media_type text not null,
  kind text not null check (kind in ('IMAGE', 'AUDIO_VIDEO', 'DOCUMENT')),
  title text,
  alt text,
  caption text,
  credit text,
  width {small} check (width > 0),
  height {small} check (height > 0),
  byte_size {int} check (byte_size >= 0),
  version {int} not null check (version > 0),
  created_at {time} not null,
  updated_at {time} not null
) {table_end};

create index media_created_idx on media (created_at, id);

create index media_kind_idx on media (kind, created_at, id);

create table authors (
  id {uuid} not null primary key,
  slug text {byte_order} not null constraint authors_slug_key unique,
  name text not null,
  name_key text {byte_order} not null,
  bio text,
  email text,
  same_as {json} not null,
  portrait_id {uuid} constraint authors_portrait_fk references media (id),
  version {int} not null check (version > 0),
  created_at {time} not null,
  updated_at {time} not null
) {table_end};

create index authors_name_idx on authors (name_key, id);

create index authors_portrait_idx on authors (portrait_id);

create table categories (
  id {uuid} not null primary key,
  slug text {byte_order} not null constraint categories_slug_key unique,
  name text not null,
  name_key text {byte_order} not null,
  description text,
  language text {byte_order} not null,
  parent_id {uuid} constraint categories_parent_fk references categories (id) check (parent_id <> id),
  position {small} not null check (position >= 0),
  version {int} not null check (version > 0),
  created_at {time} not null,
  updated_at {time} not null
) {table_end};

create index categories_parent_idx on categories (parent_id, position, id);

create index categories_position_idx on categories (position, id);

create index categories_name_idx on categories (name_key, id);

create table tags (
  id {uuid} not null primary key,
  slug text {byte_order} not null constraint tags_slug_key unique,
  name text not null,
  name_key text {byte_order} not null,
  version {int} not null check (version > 0),
  created_at {time} not null,
  updated_at {time} not null
) {table_end};

create index tags_name_idx on tags (name_key, id);

create table sources (
  id {uuid} not null primary key,
  kind text not null check (kind in ('NEWS_ARTICLE', 'WEB_PAGE', 'BOOK', 'JOURNAL_ARTICLE', 'REPORT', 'LEGISLATION', 'BROADCAST', 'SOCIAL_POST', 'INTERVIEW', 'DATASET', 'OTHER')),
  title text not null,
  title_key text {byte_order} not null,
  authors {json} not null,
  outlet text,
  outlet_key text {byte_order},
  published_on text {byte_order},
  published_key text {byte_order} not null,
  accessed_on text {byte_order},
  url text,
  archive_url text,
  doi text,
  isbn text,
  language text {byte_order},
  health text not null check (health in ('UNCHECKED', 'OK', 'REDIRECTED', 'GONE', 'UNREACHABLE', 'BLOCKED', 'ARCHIVED_ONLY')),
  last_checked_at {time},
  version {int} not null check (version > 0),
  created_at {time} not null,
  updated_at {time} not null
) {table_end};

create index sources_published_idx on sources (published_key, id);

create index sources_title_idx on sources (title_key, id);

create index sources_created_idx on sources (created_at, id);

create index sources_outlet_idx on sources (outlet_key, id);

create table source_keys (
  source_key text {byte_order} not null constraint source_keys_pkey primary key,
  source_id {uuid} not null constraint source_keys_source_fk references sources (id) on delete cascade
) {table_end};

create index source_keys_source_idx on source_keys (source_id);

create table contacts (
  id {uuid} not null primary key,
  name text not null,
  name_key text {byte_order} not null,
  role text not null check (role in ('EDITOR', 'NEWSDESK', 'PRESS', 'AUTHOR', 'ADVERTISING', 'OTHER')),
  title text,
  organization text,
  languages {json} not null,
  channels {json} not null,
  version {int} not null check (version > 0),
  created_at {time} not null,
  updated_at {time} not null
) {table_end};

create index contacts_name_idx on contacts (name_key, id);

create table articles (
  id {uuid} not null primary key,
  translation_group_id {uuid} not null,
  translated_from_id {uuid} constraint articles_translated_from_fk references articles (id),
  language text {byte_order} not null,
  slug text {byte_order} not null,
  kind text not null check (kind in ('NEWS', 'OPINION', 'ANALYSIS', 'INTERVIEW', 'PRESS_RELEASE', 'LIVE', 'SPONSORED', 'PAGE')),
  headline text not null,
  headline_key text {byte_order} not null,
  secondary_headline text,
  kicker text,
  lede text,
  byline text,
  opening text not null,
  word_count {small} not null check (word_count >= 0),
  links {json} not null,
  state text not null check (state in ('DRAFT', 'IN_REVIEW', 'PUBLISHED', 'UNPUBLISHED', 'WITHDRAWN', 'KILLED')),
  submitted_at {time},
  published_at {time},
  first_published_at {time},
  revised_at {time},
  embargo_until {time},
  expires_at {time},
  removed_at {time},
  removal_reason text check (removal_reason in ('UNPUBLISHED', 'WITHDRAWN', 'KILLED', 'DELETED', 'MERGED', 'EXPIRED', 'RIGHTS', 'LEFT_SCOPE')),
  removal_notice text,
  deleted_at {time},
  view_count {int} not null check (view_count >= 0),
  share_count {int} not null check (share_count >= 0),
  comment_count {int} not null check (comment_count >= 0),
  created_by {uuid},
  version {int} not null check (version > 0),
  created_at {time} not null,
  updated_at {time} not null,
  check ((state = 'PUBLISHED') = (published_at is not null)),
  check ((state = 'IN_REVIEW') = (submitted_at is not null)),
  check (deleted_at is not null or (state in ('UNPUBLISHED', 'WITHDRAWN', 'KILLED')) = (removed_at is not null)),
  check ((removed_at is null) = (removal_reason is null))
) {table_end};

create unique index articles_slug_key on articles (slug, language) where deleted_at is null;

create index articles_address_idx on articles (slug, language);

create unique index articles_edition_key on articles (translation_group_id, language) where deleted_at is null;

create index articles_translated_from_idx on articles (translated_from_id);

create index articles_published_idx on articles (published_at desc, id desc) where state = 'PUBLISHED' and deleted_at is null and kind <> 'PAGE';

create index articles_published_language_idx on articles (language, published_at desc, id desc) where state = 'PUBLISHED' and deleted_at is null and kind <> 'PAGE';

create index articles_published_kind_idx on articles (kind, published_at desc, id desc) where state = 'PUBLISHED' and deleted_at is null;

create index articles_updated_idx on articles (updated_at desc, id desc) where state = 'PUBLISHED' and deleted_at is null and kind <> 'PAGE';

create index articles_headline_idx on articles (headline_key, id) where state = 'PUBLISHED' and deleted_at is null and kind <> 'PAGE';

create index articles_all_updated_idx on articles (updated_at desc, id desc) where deleted_at is null;

create index articles_created_by_idx on articles (created_by);

create table article_bodies (
  article_id {uuid} not null primary key constraint article_bodies_article_fk references articles (id) on delete cascade,
  body text not null
) {table_end};

create table article_credits (
  article_id {uuid} not null constraint article_credits_article_fk references articles (id) on delete cascade,
  position {small} not null check (position > 0),
  author_id {uuid} not null constraint article_credits_author_fk references authors (id),
  role text not null check (role in ('AUTHOR', 'CO_AUTHOR', 'TRANSLATOR', 'PHOTOGRAPHER', 'EDITOR', 'CONTRIBUTOR', 'AGENCY')),
  credited_as text,
  primary key (article_id, position),
  constraint article_credits_once_key unique (article_id, author_id, role)
) {table_end};

create index article_credits_author_idx on article_credits (author_id, article_id);

create table article_categories (
  article_id {uuid} not null constraint article_categories_article_fk references articles (id) on delete cascade,
  position {small} not null check (position > 0),
  category_id {uuid} not null constraint article_categories_category_fk references categories (id),
  published_at {time},
  primary key (article_id, position),
  constraint article_categories_once_key unique (article_id, category_id)
) {table_end};

create index article_categories_category_idx on article_categories (category_id, article_id);

create index article_categories_published_idx on article_categories (category_id, published_at desc, article_id desc) where published_at is not null;

create table article_tags (
  article_id {uuid} not null constraint article_tags_article_fk references articles (id) on delete cascade,
  position {small} not null check (position > 0),
  tag_id {uuid} not null constraint article_tags_tag_fk references tags (id),
  primary key (article_id, position),
  constraint article_tags_once_key unique (article_id, tag_id)
) {table_end};

create index article_tags_tag_idx on article_tags (tag_id, article_id);

create table article_media (
  article_id {uuid} not null constraint article_media_article_fk references articles (id) on delete cascade,
  position {small} not null check (position > 0),
  media_id {uuid} not null constraint article_media_media_fk references media (id),
  caption text,
  alt text,
  credit text,
  primary key (article_id, position)
) {table_end};

create index article_media_media_idx on article_media (media_id, article_id);

create table article_body_media (
  article_id {uuid} not null constraint article_body_media_article_fk references articles (id) on delete cascade,
  media_id {uuid} not null constraint article_body_media_media_fk references media (id),
  primary key (article_id, media_id)
) {table_end};

create index article_body_media_media_idx on article_body_media (media_id, article_id);

create table article_references (
  id {uuid} not null primary key,
  article_id {uuid} not null constraint article_references_article_fk references articles (id) on delete cascade,
  position {small} not null check (position > 0),
  source_id {uuid} not null constraint article_references_source_fk references sources (id),
  locator text,
  quote text,
  note text,
  constraint article_references_number_key unique (article_id, position)
) {table_end};

create index article_references_source_idx on article_references (source_id, article_id);

create table article_contacts (
  article_id {uuid} not null constraint article_contacts_article_fk references articles (id) on delete cascade,
  position {small} not null check (position > 0),
  contact_id {uuid} not null constraint article_contacts_contact_fk references contacts (id),
  primary key (article_id, position),
  constraint article_contacts_once_key unique (article_id, contact_id)
) {table_end};

create index article_contacts_contact_idx on article_contacts (contact_id, article_id);

create table comments (
  id {uuid} not null primary key,
  article_id {uuid} not null constraint comments_article_fk references articles (id) on delete cascade,
  parent_id {uuid} constraint comments_parent_fk references comments (id) check (parent_id <> id),
  author_name text not null,
  body text not null,
  status text not null check (status in ('VISIBLE', 'PENDING', 'HIDDEN', 'SPAM')),
  version {int} not null check (version > 0),
  created_at {time} not null,
  updated_at {time} not null
) {table_end};

create index comments_article_idx on comments (article_id, created_at, id);

create index comments_parent_idx on comments (parent_id);

create table external_ids (
  system text {byte_order} not null,
  external_id text {byte_order} not null,
  entity_kind text not null,
  entity_id {uuid} not null,
  fingerprint text not null,
  constraint external_ids_pkey primary key (system, entity_kind, external_id)
) {table_end};

create index external_ids_entity_idx on external_ids (entity_kind, entity_id);

create table legacy_paths (
  path text {byte_order} not null constraint legacy_paths_pkey primary key,
  entity_kind text not null,
  entity_id {uuid} not null
) {table_end};

create index legacy_paths_entity_idx on legacy_paths (entity_kind, entity_id);
