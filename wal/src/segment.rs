//! The first block of every segment file: which log, which place in it, and the measures that recovery judges by.
//!
//! ```text
//!   0          8      10     12     16                32         40         48      52      56         64
//!   ├──────────┼──────┼──────┼──────┼─────────────────┼──────────┼──────────┼───────┼───────┼──────────┤
//!   │ TOTE-LOG │format│ zero │block │     cluster     │ sequence │ segment  │frames │ frame │ checksum │
//!   │          │      │      │bytes │                 │          │  bytes   │in fl. │ bytes │          │
//!   └──────────┴──────┴──────┴──────┴─────────────────┴──────────┴──────────┴───────┴───────┴──────────┘
//! ```
//!
//! Zeros up to byte 4096; there the frames begin, each at a multiple of `block_bytes`. The file is made whole under
//! another name, filled with zeros, synced and only then renamed: a segment that exists has a header that holds.

use zerocopy::little_endian::{U16, U32, U64, U128};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::frame::FORMAT;

/// Bytes of a segment before its first frame; every device's block divides them.
pub const SEGMENT_HEADER_BYTES: usize = 4096;
const MAGIC: u64 = u64::from_le_bytes(*b"TOTE-LOG");
const CHECKED_BYTES: usize = size_of::<SegmentHeader>() - size_of::<U64>();
const _: () = assert!(size_of::<SegmentHeader>() == 64);

/// The first 64 bytes of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct SegmentHeader {
    magic: U64,
    format: U16,
    zero: U16,
    /// Logical block of the device that the segment was made for: frames begin at multiples of it.
    pub block_bytes: U32,
    /// The log to which the segment belongs.
    pub cluster: U128,
    /// Place of the segment in the log, from 1; its file bears the same number.
    pub sequence: U64,
    /// Bytes of the file, this header included.
    pub segment_bytes: U64,
    /// K: no more frames than this are ever in flight while the segment is written.
    pub frames_in_flight_max: U32,
    /// No frame in the segment is longer, padding included.
    pub frame_bytes_max: U32,
    checksum: U64,
}

/// The measures of a segment; two segments of equal measures may follow each other in one run of the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Measures {
    pub cluster: u128,
    pub block_bytes: u32,
    pub segment_bytes: u64,
    pub frames_in_flight_max: u32,
    pub frame_bytes_max: u32,
}

/// Why the first bytes of a file are no segment header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoSegment {
    /// Magic or checksum do not hold, or the measures contradict each other.
    Damaged,
    /// A format of a later build.
    Newer(u16),
}

impl SegmentHeader {
    pub(crate) fn new(sequence: u64, measures: &Measures) -> SegmentHeader {
        let mut header = SegmentHeader {
            magic: U64::new(MAGIC),
            format: U16::new(FORMAT),
            zero: U16::ZERO,
            block_bytes: U32::new(measures.block_bytes),
            cluster: U128::new(measures.cluster),
            sequence: U64::new(sequence),
            segment_bytes: U64::new(measures.segment_bytes),
            frames_in_flight_max: U32::new(measures.frames_in_flight_max),
            frame_bytes_max: U32::new(measures.frame_bytes_max),
            checksum: U64::ZERO,
        };
        header.checksum = U64::new(header.sum());
        header
    }

    /// Reads the header from the first bytes of a segment.
    pub(crate) fn read(bytes: &[u8]) -> Result<SegmentHeader, NoSegment> {
        let (header, _) = SegmentHeader::read_from_prefix(bytes).map_err(|_| NoSegment::Damaged)?;
        // Magic, format and checksum keep their places in every format.
        if header.magic.get() != MAGIC || header.checksum.get() != header.sum() {
            return Err(NoSegment::Damaged);
        }
        if header.format.get() != FORMAT {
            return Err(NoSegment::Newer(header.format.get()));
        }
        let block = header.block_bytes.get() as usize;
        let is_sound = block.is_power_of_two()
            && (512..=SEGMENT_HEADER_BYTES).contains(&block)
            && header.segment_bytes.get().is_multiple_of(SEGMENT_HEADER_BYTES as u64)
            && header.segment_bytes.get() > SEGMENT_HEADER_BYTES as u64
            && header.frames_in_flight_max.get() > 0;
        if is_sound { Ok(header) } else { Err(NoSegment::Damaged) }
    }

    pub(crate) fn measures(&self) -> Measures {
        Measures {
            cluster: self.cluster.get(),
            block_bytes: self.block_bytes.get(),
            segment_bytes: self.segment_bytes.get(),
            frames_in_flight_max: self.frames_in_flight_max.get(),
            frame_bytes_max: self.frame_bytes_max.get(),
        }
    }

    fn sum(&self) -> u64 {
        crc_fast::crc64_nvme(&self.as_bytes()[..CHECKED_BYTES])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEASURES: Measures = Measures {
        cluster: 7,
        block_bytes: 512,
        segment_bytes: 65536,
        frames_in_flight_max: 4,
        frame_bytes_max: 8192,
    };

    #[test]
    fn a_header_is_read_as_it_was_made() {
        let header = SegmentHeader::new(3, &MEASURES);
        let read = SegmentHeader::read(header.as_bytes()).expect("it was just made");
        assert_eq!((read.sequence.get(), read.measures()), (3, MEASURES));
    }

    #[test]
    fn any_changed_byte_is_damage() {
        let header = SegmentHeader::new(3, &MEASURES);
        for at in 0..size_of::<SegmentHeader>() {
            let mut bytes = header.as_bytes().to_vec();
            bytes[at] ^= 0x80;
            assert_eq!(SegmentHeader::read(&bytes), Err(NoSegment::Damaged), "byte {at}");
        }
    }

    #[test]
    fn a_newer_format_is_named() {
        let mut header = SegmentHeader { format: U16::new(9), ..SegmentHeader::new(3, &MEASURES) };
        header.checksum = U64::new(header.sum());
        assert_eq!(SegmentHeader::read(header.as_bytes()), Err(NoSegment::Newer(9)));
    }
}
