alter table api_keys drop column operations;

drop table operations;
