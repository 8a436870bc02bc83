//! How a connection begins: the client says who it is, the server what it grants.

use bytes::BufMut;
use thiserror::Error;
use zerocopy::little_endian::{U16, U32, U64, U128};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::VERSION;
use crate::error::ErrorCode;
use crate::frame::{HEADER_BYTES, Kind, push_frame};

/// Longest token.
pub const TOKEN_BYTES_MAX: usize = 256;

/// The first frame of a connection's first stream, correlation 0; the token follows, zero-padded to a multiple of 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct Hello {
    /// [`VERSION`].
    pub version: U16,
    /// Zero.
    pub reserved: U16,
    /// Bytes of the token, 1 to [`TOKEN_BYTES_MAX`].
    pub token_len: U32,
    /// The terminal that the edge stamps into every command of this connection; 0: none.
    pub terminal: U32,
    /// Zero.
    pub reserved_too: U32,
}

/// The answer to a hello: what the server grants this connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct Welcome {
    /// [`VERSION`].
    pub version: U16,
    /// Zero.
    pub reserved: U16,
    /// Longest frame it reads or writes.
    pub frame_bytes_max: U32,
    /// Most commands or queries it reads in one frame.
    pub frame_commands_max: U32,
    /// Commands and queries that the connection may have unanswered; further frames are not read until answers go out.
    pub credit_commands: U32,
    /// Frames that the connection may have unanswered, likewise.
    pub credit_frames: U32,
    /// Streams it may hold open.
    pub streams_max: U32,
    /// The ledger's name.
    pub cluster: U128,
    /// The last tick applied.
    pub tick: U64,
    /// The node's clock, nanoseconds since the Unix epoch: what the times in ids are held against.
    pub time: U64,
}

const _: () = assert!(size_of::<Hello>() == 16 && size_of::<Welcome>() == 56);

/// What can be wrong with the body of a hello, in the order of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HelloFault {
    /// Shorter than its fixed part, or than its token.
    #[error("a hello of {len} bytes; with this token it has {right}")]
    Length {
        /// Bytes of the frame.
        len: usize,
        /// Bytes that it should have.
        right: usize,
    },
    /// Another version.
    #[error("version {0} is not spoken here; {VERSION} is")]
    Version(u16),
    /// A reserved field or the padding is not zero.
    #[error("a reserved field or the padding is not zero")]
    ReservedNotZero,
    /// No token, or one longer than any.
    #[error("a token of {0} bytes; the least is 1, the most {TOKEN_BYTES_MAX}")]
    TokenLength(u32),
}

impl Hello {
    /// Reads the body of a hello frame: the fixed part and the token.
    pub fn read(body: &[u8]) -> Result<(&Hello, &[u8]), HelloFault> {
        let length = |token: usize| HelloFault::Length {
            len: HEADER_BYTES + body.len(),
            right: HEADER_BYTES + size_of::<Hello>() + token.next_multiple_of(8),
        };
        let (hello, rest) = Hello::ref_from_prefix(body).map_err(|_| length(1))?;
        if hello.version.get() != VERSION {
            return Err(HelloFault::Version(hello.version.get()));
        }
        if hello.reserved.get() != 0 || hello.reserved_too.get() != 0 {
            return Err(HelloFault::ReservedNotZero);
        }
        let token_len = hello.token_len.get() as usize;
        if !(1..=TOKEN_BYTES_MAX).contains(&token_len) {
            return Err(HelloFault::TokenLength(hello.token_len.get()));
        }
        if rest.len() != token_len.next_multiple_of(8) {
            return Err(length(token_len));
        }
        let (token, padding) = rest.split_at(token_len);
        if padding.iter().any(|byte| *byte != 0) {
            return Err(HelloFault::ReservedNotZero);
        }
        Ok((hello, token))
    }
}

impl HelloFault {
    /// Its number on the wire.
    pub fn code(&self) -> ErrorCode {
        match self {
            HelloFault::Version(_) => ErrorCode::VersionUnsupported,
            HelloFault::Length { .. } | HelloFault::ReservedNotZero | HelloFault::TokenLength(_) => {
                ErrorCode::HelloMalformed
            }
        }
    }

    /// What would have been right; see [`ErrorCode`].
    pub fn right(&self) -> u64 {
        match *self {
            HelloFault::Length { right, .. } => right as u64,
            HelloFault::Version(_) => u64::from(VERSION),
            HelloFault::ReservedNotZero => 0,
            HelloFault::TokenLength(_) => (HEADER_BYTES + size_of::<Hello>() + TOKEN_BYTES_MAX) as u64,
        }
    }
}

/// Appends a hello frame.
///
/// # Panics
/// With a token longer than [`TOKEN_BYTES_MAX`].
pub fn push_hello(out: &mut impl BufMut, terminal: u32, token: &str) {
    assert!(token.len() <= TOKEN_BYTES_MAX, "a token of {} bytes", token.len());
    let hello = Hello {
        version: VERSION.into(),
        reserved: 0.into(),
        token_len: (token.len() as u32).into(),
        terminal: terminal.into(),
        reserved_too: 0.into(),
    };
    let padding = &[0; 8][..token.len().next_multiple_of(8) - token.len()];
    push_frame(out, Kind::Hello, 0, 0, &[hello.as_bytes(), token.as_bytes(), padding]);
}

/// Appends a welcome frame.
pub fn push_welcome(out: &mut impl BufMut, welcome: &Welcome) {
    push_frame(out, Kind::Welcome, 0, 0, &[welcome.as_bytes()]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(version: u16, reserved: u16, token_len: u32, rest: &[u8]) -> Vec<u8> {
        let hello = Hello {
            version: version.into(),
            reserved: reserved.into(),
            token_len: token_len.into(),
            terminal: 9.into(),
            reserved_too: 0.into(),
        };
        [hello.as_bytes(), rest].concat()
    }

    #[test]
    fn a_hello_is_read_whole_or_not_at_all() {
        let told = [
            body(1, 0, 3, b"abc\0\0\0\0\0"),
            body(2, 1, 0, b""),
            body(1, 1, 0, b""),
            body(1, 0, 0, b""),
            body(1, 0, 257, &[b'x'; 264]),
            body(1, 0, 9, b"abcdefgh"),
            body(1, 0, 3, b"abc\0\0\0\0\x01"),
            body(1, 0, 3, b"abc\0\0\0\0\0\0\0\0\0\0\0\0\0"),
            vec![1, 0, 0, 0, 0, 0, 0, 0],
        ];
        let told: Vec<_> = told
            .iter()
            .map(|body| Hello::read(body).map(|(hello, token)| (hello.terminal.get(), token)))
            .collect();
        assert_eq!(
            told,
            [
                Ok((9, &b"abc"[..])),
                Err(HelloFault::Version(2)),
                Err(HelloFault::ReservedNotZero),
                Err(HelloFault::TokenLength(0)),
                Err(HelloFault::TokenLength(257)),
                Err(HelloFault::Length { len: 40, right: 48 }),
                Err(HelloFault::ReservedNotZero),
                Err(HelloFault::Length { len: 48, right: 40 }),
                Err(HelloFault::Length { len: 24, right: 40 }),
            ]
        );
    }
}
