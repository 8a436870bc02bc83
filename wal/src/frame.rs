//! One frame of the log: a tick, or a mark.
//!
//! ```text
//!   0      4      6      8                24       32       40       48      52      56
//!   ├──────┼──────┼──────┼────────────────┼────────┼────────┼────────┼───────┼───────┼──────────────┐
//!   │ kind │format│apply │    cluster     │ epoch  │  tick  │  time  │ count │ body  │body checksum │
//!   │      │      │ vers.│                │        │        │   ns   │       │ bytes │ CRC-64/NVME  │
//!   ├──────┴──────┴──────┴────────────────┼────────┼────────┼────────┼───────┴───────┼──────────────┘
//!   64    blake3 of the frame before      96      104      112      120             128
//!   │  (header and body, without padding) │durable │applied │applied │    header     │
//!   │                                     │   to   │  tick  │ digest │   checksum    │
//!   ├─────────────────────────────────────┴────────┴────────┴────────┴───────────────┤
//!   │ commands, `body_len` bytes                                                     │
//!   ├────────────────────────────────────────────────────────────────────────────────┤
//!   │ padding of 0xA5 up to the logical block: a written block is never all zeros    │
//!   └────────────────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! All numbers are little-endian. A *tick* frame carries the tick after the one before it, with zero or more
//! commands. A *mark* carries none, and repeats number and time of the last tick: the *epoch frame* that recovery
//! writes has a higher epoch than all before, the *closing mark* has the same epoch and only proves, by its
//! `durable_to`, that the last tick was durable. Marks are the log's own and are never handed out as ticks.

use zerocopy::little_endian::{U16, U32, U64, U128};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// The format that this crate writes, and the newest that it reads.
pub const FORMAT: u16 = 1;
/// First four bytes of a tick frame.
pub const TICK: u32 = u32::from_le_bytes(*b"TICK");
/// First four bytes of a mark.
pub const MARK: u32 = u32::from_le_bytes(*b"MARK");
/// Bytes of a frame before its commands.
pub const FRAME_HEADER_BYTES: usize = size_of::<FrameHeader>();
/// What fills a frame up to its last block.
pub const PADDING: u8 = 0xA5;
/// What a power cut leaves whole or not at all, whatever the block of the device: no device tears a smaller piece.
pub const SECTOR_BYTES: usize = 512;

const CHECKED_BYTES: usize = FRAME_HEADER_BYTES - size_of::<U64>();
const _: () = assert!(size_of::<FrameHeader>() == 128);
const _: () = assert!(FRAME_HEADER_BYTES <= SECTOR_BYTES, "a header is written whole or not at all");
const _: () = assert!(PADDING != 0);

/// The first 128 bytes of every frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct FrameHeader {
    /// [`TICK`] or [`MARK`].
    pub kind: U32,
    /// [`FORMAT`] of the writer.
    pub format: U16,
    /// Version of `apply` that the writer ran.
    pub apply_version: U16,
    /// The log to which the frame belongs.
    pub cluster: U128,
    /// Raised by every recovery: a frame of a lower epoch behind one of a higher is no continuation.
    pub epoch: U64,
    /// Number of the tick; a mark repeats that of the last tick, zero before the first.
    pub tick: U64,
    /// Time of the tick in nanoseconds since 1970; a mark repeats that of the last tick.
    pub time: U64,
    /// Commands in the body.
    pub count: U32,
    /// Bytes of the body, padding aside.
    pub body_len: U32,
    /// CRC-64/NVME of the body.
    pub body_checksum: U64,
    /// blake3 of the frame before, header and body; zeros in the first frame of a log.
    pub previous: [u8; 32],
    /// All ticks to this one were durable when the frame was written.
    pub durable_to: U64,
    /// Last tick that had been applied when the frame was written.
    pub applied_tick: U64,
    /// Digest of the state after `applied_tick`.
    pub applied_digest: U64,
    /// CRC-64/NVME of the 120 bytes before.
    pub header_checksum: U64,
}

impl FrameHeader {
    /// Whether the frame is the log's own mark instead of a tick.
    pub fn is_mark(&self) -> bool {
        self.kind.get() == MARK
    }

    /// Bytes of header and body.
    pub(crate) fn bytes(&self) -> usize {
        FRAME_HEADER_BYTES + self.body_len.get() as usize
    }

    fn checksum(&self) -> u64 {
        crc_fast::crc64_nvme(&self.as_bytes()[..CHECKED_BYTES])
    }
}

/// A surviving tick, as recovery hands it out: verified, and in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameView<'a> {
    /// The frame's header.
    pub header: &'a FrameHeader,
    /// `header.count` commands, back to back.
    pub commands: &'a [u8],
}

/// Where a frame ended up, and the link that the next one carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sealed {
    /// Bytes to write, a multiple of the block.
    pub padded: usize,
    /// blake3 of header and body.
    pub link: [u8; 32],
}

