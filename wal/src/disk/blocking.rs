//! Frames written with `pwritev2`, one after the other, on the log's own thread: for systems that refuse io_uring.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::time::Duration;

use super::aligned::Buffers;
use super::event::Event;
use super::{Completion, Durability, Waker, Write};

/// The plain way to write frames.
pub(super) struct Blocking {
    buffers: Buffers,
    event: Event,
    ended: Vec<Completion>,
}

impl Blocking {
    pub(super) fn new(buffers: Buffers) -> io::Result<Blocking> {
        Ok(Blocking { buffers, event: Event::new()?, ended: Vec::new() })
    }

    pub(super) fn buffers(&self) -> &Buffers {
        &self.buffers
    }

    pub(super) fn buffers_mut(&mut self) -> &mut Buffers {
        &mut self.buffers
    }

    pub(super) fn write(&mut self, file: &File, write: Write) {
        let bytes = &self.buffers.get(write.buffer)[..write.bytes];
        let result = write_at(file, bytes, write.offset, write.durability);
        self.ended.push(Completion { buffer: write.buffer, result });
    }

    /// Reports a write as refused: its file could not be opened.
    pub(super) fn refuse(&mut self, buffer: usize, error: io::Error) {
        self.ended.push(Completion { buffer, result: Err(error.raw_os_error().unwrap_or(libc::EIO)) });
    }

    pub(super) fn reap(&mut self, each: &mut dyn FnMut(Completion)) {
        self.ended.drain(..).for_each(each);
    }

    pub(super) fn wait(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        if self.ended.is_empty() { self.event.wait(timeout) } else { Ok(()) }
    }

    pub(super) fn waker(&self) -> Waker {
        self.event.waker()
    }
}

/// Writes once; how many bytes it took, or the error number. Durability is a flag of this very write, so that a
/// failed sync cannot be taken for that of another write.
pub(super) fn write_at(file: &File, bytes: &[u8], offset: u64, durability: Durability) -> Result<usize, i32> {
    let piece = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    let flags = rw_flags(durability);
    loop {
        // SAFETY: `piece` names `bytes`, which is borrowed for the whole call and only read by it.
        let written = unsafe { libc::pwritev2(file.as_raw_fd(), &piece, 1, offset as libc::off_t, flags) };
        if let Ok(written) = usize::try_from(written) {
            return Ok(written);
        }
        // A signal that came before the first byte: nothing was written, so that trying again is no lie.
        match io::Error::last_os_error().raw_os_error() {
            Some(libc::EINTR) => {}
            errno => return Err(errno.unwrap_or(libc::EIO)),
        }
    }
}

/// The flags of a write, for `pwritev2` and io_uring alike.
pub(super) fn rw_flags(durability: Durability) -> i32 {
    match durability {
        Durability::OnCompletion => libc::RWF_DSYNC,
        Durability::AtSync => 0,
    }
}
