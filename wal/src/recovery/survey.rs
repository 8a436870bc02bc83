//! The segments of a log by their headers: all there, each in its place, all of one log.

use std::io;

use crate::disk::{Disk, Pages, Reader};
use crate::error::LogError;
use crate::frame::FORMAT;
use crate::segment::{NoSegment, SEGMENT_HEADER_BYTES, SegmentHeader};

/// A segment that exists and whose header holds.
pub(super) struct Segment {
    pub sequence: u64,
    pub file: String,
    pub header: SegmentHeader,
}

impl Segment {
    /// Where its last frame may end.
    pub(super) fn end(&self) -> u64 {
        self.header.segment_bytes.get()
    }

    pub(super) fn block_bytes(&self) -> u64 {
        u64::from(self.header.block_bytes.get())
    }
}

/// Reads every header. The log begins with segment 1 and has no gaps.
pub(super) fn survey<D: Disk>(
    disk: &D,
    sequences: &[u64],
    cluster: Option<u128>,
) -> Result<Vec<Segment>, LogError> {
    let mut reader = disk.reader();
    let mut segments: Vec<Segment> = Vec::with_capacity(sequences.len());
    for (expected, &sequence) in (1..).zip(sequences) {
        let file = disk.file(sequence);
        if sequence != expected {
            return Err(LogError::SegmentMissing { file: disk.file(expected) });
        }
        let header = read_header(&mut reader, sequence, &file)?;
        let holds = header.sequence.get();
        if holds != sequence {
            let other = disk.file(holds);
            let is_double = sequences.contains(&holds)
                && read_header(&mut reader, holds, &other).is_ok_and(|other| other == header);
            return Err(match is_double {
                true => LogError::SegmentDoubled { file, other, sequence: holds },
                false => LogError::SegmentMisplaced { file, holds },
            });
        }
        let found = bytes(&mut reader, sequence, &file)?;
        if found != header.segment_bytes.get() {
            return Err(LogError::SegmentSize { file, found, expected: header.segment_bytes.get() });
        }
        let expected = segments.first().map(|first| first.header.cluster.get()).or(cluster);
        let found = header.cluster.get();
        if let Some(expected) = [cluster, expected].into_iter().flatten().find(|expected| *expected != found)
        {
            return Err(LogError::ClusterForeign { file, offset: 0, found, expected });
        }
        segments.push(Segment { sequence, file, header });
    }
    Ok(segments)
}

fn bytes(reader: &mut impl Reader, sequence: u64, file: &str) -> Result<u64, LogError> {
    let found = reader.bytes(sequence);
    found.map_err(|source| LogError::Disk { action: "read", file: file.to_owned(), source })
}

fn read_header(reader: &mut impl Reader, sequence: u64, file: &str) -> Result<SegmentHeader, LogError> {
    let file = file.to_owned();
    let found = bytes(reader, sequence, &file)?;
    if found < SEGMENT_HEADER_BYTES as u64 {
        return Err(LogError::SegmentSize { file, found, expected: SEGMENT_HEADER_BYTES as u64 });
    }
    let mut page = Pages::new(SEGMENT_HEADER_BYTES);
    match reader.read(sequence, 0, &mut page) {
        Ok(()) => {}
        Err(source) if source.kind() == io::ErrorKind::UnexpectedEof => {
            return Err(LogError::SegmentHeader { file });
        }
        Err(source) => return Err(LogError::Disk { action: "read", file, source }),
    }
    SegmentHeader::read(&page).map_err(|no| match no {
        NoSegment::Damaged => LogError::SegmentHeader { file },
        NoSegment::Newer(found) => LogError::FormatNewer { file, offset: 0, found, known: FORMAT },
    })
}
