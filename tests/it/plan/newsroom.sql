-- A newsroom for `Kit::fill`: years of articles and all that stands with them. Of nearly everything there is what is common
-- and what is rare: categories, authors and tags of many articles and of few, one article with thousands of comments and versions.
create table numbers (n {int} not null primary key);

{sqlite} with recursive r (n) as (select 1 union all select n + 1 from r where n < {articles}) insert into numbers select n from r;

{postgres} insert into numbers select n from generate_series(1, {articles}) as n;

insert into categories (id, slug, name, name_key, language, parent_id, position, version, created_at, updated_at)
select {id: n}, 'c' || n, 'Category ' || n, 'category ' || n, 'fr',
  case when n <= 8 then null when n <= 32 then {id: (n - 1) % 8 + 1} else {id: n - 24} end,
  case when n <= 8 then n - 1 when n <= 32 then (n - 9) / 8 else 0 end,
  1, {at: {end} - 160000000 + n}, {at: {end} - 160000000 + n}
from numbers where n <= 40 order by n;

insert into media (id, url, media_type, kind, title, alt, credit, width, height, version, created_at, updated_at)
select {id: n}, 'https://media.example/' || n || '.jpg',
  case when n % 500 = 0 then 'application/pdf' when n % 50 = 0 then 'video/mp4' else 'image/jpeg' end,
  case when n % 500 = 0 then 'DOCUMENT' when n % 50 = 0 then 'AUDIO_VIDEO' else 'IMAGE' end,
  'Picture ' || n, 'A street in the morning', 'Agency', 1600, 900, 1,
  {at: {end} - ({articles} - n) * {step}}, {at: {end} - ({articles} - n) * {step}}
from numbers where n <= {articles} * 6 / 10;

insert into authors (id, slug, name, name_key, same_as, portrait_id, version, created_at, updated_at)
select {id: n}, 'a' || n, 'Author ' || (n % 97) || ' the ' || n, 'author ' || (n % 97) || ' the ' || n, '[]',
  case when n % 3 = 0 then {id: n} else null end,
  1, {at: {end} - 160000000 + n}, {at: {end} - 160000000 + n}
from numbers where n <= {articles} / 25;

insert into tags (id, slug, name, name_key, version, created_at, updated_at)
select {id: n}, 't' || n, 'Tag ' || (n % 89) || ' of ' || n, 'tag ' || (n % 89) || ' of ' || n,
  1, {at: {end} - 160000000 + n}, {at: {end} - 160000000 + n}
from numbers where n <= {articles} / 20;

insert into sources (id, kind, title, title_key, authors, outlet, outlet_key, published_on, published_key, url, language, health, version, created_at, updated_at)
select {id: n}, case when n % 1000 = 1 then 'LEGISLATION' when n % 10 = 1 then 'BOOK' else 'NEWS_ARTICLE' end,
  'Report ' || (n % 991) || ' on ' || n, 'report ' || (n % 991) || ' on ' || n, '[]',
  'Outlet ' || (n % 997 % (n % 13 + 1)), 'outlet ' || (n % 997 % (n % 13 + 1)),
  case when n % 20 = 0 then null else (2000 + n % 27) || '-' || (10 + n % 3) end,
  case when n % 20 = 0 then '' else (2000 + n % 27) || '-' || (10 + n % 3) end,
  'https://source.example/' || n, 'en',
  case when n % 2000 = 3 then 'GONE' when n % 3 = 0 then 'OK' else 'UNCHECKED' end, 1,
  {at: {end} - ({articles} - n) * {step}}, {at: {end} - ({articles} - n) * {step}}
from numbers where n <= {articles} / 2;

insert into contacts (id, name, name_key, role, languages, channels, version, created_at, updated_at)
select {id: n}, 'Contact ' || (n % 83) || ' for ' || n, 'contact ' || (n % 83) || ' for ' || n,
  case when n % 400 = 1 then 'ADVERTISING' when n % 4 = 0 then 'PRESS' else 'EDITOR' end, '["fr"]', '[]',
  1, {at: {end} - 160000000 + n}, {at: {end} - 160000000 + n}
from numbers where n <= {articles} / 20;

insert into articles (id, translation_group_id, language, slug, kind, headline, headline_key, lede, opening, word_count,
  links, state, submitted_at, published_at, first_published_at, embargo_until, expires_at, removed_at, removal_reason,
  deleted_at, view_count, share_count, comment_count, created_by, version, created_at, updated_at, live_version, seen_version,
  pending_version, pending_saved_at)
