//! The way back: the shard appends replies to a stream's buffer, one task sends what has gathered.
//!
//! Credit returns when QUIC has taken the bytes, not before: a client that does not read its replies is not read
//! either, so what waits here stays bounded by its credit.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use host::Outlet;
use protocol::error::{ErrorCode, push_error};
use protocol::frame::{FrameHeader, Kind, push_frame};
use protocol::pieces::push_pieces;
use protocol::unavailable::{Unavailable, push_unavailable};
use quinn::SendStream;
use tokio::sync::Notify;

use crate::credit::Credit;

/// Memory for outgoing frames taken at once; a buffer serves several turns of the shard.
const BUFFER_BYTES: usize = 128 * 1024;
/// What the shard appends in one call is usually shorter than this; longer pieces make the buffer grow.
const ROOM_BYTES: usize = 32 * 1024;
/// How long the client may take to acknowledge the last bytes of a stream.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The replies of one stream.
#[derive(Default)]
pub struct StreamOutlet {
    state: Mutex<State>,
    wake: Notify,
}

/// How a stream ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The client sends no more: what is unanswered is still answered.
    Finished,
    /// The node stops: what is unanswered is still answered, then the connection ends.
    ShuttingDown,
    /// Framing is broken: the client is told, and the connection ends.
    Broken {
        /// Why.
        code: ErrorCode,
        /// What would have been right.
        right: u64,
        /// For a person to read.
        text: String,
    },
}

#[derive(Default)]
struct State {
    /// Whole frames, to be sent.
    buffer: BytesMut,
    /// Credit that returns once they are.
    commands: usize,
    frames: usize,
    /// Frames being answered; what the core calls a correlation is a place in here.
    open: Vec<OpenFrame>,
    vacant: Vec<usize>,
    /// The writer was told since it last looked.
    is_told: bool,
    end: Option<End>,
    /// The client cannot be reached; what still comes is dropped.
    is_gone: bool,
}

#[derive(Clone, Copy)]
struct OpenFrame {
    correlation: u64,
    unanswered: u16,
}

/// What the writer takes at a time.
struct Taken {
    bytes: Bytes,
    commands: usize,
    frames: usize,
    end: Option<End>,
}

impl StreamOutlet {
    /// Takes note of a frame that will be answered, and says what the core is to call it.
    pub fn open(&self, header: &FrameHeader) -> u64 {
        let frame = OpenFrame { correlation: header.correlation.get(), unanswered: header.count.get() };
        let mut state = self.lock();
        let place = match state.vacant.pop() {
            Some(place) => {
                state.open[place] = frame;
                place
            }
            None => {
                state.open.push(frame);
                state.open.len() - 1
            }
        };
        place as u64
    }

    /// Answers a sign of life, for which the credit of one frame was taken.
    pub fn pong(&self, correlation: u64) {
        let mut state = self.lock();
        state.frames += 1;
        push_frame(state.room(), Kind::Pong, 0, correlation, &[]);
        drop(state);
        self.flush();
    }

    /// Says that none of a frame was carried out, for which the credit of one frame was taken.
    pub fn reject(&self, header: &FrameHeader, code: ErrorCode, right: u64, text: &str) {
        let mut state = self.lock();
        state.frames += 1;
        push_error(state.room(), Some(header), code, right, text);
        drop(state);
        self.flush();
    }

    /// Says that nothing more will be read.
    pub fn end(&self, end: End) {
        self.lock().end = Some(end);
        self.wake.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("whoever panics with the lock held ends the process")
    }

    fn piece(&self, kind: Kind, place: u64, first: u16, count: u16, items: &[u8]) {
        let mut state = self.lock();
        let frame = &mut state.open[place as usize];
        frame.unanswered = frame.unanswered.checked_sub(count).expect("a command is answered once");
        let OpenFrame { correlation, unanswered } = *frame;
        if unanswered == 0 {
            state.vacant.push(place as usize);
            state.frames += 1;
        }
        state.commands += usize::from(count);
        if !state.is_gone {
            push_pieces(state.room(), kind, correlation, first, count, items);
        }
    }
}

impl Outlet for StreamOutlet {
    fn replies(&self, correlation: u64, first: u16, count: u16, replies: &[u8]) {
        self.piece(Kind::Replies, correlation, first, count, replies);
    }

    fn answers(&self, correlation: u64, first: u16, count: u16, answers: &[u8]) {
        self.piece(Kind::Answers, correlation, first, count, answers);
    }

    fn unavailable(&self, correlation: u64, first: u16, count: u16, why: host::Unavailable) {
        let reason = match why {
            host::Unavailable::LogFull => Unavailable::LogFull,
            host::Unavailable::ShuttingDown => Unavailable::ShuttingDown,
        };
        let mut replies = Vec::new();
        for _ in 0..count {
            push_unavailable(&mut replies, reason);
        }
        self.piece(Kind::Replies, correlation, first, count, &replies);
    }

    fn flush(&self) {
        if !mem::replace(&mut self.lock().is_told, true) {
            self.wake.notify_one();
        }
    }
}

impl State {
    fn room(&mut self) -> &mut BytesMut {
        if self.buffer.capacity() - self.buffer.len() < ROOM_BYTES {
            self.buffer.reserve(BUFFER_BYTES);
        }
        &mut self.buffer
    }

    fn take(&mut self) -> Taken {
        self.is_told = false;
        let is_idle = self.vacant.len() == self.open.len();
        let end = self.end.clone().filter(|end| is_idle || matches!(end, End::Broken { .. }));
        match &end {
            Some(End::Broken { code, right, text }) => push_error(self.room(), None, *code, *right, text),
            Some(End::ShuttingDown) => {
                push_error(self.room(), None, ErrorCode::ShuttingDown, 0u64, "the node is stopping");
            }
            Some(End::Finished) | None => {}
        }
        Taken {
            bytes: self.buffer.split().freeze(),
            commands: mem::take(&mut self.commands),
            frames: mem::take(&mut self.frames),
            end,
        }
    }
}

/// Sends what gathers in `outlet` until the stream ends; gives its end, or `None` if the client went away.
pub async fn write(outlet: Arc<StreamOutlet>, mut stream: SendStream, credit: Credit) -> Option<End> {
    loop {
        let Taken { bytes, commands, frames, end } = outlet.lock().take();
        if !bytes.is_empty() && stream.write_chunk(bytes).await.is_err() {
            outlet.lock().is_gone = true;
            credit.close();
            return None;
        }
        credit.give(commands, frames);
        match end {
            None => outlet.wake.notified().await,
            Some(end) => {
                last_words(stream).await;
                return Some(end);
            }
        }
    }
}

/// Ends a stream, and waits until the client has what was sent: a connection closed at once would take it back.
pub async fn last_words(mut stream: SendStream) {
    if stream.finish().is_ok() {
        // Whether they arrived changes nothing any more.
        let _ = tokio::time::timeout(LAST_WORDS, stream.stopped()).await;
    }
}
