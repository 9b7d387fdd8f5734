drop index sources_created_idx;

create index sources_kind_health_idx on sources (kind, health, published_key, id);

drop index articles_updated_idx;
