//! The 16 bytes before every body, and what can be wrong with them.

use bytes::BufMut;
use thiserror::Error;
use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::error::ErrorCode;
use crate::query::Query;

/// Longest frame, header included.
pub const FRAME_BYTES_MAX: usize = 256 * 1024;
/// Bytes of the header.
pub const HEADER_BYTES: usize = size_of::<FrameHeader>();
/// Most commands or queries in one frame.
pub const FRAME_COMMANDS_MAX: usize = 4096;

const _: () = assert!(HEADER_BYTES == 16);
const _: () = assert!(FRAME_BYTES_MAX.is_multiple_of(8), "the longest frame is a frame");
const _: () = assert!(
    HEADER_BYTES + FRAME_COMMANDS_MAX * 56 <= FRAME_BYTES_MAX,
    "a frame of one-bet tickets is bounded by their count"
);

/// The first 16 bytes of every frame, little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct FrameHeader {
    /// Bytes of the whole frame, these included: a multiple of 8, at most [`FRAME_BYTES_MAX`].
    pub len: U32,
    /// A [`Kind`].
    pub kind: u8,
    /// Zero.
    pub flags: u8,
    /// Commands, queries, replies or answers in the body; of an error, what the frame it is about said; else 0.
    pub count: U16,
    /// Chosen by the client; what answers a frame repeats it.
    pub correlation: U64,
}

/// What a frame is. Numbers are durable; from 128 on they go from server to client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// [`crate::handshake::Hello`] and the token: the first frame of a connection's first stream.
    Hello = 1,
    /// `count` commands of the bets lane, back to back.
    Bets = 2,
    /// `count` commands of the operators' lane, back to back.
    Operators = 3,
    /// `count` [`Query`]s.
    Reads = 4,
    /// No body; answered by [`Kind::Pong`].
    Ping = 5,
    /// [`crate::handshake::Welcome`].
    Welcome = 129,
    /// [`crate::pieces::PieceHeader`] and `count` replies, to a part of a [`Kind::Bets`] or [`Kind::Operators`].
    Replies = 130,
    /// [`crate::pieces::PieceHeader`] and `count` answers, to a part of a [`Kind::Reads`].
    Answers = 131,
    /// No body.
    Pong = 132,
    /// [`crate::error::ErrorHeader`] and a text.
    Error = 133,
}

/// A length field after which no further frame can be found: the connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FramingFault {
    /// Shorter than its own header.
    #[error("a frame says it has {0} bytes; the least is {HEADER_BYTES}")]
    TooShort(u32),
    /// Longer than any frame may be.
    #[error("a frame says it has {0} bytes; the most is {FRAME_BYTES_MAX}")]
    TooLarge(u32),
    /// Not a multiple of 8.
    #[error("a frame says it has {0} bytes, which is no multiple of 8")]
    Uneven(u32),
    /// The stream ended inside a frame.
    #[error("the stream ended {missing} bytes before the end of a frame")]
    CutShort {
        /// Bytes that did not come (of the header, where not even that was whole).
        missing: u32,
    },
}

/// A frame that was found, and that cannot be carried out as a whole. The next one can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FrameFault {
    /// No kind that a client may send.
    #[error("kind {0} is none that a client sends; the highest is {highest}", highest = Kind::Ping as u8)]
    KindUnknown(u8),
    /// The flags are not zero.
    #[error("flags are {0}; they must be 0")]
    FlagsNotZero(u8),
    /// No commands, or too many.
    #[error("a frame of {0} commands; the least is 1, the most {FRAME_COMMANDS_MAX}")]
    CountOutside(u16),
    /// The body holds another number of commands than the header says.
    #[error("the header counts {counted} commands, the body holds {found}")]
    CountMismatch {
        /// What the header says.
        counted: u16,
        /// What the body holds; where it holds more than the header says, the header's count and one.
        found: u16,
    },
    /// The length does not fit the kind and the count.
    #[error("the frame has {len} bytes; its kind and count need {right}")]
    LengthMismatch {
        /// What it has.
        len: u32,
        /// What it needs.
        right: u32,
    },
    /// A second greeting.
    #[error("this connection has been greeted already")]
    HelloRepeated,
}