select {id: n}, case when n % 10 in (5, 9) then {id: n - 1} else {id: n} end,
  case when n % 100 = 9 then 'ht' when n % 10 in (5, 7, 9) then 'en' else 'fr' end,
  's' || n,
  case when n % 5000 = 4 then 'ANALYSIS' when n % 200 = 3 then 'PAGE' when n % 50 = 2 then 'OPINION' else 'NEWS' end,
  'W' || (n * 7919 % 9973) || ' the port reopens ' || n, 'w' || (n * 7919 % 9973) || ' the port reopens ' || n,
  'The cranes of the port turn again since this morning, as the minister had promised in spring, and the first ship is in.',
  'The cranes of the port turn again since this morning, as the minister had promised in spring, and the first ship is in.',
  500, '[]',
  case when n % 25 = 0 then 'DRAFT' when n % 1000 = 17 then 'IN_REVIEW' when n % 100 = 8 then 'UNPUBLISHED'
    when n % 1000 = 11 then 'WITHDRAWN' when n % 5000 = 13 then 'KILLED' else 'PUBLISHED' end,
  case when n % 1000 = 17 then {at: {end} - ({articles} - n) * {step}} else null end,
  case when n % 25 = 0 or n % 1000 in (11, 17) or n % 100 = 8 or n % 5000 = 13 then null
    else {at: {end} - ({articles} - 50 - n) * {step}} end,
  case when n % 25 = 0 or n % 1000 = 17 then null else {at: {end} - ({articles} - 50 - n) * {step}} end,
  case when n % 1000 = 19 then {at: {end} - ({articles} - 52 - n) * {step}} else null end,
  case when n % 200 = 21 then {at: {end} - ({articles} - n) * {step} + 2592000} else null end,
  case when n % 1000 = 11 or n % 100 = 8 or n % 5000 = 13 or n % 500 = 14 then {at: {end} - ({articles} - 100 - n) * {step}} else null end,
  case when n % 500 = 14 then 'DELETED' when n % 1000 = 11 then 'WITHDRAWN' when n % 100 = 8 then 'UNPUBLISHED'
    when n % 5000 = 13 then 'KILLED' else null end,
  case when n % 500 = 14 then {at: {end} - ({articles} - 100 - n) * {step}} else null end,
  n % 977, n % 53, 0, {id: 1000000 + n * 31 % 23}, 3,
  {at: {end} - ({articles} - n) * {step} - 7200},
  {at: {end} - n * 7907 % {articles} * ({articles} - n) / {articles} * {step}},
  3, 3,
  case when n % 500 = 22 then 4 else null end, case when n % 500 = 22 then {at: {end} - 3600} else null end
from numbers;

insert into article_bodies (article_id, body)
select {id: n}, '{"version":1,"blocks":[]}' from numbers;

insert into article_credits (article_id, position, author_id, role, published_at)
select {id: n}, 1, case when n / 10 % 4 = 0 then {id: 1} else {id: 2 + (n * 7919 % 997) * (n * 6007 % 991) * ({articles} / 25 - 2) / 988027} end, 'AUTHOR',
  (select published_at from articles where articles.id = {id: n})
from numbers;

insert into article_credits (article_id, position, author_id, role, published_at)
select {id: n}, 2, {id: 2 + n * 31 % ({articles} / 25 - 2)}, 'PHOTOGRAPHER',
  (select published_at from articles where articles.id = {id: n})
from numbers where n % 3 = 0;

insert into article_categories (article_id, position, category_id, published_at)
select {id: n}, 1, {id: 1 + (n * 7919 % 40) * (n * 6007 % 37) / 37},
  (select published_at from articles where articles.id = {id: n})
from numbers;

insert into article_categories (article_id, position, category_id, published_at)
select {id: n}, 2, {id: 1 + (1 + (n * 7919 % 40) * (n * 6007 % 37) / 37 + n % 7) % 40},
  (select published_at from articles where articles.id = {id: n})
from numbers where n % 14 in (1, 2, 3, 4, 5);

insert into article_tags (article_id, position, tag_id, published_at)
select {id: n}, 1, {id: 2 + (n * 7919 % 997) * (n * 6007 % 991) * ({articles} / 20 - 2) / 988027},
  (select published_at from articles where articles.id = {id: n})
from numbers;

