//! Log lines for programs: one JSON object each.
//!
//! What the spans around an event say stands beside what the event says itself, under the same names: whoever looks for
//! a request finds every line of it by `request.id`.

use std::{collections::BTreeSet, fmt, io};

use serde_json::{Map, Value};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields,
        format::Writer,
        time::{FormatTime as _, SystemTime},
    },
    registry::LookupSpan,
};

/// Writes an event as an object: `timestamp`, `level`, the event's fields, `target`, and in a span its name and all fields
/// of the spans around it, the innermost first where they have the same name.
pub(super) struct JsonLine;

impl<S, N> FormatEvent<S, N> for JsonLine
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut line: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let about = event.metadata();
        line.write_str("{\"timestamp\":\"")?;
        SystemTime.format_time(&mut line)?;
        write!(line, "\",\"level\":\"{}\"", about.level())?;
        let mut fields = Members { line: &mut line, is_written: Ok(()) };
        event.record(&mut fields);
        fields.is_written?;
        text_member(&mut line, "target", about.target())?;
        if let Some(spans) = context.event_scope() {
            let mut told: BTreeSet<String> = about.fields().iter().map(|field| field.name().to_owned()).collect();
            for (depth, span) in spans.enumerate() {
                if depth == 0 {
                    text_member(&mut line, "span", span.name())?;
                }
                let extensions = span.extensions();
                let formatted = extensions.get::<FormattedFields<N>>().map_or("", |fields| fields.fields.as_str());
                let fields: Map<String, Value> = serde_json::from_str(formatted).unwrap_or_default();
                for (name, value) in fields {
                    if told.insert(name.clone()) {
                        member(&mut line, &name, &value)?;
                    }
                }
            }
        }
        line.write_str("}\n")
    }
}

/// Writes a member after others. Names of fields are written in the code; those of spans were read from what we wrote.
fn member<T: serde::Serialize + ?Sized>(line: &mut Writer<'_>, name: &str, value: &T) -> fmt::Result {
    name_of(line, name)?;
    serde_json::to_writer(Text(line), value).map_err(|_| fmt::Error)
}

fn name_of(line: &mut Writer<'_>, name: &str) -> fmt::Result {
    line.write_str(",\"")?;
    line.write_str(name)?;
    line.write_str("\":")
}

/// Writes a member whose value is a text. Most need no escapes, and are written as they are.
fn text_member(line: &mut Writer<'_>, name: &str, value: &str) -> fmt::Result {
    if value.bytes().any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\')) {
        return member(line, name, value);
    }
    name_of(line, name)?;
    line.write_char('"')?;
    line.write_str(value)?;
    line.write_char('"')
}

/// A line as something that takes bytes. Those of JSON come in pieces that are text.
struct Text<'l, 'w>(&'l mut Writer<'w>);

impl io::Write for Text<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        self.0.write_str(text).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Members<'l, 'w> {
    line: &'l mut Writer<'w>,
    is_written: fmt::Result,
}

impl Members<'_, '_> {
    fn add<T: serde::Serialize + ?Sized>(&mut self, field: &Field, value: &T) {
        self.is_written = self.is_written.and_then(|()| member(self.line, field.name(), value));
    }
}

impl Visit for Members<'_, '_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.is_written = self.is_written.and_then(|()| text_member(self.line, field.name(), value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        sync::{Arc, Mutex},
    };

    use tracing::subscriber::with_default;
    use tracing_subscriber::{fmt::layer, layer::SubscriberExt as _, registry};

    use super::*;

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn lines(act: impl FnOnce()) -> Vec<Map<String, Value>> {
        let shared = Shared::default();
        let writer = shared.clone();
        let layer = layer().json().event_format(JsonLine).with_writer(move || writer.clone());
        with_default(registry().with(layer), act);
        let text = String::from_utf8(shared.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_line_says_the_same_under_the_same_names_in_a_span_and_without_one() {
        let mut lines = lines(|| {
            tracing::info!(request.id = "a", status = 200_u16, "request answered");
            let span = tracing::info_span!("request", request.id = %"a", graphql.cost = tracing::field::Empty);
            span.record("graphql.cost", 7);
            span.in_scope(|| tracing::info!(status = 200_u16, "request answered"));
            let inner = tracing::info_span!(parent: &span, "act", request.id = "b", article.id = "art_1");
            inner.in_scope(|| tracing::warn!(article.id = "art_2", "two\nlines \"quoted\""));
        });
        for line in &mut lines {
            let time = line.remove("timestamp").unwrap();
            assert!(time.as_str().unwrap().ends_with('Z'), "{time}");
            line.remove("target").unwrap();
        }
        let expected = serde_json::json!([
            { "level": "INFO", "message": "request answered", "request.id": "a", "status": 200 },
            { "level": "INFO", "message": "request answered", "request.id": "a", "status": 200, "graphql.cost": 7, "span": "request" },
            { "level": "WARN", "message": "two\nlines \"quoted\"", "request.id": "b", "article.id": "art_2", "graphql.cost": 7, "span": "act" },
        ]);
        assert_eq!(serde_json::to_value(lines).unwrap(), expected);
    }
}
