//! Topics by names that other programs can say: caches that are told what to throw away know answers by them.

use std::fmt::{self, Write as _};

use super::{Shelf, Topic};

/// What is written as it stands in a name. Names stand in lists that are parted by commas or spaces.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b',' | b'%')
}

/// The name: printable ASCII without spaces, commas and control characters. It keeps its meaning from one version to the
/// next. `docs/caching.md` tells of each.
impl fmt::Display for Topic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Everything => f.write_str("all"),
            Self::Kind(kind) => write!(f, "kind:{}", kind.name()),
            Self::Thing(id) => id.fmt(f),
            Self::Path(path) => named(f, "path", path),
            Self::Slug(slug) => named(f, "slug", slug),
            Self::Shelf(Shelf::Site) => f.write_str("shelf:site"),
            Self::Shelf(Shelf::Category(id)) => write!(f, "shelf:{id}"),
            Self::Shelf(Shelf::Author(id)) => write!(f, "shelf:{id}"),
            Self::Shelf(Shelf::Tag(id)) => write!(f, "shelf:{id}"),
            Self::Shelf(Shelf::Source(id)) => write!(f, "shelf:{id}"),
            Self::Words => f.write_str("words"),
            Self::Below(article) => write!(f, "below:{article}"),
        }
    }
}

fn named(f: &mut fmt::Formatter<'_>, sort: &str, text: &str) -> fmt::Result {
    write!(f, "{sort}:")?;
    for byte in text.bytes() {
        match is_plain(byte) {
            true => f.write_char(byte.into())?,
            false => write!(f, "%{byte:02X}")?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{ArticleId, CategoryId, EntityKind};

    #[test]
    fn every_topic_has_a_name_that_a_list_can_hold() {
        let article = ArticleId::from_uuid(Uuid::nil());
        for (topic, name) in [
            (Topic::Everything, "all"),
            (Topic::Kind(EntityKind::Article), "kind:article"),
            (Topic::Thing(article.into()), "art_00000000000000000000000000"),
            (Topic::Path("/fr/a b,é%"), "path:/fr/a%20b%2C%C3%A9%25"),
            (Topic::Slug("le-port"), "slug:le-port"),
            (Topic::Shelf(Shelf::Site), "shelf:site"),
            (Topic::Shelf(Shelf::Category(CategoryId::from_uuid(Uuid::nil()))), "shelf:cat_00000000000000000000000000"),
            (Topic::Words, "words"),
            (Topic::Below(article), "below:art_00000000000000000000000000"),
        ] {
            assert_eq!(topic.to_string(), name);
        }
    }
}
