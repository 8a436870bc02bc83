//! The two halves of a stream: one sends and waits for credit, the other receives and returns it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::{Bytes, BytesMut};
use protocol::command::{Commands, Lane};
use protocol::error::{ErrorCode, read_error};
use protocol::frame::{HEADER_BYTES, Kind, push_frame};
use protocol::handshake::Welcome;
use protocol::pieces::read_piece;
use protocol::query::Query;
use protocol::splitter::{Frame, Splitter};
use quinn::{RecvStream, SendStream, VarInt};
use tokio::sync::Semaphore;
use zerocopy::IntoBytes;

use crate::error::ClientError;

/// Memory for outgoing frames taken at once; a buffer serves several before the next is allocated.
const BUFFER_BYTES: usize = 256 * 1024;

/// What the halves of a connection share: how many commands may still go out unanswered, and the last correlation.
struct Shared {
    credit: Semaphore,
    correlation: AtomicU64,
    welcome: Welcome,
}

/// Sends frames.
pub struct Sender {
    quic: quinn::Connection,
    stream: SendStream,
    shared: Arc<Shared>,
    buffer: BytesMut,
}

/// Receives what became of them. Credit returns only as it is asked for the next.
pub struct Receiver {
    quic: quinn::Connection,
    stream: RecvStream,
    splitter: Splitter,
    shared: Option<Arc<Shared>>,
}

/// One frame from the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// Replies to the `count` commands from `first` on; read them with [`protocol::pieces::replies`].
    Replies {
        /// What [`Sender::send`] gave.
        correlation: u64,
        /// Place of the first command.
        first: u16,
        /// How many.
        count: u16,
        /// One reply behind the other.
        bytes: Bytes,
    },
    /// Answers to the `count` queries from `first` on; read them with [`protocol::pieces::answers`].
    Answers {
        /// What [`Sender::send_reads`] gave.
        correlation: u64,
        /// Place of the first query.
        first: u16,
        /// How many.
        count: u16,
        /// One answer behind the other.
        bytes: Bytes,
    },
    /// The answer to [`Sender::ping`].
    Pong {
        /// What it gave.
        correlation: u64,
    },
    /// None of a frame's commands was carried out. The stream goes on.
    Rejected {
        /// The frame's.
        correlation: u64,
        /// Why.
        code: ErrorCode,
        /// What would have been right.
        right: u64,
        /// For a person to read.
        text: String,
    },
}

/// The halves of a connection's first stream, once it is welcomed.
pub(crate) fn pair(
    quic: quinn::Connection,
    send: SendStream,
    receiver: Receiver,
    welcome: &Welcome,
) -> (Sender, Receiver) {
    let shared = Arc::new(Shared {
        credit: Semaphore::new(welcome.credit_commands.get() as usize),
        correlation: AtomicU64::new(1),
        welcome: *welcome,
    });
    let sender = Sender { quic, stream: send, shared: Arc::clone(&shared), buffer: BytesMut::new() };
    (sender, Receiver { shared: Some(shared), ..receiver })
}

impl Sender {
    /// Sends one frame of commands and gives the correlation that its replies will name. Waits for credit, and for
    /// the network to take the frame; credit comes back while the [`Receiver`] is read.
    ///
    /// # Errors
    /// [`ClientError::TooMany`] if no frame can hold them: nothing is sent then.
    pub async fn send(&mut self, lane: Lane, commands: &Commands) -> Result<u64, ClientError> {
        let kind = match lane {
            Lane::Bets => Kind::Bets,
            Lane::Operators => Kind::Operators,
        };
        self.frame(kind, commands.count(), commands.as_bytes()).await
    }

    /// Sends one frame of reads; as [`Sender::send`].
    ///
    /// # Errors
    /// As [`Sender::send`].
    pub async fn send_reads(&mut self, queries: &[Query]) -> Result<u64, ClientError> {
        self.frame(Kind::Reads, queries.len(), queries.as_bytes()).await
    }

    /// Asks for a sign of life.
    pub async fn ping(&mut self) -> Result<u64, ClientError> {
        self.write(Kind::Ping, 0, &[]).await
    }

    /// Commands that could be sent now without waiting for credit.
    pub fn credit(&self) -> usize {
        self.shared.credit.available_permits()
    }

    /// Says that nothing more will be sent on this stream; replies still come.
    pub fn finish(&mut self) {
        // It can only have been finished before, which is as well.
        let _ = self.stream.finish();
    }

    /// Ends the whole connection at once.
    pub fn close(&self) {
        self.quic.close(VarInt::from_u32(0), b"done");
    }

