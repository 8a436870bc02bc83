//! Finds the frames in a stream that arrives in arbitrary chunks.

use bytes::{Buf, BytesMut};
use zerocopy::FromBytes;

use crate::frame::{FrameHeader, FramingFault, HEADER_BYTES};

/// Memory taken at once; a buffer serves several frames before the next is allocated.
const BUFFER_BYTES: usize = 128 * 1024;

/// A whole frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The first 16 bytes.
    pub header: FrameHeader,
    /// The rest. It can be written to: the edge stamps commands where they lie.
    pub body: BytesMut,
}

/// Takes chunks, gives frames. What it holds never passes one chunk and the longest frame.
#[derive(Debug, Default)]
pub struct Splitter {
    buffer: BytesMut,
}

impl Splitter {
    /// Nothing received yet.
    pub fn new() -> Splitter {
        Splitter::default()
    }

    /// Takes the next chunk of the stream.
    pub fn push(&mut self, chunk: &[u8]) {
        if self.buffer.capacity() - self.buffer.len() < chunk.len() {
            self.buffer.reserve(chunk.len().max(BUFFER_BYTES));
        }
        self.buffer.extend_from_slice(chunk);
    }

    /// The next whole frame, or `None` until more has come.
    ///
    /// # Errors
    /// A length field after which no frame can be found; told as soon as the header is there, however much the frame
    /// pretends to have. The same fault is told ever after.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FramingFault> {
        let Ok((&header, _)) = FrameHeader::ref_from_prefix(&self.buffer) else {
            return Ok(None);
        };
        let len = header.checked_len()?;
        if self.buffer.len() < len {
            return Ok(None);
        }
        let mut body = self.buffer.split_to(len);
        body.advance(HEADER_BYTES);
        Ok(Some(Frame { header, body }))
    }

    /// Says whether the stream may end here.
    ///
    /// # Errors
    /// If a frame has begun.
    pub fn finish(&self) -> Result<(), FramingFault> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let whole = match FrameHeader::ref_from_prefix(&self.buffer) {
            Ok((header, _)) => header.checked_len()?,
            Err(_) => HEADER_BYTES,
        };
        Err(FramingFault::CutShort { missing: whole.saturating_sub(self.buffer.len()) as u32 })
    }
}
