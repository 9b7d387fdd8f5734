//! How many statements the pages of a site take. The number follows the shape of a query, never the number of rows.

use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::{
    article_newsroom::{Page, archive, page},
    article_page::WHOLE_PAGE,
};

const FRONT: &str = "{
  articles(first: 20) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      headline path excerpt publishedAt
      authors { author { name path } }
      categories { name path ancestors { name path } }
      leadImage { url alt }
    }
  }
}";

const SECTIONS: &str = "{
  categories(where: {isRoot: true}) {
    nodes {
      name articleCount
      children { name articleCount }
      articles(first: 3) { totalCount nodes { headline authors { author { name } } leadImage { url } } }
    }
  }
}";

const PEOPLE: &str = "{
  authors {
    nodes { name articles(first: 5, where: {kind: {eq: NEWS}}) { totalCount nodes { headline primaryCategory { path } } } }
  }
}";

/// A query of the load harness.
fn of_the_load(name: &str) -> String {
    let queries: Value = serde_json::from_str(include_str!("../../bench/peers/masthead.json")).unwrap();
    queries[name]["json"]["query"].as_str().unwrap().to_owned()
}

async fn count(kit: &Kit, query: &str, variables: Value) -> (Value, usize) {
    let reader = kit.anonymous();
    let (data, statements) = kit.statements(kit.data(&reader, query, variables)).await;
    (data, statements.len())
}

both_engines! {
    async fn pages_take_no_more_statements_at_a_thousand_articles_than_at_ten(kit: Kit) {
        let Page { path, categories, authors, media, .. } = page(&kit).await;
        for articles in [10, 990] {
            archive(&kit, articles, &categories[0], &authors, &media[0]).await;
            let (_, whole_page) = count(&kit, WHOLE_PAGE, json!({ "path": path })).await;
            let (front_data, front) = count(&kit, FRONT, json!({})).await;
            let (_, sections) = count(&kit, SECTIONS, json!({})).await;
            let (_, people) = count(&kit, PEOPLE, json!({})).await;
            assert_eq!(front_data["articles"]["nodes"].as_array().unwrap().len(), if articles == 10 { 12 } else { 20 });
            assert!(whole_page <= 9, "the article page takes {whole_page} statements");
            assert!(front <= 5, "the section front takes {front} statements");
            // The roots; their children and branches; counts of both; lists; credits and pictures below the lists. One
            // fewer when both want their branches at the same moment.
            assert!(sections <= 9, "a menu with its newest articles takes {sections} statements");
            assert!(people <= 5, "authors with their articles take {people} statements");
        }
    }

    async fn the_queries_of_the_load_keep_the_budgets_of_their_pages(kit: Kit) {
        let Page { path, categories, authors, media, .. } = page(&kit).await;
        let slug = json!({ "slug": path.rsplit('/').next() });
        for articles in [10, 990] {
            archive(&kit, articles, &categories[0], &authors, &media[0]).await;
            let (front, front_statements) = count(&kit, &of_the_load("Q1"), json!({})).await;
            let (article, article_statements) = count(&kit, &of_the_load("Q2"), slug.clone()).await;
            // Of the root: everything stands in the category below.
            let (section, section_statements) = count(&kit, &of_the_load("Q3"), json!({ "slug": "actualites" })).await;
            let many = if articles == 10 { 11 } else { 20 };
            assert!(front["articles"]["nodes"].as_array().is_some_and(|list| list.len() >= many), "{front:#}");
            assert!(section["category"]["articles"]["nodes"].as_array().is_some_and(|list| list.len() == many), "{section:#}");
            assert_eq!(article["article"]["headline"], "Le port rouvre");
            assert!(front_statements <= 7, "a front takes {front_statements} statements");
            assert!(section_statements <= 7, "a section takes {section_statements} statements");
            assert!(article_statements <= 9, "an article takes {article_statements} statements");
        }
    }

    async fn a_route_to_an_article_takes_one_statement(kit: Kit) {
        let Page { path, .. } = page(&kit).await;
        let query = "query Q($path: String!) { route(path: $path) { ... on Article { headline body { text } } } }";
        let (data, statements) = count(&kit, query, json!({ "path": path })).await;
        assert_eq!((data["route"]["headline"].as_str(), statements), (Some("Le port rouvre"), 1));
    }

    async fn a_category_in_a_filter_takes_one_statement_more(kit: Kit) {
        page(&kit).await;
        let query = r#"{ articles(where: {or: [{category: {slug: {eq: "port"}}}, {not: {category: {slug: {in: ["economie", "actualites"]}}}}]}) { nodes { slug } } }"#;
        let (_, statements) = count(&kit, query, json!({})).await;
        assert_eq!(statements, 2);
    }
}
