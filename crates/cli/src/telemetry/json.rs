//! Log lines for programs: one JSON object each.
//!
//! What the spans around an event say stands beside what the event says itself, under the same names: whoever looks for
//! a request finds every line of it by `request.id`.

use std::{
    cell::Cell,
    fmt::{self, Write as _},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use chrono::DateTime;
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span::Record,
};
use tracing_subscriber::{
    field::RecordFields,
    fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields, format::Writer},
    registry::LookupSpan,
};

/// About as long as lines are, in bytes.
const LENGTH: usize = 320;

/// Writes an event as an object: `timestamp`, `level`, the event's fields, `target`, and in a span its name and all fields
/// of the spans around it, the innermost first where they have the same name.
pub(super) struct JsonLine;

impl<S> FormatEvent<S, SpanMembers> for JsonLine
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, SpanMembers>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let about = event.metadata();
        let mut line = Members(Vec::with_capacity(LENGTH));
        line.put("{\"timestamp\":\"");
        line.instant(now());
        line.put("\",\"level\":\"");
        line.put(about.level().as_str());
        line.put("\"");
        event.record(&mut line);
        line.text("target", about.target());
        let mut inner: Vec<String> = Vec::new();
        for (depth, span) in context.event_scope().into_iter().flatten().enumerate() {
            if depth == 0 {
                line.text("span", span.name());
            }
            let extensions = span.extensions();
            let members = extensions.get::<FormattedFields<SpanMembers>>().map_or("", |fields| fields.fields.as_str());
            if inner.is_empty() && about.fields().iter().all(|field| !says(members, field.name())) {
                line.put(members);
            } else {
                let is_told =
                    |name: &str| about.fields().field(name).is_some() || inner.iter().any(|told| says(told, name));
                read(members)
                    .iter()
                    .filter(|(name, _)| !is_told(name))
                    .for_each(|(name, value)| line.value(name, value));
            }
            if span.parent().is_some() {
                inner.push(members.to_owned());
            }
        }
        line.put("}\n");
        out.write_str(line.written()?)
    }
}

#[expect(clippy::disallowed_methods, reason = "a line tells when it was written, whatever clock the newsroom goes by")]
fn now() -> SystemTime {
    SystemTime::now()
}

/// Keeps the fields of a span as members, each behind a comma: as they are put into lines.
pub(super) struct SpanMembers;

impl<'w> FormatFields<'w> for SpanMembers {
    fn format_fields<R: RecordFields>(&self, mut out: Writer<'w>, fields: R) -> fmt::Result {
        let mut members = Members(Vec::new());
        fields.record(&mut members);
        out.write_str(members.written()?)
    }

    fn add_fields(&self, kept: &'w mut FormattedFields<Self>, fields: &Record<'_>) -> fmt::Result {
        let mut added = Members(Vec::new());
        fields.record(&mut added);
        let added = added.written()?;
        let mut names = added.split(",\"").filter_map(|member| member.split_once("\":"));
        if names.all(|(name, _)| !says(&kept.fields, name)) {
            kept.fields.push_str(added);
            return Ok(());
        }
        let mut all = read(&kept.fields);
        all.extend(read(added));
        let mut members = Members(Vec::new());
        all.iter().for_each(|(name, value)| members.value(name, value));
        kept.fields.clear();
        kept.fields.push_str(members.written()?);
        Ok(())
    }
}

/// Whether a name is among members. Their values are no objects, and a quotation mark within a text is escaped, so this
/// is found nowhere else.
fn says(members: &str, name: &str) -> bool {
    members.split(",\"").any(|member| member.strip_prefix(name).is_some_and(|rest| rest.starts_with("\":")))
}

fn read(members: &str) -> Map<String, Value> {
    let members = members.strip_prefix(',').unwrap_or_default();
    serde_json::from_str(&format!("{{{members}}}")).unwrap_or_default()
}

/// Members of an object, each behind a comma, as they are written. Names of fields are written in the code.
struct Members(Vec<u8>);

impl Members {
    fn put(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    fn name(&mut self, name: &str) {
        self.put(",\"");
        self.put(name);
        self.put("\":");
    }

    fn value<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        self.name(name);
        // Written to memory, what has no keys does not fail.
        drop(serde_json::to_writer(&mut self.0, value));
    }

    fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        self.put("\"");
        self.escaped(text);
        self.put("\"");
    }

    /// A part of a text. Most needs no escapes, and is written as it is.
    fn escaped(&mut self, text: &str) {
        let is_special = |byte: u8| (byte < b' ') | (byte == b'"') | (byte == b'\\');
        if !text.bytes().fold(false, |found, byte| found | is_special(byte)) {
            return self.put(text);
        }
        let quoted = serde_json::to_string(text).unwrap_or_default();
        self.put(quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default());
    }

    /// An instant to the microsecond, in UTC (RFC 3339). Many lines have the same second.
    fn instant(&mut self, now: SystemTime) {
        thread_local! {
            static SECOND: Cell<(u64, [u8; 19])> = const { Cell::new((0, *b"1970-01-01T00:00:00")) };
        }
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let (mut known, mut text) = SECOND.get();
        if known != since.as_secs() {
            known = since.as_secs();
            text = second(since).unwrap_or(text);
            SECOND.set((known, text));
        }
        self.0.extend_from_slice(&text);
        self.0.push(b'.');
        let mut unit = 100_000;
        while unit > 0 {
            let digit = u8::try_from(since.subsec_micros() / unit % 10).unwrap_or(0);
            self.0.push(b'0' + digit);
            unit /= 10;
        }
        self.0.push(b'Z');
    }

    fn written(&self) -> Result<&str, fmt::Error> {
        std::str::from_utf8(&self.0).map_err(|_| fmt::Error)
    }
}

fn second(since: Duration) -> Option<[u8; 19]> {
    let at = DateTime::from_timestamp(i64::try_from(since.as_secs()).ok()?, 0)?;
    at.format("%Y-%m-%dT%H:%M:%S").to_string().into_bytes().try_into().ok()
}

/// A part of a text that formats itself.
impl fmt::Write for Members {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.escaped(text);
        Ok(())
    }
}

impl Visit for Members {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.value(field.name(), &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.value(field.name(), &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.value(field.name(), &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.value(field.name(), &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.name(field.name());
        self.put("\"");
        // Should it fail, what it wrote before stands there.
        let _ = write!(self, "{value:?}");
        self.put("\"");
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    use tracing::subscriber::with_default;
    use tracing_subscriber::{fmt::layer, layer::SubscriberExt as _, registry};

    use super::*;

    #[test]
    fn instants_are_written_to_the_microsecond() {
        for (seconds, nanoseconds, text) in [
            (0, 0, "1970-01-01T00:00:00.000000Z"),
            (1_795_000_000, 1_999, "2026-11-18T11:06:40.000001Z"),
            (1_795_000_000, 999_999_999, "2026-11-18T11:06:40.999999Z"),
            (1_795_000_001, 120_000_000, "2026-11-18T11:06:41.120000Z"),
        ] {
            let mut members = Members(Vec::new());
            members.instant(UNIX_EPOCH + Duration::new(seconds, nanoseconds));
            assert_eq!(members.written(), Ok(text));
        }
    }

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
        let layer = layer().fmt_fields(SpanMembers).event_format(JsonLine).with_writer(move || writer.clone());
        with_default(registry().with(layer), act);
        let text = String::from_utf8(shared.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_line_says_the_same_under_the_same_names_in_a_span_and_without_one() {
        let mut lines = lines(|| {
            tracing::info!(request.id = "a", status = 200_u16, "request answered");
            let span = tracing::info_span!("request", request.id = %"a", graphql.cost = tracing::field::Empty);
            span.record("graphql.cost", 6);
            span.record("graphql.cost", 7);
            span.in_scope(|| tracing::info!(status = 200_u16, "request answered"));
            let inner = tracing::info_span!(parent: &span, "act", request.id = "b", article.id = "art_1");
            inner.in_scope(|| tracing::warn!(article.id = "art_2", "two\nlines \"quoted\""));
            let odd = tracing::info_span!("odd", path = ",\"status\":1", status.code = 2);
            odd.in_scope(|| tracing::info!(status = 3, "looks like a member"));
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
            { "level": "INFO", "message": "looks like a member", "status": 3, "path": ",\"status\":1", "status.code": 2, "span": "odd" },
        ]);
        assert_eq!(serde_json::to_value(lines).unwrap(), expected);
    }
}
