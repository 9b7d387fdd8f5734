//! What things say in several languages.
//!
//! A root field may be asked for languages; what stands below it is then shown in the best of them, field by field.
//! The words of all things of a cohort are read by one statement, and by none when the field was asked for no language.

mod input;

use std::{hash::Hash, sync::Arc};

use async_graphql::{Context, List, Result, SimpleObject};
use foldhash::HashMap;
use masthead_domain::{
    AnyId, LanguageTag, Localizations,
    localization::{Localization, WordField},
};

pub(crate) use input::{
    AuthorLocalizationInput, CategoryLocalizationInput, ContactLocalizationInput, MediaLocalizationInput,
    TagLocalizationInput, changed, given,
};

use super::{
    cohort::Cohort,
    error,
    frame::Frame,
    guard::hand_all,
    locale::LocaleMatch,
    scalar::{Html, Language, LongText},
};

/// A thing that says something in several languages, among those it was loaded with.
pub(crate) struct Speaker<'a, K> {
    pub(crate) frame: &'a Frame,
    pub(crate) cohort: &'a Cohort<K>,
    pub(crate) id: K,
    /// The language of its own words, where that is known.
    pub(crate) language: Option<&'a LanguageTag>,
}

impl<K: Into<AnyId> + Copy + Eq + Hash + Send + Sync + 'static> Speaker<'_, K> {
    /// What a field says in the best of the wanted languages; `None` when its own words are to be shown.
    pub(crate) async fn said(&self, field: WordField, has_own: bool) -> Result<Option<String>> {
        Ok(self.best(field, has_own).await?.map(|(_, text)| text))
    }

    /// The same for a text that may be absent.
    pub(crate) async fn text(&self, field: WordField, own: Option<&str>) -> Result<Option<String>> {
        let said = self.said(field, own.is_some()).await?;
        Ok(said.or_else(|| own.map(str::to_owned)))
    }

    /// In which language a field is shown that it has words of its own for; `None` when no language was asked for.
    pub(crate) async fn locale_match(&self, field: WordField) -> Result<Option<LocaleMatch>> {
        let best = self.best(field, true).await?;
        let served = best.as_ref().map(|(language, _)| language).or(self.language);
        Ok(served.and_then(|served| LocaleMatch::of(&self.frame.locales, served)))
    }

    /// All that it says in other languages, in the order of the languages.
    pub(crate) async fn all<T: for<'l> From<&'l Localization>>(&self, ctx: &Context<'_>) -> Result<List<T>> {
        let said = self.load().await?;
        hand_all(ctx, said.iter().flat_map(|said| said.iter()).map(T::from)).await
    }

    async fn best(&self, field: WordField, has_own: bool) -> Result<Option<(LanguageTag, String)>> {
        let own = self.language.filter(|_| has_own);
        let wanted = &self.frame.locales;
        // What needs no words in other languages needs no statement either.
        if wanted.chain().first().is_none_or(|first| Some(first) == own) {
            return Ok(None);
        }
        let said = self.load().await?;
        let best = said.as_ref().and_then(|said| said.best(wanted, own, field));
        Ok(best.map(|(language, text)| (language.clone(), text.to_owned())))
    }

    async fn load(&self) -> Result<Option<Arc<Localizations>>> {
        let load = |keys: Vec<K>| async move {
            let ids: Vec<AnyId> = keys.iter().map(|key| (*key).into()).collect();
            let found = self.frame.read_below().localizations(&ids).await.map_err(error::store)?;
            let own = |(key, id)| Some((key, Arc::clone(found.get(&id)?)));
            Ok(keys.into_iter().zip(ids).filter_map(own).collect())
        };
        let said: Arc<HashMap<K, Arc<Localizations>>> = self.cohort.relation("localizations", 0, load).await?;
        Ok(said.get(&self.id).cloned())
    }
}

/// What a thing says in one language, as an object.
macro_rules! localization {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $field:ident: $type:ty = $word:ident as $wrap:expr,)+ }) => {
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub(crate) struct $name {
            /// The language.
            language: Language,
            $($(#[$about])* $field: Option<$type>,)+
        }

        impl From<&Localization> for $name {
            fn from(said: &Localization) -> Self {
                let text = |field| said.words.text(field).map(str::to_owned);
                Self {
                    language: Language(said.language.clone()),
                    $($field: text(WordField::$word).map($wrap),)+
                }
            }
        }
    };
}

localization! {
    /// What a category says in another language than its own.
    CategoryLocalization {
        /// The name; null when it has none in this language.
        name: String = Name as String::from,
        /// What belongs in it, as plain text; null when that is not said in this language.
        description: LongText<String> = Description as LongText,
    }
}

localization! {
    /// What an author is called, and who that is, in one language.
    AuthorLocalization {
        /// The name, as it is written for readers of this language; null when that is not told.
        name: String = Name as String::from,
        /// A biography; null when there is none in this language.
        bio: Html = Bio as Html,
    }
}

localization! {
    /// What a contact is in one language.
    ContactLocalization {
        /// The job title; null when it is not told in this language.
        title: String = Title as String::from,
        /// The house; null when it is not told in this language.
        organization: String = Organization as String::from,
    }
}

localization! {
    /// The words of a media record in one language.
    MediaLocalization {
        /// A title; null when it has none in this language.
        title: String = Title as String::from,
        /// What it shows, for those who cannot see it; null when that is not said in this language.
        alt: String = Alt as String::from,
        /// The caption; null when it has none in this language.
        caption: String = Caption as String::from,
    }
}

/// What a tag is called in one language.
#[derive(SimpleObject)]
pub(crate) struct TagLocalization {
    /// The language.
    language: Language,
    /// The spelling readers of this language see.
    name: String,
}

impl From<&Localization> for TagLocalization {
    fn from(said: &Localization) -> Self {
        let name = said.words.text(WordField::Name).unwrap_or_default().to_owned();
        Self { language: Language(said.language.clone()), name }
    }
}
