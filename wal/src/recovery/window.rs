//! A moving view of the log's bytes, read in large aligned pieces.

use super::survey::Segment;
use crate::disk::{Pages, Reader};
use crate::error::LogError;

/// Bytes read at once. Large enough that direct reads run at the disk's full speed.
const CHUNK_BYTES: u64 = 4 << 20;
/// Smallest piece that every disk reads.
const PAGE_BYTES: u64 = 4096;

/// Part of one segment.
pub(super) struct Window<R> {
    reader: R,
    pages: Pages,
    segment: u64,
    base: u64,
    filled: u64,
}

impl<R: Reader> Window<R> {
    pub(super) fn new(reader: R) -> Window<R> {
        Window { reader, pages: Pages::new(1), segment: 0, base: 0, filled: 0 }
    }

    /// The segment's bytes from `offset` on: at least `needed`, if the segment has as many, and up to a chunk.
    pub(super) fn from(&mut self, segment: &Segment, offset: u64, needed: u64) -> Result<&[u8], LogError> {
        let wanted = (offset + needed).min(segment.end());
        let is_here = self.segment == segment.sequence && self.base <= offset;
        if !is_here || wanted > self.base + self.filled {
            self.load(segment, offset, needed)?;
        }
        Ok(&self.pages[(offset - self.base) as usize..self.filled as usize])
    }

    /// Where the byte at `offset`, which is in view, lies in the memory that [`Window::take`] gives away.
    pub(super) fn place_of(&self, offset: u64) -> usize {
        (offset - self.base) as usize
    }

    /// Gives the memory in view away; what is read next goes into `spare` if there is enough of it.
    pub(super) fn take(&mut self, spare: Option<Pages>) -> Pages {
        self.filled = 0;
        std::mem::replace(&mut self.pages, spare.unwrap_or_else(|| Pages::new(1)))
    }

    fn load(&mut self, segment: &Segment, offset: u64, needed: u64) -> Result<(), LogError> {
        let end = segment.end();
        let base = (offset / PAGE_BYTES * PAGE_BYTES).min(end - PAGE_BYTES);
        let wanted = (offset - base + needed).next_multiple_of(PAGE_BYTES).max(CHUNK_BYTES);
        let filled = wanted.min(end - base);
        if (self.pages.len() as u64) < filled {
            self.pages = Pages::new(filled as usize);
        }
        (self.segment, self.base, self.filled) = (segment.sequence, base, 0);
        let into = &mut self.pages[..filled as usize];
        self.reader.read(segment.sequence, base, into).map_err(|source| LogError::Disk {
            action: "read",
            file: segment.file.clone(),
            source,
        })?;
        self.filled = filled;
        Ok(())
    }
}
