create index articles_updated_idx on articles (updated_at desc, id desc) where state = 'PUBLISHED' and deleted_at is null and kind <> 'PAGE';

drop index sources_kind_health_idx;

create index sources_created_idx on sources (created_at, id);
