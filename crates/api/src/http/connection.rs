//! A socket with deadlines for everything a slow or silent client can do to it.
//!
//! The HTTP library has one timer for the header, which also runs while a kept connection rests between two
//! requests. Here the first byte, the header, the rest between requests and a stalled answer each have their
//! own, and a connection that is closed early is read empty for a moment, so that the client gets the answer
//! that tells it why instead of a reset.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

use super::config::ServerConfig;

/// How long a closing connection is still read in all, and how long without anything coming.
const LINGER: Duration = Duration::from_millis(5_000);
const LINGER_SILENCE: Duration = Duration::from_millis(500);

/// What the client is expected to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// Send anything at all.
    Fresh = 0,
    /// Finish the header it began.
    Header = 1,
    /// Nothing: its request is being answered, which has its own limits.
    Busy = 2,
    /// Send the next request, or close.
    Idle = 3,
    /// Take its answer.
    Answer = 4,
}

/// The phase, shared by the socket and by the service that takes requests off it.
#[derive(Debug, Clone, Default)]
pub(super) struct SharedPhase(Arc<AtomicU8>);

impl SharedPhase {
    pub(super) fn set(&self, phase: Phase) {
        let number = match phase {
            Phase::Fresh => 0,
            Phase::Header => 1,
            Phase::Busy => 2,
            Phase::Idle => 3,
            Phase::Answer => 4,
        };
        self.0.store(number, Ordering::Relaxed);
    }

    fn get(&self) -> Phase {
        match self.0.load(Ordering::Relaxed) {
            0 => Phase::Fresh,
            1 => Phase::Header,
            2 => Phase::Busy,
            4 => Phase::Answer,
            _ => Phase::Idle,
        }
    }
}

/// The socket.
pub(super) struct TimedSocket<S> {
    inner: S,
    phase: SharedPhase,
    limits: PhaseLimits,
    /// Until when the client is waited for, and in which phase it was when that was said.
    patience: Option<(Phase, Instant)>,
    /// Never set later than that. To set it anew for each request would cost more than to look once it is over whether
    /// there is still time.
    read_timer: Pin<Box<Sleep>>,
    write_timer: Option<Pin<Box<Sleep>>>,
    /// Runs from the first time an answer has to wait for the client until the client has it.
    answer_timer: Option<Pin<Box<Sleep>>>,
    linger: Option<Linger>,
}

struct Linger {
    timer: Pin<Box<Sleep>>,
    end: Instant,
}

#[derive(Debug, Clone, Copy)]
struct PhaseLimits {
    first_byte: Duration,
    header: Duration,
    idle: Duration,
    write_stall: Duration,
    answer: Duration,
}

impl PhaseLimits {
    fn of(self, phase: Phase) -> Option<Duration> {
        match phase {
            Phase::Fresh => Some(self.first_byte),
            Phase::Header => Some(self.header),
            Phase::Idle => Some(self.idle),
            Phase::Busy | Phase::Answer => None,
        }
    }
}

impl<S> TimedSocket<S> {
    pub(super) fn new(inner: S, phase: SharedPhase, config: &ServerConfig) -> Self {
        let limits = PhaseLimits {
            first_byte: Duration::from_millis(config.first_byte_ms),
            header: Duration::from_millis(config.header_ms),
            idle: Duration::from_millis(config.idle_ms),
            write_stall: Duration::from_millis(config.write_stall_ms),
            answer: Duration::from_millis(config.answer_ms),
        };
        let read_timer = Box::pin(sleep(limits.first_byte));
        let patience = Some((Phase::Fresh, read_timer.deadline()));
        let (write_timer, answer_timer, linger) = (None, None, None);
        Self { inner, phase, limits, patience, read_timer, write_timer, answer_timer, linger }
    }

    /// Ready when the client has taken too long over what it should do now.
    fn poll_patience(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let phase = self.phase.get();
        let Some(limit) = self.limits.of(phase) else {
            self.patience = None;
            return Poll::Pending;
        };
        let end = match self.patience {
            Some((known, end)) if known == phase => end,
            _ => Instant::now() + limit,
        };
        self.patience = Some((phase, end));
        if end < self.read_timer.deadline() {
            self.read_timer.as_mut().reset(end);
        }
        while self.read_timer.as_mut().poll(cx).is_ready() {
            if self.read_timer.deadline() >= end {
                return Poll::Ready(());
            }
            self.read_timer.as_mut().reset(end);
        }
        Poll::Pending
    }
}

fn timed_out() -> io::Error {
    io::Error::from(io::ErrorKind::TimedOut)
}

impl<S: AsyncRead + Unpin> AsyncRead for TimedSocket<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        match Pin::new(&mut this.inner).poll_read(cx, buf) {
            Poll::Pending => match this.poll_patience(cx) {
                Poll::Ready(()) => Poll::Ready(Err(timed_out())),
                Poll::Pending => Poll::Pending,
            },
            ready => {
                if buf.filled().len() > before && matches!(this.phase.get(), Phase::Fresh | Phase::Idle) {
                    this.phase.set(Phase::Header);
                }
                ready
            }
        }
    }
}

impl<S: AsyncWrite + AsyncRead + Unpin> TimedSocket<S> {
    fn poll_progress<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.write_timer = None;
            // Taking an answer is doing something: the rest between requests begins after it.
            self.patience = None;
            return written;
        }
        let PhaseLimits { write_stall, answer, .. } = self.limits;
        let stall = self.write_timer.get_or_insert_with(|| Box::pin(sleep(write_stall)));
        let whole = self.answer_timer.get_or_insert_with(|| Box::pin(sleep(answer)));
        let is_over = stall.as_mut().poll(cx).is_ready() || whole.as_mut().poll(cx).is_ready();
        if is_over { Poll::Ready(Err(timed_out())) } else { Poll::Pending }
    }

    /// Reads what the client still sends until it closes or falls silent, but not for long.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let linger = self
            .linger
            .get_or_insert_with(|| Linger { timer: Box::pin(sleep(LINGER_SILENCE)), end: Instant::now() + LINGER });
        let mut scratch = [0_u8; 8 * 1024];
        loop {
            let mut buf = ReadBuf::new(&mut scratch);
            match Pin::new(&mut self.inner).poll_read(cx, &mut buf) {
                Poll::Ready(Ok(())) if !buf.filled().is_empty() => {
                    let silent_at = Instant::now() + LINGER_SILENCE;
                    linger.timer.as_mut().reset(silent_at.min(linger.end));
                    if Instant::now() >= linger.end {
                        return Poll::Ready(Ok(()));
                    }
                }
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => return linger.timer.as_mut().poll(cx).map(Ok),
            }
        }
    }
}

impl<S: AsyncWrite + AsyncRead + Unpin> AsyncWrite for TimedSocket<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.inner).poll_write(cx, bytes);
        this.poll_progress(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.inner).poll_write_vectored(cx, slices);
        this.poll_progress(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.inner).poll_flush(cx);
        if flushed.is_ready() {
            if this.phase.get() != Phase::Answer {
                // All of the answer was handed over and is written now.
                this.answer_timer = None;
            }
            // The HTTP library does not read again while it knows that nothing has come, so the rest between
            // requests must be timed from here. Should it be over already, the next read says so.
            let _ = this.poll_patience(cx);
        }
        flushed
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.linger.is_none() {
            match Pin::new(&mut this.inner).poll_shutdown(cx) {
                Poll::Ready(Ok(())) => {}
                other => return other,
            }
        }
        this.poll_linger(cx)
    }
}
