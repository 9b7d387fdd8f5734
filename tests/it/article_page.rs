//! A whole article page in one request, and how many statements it takes.

use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::article_newsroom::{Page, page, without_ids};

/// Everything an ordinary news page shows.
pub(crate) const WHOLE_PAGE: &str = r#"
    query Page($path: String!) {
      article(by: {path: $path}) {
        __typename id version createdAt updatedAt path canonicalUrl slug status kind language
        headline secondaryHeadline kicker lede excerpt(maxLength: 60)
        publishedAt firstPublishedAt revisedAt byline
        authors { position role creditedAs author { name path } }
        tags { name slug }
        categories { name path ancestors { name slug } }
        primaryCategory { slug path }
        leadImage { url alt width height }
        gallery { position total caption alt credit media { __typename id url mimeType } }
        body {
          html(headingOffset: 1) wordCount readingTimeMinutes
          headings { level text anchor }
        }
        references {
          number anchor locator quote note blockKeys
          source { title outlet publishedOn url authors { literal } }
        }
        contacts { name role title organization channels { kind value uri } }
        links { kind label url language }
        stats { views comments shares asOf }
        comments(first: 10) { totalCount nodes { authorName body createdAt inReplyTo { authorName } } pageInfo { hasNextPage } }
        translations { language headline path }
        translatedFrom { path }
        editorial { scheduledFor }
      }
    }"#;

both_engines! {
    async fn one_request_gives_the_whole_page(kit: Kit) {
        let Page { path, .. } = page(&kit).await;
        let data = kit.data(&kit.anonymous(), WHOLE_PAGE, json!({ "path": path })).await;
        insta::assert_json_snapshot!("whole_page", without_ids(data));
    }

    async fn the_page_of_a_translation_leads_back(kit: Kit) {
        let Page { translation_path, path, .. } = page(&kit).await;
        let data = kit.data(&kit.anonymous(), WHOLE_PAGE, json!({ "path": translation_path })).await;
        let article = &data["article"];
        assert_eq!(article["translations"][0]["path"], path);
        assert_eq!(article["translatedFrom"]["path"], path);
        assert_eq!(article["language"], "ht");
        for empty in ["categories", "gallery", "references", "contacts", "links"] {
            assert_eq!(article[empty], json!([]), "{empty}");
        }
        assert_eq!(article["primaryCategory"], Value::Null);
        assert_eq!(article["leadImage"], Value::Null);
    }

    async fn the_body_comes_as_blocks_of_every_kind(kit: Kit) {
        let Page { path, .. } = page(&kit).await;
        let data = kit.data(&kit.anonymous(), BLOCKS, json!({ "path": path })).await;
        insta::assert_json_snapshot!("blocks", without_ids(data));
    }

    async fn the_whole_blocks_together_are_the_html(kit: Kit) {
        let Page { path, .. } = page(&kit).await;
        let query = "query Q($path: String!) { article(by: {path: $path}) { body { html blocks { outerHtml } } } }";
        let data = kit.data(&kit.anonymous(), query, json!({ "path": path })).await;
        let body = &data["article"]["body"];
        let blocks: Vec<&str> =
            body["blocks"].as_array().unwrap().iter().map(|block| block["outerHtml"].as_str().unwrap()).collect();
        assert!(blocks.len() > 10);
        assert_eq!(blocks.join("\n"), body["html"].as_str().unwrap());
    }
}

const BLOCKS: &str = r#"
    query Blocks($path: String!) {
      article(by: {path: $path}) {
        body {
          text markdown
          blocks {
            __typename key
            ... on ParagraphBlock { html text references { number source { title } } }
            ... on HeadingBlock { level html text anchor }
            ... on ListBlock { ordered start items }
            ... on QuoteBlock { html cite reference { number } }
            ... on ImageBlock { image { ...Picture } }
            ... on GalleryBlock { items { ...Picture } }
            ... on EmbedBlock { url provider html }
            ... on TableBlock { hasHeader rows caption }
            ... on CodeBlock { code language }
            ... on RuleBlock { outerHtml }
            ... on UnknownBlock { type html }
          }
        }
      }
    }
    fragment Picture on BodyImage {
      url alt caption credit link position total media { __typename id ... on Image { width } }
    }"#;
