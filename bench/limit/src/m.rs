//! M: async-graphql 7 alone: the same Q1/Q2/Q3 shapes answered from structs in memory (no database, no loaders, synchronous fields).
use async_graphql::{EmptyMutation, EmptySubscription, ID, Object, Schema, SimpleObject};
use std::sync::Arc;
#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;
struct Author {
    slug: String,
    name: String,
}
#[Object]
impl Author {
    async fn slug(&self) -> &str {
        &self.slug
    }
    async fn name(&self) -> &str {
        &self.name
    }
}
struct Cat {
    slug: String,
    name: String,
}
#[Object]
impl Cat {
    async fn slug(&self) -> &str {
        &self.slug
    }
    async fn name(&self) -> &str {
        &self.name
    }
}
#[derive(SimpleObject)]
struct Reference {
    position: i32,
    author: String,
    title: String,
    publisher: String,
    url: String,
    published_on: String,
}
#[derive(SimpleObject)]
struct Contact {
    name: String,
    role: String,
    email: String,
}
#[derive(SimpleObject)]
struct Media {
    url: String,
    alt: String,
    caption: String,
    credit: String,
    width: i32,
    height: i32,
}
struct A {
    id: i64,
    slug: String,
    title: String,
    subtitle: String,
    excerpt: String,
    body: String,
    at: String,
    au: Vec<Author>,
    ca: Vec<Cat>,
    re: Vec<Reference>,
    co: Vec<Contact>,
    me: Vec<Media>,
}
struct Article(Arc<A>);
#[Object]
impl Article {
    async fn id(&self) -> ID {
        self.0.id.into()
    }
    async fn slug(&self) -> &str {
        &self.0.slug
    }
    async fn title(&self) -> &str {
        &self.0.title
    }
    async fn subtitle(&self) -> &str {
        &self.0.subtitle
    }
    async fn excerpt(&self) -> &str {
        &self.0.excerpt
    }
    async fn body(&self) -> &str {
        &self.0.body
    }
    async fn language(&self) -> &str {
        "fr"
    }
    async fn published_at(&self) -> &str {
        &self.0.at
    }
    async fn authors(&self) -> &[Author] {
        &self.0.au
    }
    async fn categories(&self) -> &[Cat] {
        &self.0.ca
    }
    async fn references(&self) -> &[Reference] {
        &self.0.re
    }
    async fn contacts(&self) -> &[Contact] {
        &self.0.co
    }
    async fn media(&self) -> &[Media] {
        &self.0.me
    }
    async fn cover(&self) -> Option<&Media> {
        self.0.me.first()
    }
}
struct Category(Vec<Arc<A>>);
#[Object]
impl Category {
    async fn name(&self) -> &str {
        "News"
    }
    async fn slug(&self) -> &str {
        "news"
    }
    async fn articles(&self, first: usize) -> Vec<Article> {
        self.0.iter().take(first).map(|a| Article(a.clone())).collect()
    }
}
#[derive(SimpleObject)]
struct Articles {
    nodes: Vec<Article>,
}
struct Query(Vec<Arc<A>>);
#[Object]
impl Query {
    async fn articles(&self, first: usize) -> Articles {
        Articles { nodes: self.0.iter().take(first).map(|a| Article(a.clone())).collect() }
    }
    async fn article(&self, slug: String) -> Article {
        Article(self.0[slug.len() % 20].clone())
    }
    async fn category(&self, slug: String) -> Category {
        let _ = slug;
        Category(self.0.clone())
    }
}
async fn serve() {
    let s = |n: usize| "lorem ipsum ".repeat(n / 12 + 1)[..n].to_string();
    let data: Vec<Arc<A>> = (0..20)
        .map(|i| {
            Arc::new(A {
                id: 10000 - i,
                slug: s(45),
                title: s(60),
                subtitle: s(65),
                excerpt: s(200),
                body: format!("<h2>x</h2>{}", s(4100)),
                at: "2026-11-20T11:48:23Z".into(),
                au: (0..1 + i % 2).map(|_| Author { slug: s(9), name: s(11) }).collect(),
                ca: (0..1 + i % 2).map(|_| Cat { slug: s(9), name: s(12) }).collect(),
                re: (0..3)
                    .map(|k| Reference {
                        position: k,
                        author: s(11),
                        title: s(45),
                        publisher: s(14),
                        url: s(29),
                        published_on: s(10),
                    })
                    .collect(),
                co: vec![Contact { name: s(11), role: s(8), email: s(24) }],
                me: (0..2)
                    .map(|_| Media {
                        url: "https://media.example/1/1.jpg".into(),
                        alt: s(34),
                        caption: s(80),
                        credit: s(11),
                        width: 800,
                        height: 600,
                    })
                    .collect(),
            })
        })
        .collect();
    let schema = Schema::build(Query(data), EmptyMutation, EmptySubscription).finish();
    let r =
        axum::Router::new().route("/graphql", axum::routing::post_service(async_graphql_axum::GraphQL::new(schema)));
    let l = tokio::net::TcpListener::bind(("127.0.0.1", 7003)).await.unwrap();
    axum::serve(l, r).await.unwrap();
}
fn main() {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(serve());
}
