//! Where log lines go: to standard error, and many at a time once the server answers.
//!
//! A server that answers tens of thousands of requests a second writes as many lines, and a system call for each would be a
//! good part of its work. So from then on lines wait for each other, but not for long; warnings and errors wait for nothing,
//! and take along what waits.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    thread::{self, Thread},
    time::Duration,
};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// How long a line waits at most. A process that is killed takes the lines of this time along.
const WAIT: Duration = Duration::from_millis(100);

/// How many bytes wait at most.
const BYTES_MAX: usize = 32 * 1024;

/// The lines that wait; none before [`Self::gather`].
#[derive(Clone, Default)]
pub(super) struct Lines(Arc<Waiting>);

#[derive(Default)]
struct Waiting {
    bytes: Mutex<Vec<u8>>,
    /// Writes them in time; none while lines do not wait.
    clerk: OnceLock<Thread>,
}

impl Lines {
    /// Lets lines wait for each other from now on.
    pub(super) fn gather(&self) {
        let waiting = Arc::clone(&self.0);
        let work = move || waiting.write_in_time();
        if let Ok(clerk) = thread::Builder::new().name("log".to_owned()).spawn(work) {
            self.0.clerk.get_or_init(|| clerk.thread().clone());
        }
    }

    /// Writes what waits.
    pub(super) fn flush(&self) {
        self.0.flush();
    }
}

impl Waiting {
    #[expect(clippy::disallowed_methods, reason = "this thread is no executor's: it has nothing else to do")]
    fn write_in_time(&self) {
        loop {
            thread::park();
            thread::sleep(WAIT);
            self.flush();
        }
    }

    fn flush(&self) {
        write_all(&mut self.bytes.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn add(&self, line: &[u8], is_urgent: bool) {
        let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = bytes.is_empty();
        bytes.extend_from_slice(line);
        match self.clerk.get() {
            Some(clerk) if !is_urgent && bytes.len() < BYTES_MAX => {
                if is_first {
                    clerk.unpark();
                }
            }
            _ => write_all(&mut bytes),
        }
    }
}

fn write_all(bytes: &mut Vec<u8>) {
    // There is nowhere to tell that nothing can be told.
    let _ = io::stderr().write_all(bytes);
    bytes.clear();
}

/// One line on its way.
pub(super) struct Line<'l> {
    lines: &'l Lines,
    is_urgent: bool,
}

impl Write for Line<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.lines.0.add(line, self.is_urgent);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.lines.flush();
        Ok(())
    }
}

impl<'l> MakeWriter<'l> for Lines {
    type Writer = Line<'l>;

    fn make_writer(&'l self) -> Line<'l> {
        Line { lines: self, is_urgent: true }
    }

    fn make_writer_for(&'l self, about: &Metadata<'_>) -> Line<'l> {
        Line { lines: self, is_urgent: *about.level() <= Level::WARN }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(lines: &Lines) -> String {
        String::from_utf8(lines.0.bytes.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn nothing_waits_before_lines_are_gathered() {
        let lines = Lines::default();
        lines.0.add(b"a line of a test\n", false);
        assert_eq!(waiting(&lines), "");
    }

    #[test]
    fn lines_wait_for_each_other_and_errors_take_them_along() {
        let lines = Lines::default();
        // A clerk who does not come.
        lines.0.clerk.set(thread::current()).unwrap();
        for number in 0..3 {
            lines.0.add(format!("line {number}\n").as_bytes(), false);
        }
        assert_eq!(waiting(&lines), "line 0\nline 1\nline 2\n");
        lines.0.add(b"error\n", true);
        assert_eq!(waiting(&lines), "");
    }

    #[test]
    fn what_waits_has_a_bound() {
        let lines = Lines::default();
        lines.0.clerk.set(thread::current()).unwrap();
        for _ in 0..10_000 {
            lines.0.add(b"12345678\n", false);
            assert!(waiting(&lines).len() < BYTES_MAX);
        }
    }

    #[test]
    fn a_clerk_writes_them_in_time() {
        let lines = Lines::default();
        lines.gather();
        lines.0.add(b"a line of a test\n", false);
        let end = std::time::Instant::now() + Duration::from_secs(10);
        while !waiting(&lines).is_empty() {
            assert!(std::time::Instant::now() < end, "nobody came");
            thread::yield_now();
        }
    }
}
