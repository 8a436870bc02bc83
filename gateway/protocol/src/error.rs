//! What the server says of a frame or a connection that is wrong, and what would be right.

use std::str;

use bytes::BufMut;
use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::frame::{FrameHeader, Kind, push_frame};

/// Longest text of an error; longer ones are cut.
pub const ERROR_TEXT_BYTES_MAX: usize = 512;
/// Codes below this end the connection, and are also its QUIC application close code.
pub const FIRST_LIVING_CODE: u16 = 100;

/// What is wrong with a connection or a frame. Numbers are durable.
///
/// Below [`FIRST_LIVING_CODE`] the connection ends. From there on only the frame is lost: none of its commands was
/// carried out, and the stream goes on behind it. Beside each variant stands what `right` holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum ErrorCode {
    /// The version asked for is not spoken here. Right: the one that is.
    VersionUnsupported = 1,
    /// The first frame of the connection was not a hello, or none came in time. Right: the kind of a hello.
    HelloMissing = 2,
    /// The hello contradicts itself. Right: the length that its frame should have, or 0 for a reserved field.
    HelloMalformed = 3,
    /// The token is not the operator's. Right: 0.
    TokenWrong = 4,
    /// A frame shorter than its header. Right: the least length.
    FrameTooShort = 5,
    /// A frame longer than any may be. Right: the highest length.
    FrameTooLarge = 6,
    /// A frame whose length is no multiple of 8. Right: the next one that is.
    FrameUneven = 7,
    /// The stream ended inside a frame. Right: the bytes that were still to come (of the header, if that was cut).
    FrameCutShort = 8,
    /// The node is stopping. Right: 0.
    ShuttingDown = 9,
    /// The node holds as many connections as it may. Right: that number.
    ConnectionsFull = 10,
    /// No such kind of request. Right: the highest.
    KindUnknown = 100,
    /// The flags are not zero. Right: 0.
    FlagsNotZero = 101,
    /// A frame of no commands or of too many. Right: the most.
    CountOutside = 102,
    /// The header counts another number of commands than the body holds. Right: the number in the body; where it
    /// holds more than counted, the number counted and one.
    CountMismatch = 103,
    /// The length does not fit the kind and the count. Right: the length that does.
    LengthMismatch = 104,
    /// A hello on a connection that was greeted already. Right: 0.
    HelloRepeated = 105,
}

/// The body of an [`Kind::Error`] frame, whose header repeats the correlation and the count of the frame it is about
/// (0 and 0 where it is about the connection). The text follows, zero-padded to a multiple of 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct ErrorHeader {
    /// An [`ErrorCode`].
    pub code: U16,
    /// 1: the connection ends. 0: it goes on.
    pub fatal: u8,
    /// Zero.
    pub reserved: u8,
    /// Bytes of text, UTF-8, for a person to read.
    pub text_len: U32,
    /// What would have been right; see [`ErrorCode`].
    pub right: U64,
}

impl ErrorCode {
    /// Every code, in order.
    pub const ALL: [ErrorCode; 16] = [
        ErrorCode::VersionUnsupported,
        ErrorCode::HelloMissing,
        ErrorCode::HelloMalformed,
        ErrorCode::TokenWrong,
        ErrorCode::FrameTooShort,
        ErrorCode::FrameTooLarge,
        ErrorCode::FrameUneven,
        ErrorCode::FrameCutShort,
        ErrorCode::ShuttingDown,
        ErrorCode::ConnectionsFull,
        ErrorCode::KindUnknown,
        ErrorCode::FlagsNotZero,
        ErrorCode::CountOutside,
        ErrorCode::CountMismatch,
        ErrorCode::LengthMismatch,
        ErrorCode::HelloRepeated,
    ];

    /// The code of this number, if there is one.
    pub fn from_code(code: u16) -> Option<ErrorCode> {
        Self::ALL.into_iter().find(|known| *known as u16 == code)
    }

    /// Whether the connection ends with it.
    pub fn is_fatal(self) -> bool {
        (self as u16) < FIRST_LIVING_CODE
    }
}

/// Appends an error frame about the frame with that header; `None`: about the connection.
pub fn push_error(
    out: &mut impl BufMut,
    about: Option<&FrameHeader>,
    code: ErrorCode,
    right: impl Into<u64>,
    text: &str,
) {
    let text = &text[..text.floor_char_boundary(ERROR_TEXT_BYTES_MAX)];
    let header = ErrorHeader {
        code: (code as u16).into(),
        fatal: code.is_fatal().into(),
        reserved: 0,
        text_len: (text.len() as u32).into(),
        right: U64::new(right.into()),
    };
    let (count, correlation) = about.map_or((0, 0), |about| (about.count.get(), about.correlation.get()));
    let padding = &[0; 8][..text.len().next_multiple_of(8) - text.len()];
    push_frame(out, Kind::Error, count.into(), correlation, &[header.as_bytes(), text.as_bytes(), padding]);
}

/// Reads the body of an error frame; `None` if it is not one.
pub fn read_error(body: &[u8]) -> Option<(&ErrorHeader, &str)> {
    let (header, rest) = ErrorHeader::ref_from_prefix(body).ok()?;
    let text = rest.get(..header.text_len.get() as usize)?;
    Some((header, str::from_utf8(text).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::HEADER_BYTES;

    #[test]
    fn every_code_is_found_by_its_number() {
        let found = ErrorCode::ALL.map(|code| ErrorCode::from_code(code as u16));
        assert_eq!(found, ErrorCode::ALL.map(Some));
        assert_eq!([0, 11, 99, 106, u16::MAX].map(ErrorCode::from_code), [None; 5]);
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let mut out = Vec::new();
        push_error(&mut out, None, ErrorCode::TokenWrong, 0u64, &"ä".repeat(400));
        let (header, text) = read_error(&out[HEADER_BYTES..]).expect("it was just written");
        assert_eq!((header.fatal, text), (1, "ä".repeat(256).as_str()));
        assert_eq!(read_error(&out[HEADER_BYTES..out.len() - 8]), None);
    }
}