impl Kind {
    /// The kind of this number, if there is one.
    pub fn from_code(code: u8) -> Option<Kind> {
        Some(match code {
            1 => Kind::Hello,
            2 => Kind::Bets,
            3 => Kind::Operators,
            4 => Kind::Reads,
            5 => Kind::Ping,
            129 => Kind::Welcome,
            130 => Kind::Replies,
            131 => Kind::Answers,
            132 => Kind::Pong,
            133 => Kind::Error,
            _ => return None,
        })
    }
}

impl FrameHeader {
    /// A header without flags.
    ///
    /// # Panics
    /// If the body is longer than a frame can be, or the count does not fit its field: the caller's bounds are wrong.
    pub fn new(kind: Kind, count: usize, correlation: u64, body_bytes: usize) -> FrameHeader {
        let len = HEADER_BYTES + body_bytes;
        assert!(len <= FRAME_BYTES_MAX && len.is_multiple_of(8), "a frame of {len} bytes cannot be written");
        FrameHeader {
            len: (len as u32).into(),
            kind: kind as u8,
            flags: 0,
            count: u16::try_from(count).expect("the count of a frame fits its field").into(),
            correlation: correlation.into(),
        }
    }

    /// The length of the whole frame, if it is one that leaves the next frame findable.
    pub fn checked_len(&self) -> Result<usize, FramingFault> {
        let len = self.len.get();
        match len as usize {
            ..HEADER_BYTES => Err(FramingFault::TooShort(len)),
            bytes if bytes > FRAME_BYTES_MAX => Err(FramingFault::TooLarge(len)),
            bytes if !bytes.is_multiple_of(8) => Err(FramingFault::Uneven(len)),
            bytes => Ok(bytes),
        }
    }

    /// What the frame asks for, as far as its header can tell; the first fault in the order of [`FrameFault`].
    pub fn check_request(&self) -> Result<Kind, FrameFault> {
        let kind = match Kind::from_code(self.kind) {
            Some(kind) if kind as u8 <= Kind::Ping as u8 => kind,
            _ => return Err(FrameFault::KindUnknown(self.kind)),
        };
        if self.flags != 0 {
            return Err(FrameFault::FlagsNotZero(self.flags));
        }
        let counted = matches!(kind, Kind::Bets | Kind::Operators | Kind::Reads);
        let count = usize::from(self.count.get());
        if counted && !(1..=FRAME_COMMANDS_MAX).contains(&count) {
            return Err(FrameFault::CountOutside(self.count.get()));
        }
        if !counted && count != 0 {
            return Err(FrameFault::CountMismatch { counted: self.count.get(), found: 0 });
        }
        let right = match kind {
            Kind::Reads => HEADER_BYTES + count * size_of::<Query>(),
            Kind::Ping => HEADER_BYTES,
            _ => return Ok(kind),
        };
        if self.len.get() as usize != right {
            return Err(FrameFault::LengthMismatch { len: self.len.get(), right: right as u32 });
        }
        Ok(kind)
    }
}

impl FramingFault {
    /// Its number on the wire.
    pub fn code(&self) -> ErrorCode {
        match self {
            FramingFault::TooShort(_) => ErrorCode::FrameTooShort,
            FramingFault::TooLarge(_) => ErrorCode::FrameTooLarge,
            FramingFault::Uneven(_) => ErrorCode::FrameUneven,
            FramingFault::CutShort { .. } => ErrorCode::FrameCutShort,
        }
    }

    /// What would have been right; see [`ErrorCode`].
    pub fn right(&self) -> u64 {
        match *self {
            FramingFault::TooShort(_) => HEADER_BYTES as u64,
            FramingFault::TooLarge(_) => FRAME_BYTES_MAX as u64,
            FramingFault::Uneven(len) => u64::from(len).next_multiple_of(8),
            FramingFault::CutShort { missing } => u64::from(missing),
        }
    }
}