    pub(crate) fn beside(&self, stream: SendStream, receiver: Receiver) -> (Sender, Receiver) {
        let shared = Arc::clone(&self.shared);
        let sender =
            Sender { quic: self.quic.clone(), stream, shared: Arc::clone(&shared), buffer: BytesMut::new() };
        (sender, Receiver { shared: Some(shared), ..receiver })
    }

    async fn frame(&mut self, kind: Kind, count: usize, body: &[u8]) -> Result<u64, ClientError> {
        let welcome = &self.shared.welcome;
        let count_max = welcome.frame_commands_max.get().min(welcome.credit_commands.get()) as usize;
        let bytes_max = welcome.frame_bytes_max.get() as usize - HEADER_BYTES;
        if !(1..=count_max).contains(&count) || body.len() > bytes_max {
            return Err(ClientError::TooMany { count, bytes: body.len(), count_max, bytes_max });
        }
        let permits = self.shared.credit.acquire_many(count as u32).await;
        permits.expect("the credit is never closed").forget();
        self.write(kind, count, body).await
    }

    async fn write(&mut self, kind: Kind, count: usize, body: &[u8]) -> Result<u64, ClientError> {
        let correlation = self.shared.correlation.fetch_add(1, Ordering::Relaxed);
        if self.buffer.capacity() < HEADER_BYTES + body.len() {
            self.buffer.reserve(BUFFER_BYTES);
        }
        push_frame(&mut self.buffer, kind, count, correlation, &[body]);
        self.stream.write_chunk(self.buffer.split().freeze()).await?;
        Ok(correlation)
    }
}

impl Receiver {
    pub(crate) fn new(quic: quinn::Connection, stream: RecvStream) -> Receiver {
        Receiver { quic, stream, splitter: Splitter::new(), shared: None }
    }

    /// The next frame from the node.
    ///
    /// # Errors
    /// [`ClientError::Refused`] if the node ended the connection and said why; [`ClientError::Closed`] when the
    /// stream has ended in order.
    pub async fn next(&mut self) -> Result<Incoming, ClientError> {
        let Frame { header, body } = self.next_frame().await?;
        let (correlation, count) = (header.correlation.get(), header.count.get());
        let kind = Kind::from_code(header.kind);
        if let Some(Kind::Replies | Kind::Answers | Kind::Error) = kind
            && let Some(shared) = &self.shared
        {
            shared.credit.add_permits(count.into());
        }
        let body = body.freeze();
        match kind {
            Some(kind @ (Kind::Replies | Kind::Answers)) => {
                let (first, items) = read_piece(&body).ok_or(ClientError::Unexpected("a piece cut short"))?;
                let bytes = body.slice_ref(items);
                Ok(match kind {
                    Kind::Replies => Incoming::Replies { correlation, first, count, bytes },
                    _ => Incoming::Answers { correlation, first, count, bytes },
                })
            }
            Some(Kind::Pong) => Ok(Incoming::Pong { correlation }),
            Some(Kind::Error) => {
                let (header, text) =
                    read_error(&body).ok_or(ClientError::Unexpected("an error cut short"))?;
                let code = ErrorCode::from_code(header.code.get())
                    .ok_or(ClientError::Unexpected("an error of no known code"))?;
                Ok(Incoming::Rejected { correlation, code, right: header.right.get(), text: text.into() })
            }
            _ => Err(ClientError::Unexpected("a frame of no known kind")),
        }
    }

    /// Ends the whole connection at once.
    pub fn close(&self) {
        self.quic.close(VarInt::from_u32(0), b"done");
    }

    /// The next frame, whatever it is; an error that ends the connection is told as one.
    pub(crate) async fn next_frame(&mut self) -> Result<Frame, ClientError> {
        loop {
            if let Some(frame) = self.splitter.next_frame()? {
                return match ends(&frame) {
                    Some(error) => Err(error),
                    None => Ok(frame),
                };
            }
            match self.stream.read_chunk(usize::MAX, true).await? {
                Some(chunk) => self.splitter.push(&chunk.bytes),
                None => {
                    self.splitter.finish()?;
                    return Err(self.quic.close_reason().map_or(ClientError::Closed, ClientError::from));
                }
            }
        }
    }
}

/// Whether the frame says that the connection ends.
fn ends(frame: &Frame) -> Option<ClientError> {
    if frame.header.kind != Kind::Error as u8 {
        return None;
    }
    let (header, text) = read_error(&frame.body)?;
    let code = ErrorCode::from_code(header.code.get())?;
    code.is_fatal().then(|| ClientError::Refused {
        code,
        right: Some(header.right.get()),
        text: text.to_owned(),
    })
}
