drop index articles_published_idx;

create index articles_newest_idx on articles (published_at desc, id desc) where state = 'PUBLISHED' and deleted_at is null;

drop index articles_headline_idx;

create index articles_by_headline_idx on articles (headline_key, id) where deleted_at is null;

create index articles_all_newest_idx on articles (coalesce(published_at, '9999-12-31T00:00:00+00:00') desc, id desc) where deleted_at is null;

create index articles_unpublished_idx on articles (state, coalesce(published_at, '9999-12-31T00:00:00+00:00') desc, id desc) where deleted_at is null and state <> 'PUBLISHED';

drop index articles_created_by_idx;

create index articles_own_newest_idx on articles (created_by, coalesce(published_at, '9999-12-31T00:00:00+00:00') desc, id desc) where deleted_at is null;

alter table article_credits add column published_at {time};

update article_credits set published_at = (select published_at from articles where articles.id = article_credits.article_id)
where not exists (select 1 from article_credits as earlier where earlier.article_id = article_credits.article_id
  and earlier.author_id = article_credits.author_id and earlier.position < article_credits.position);

create index article_credits_published_idx on article_credits (author_id, published_at desc, article_id desc) where published_at is not null;

alter table article_tags add column published_at {time};

update article_tags set published_at = (select published_at from articles where articles.id = article_tags.article_id);

create index article_tags_published_idx on article_tags (tag_id, published_at desc, article_id desc) where published_at is not null;

drop index sources_outlet_idx;

create index sources_outlet_published_idx on sources (outlet_key, published_key, id);

create index sources_kind_idx on sources (kind, published_key, id);

create index sources_health_idx on sources (health, published_key, id);

create index contacts_role_idx on contacts (role, name_key, id);

create index corrections_kind_idx on corrections (kind, corrected_at, id);

create index redirects_status_idx on redirects (status, created_at, id);

create index change_log_act_idx on change_log (act, seq);