impl FrameFault {
    /// Its number on the wire.
    pub fn code(&self) -> ErrorCode {
        match self {
            FrameFault::KindUnknown(_) => ErrorCode::KindUnknown,
            FrameFault::FlagsNotZero(_) => ErrorCode::FlagsNotZero,
            FrameFault::CountOutside(_) => ErrorCode::CountOutside,
            FrameFault::CountMismatch { .. } => ErrorCode::CountMismatch,
            FrameFault::LengthMismatch { .. } => ErrorCode::LengthMismatch,
            FrameFault::HelloRepeated => ErrorCode::HelloRepeated,
        }
    }

    /// What would have been right; see [`ErrorCode`].
    pub fn right(&self) -> u64 {
        match *self {
            FrameFault::KindUnknown(_) => Kind::Ping as u64,
            FrameFault::FlagsNotZero(_) | FrameFault::HelloRepeated => 0,
            FrameFault::CountOutside(_) => FRAME_COMMANDS_MAX as u64,
            FrameFault::CountMismatch { found, .. } => u64::from(found),
            FrameFault::LengthMismatch { right, .. } => u64::from(right),
        }
    }
}

/// Appends a frame whose body is `parts`, one behind the other.
///
/// # Panics
/// As [`FrameHeader::new`].
pub fn push_frame(out: &mut impl BufMut, kind: Kind, count: usize, correlation: u64, parts: &[&[u8]]) {
    let body_bytes = parts.iter().map(|part| part.len()).sum();
    out.put_slice(FrameHeader::new(kind, count, correlation, body_bytes).as_bytes());
    for part in parts {
        out.put_slice(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(len: u32, kind: u8, flags: u8, count: u16) -> FrameHeader {
        FrameHeader { len: len.into(), kind, flags, count: count.into(), correlation: 7.into() }
    }

    #[test]
    fn lengths_that_hide_the_next_frame() {
        let told =
            [0, 15, 16, 17, 24, 262_144, 262_152, u32::MAX].map(|len| header(len, 2, 0, 1).checked_len());
        assert_eq!(
            told,
            [
                Err(FramingFault::TooShort(0)),
                Err(FramingFault::TooShort(15)),
                Ok(16),
                Err(FramingFault::Uneven(17)),
                Ok(24),
                Ok(262_144),
                Err(FramingFault::TooLarge(262_152)),
                Err(FramingFault::TooLarge(u32::MAX)),
            ]
        );
    }

    #[test]
    fn requests_that_cannot_be_carried_out() {
        let told = [
            header(16, 0, 0, 0),
            header(16, 130, 0, 0),
            header(16, 6, 1, 0),
            header(16, 5, 1, 1),
            header(16, 5, 0, 1),
            header(24, 5, 0, 0),
            header(72, 2, 0, 0),
            header(72, 2, 0, 4097),
            header(72, 4, 0, 2),
            header(72, 2, 0, 1),
            header(80, 4, 0, 2),
            header(16, 5, 0, 0),
        ]
        .map(|header| header.check_request());
        assert_eq!(
            told,
            [
                Err(FrameFault::KindUnknown(0)),
                Err(FrameFault::KindUnknown(130)),
                Err(FrameFault::KindUnknown(6)),
                Err(FrameFault::FlagsNotZero(1)),
                Err(FrameFault::CountMismatch { counted: 1, found: 0 }),
                Err(FrameFault::LengthMismatch { len: 24, right: 16 }),
                Err(FrameFault::CountOutside(0)),
                Err(FrameFault::CountOutside(4097)),
                Err(FrameFault::LengthMismatch { len: 72, right: 80 }),
                Ok(Kind::Bets),
                Ok(Kind::Reads),
                Ok(Kind::Ping),
            ]
        );
    }
}
