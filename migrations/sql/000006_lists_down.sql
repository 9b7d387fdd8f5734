drop index change_log_act_idx;

drop index redirects_status_idx;

drop index corrections_kind_idx;

drop index contacts_role_idx;

drop index sources_health_idx;

drop index sources_kind_idx;

drop index sources_outlet_published_idx;

create index sources_outlet_idx on sources (outlet_key, id);

drop index article_tags_published_idx;

alter table article_tags drop column published_at;

drop index article_credits_published_idx;

alter table article_credits drop column published_at;

drop index articles_own_newest_idx;

create index articles_created_by_idx on articles (created_by);

drop index articles_unpublished_idx;

drop index articles_all_newest_idx;

drop index articles_by_headline_idx;

create index articles_headline_idx on articles (headline_key, id) where state = 'PUBLISHED' and deleted_at is null and kind <> 'PAGE';

drop index articles_newest_idx;

create index articles_published_idx on articles (published_at desc, id desc) where state = 'PUBLISHED' and deleted_at is null and kind <> 'PAGE';