/// Completes a frame whose commands lie in `frame` behind the header: checksums, header, padding.
///
/// `header.body_len` says how many bytes of body there are. `frame` must reach to the end of the last block.
pub(crate) fn seal(frame: &mut [u8], mut header: FrameHeader, block_bytes: usize) -> Sealed {
    let bytes = header.bytes();
    let padded = bytes.next_multiple_of(block_bytes);
    header.body_checksum = U64::new(crc_fast::crc64_nvme(&frame[FRAME_HEADER_BYTES..bytes]));
    header.header_checksum = U64::new(header.checksum());
    frame[..FRAME_HEADER_BYTES].copy_from_slice(header.as_bytes());
    frame[bytes..padded].fill(PADDING);
    Sealed { padded, link: link(&frame[..bytes]) }
}

/// The link that the successor of this frame (header and body) carries.
pub(crate) fn link(frame: &[u8]) -> [u8; 32] {
    *blake3::hash(frame).as_bytes()
}

/// What lies at a block, judged by the bytes of the frame alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    /// The first sector is all zeros: never written, or zeroed again.
    Nothing,
    /// The first sector holds something, but no header whose checksum holds.
    NoHeader,
    /// A header of a format that this build does not know.
    Newer(u16),
    /// A header that holds, of a frame that ends behind `bytes`; so many bytes are needed to judge it.
    Longer(usize),
    /// A header that holds over a body that does not.
    NoBody(&'a FrameHeader),
    /// A frame whose checksums hold.
    Whole(FrameView<'a>),
}

/// Judges the frame that begins with `bytes`, which hold at least one sector.
pub(crate) fn find(bytes: &[u8]) -> Found<'_> {
    if is_zero(&bytes[..SECTOR_BYTES]) {
        return Found::Nothing;
    }
    let (header, rest) = match FrameHeader::ref_from_prefix(bytes) {
        Ok(found) => found,
        Err(_) => return Found::NoHeader,
    };
    // Kind, format, cluster and header checksum keep their places in every format, so that an old build can tell a
    // newer log from a damaged one.
    let is_frame = matches!(header.kind.get(), TICK | MARK);
    if !is_frame || header.header_checksum.get() != header.checksum() {
        return Found::NoHeader;
    }
    if header.format.get() != FORMAT {
        return Found::Newer(header.format.get());
    }
    let Some(body) = rest.get(..header.body_len.get() as usize) else { return Found::Longer(header.bytes()) };
    if crc_fast::crc64_nvme(body) != header.body_checksum.get() {
        return Found::NoBody(header);
    }
    Found::Whole(FrameView { header, commands: body })
}

/// Whether all of these bytes are zero.
pub(crate) fn is_zero(bytes: &[u8]) -> bool {
    // Whole words first: the scan behind the end of a log reads whole segments of zeros.
    let mut words = bytes.chunks_exact(32);
    words.by_ref().all(|word| word.iter().fold(0, |any, byte| any | byte) == 0)
        && words.remainder().iter().all(|byte| *byte == 0)
}

#[cfg(test)]
mod tests {
    use zerocopy::FromZeros;

    use super::*;

    fn header(body: &[u8]) -> FrameHeader {
        FrameHeader {
            kind: U32::new(TICK),
            format: U16::new(FORMAT),
            body_len: U32::new(body.len() as u32),
            count: U32::new(1),
            ..FrameHeader::new_zeroed()
        }
    }

    fn sealed(body: &[u8]) -> Vec<u8> {
        let mut frame = vec![0; 4096];
        frame[FRAME_HEADER_BYTES..][..body.len()].copy_from_slice(body);
        let sealed = seal(&mut frame, header(body), 512);
        frame.truncate(sealed.padded);
        frame
    }

    #[test]
    fn a_sealed_frame_is_found_whole() {
        let frame = sealed(&[7; 600]);
        assert_eq!(frame.len(), 1024);
        let Found::Whole(view) = find(&frame) else { panic!("{:?}", find(&frame)) };
        assert_eq!((view.header.count.get(), view.commands), (1, &[7; 600][..]));
    }

    #[test]
    fn any_changed_byte_is_seen_except_in_the_padding() {
        let frame = sealed(&[7; 600]);
        for at in 0..frame.len() {
            let mut changed = frame.clone();
            changed[at] ^= 1;
            let whole = matches!(find(&changed), Found::Whole(_));
            assert_eq!(whole, at >= FRAME_HEADER_BYTES + 600, "byte {at}");
        }
    }

    #[test]
    fn padding_leaves_no_sector_of_zeros() {
        // The header and 384 bytes fill one sector exactly; one byte more begins the next.
        for body in [0, 1, 384, 385] {
            let frame = sealed(&vec![0; body]);
            assert!(frame.chunks(SECTOR_BYTES).all(|sector| !is_zero(sector)), "{body}");
            assert_eq!(frame.len(), (FRAME_HEADER_BYTES + body).next_multiple_of(512));
        }
    }

    #[test]
    fn a_newer_format_is_told_from_damage() {
        let mut newer = FrameHeader { format: U16::new(FORMAT + 1), ..header(&[]) };
        newer.header_checksum = U64::new(newer.checksum());
        let mut frame = vec![PADDING; 512];
        frame[..FRAME_HEADER_BYTES].copy_from_slice(newer.as_bytes());
        assert_eq!(find(&frame), Found::Newer(FORMAT + 1));
        frame[5] ^= 1;
        assert_eq!(find(&frame), Found::NoHeader);
    }
}
