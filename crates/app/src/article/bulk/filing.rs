//! What filing does to a content.

use masthead_domain::{
    CategoryId, Violation, Violations,
    article::ArticleContent,
    tag::{TAG_CHARS_MAX, TagName},
    text::Line,
};

use crate::error::AppResult;

/// Where articles are filed from now on.
#[derive(Debug, Clone)]
pub enum Filing {
    /// Under more categories, or fewer. New ones come last.
    Categorize {
        /// The categories they come to.
        add: Vec<CategoryId>,
        /// The categories they leave.
        remove: Vec<CategoryId>,
    },
    /// With more tags, or fewer. New ones come last.
    Tag {
        /// The tags they get.
        add: Vec<Line<TAG_CHARS_MAX>>,
        /// The tags they lose.
        remove: Vec<Line<TAG_CHARS_MAX>>,
    },
    /// Under one category in the place of another.
    Move {
        /// The category they leave.
        from: CategoryId,
        /// The one that takes its place.
        to: CategoryId,
    },
}

impl Filing {
    /// The categories that articles come to, and where the input names them.
    pub(super) fn categories(&self) -> Vec<(Vec<String>, CategoryId)> {
        match self {
            Self::Categorize { add, remove: _ } => {
                (0..).zip(add).map(|(place, id): (usize, _)| (vec!["add".to_owned(), place.to_string()], *id)).collect()
            }
            Self::Tag { .. } => Vec::new(),
            Self::Move { from: _, to } => vec![(vec!["toCategoryId".to_owned()], *to)],
        }
    }

    /// The content filed so.
    ///
    /// # Errors
    /// [`crate::AppError::Invalid`] for an article that is not in the category it is to leave.
    pub(super) fn apply(&self, old: &ArticleContent) -> AppResult<ArticleContent> {
        let mut new = old.clone();
        match self {
            Self::Categorize { add, remove } => {
                new.categories.retain(|id| !remove.contains(id));
                let more = add.iter().filter(|id| !old.categories.contains(id));
                new.categories.extend(more);
            }
            Self::Tag { add, remove } => {
                let (add, remove) = (tags("add", add, old)?, tags("remove", remove, old)?);
                // A tag is known by its slug; one that was renamed may have another than its name would make.
                let is_same = |one: &TagName, other: &TagName| {
                    one.slug() == other.slug() || one.name().to_lowercase() == other.name().to_lowercase()
                };
                new.tags.retain(|tag| !remove.iter().any(|gone| is_same(gone, tag)));
                for tag in add {
                    if !new.tags.iter().any(|known| is_same(known, &tag)) {
                        new.tags.push(tag);
                    }
                }
            }
            Self::Move { from, to } => new.categories = moved(&old.categories, *from, *to)?,
        }
        Ok(new)
    }
}

/// The names as tags in the language of an article.
fn tags(field: &str, names: &[Line<TAG_CHARS_MAX>], of: &ArticleContent) -> Result<Vec<TagName>, Violations> {
    let mut wrong = Violations::new();
    let mut tags = Vec::with_capacity(names.len());
    for (place, name) in names.iter().enumerate() {
        match TagName::parse(name.as_str(), &of.language) {
            Ok(tag) => tags.push(tag),
            Err(violation) => wrong.push(violation.at(place).at(field)),
        }
    }
    wrong.into_result(Some(tags))
}

/// The categories with one in the place of another. Where both stand, the one that stays keeps the earlier place.
fn moved(old: &[CategoryId], from: CategoryId, to: CategoryId) -> Result<Vec<CategoryId>, Violation> {
    if !old.contains(&from) {
        return Err(Violation::invalid("the article is not in the category it is to leave").at("id"));
    }
    let mut new = Vec::with_capacity(old.len());
    for id in old {
        let id = if *id == from { to } else { *id };
        if !new.contains(&id) {
            new.push(id);
        }
    }
    Ok(new)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn id(number: u128) -> CategoryId {
        CategoryId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn what_is_moved_takes_the_place_of_the_other() {
        assert_eq!(moved(&[id(1), id(2), id(3)], id(2), id(4)).unwrap(), [id(1), id(4), id(3)]);
        assert_eq!(moved(&[id(1), id(2), id(3)], id(1), id(3)).unwrap(), [id(3), id(2)]);
        assert_eq!(moved(&[id(1), id(2), id(3)], id(3), id(1)).unwrap(), [id(1), id(2)]);
    }

    #[test]
    fn what_is_not_there_cannot_be_moved() {
        assert!(moved(&[id(1)], id(2), id(1)).is_err());
    }
}
