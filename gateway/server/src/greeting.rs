//! How a connection begins: the client's first frame says who it is, and the node welcomes it or says why not.

use std::time::{SystemTime, UNIX_EPOCH};

use bytes::BytesMut;
use client::transport;
use protocol::VERSION;
use protocol::error::{ErrorCode, push_error};
use protocol::frame::{FRAME_BYTES_MAX, FRAME_COMMANDS_MAX, FramingFault, Kind};
use protocol::handshake::{Hello, HelloFault, Welcome, push_welcome};
use protocol::splitter::{Frame, Splitter};
use quinn::{Connection, RecvStream, SendStream};
use subtle::ConstantTimeEq;

use crate::outlet::last_words;
use crate::quic::Edge;

/// A client that was welcomed, on its first stream.
pub struct Greeted {
    /// The way back.
    pub send: SendStream,
    /// The way in.
    pub receive: RecvStream,
    /// What was read behind the hello.
    pub splitter: Splitter,
    /// The terminal that the client speaks for; 0: none.
    pub terminal: u32,
}

/// Why a client is not welcome.
struct Refusal {
    code: ErrorCode,
    right: u64,
    text: String,
}

/// Reads the hello and answers it. `None`: the client was told what is wrong, or is gone.
pub async fn greet(connection: &Connection, edge: &Edge) -> Option<Greeted> {
    let (mut send, mut receive) = connection.accept_bi().await.ok()?;
    let mut splitter = Splitter::new();
    let mut out = BytesMut::new();
    match read_hello(&mut receive, &mut splitter, edge.token.as_bytes()).await? {
        Ok(terminal) => {
            push_welcome(&mut out, &welcome(edge));
            send.write_chunk(out.freeze()).await.ok()?;
            Some(Greeted { send, receive, splitter, terminal })
        }
        Err(Refusal { code, right, text }) => {
            edge.counts.connections_refused.add(1);
            push_error(&mut out, None, code, right, &text);
            send.write_chunk(out.freeze()).await.ok()?;
            last_words(send).await;
            connection.close((code as u16).into(), text.as_bytes());
            None
        }
    }
}

/// The terminal behind the hello, or why there is none; `None` if the client is gone.
async fn read_hello(
    receive: &mut RecvStream,
    splitter: &mut Splitter,
    token: &[u8],
) -> Option<Result<u32, Refusal>> {
    loop {
        match splitter.next_frame() {
            Ok(Some(frame)) => return Some(check_hello(&frame, token)),
            Ok(None) => {}
            Err(fault) => return Some(Err(fault.into())),
        }
        match receive.read_chunk(usize::MAX, true).await.ok()? {
            Some(chunk) => splitter.push(&chunk.bytes),
            None => {
                return Some(Err(match splitter.finish() {
                    Ok(()) => hello_missing("the stream ended without a hello".into()),
                    Err(fault) => fault.into(),
                }));
            }
        }
    }
}

fn check_hello(frame: &Frame, token: &[u8]) -> Result<u32, Refusal> {
    if frame.header.kind != Kind::Hello as u8 {
        return Err(hello_missing(format!("the first frame is of kind {}, not a hello", frame.header.kind)));
    }
    if frame.header.check_request() != Ok(Kind::Hello) || frame.header.correlation.get() != 0 {
        return Err(HelloFault::ReservedNotZero.into());
    }
    let (hello, given) = Hello::read(&frame.body)?;
    if !bool::from(given.ct_eq(token)) {
        let text = "the token is not the operator's".into();
        return Err(Refusal { code: ErrorCode::TokenWrong, right: 0, text });
    }
    Ok(hello.terminal.get())
}

fn hello_missing(text: String) -> Refusal {
    Refusal { code: ErrorCode::HelloMissing, right: Kind::Hello as u64, text }
}

fn welcome(edge: &Edge) -> Welcome {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Welcome {
        version: VERSION.into(),
        reserved: 0.into(),
        frame_bytes_max: (FRAME_BYTES_MAX as u32).into(),
        frame_commands_max: (FRAME_COMMANDS_MAX as u32).into(),
        credit_commands: edge.limits.credit_commands.into(),
        credit_frames: edge.limits.credit_frames.into(),
        streams_max: transport::STREAMS_MAX.into(),
        cluster: edge.cluster.into(),
        tick: edge.ingress.stats().tick.get().into(),
        time: (now.as_nanos() as u64).into(),
    }
}

impl From<FramingFault> for Refusal {
    fn from(fault: FramingFault) -> Refusal {
        Refusal { code: fault.code(), right: fault.right(), text: fault.to_string() }
    }
}

impl From<HelloFault> for Refusal {
    fn from(fault: HelloFault) -> Refusal {
        Refusal { code: fault.code(), right: fault.right(), text: fault.to_string() }
    }
}
