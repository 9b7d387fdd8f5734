//! The few shapes of HTML this module writes itself; everything in them is escaped here.

use super::super::text::decode_entities;

/// Text for between tags.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A raw attribute value or text as an address: entities decoded, white space gone; `None` unless it is http.
pub(super) fn web_address(raw: &str) -> Option<String> {
    let decoded = decode_entities(raw);
    let address = decoded.trim();
    let address = if address.starts_with("//") { format!("https:{address}") } else { address.to_owned() };
    let is_web = ["http://", "https://"]
        .iter()
        .any(|scheme| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    let is_whole = !address.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"'));
    (is_web && is_whole && address.len() <= 2_000 && address.len() > 10).then_some(address)
}

/// A player or page from elsewhere; the HTML importer makes an embed or a link of it.
pub(super) fn embed(address: &str, caption_html: &str) -> String {
    figure("wp-block-embed", &format!("<iframe src=\"{}\"></iframe>", escape(address)), caption_html)
}

/// Sound or moving pictures: `audio` or `video`.
pub(super) fn media(element: &str, address: &str, poster: Option<&str>, caption_html: &str) -> String {
    let poster = poster.map(|poster| format!(" poster=\"{}\"", escape(poster))).unwrap_or_default();
    let player = format!("<{element} controls src=\"{}\"{poster}></{element}>", escape(address));
    figure(if element == "audio" { "wp-block-audio" } else { "wp-block-video" }, &player, caption_html)
}

/// A picture with its caption.
pub(super) fn image(address: &str, alt: &str, caption_html: &str) -> String {
    figure("wp-block-image", &format!("<img src=\"{}\" alt=\"{}\" />", escape(address), escape(alt)), caption_html)
}

/// Something with a caption; without one the caption element is left out.
pub(super) fn figure(class: &str, inner: &str, caption_html: &str) -> String {
    let caption = caption_html.trim();
    let caption = if caption.is_empty() { String::new() } else { format!("<figcaption>{caption}</figcaption>") };
    format!("<figure class=\"{class}\">{inner}{caption}</figure>")
}

/// The mark of a note in the text, as WordPress's footnotes block writes it.
pub(super) fn note_mark(key: &str, number: u32) -> String {
    let key = escape(key);
    format!("<sup data-fn=\"{key}\" class=\"fn\"><a href=\"#{key}\" id=\"{key}-link\">{number}</a></sup>")
}
