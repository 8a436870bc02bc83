//! What became of commands and reads. One frame may be answered in several pieces, in any order.

use bytes::BufMut;
use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::frame::{FRAME_BYTES_MAX, HEADER_BYTES, Kind, push_frame};
use crate::query::AnswerHeader;
use crate::reply::Reply;

/// Most bytes of replies or answers in one frame.
pub const PIECE_BYTES_MAX: usize = FRAME_BYTES_MAX - HEADER_BYTES - size_of::<PieceHeader>();

/// The first 8 bytes of the body of [`Kind::Replies`] and [`Kind::Answers`]; the replies or answers follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct PieceHeader {
    /// The place, in the frame that is answered, of the first command that this piece answers; from 0.
    pub first: U16,
    /// Zero.
    pub reserved: U16,
    /// Zero.
    pub reserved_too: U32,
}

/// Appends `count` replies or answers to the commands from `first` on, in as many frames as they need.
///
/// # Panics
/// If `items` are not `count` whole replies or answers, and need more than one frame.
pub fn push_pieces(
    out: &mut impl BufMut,
    kind: Kind,
    correlation: u64,
    mut first: u16,
    mut count: u16,
    mut items: &[u8],
) {
    while items.len() > PIECE_BYTES_MAX {
        let (taken, bytes) = fitting(items);
        push_piece(out, kind, correlation, first, taken, &items[..bytes]);
        (first, count, items) = (first + taken, count - taken, &items[bytes..]);
    }
    push_piece(out, kind, correlation, first, count, items);
}

fn push_piece(out: &mut impl BufMut, kind: Kind, correlation: u64, first: u16, count: u16, items: &[u8]) {
    let piece = PieceHeader { first: first.into(), reserved: 0.into(), reserved_too: 0.into() };
    push_frame(out, kind, count.into(), correlation, &[piece.as_bytes(), items]);
}

/// How many of the items fit one frame, and their bytes. Replies and answers both begin with their length.
fn fitting(items: &[u8]) -> (u16, usize) {
    let (mut taken, mut bytes) = (0, 0);
    loop {
        let len = usize::from(u16::from_le_bytes([items[bytes], items[bytes + 1]]));
        assert!(len > 0, "an item has a length");
        if bytes + len > PIECE_BYTES_MAX {
            return (taken, bytes);
        }
        (taken, bytes) = (taken + 1, bytes + len);
    }
}

/// Reads the body of a piece: where it begins, and its items.
pub fn read_piece(body: &[u8]) -> Option<(u16, &[u8])> {
    let (piece, items) = PieceHeader::ref_from_prefix(body).ok()?;
    Some((piece.first.get(), items))
}

/// The replies in `items`, in order; ends early, with `None`, where they are cut short.
pub fn replies(items: &[u8]) -> impl Iterator<Item = Option<Reply<'_>>> {
    let mut rest = Some(items);
    std::iter::from_fn(move || {
        let bytes = rest.filter(|bytes| !bytes.is_empty())?;
        let split = Reply::split(bytes);
        rest = split.map(|(_, behind)| behind);
        Some(split.map(|(reply, _)| reply))
    })
}

/// An answer read from bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The first 16 bytes.
    pub header: &'a AnswerHeader,
    /// The view that the kind determines; empty unless the code is 0.
    pub body: &'a [u8],
}

impl<'a> Answer<'a> {
    /// Reads the first answer of `bytes` and what follows it; `None` if they do not hold a whole one.
    pub fn split(bytes: &'a [u8]) -> Option<(Answer<'a>, &'a [u8])> {
        let (header, _) = AnswerHeader::ref_from_prefix(bytes).ok()?;
        let (answer, rest) = bytes.split_at_checked(header.len.get().into())?;
        Some((Answer { header, body: answer.get(size_of::<AnswerHeader>()..)? }, rest))
    }
}

/// The answers in `items`, in order; ends early, with `None`, where they are cut short.
pub fn answers(items: &[u8]) -> impl Iterator<Item = Option<Answer<'_>>> {
    let mut rest = Some(items);
    std::iter::from_fn(move || {
        let bytes = rest.filter(|bytes| !bytes.is_empty())?;
        let split = Answer::split(bytes);
        rest = split.map(|(_, behind)| behind);
        Some(split.map(|(answer, _)| answer))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Refusal;
    use crate::reply::{NO_BET, Refused, push_accepted, push_refused};
    use crate::splitter::Splitter;

    #[test]
    fn what_does_not_fit_one_frame_goes_into_several() {
        let mut items = Vec::new();
        for tick in 0..4096 {
            push_accepted(&mut items, 0, tick, 5, &[7.into(); 64]);
        }
        let mut out = Vec::new();
        push_pieces(&mut out, Kind::Replies, 11, 3, 4096, &items);
        let mut splitter = Splitter::new();
        splitter.push(&out);
        let (mut next, mut ticks) = (3, Vec::new());
        while let Some(frame) = splitter.next_frame().expect("frames are framed") {
            let (first, items) = read_piece(&frame.body).expect("a piece");
            assert_eq!((first, frame.header.correlation.get()), (next, 11));
            next += frame.header.count.get();
            ticks.extend(replies(items).map(|reply| reply.expect("whole").header.tick.get()));
        }
        assert_eq!((next, ticks), (4099, (0..4096).collect()));
    }

    #[test]
    fn replies_cut_short_end_with_none() {
        let mut items = Vec::new();
        push_accepted(&mut items, 0, 1, 5, &[]);
        push_refused(
            &mut items,
            0,
            2,
            5,
            Refused { reason: Refusal::FundsShort, bet: NO_BET, acceptable: 4 },
        );
        let told = |bytes| -> Vec<_> {
            replies(bytes).map(|reply| reply.map(|reply| reply.header.tick.get())).collect()
        };
        assert_eq!(told(&items), [Some(1), Some(2)]);
        assert_eq!(told(&items[..items.len() - 1]), [Some(1), None]);
        assert_eq!(told(&[]), []);
    }
}
