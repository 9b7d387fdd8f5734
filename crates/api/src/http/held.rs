//! Answers on their way to the client.
//!
//! An answer takes memory until the client has it, so it keeps its place among the running operations until then; and a
//! connection knows from its answer's body when the client is expected to take it.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::{
    connection::{Phase, SharedPhase},
    run::Place,
};

/// What is handed to the connection at once; it asks for more when that is written.
const PIECE: usize = 64 * 1024;

/// The bytes of an answer with the place of the operation that made it. The place is free once the last piece is handed
/// over or the connection ends.
pub(super) struct HeldBody {
    rest: Bytes,
    place: Option<Place>,
}

impl HeldBody {
    pub(super) fn new(bytes: Bytes, place: Place) -> Self {
        Self { rest: bytes, place: Some(place) }
    }
}

impl http_body::Body for HeldBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        let piece = this.rest.split_to(PIECE.min(this.rest.len()));
        if this.rest.is_empty() {
            this.place = None;
        }
        Poll::Ready((!piece.is_empty()).then(|| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.rest.len()).unwrap_or(u64::MAX))
    }
}

/// What is sent to a client.
pub(super) enum Outgoing {
    /// All of it.
    Whole(Bytes),
    /// What was made for it.
    Made(Body),
}

impl Default for Outgoing {
    fn default() -> Self {
        Self::Whole(Bytes::new())
    }
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match self.get_mut() {
            Self::Whole(bytes) => {
                let bytes = std::mem::take(bytes);
                Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
            }
            Self::Made(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.is_empty(),
            Self::Made(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(u64::try_from(bytes.len()).unwrap_or(u64::MAX)),
            Self::Made(body) => body.size_hint(),
        }
    }
}

/// A body that tells its connection when it has been handed over.
pub(super) struct PhasedBody {
    body: Outgoing,
    phase: SharedPhase,
}

impl PhasedBody {
    pub(super) fn new(body: Outgoing, phase: SharedPhase) -> Self {
        phase.set(Phase::Answer);
        Self { body, phase }
    }
}

impl Drop for PhasedBody {
    fn drop(&mut self) {
        self.phase.set(Phase::Idle);
    }
}

impl http_body::Body for PhasedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
