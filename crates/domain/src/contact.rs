//! Contacts: press and editor contact blocks, kept once and shown under many articles.

use crate::{
    LanguageTag, WebUrl,
    article::check_list_length,
    author::Email,
    text::{Label, Line, Title},
    text_enum::text_enum,
    violation::{Violation, Violations},
};

/// The most channels of one contact.
pub const CHANNELS_MAX: usize = 20;
/// The most languages of one contact.
pub const LANGUAGES_MAX: usize = 20;
/// The longest address or number of a channel, in characters.
pub const CHANNEL_CHARS_MAX: usize = 500;

text_enum! {
    /// Whom one reaches.
    ContactRole {
        /// An editor.
        Editor = "EDITOR",
        /// The newsdesk.
        Newsdesk = "NEWSDESK",
        /// A press office.
        Press = "PRESS",
        /// An author.
        Author = "AUTHOR",
        /// The advertising desk.
        Advertising = "ADVERTISING",
        /// Somebody else.
        Other = "OTHER",
    }
}

text_enum! {
    /// How one reaches them.
    ChannelKind {
        /// An e-mail address.
        Email = "EMAIL",
        /// A telephone.
        Phone = "PHONE",
        /// A mobile telephone.
        Mobile = "MOBILE",
        /// A WhatsApp number.
        Whatsapp = "WHATSAPP",
        /// A fax.
        Fax = "FAX",
        /// A web page.
        Web = "WEB",
        /// A page of a social network.
        Social = "SOCIAL",
        /// A postal address.
        Address = "ADDRESS",
    }
}

/// One way to reach a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// How.
    pub kind: ChannelKind,
    /// The address or number.
    pub value: Line<CHANNEL_CHARS_MAX>,
    /// Words beside it: "night desk".
    pub label: Option<Label>,
    /// Whether readers may see it.
    pub is_public: bool,
}

/// What an editor writes in a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactContent {
    /// The name.
    pub name: Title,
    /// Whom one reaches.
    pub role: ContactRole,
    /// The job title as printed.
    pub title: Option<Label>,
    /// The house.
    pub organization: Option<Title>,
    /// The languages spoken.
    pub languages: Vec<LanguageTag>,
    /// Ways to reach them, in order.
    pub channels: Vec<Channel>,
}

impl ContactContent {
    /// Checks what the values cannot check themselves: list lengths.
    ///
    /// # Errors
    /// [`crate::ViolationCode::TooLong`] above [`CHANNELS_MAX`] channels or [`LANGUAGES_MAX`] languages.
    pub fn check(&self) -> Result<(), Violations> {
        let mut wrong = Violations::new();
        check_list_length(&mut wrong, "channels", self.channels.len(), CHANNELS_MAX);
        check_list_length(&mut wrong, "languages", self.languages.len(), LANGUAGES_MAX);
        wrong.into_result(Some(()))
    }
}

impl Channel {
    /// Checks an address or number for its kind: an e-mail address, a number with digits, a web address. A page of a
    /// social network may be a name (`@desk`) instead of an address.
    ///
    /// # Errors
    /// A [`Violation`] of the value. It never repeats the value.
    pub fn check_value(kind: ChannelKind, value: &str) -> Result<Line<CHANNEL_CHARS_MAX>, Violation> {
        let line = Line::parse(value)?;
        match kind {
            ChannelKind::Email => Line::parse(Email::parse(line.as_str())?.as_str()),
            ChannelKind::Web => Line::parse(WebUrl::parse(line.as_str())?.as_str()),
            ChannelKind::Phone | ChannelKind::Mobile | ChannelKind::Whatsapp | ChannelKind::Fax => {
                let digits = line.as_str().chars().filter(char::is_ascii_digit).count();
                // The shortest numbers are short codes; ITU-T E.164 allows 15 digits, an extension follows.
                if (2..=25).contains(&digits) {
                    Ok(line)
                } else {
                    Err(Violation::invalid("must be a number such as +509 28 12 34 56"))
                }
            }
            ChannelKind::Social | ChannelKind::Address => Ok(line),
        }
    }

    /// The address a client opens to use the channel: `mailto:`, `tel:` or a web address. `None` where there is none,
    /// as for a postal address.
    #[must_use]
    pub fn uri(&self) -> Option<String> {
        let value = self.value.as_str();
        let number = || {
            let digits: String = value.chars().filter(char::is_ascii_digit).collect();
            (!digits.is_empty()).then(|| if value.starts_with('+') { format!("+{digits}") } else { digits })
        };
        match self.kind {
            ChannelKind::Email => Some(mailto(value)),
            ChannelKind::Phone | ChannelKind::Mobile | ChannelKind::Fax => {
                number().map(|number| format!("tel:{number}"))
            }
            ChannelKind::Whatsapp => number().map(|number| format!("https://wa.me/{}", number.trim_start_matches('+'))),
            ChannelKind::Web | ChannelKind::Social => {
                WebUrl::parse(value).ok().map(|address| address.as_str().to_owned())
            }
            ChannelKind::Address => None,
        }
    }
}

/// A `mailto:` address (RFC 6068). What would end the address and begin a header field is percent-encoded.
fn mailto(address: &str) -> String {
    let mut out = String::from("mailto:");
    for character in address.chars() {
        if character.is_ascii_alphanumeric() || "@.-_+~!$'*=".contains(character) {
            out.push(character);
        } else {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(kind: ChannelKind, value: &str) -> Channel {
        Channel { kind, value: Channel::check_value(kind, value).unwrap(), label: None, is_public: true }
    }

    #[test]
    fn a_channel_opens_what_its_kind_says() {
        for (kind, value, uri) in [
            (ChannelKind::Email, "Desk@Example.org", Some("mailto:Desk@example.org")),
            (ChannelKind::Email, "a?bcc=all%b@example.org", Some("mailto:a%3Fbcc=all%25b@example.org")),
            (ChannelKind::Phone, "+509 28-12 34 56", Some("tel:+50928123456")),
            (ChannelKind::Fax, "(028) 12 34", Some("tel:0281234")),
            (ChannelKind::Whatsapp, "+509 28 12", Some("https://wa.me/5092812")),
            (ChannelKind::Web, "https://example.org", Some("https://example.org/")),
            (ChannelKind::Social, "@desk", None),
            (ChannelKind::Address, "12, rue Pavée, Port-au-Prince", None),
        ] {
            assert_eq!(channel(kind, value).uri().as_deref(), uri, "{value}");
        }
    }

    #[test]
    fn a_value_must_fit_its_kind_and_is_never_repeated() {
        for (kind, bad) in [
            (ChannelKind::Email, "secret desk"),
            (ChannelKind::Phone, "secret"),
            (ChannelKind::Whatsapp, "s1"),
            (ChannelKind::Web, "javascript:secret"),
        ] {
            let wrong = Channel::check_value(kind, bad).unwrap_err();
            assert!(!wrong.message.contains(bad), "{wrong}");
        }
        let long = "é".repeat(CHANNEL_CHARS_MAX + 1);
        assert!(Channel::check_value(ChannelKind::Address, &long).is_err());
    }
}