insert into article_tags (article_id, position, tag_id, published_at)
select {id: n}, 2, {id: 1}, (select published_at from articles where articles.id = {id: n})
from numbers where n / 100 % 5 = 0;

insert into article_media (article_id, position, media_id)
select {id: n}, 1, case when n % 20 = 0 then {id: 1} else {id: n * 6 / 10 + 1} end from numbers where n / 10 % 10 > 0;

insert into article_media (article_id, position, media_id)
select {id: n}, 2, {id: 1} from numbers where n % 20 = 1;

insert into article_body_media (article_id, media_id)
select {id: n}, {id: n * 6 / 10 + 1} from numbers where n / 10 % 10 = 0 and n < {articles};

insert into article_references (id, article_id, position, source_id)
select {id: n}, {id: n}, 1, {id: n / 2 + 1} from numbers where n % 3 > 0 and n < {articles};

insert into article_references (id, article_id, position, source_id)
select {id: {articles} + n}, {id: n}, 2, {id: 1} from numbers where n % 200 = 1;

insert into article_contacts (article_id, position, contact_id)
select {id: n}, 1, case when n % 10 = 0 then {id: 1} else {id: n * 31 % ({articles} / 20) + 1} end from numbers where n % 2 = 0;

insert into comments (id, article_id, author_name, body, status, version, created_at, updated_at)
select {id: n}, case when n % 20 = 0 then {id: 5} else {id: n / 40 * 40 + 1} end, 'Reader ' || n, '<p>Well said.</p>',
  case when n % 50 = 7 then 'PENDING' when n % 9 = 0 then 'HIDDEN' else 'VISIBLE' end, 1,
  {at: {end} - ({articles} - n) * {step}}, {at: {end} - ({articles} - n) * {step}}
from numbers where n < {articles} - 60;

insert into article_versions (article_id, version, at, actor, act, fields, content_version, live_version, published_at, first_published_at)
select {id: a.n}, v.n, {at: {end} - ({articles} - a.n) * {step} - 7200 + v.n * 60}, 'system', 'articleUpdate', '["headline"]', 1,
  case when v.n = 3 then 3 else null end,
  case when v.n = 3 then {at: {end} - ({articles} - 50 - a.n) * {step}} else null end,
  case when v.n = 3 then {at: {end} - ({articles} - 50 - a.n) * {step}} else null end
from numbers as a join numbers as v on v.n <= 3 where a.n % 3 = 0;

insert into article_versions (article_id, version, at, actor, act, fields, content_version)
select {id: 5}, n, {at: {end} - 8000000 + n * 60}, 'system', 'articleUpdate', '["headline"]', 1
from numbers where n <= 3000;

insert into corrections (id, article_id, kind, text, language, corrected_at, from_version, to_version, actor)
select {id: n}, case when n % 40 = 0 then {id: 5} else {id: n * 9 + 5} end,
  case when n % 1000 = 1 then 'RETRACTION' when n % 3 = 0 then 'CLARIFICATION' else 'CORRECTION' end,
  'The port has two quays.', 'fr', {at: {end} - ({articles} - n * 10) * {step}}, 1, 2, 'system'
from numbers where n <= {articles} / 10;

insert into redirects (id, path, target, target_path, status, version, created_at, updated_at)
select {id: n}, '/old/' || (n % 37) || '/' || n, '/fr/s' || n, '/fr/s' || n, case when n % 2000 = 1 then 307 else 301 end, 1,
  {at: {end} - ({articles} - n) * {step}}, {at: {end} - ({articles} - n) * {step}}
from numbers where n <= {articles} / 5;

insert into localizations (entity_kind, entity_id, language, words)
select 'tag', {id: n}, 'en', '{}' from numbers where n <= {articles} / 20;

insert into change_log (seq, at, actor, entity_kind, entity_id, version, kind, fields, act)
select n, {at: {end} - ({articles} - n) * {step}},
  case when n % 3 = 0 then 'system' else 'import' end,
  case when n % 40 = 0 then 'category' else 'article' end,
  case when n % 40 = 0 then {id: n / 40 % 40 + 1} else {id: n} end, 1,
  case when n % 3 = 0 then 'CREATED' else 'UPDATED' end, '["headline"]',
  case when n % 2000 = 1 then 'articleKill' when n % 3 = 0 then 'articleUpdate' else 'act' || (n % 23) end
from numbers order by n;

drop table numbers;
