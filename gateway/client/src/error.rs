//! What can go wrong between a client and its node.

use std::io;

use protocol::error::ErrorCode;
use protocol::frame::FramingFault;
use quinn::{ConnectError, ConnectionError, ReadError, WriteError};
use thiserror::Error;

/// Trouble with a connection. What becomes of a command is no trouble: that is in its reply.
#[derive(Debug, Error)]
pub enum ClientError {
    /// No socket could be had.
    #[error("no UDP socket: {0}")]
    Socket(#[source] io::Error),
    /// The pinned certificate is none, or TLS cannot be set up with it.
    #[error("the node's certificate cannot be pinned: {0}")]
    Tls(#[source] rustls::Error),
    /// The address or the server's name cannot be connected to.
    #[error("cannot connect: {0}")]
    Connect(#[from] ConnectError),
    /// Nobody answered in time.
    #[error("no welcome within {0:?}")]
    Timeout(std::time::Duration),
    /// The node ended the connection, and said why.
    #[error("the node ended the connection ({code:?}, right: {right:?}): {text}")]
    Refused {
        /// Why.
        code: ErrorCode,
        /// What would have been right, where the node had the time to say.
        right: Option<u64>,
        /// For a person to read.
        text: String,
    },
    /// The node read none of this frame's commands.
    #[error("the node rejected a frame ({code:?}, right: {right}): {text}")]
    Rejected {
        /// Why.
        code: ErrorCode,
        /// What would have been right.
        right: u64,
        /// For a person to read.
        text: String,
    },
    /// The connection is gone.
    #[error("the connection is lost: {0}")]
    Lost(#[source] ConnectionError),
    /// The stream has ended, or was never to be used again.
    #[error("the stream is closed")]
    Closed,
    /// The node sent what cannot be split into frames.
    #[error(transparent)]
    Framing(#[from] FramingFault),
    /// The node sent a frame that makes no sense here.
    #[error("the node sent {0}")]
    Unexpected(&'static str),
    /// More commands or bytes than one frame may hold, or than there is credit for.
    #[error("{count} commands of {bytes} bytes; one frame takes {count_max} and {bytes_max}")]
    TooMany {
        /// Commands to be sent.
        count: usize,
        /// Their bytes.
        bytes: usize,
        /// Most commands.
        count_max: usize,
        /// Most bytes.
        bytes_max: usize,
    },
}

impl From<ConnectionError> for ClientError {
    fn from(error: ConnectionError) -> ClientError {
        if let ConnectionError::ApplicationClosed(close) = &error
            && let Some(code) =
                u16::try_from(close.error_code.into_inner()).ok().and_then(ErrorCode::from_code)
        {
            let text = String::from_utf8_lossy(&close.reason).into_owned();
            return ClientError::Refused { code, right: None, text };
        }
        ClientError::Lost(error)
    }
}

impl From<ReadError> for ClientError {
    fn from(error: ReadError) -> ClientError {
        match error {
            ReadError::ConnectionLost(error) => error.into(),
            _ => ClientError::Closed,
        }
    }
}

impl From<WriteError> for ClientError {
    fn from(error: WriteError) -> ClientError {
        match error {
            WriteError::ConnectionLost(error) => error.into(),
            _ => ClientError::Closed,
        }
    }
}
