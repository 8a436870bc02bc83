//! Frames written through io_uring: registered buffers, several writes in flight, each durable when it completes.
//!
//! One thread makes the ring, submits to it and reaps it; there is no polling thread and no polled IO, so that two
//! cores suffice. An eventfd, polled through the ring, lets other threads end a wait.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::time::Duration;

use io_uring::types::{Fd, SubmitArgs, Timespec};
use io_uring::{IoUring, Probe, cqueue, opcode, squeue};

use super::aligned::Buffers;
use super::blocking::rw_flags;
use super::event::Event;
use super::{Completion, Durability, Waker, Write};

/// Marks completions of the poll on the eventfd; buffers are numbered from zero.
const WAKE: u64 = u64::MAX;

/// A ring, and the buffers registered with it.
pub(super) struct Uring {
    ring: IoUring,
    buffers: Buffers,
    event: Event,
    is_polling: bool,
    /// Writes that the kernel has or will have: it may read their buffers until they complete.
    in_flight: usize,
    /// Writes that could not be handed to the kernel, to be reported as ended.
    refused: Vec<Completion>,
}

/// Why io_uring cannot be used here.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoUring {
    #[error("io_uring_setup: {0}")]
    Setup(io::Error),
    #[error("the kernel's io_uring lacks {0}")]
    Lacks(&'static str),
    #[error("registering {bytes} bytes of buffers: {source} (RLIMIT_MEMLOCK bounds them)")]
    Register { bytes: usize, source: io::Error },
    #[error("a trial write: {0}")]
    Trial(io::Error),
}

impl Uring {
    /// Makes a ring, registers the buffers, and writes the first of them to `trial` to see that it works.
    pub(super) fn new(buffers: Buffers, trial: &File, trial_bytes: usize) -> Result<Uring, NoUring> {
        let count = buffers.pages().len();
        let ring = ring(count).map_err(NoUring::Setup)?;
        check(&ring)?;
        let pieces: Vec<libc::iovec> = buffers
            .pages()
            .iter()
            .map(|pages| libc::iovec { iov_base: pages.as_ptr().cast_mut().cast(), iov_len: pages.len() })
            .collect();
        // SAFETY: the buffers move into the same struct as the ring, whose drop waits for every write, and are not
        // reallocated: `Pages` stays where it was made.
        unsafe { ring.submitter().register_buffers(&pieces) }.map_err(|source| NoUring::Register {
            bytes: pieces.iter().map(|piece| piece.iov_len).sum(),
            source,
        })?;
        let event = Event::new().map_err(NoUring::Setup)?;
        let mut uring = Uring { ring, buffers, event, is_polling: false, in_flight: 0, refused: Vec::new() };
        uring.try_write(trial, trial_bytes).map_err(NoUring::Trial)?;
        Ok(uring)
    }

    pub(super) fn buffers(&self) -> &Buffers {
        &self.buffers
    }

    pub(super) fn buffers_mut(&mut self) -> &mut Buffers {
        &mut self.buffers
    }

    pub(super) fn write(&mut self, file: &File, write: Write) {
        let bytes = self.buffers.lend(write.buffer, write.bytes);
        let entry = write_entry(file, bytes, &write);
        // SAFETY: the buffer is lent until its completion is reaped; it is never freed before, for the drop of
        // `Uring` waits for all completions. The file may be closed earlier: the kernel takes its own reference when
        // it takes the entry, in the submission below.
        let pushed = unsafe { self.ring.submission().push(&entry) };
        if pushed.is_err() {
            // The queue has a place for every buffer, so this means that the kernel took none of the last ones.
            self.buffers.give_back(write.buffer);
            self.refused.push(Completion { buffer: write.buffer, result: Err(libc::EBUSY) });
            return;
        }
        self.in_flight += 1;
        if let Err(error) = self.submit() {
            // The entry may still reach the kernel. Its buffer stays lent, and the log hears of a failed write.
            let result = Err(error.raw_os_error().unwrap_or(libc::EIO));
            self.refused.push(Completion { buffer: write.buffer, result });
        }
    }

    /// Reports a write as refused: its file could not be opened.
    pub(super) fn refuse(&mut self, buffer: usize, error: io::Error) {
        self.refused.push(Completion { buffer, result: Err(error.raw_os_error().unwrap_or(libc::EIO)) });
    }

    pub(super) fn reap(&mut self, each: &mut dyn FnMut(Completion)) {
        self.refused.drain(..).for_each(&mut *each);
        if self.ring.submission().taskrun() {
            // Ended writes wait in the kernel to be posted; any entry to it posts them. If it fails, they are posted
            // by the next one.
            let _ = self.submit();
        }
        let Uring { ring, buffers, is_polling, in_flight, .. } = self;
        for entry in ring.completion() {
            if entry.user_data() == WAKE {
                *is_polling = cqueue::more(entry.flags());
                continue;
            }
            let buffer = entry.user_data() as usize;
            *in_flight -= 1;
            buffers.give_back(buffer);
            let result = usize::try_from(entry.result()).map_err(|_| -entry.result());
            each(Completion { buffer, result });
        }
    }

    /// One system call: it submits, waits and counts the timeout.
    pub(super) fn wait(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        if !self.refused.is_empty() {
            return Ok(());
        }
        if !self.is_polling {
            let entry = opcode::PollAdd::new(Fd(self.event.fd()), libc::POLLIN as u32).multi(true).build();
            // SAFETY: a poll touches no memory of ours, and the eventfd lives as long as the ring.
            self.is_polling = unsafe { self.ring.submission().push(&entry.user_data(WAKE)) }.is_ok();
        }
        if !self.ring.completion().is_empty() {
            return Ok(());
        }
        let ended = match timeout {
            None => self.ring.submit_and_wait(1),
            Some(timeout) => {
                let timeout = Timespec::from(timeout);
                self.ring.submitter().submit_with_args(1, &SubmitArgs::new().timespec(&timeout))
            }
        };
        match ended.err().and_then(|error| error.raw_os_error()) {
            None | Some(libc::ETIME | libc::EINTR | libc::EAGAIN | libc::EBUSY) => Ok(()),
            Some(errno) => Err(io::Error::from_raw_os_error(errno)),
        }
    }

    pub(super) fn waker(&self) -> Waker {
        self.event.waker()
    }

    fn submit(&mut self) -> io::Result<()> {
        loop {
            match self.ring.submit() {
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The kernel is short of memory or of completion entries: the next call submits what is left.
                Err(error) if matches!(error.raw_os_error(), Some(libc::EAGAIN | libc::EBUSY)) => {
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn try_write(&mut self, trial: &File, bytes: usize) -> io::Result<()> {
        let durability = Durability::OnCompletion;
        self.write(trial, Write { buffer: 0, bytes, segment: 0, offset: 0, durability });
        let mut ended = None;
        while ended.is_none() {
            self.wait(None)?;
            self.reap(&mut |completion| ended = Some(completion.result));
        }
        match ended {
            Some(Ok(written)) if written == bytes => Ok(()),
            Some(Err(errno)) => Err(io::Error::from_raw_os_error(errno)),
            _ => Err(io::ErrorKind::WriteZero.into()),
        }
    }
}

impl Drop for Uring {
    fn drop(&mut self) {
        // The kernel may read lent buffers until their writes complete: memory given back earlier could be written
        // to disk with what its next owner puts there.
        while self.in_flight > 0 {
            if self.wait(None).is_err() {
                let buffers = std::mem::replace(&mut self.buffers, Buffers::new(0, 0));
                std::mem::forget(buffers);
                return;
            }
            self.refused.clear();
            self.reap(&mut |_| {});
        }
    }
}

fn ring(buffers: usize) -> io::Result<IoUring> {
    // A place for every buffer and for the poll. Completions are posted when this thread enters the kernel anyway,
    // instead of by interrupting it; the flag in the ring says when there are any.
    let entries = (buffers + 2).next_power_of_two() as u32;
    let tuned = IoUring::builder()
        .setup_single_issuer()
        .setup_coop_taskrun()
        .setup_taskrun_flag()
        .setup_cqsize(entries * 4)
        .build(entries);
    match tuned {
        // Linux before 6.0 knows none of this.
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => IoUring::new(entries),
        other => other,
    }
}

fn check(ring: &IoUring) -> Result<(), NoUring> {
    if !ring.params().is_feature_ext_arg() {
        return Err(NoUring::Lacks("waits with a timeout (Linux 5.11)"));
    }
    // Multishot polls have no feature bit of their own; they came with resource tagging.
    if !ring.params().is_feature_resource_tagging() {
        return Err(NoUring::Lacks("multishot polls (Linux 5.13)"));
    }
    let mut probe = Probe::new();
    ring.submitter().register_probe(&mut probe).map_err(NoUring::Setup)?;
    if !probe.is_supported(opcode::WriteFixed::CODE) || !probe.is_supported(opcode::PollAdd::CODE) {
        return Err(NoUring::Lacks("fixed writes or polls"));
    }
    Ok(())
}

fn write_entry(file: &File, bytes: &[u8], write: &Write) -> squeue::Entry {
    opcode::WriteFixed::new(Fd(file.as_raw_fd()), bytes.as_ptr(), bytes.len() as u32, write.buffer as u16)
        .offset(write.offset)
        .rw_flags(rw_flags(write.durability))
        .build()
        .user_data(write.buffer as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The submission entry, byte for byte as the kernel reads it: `rw_flags` are its bytes 28 to 31.
    #[test]
    fn a_durable_write_carries_the_flag_to_the_kernel() {
        let file = tempfile::tempfile().expect("a temporary file");
        let flags = [Durability::OnCompletion, Durability::AtSync].map(|durability| {
            let write = Write { buffer: 3, bytes: 512, segment: 1, offset: 4096, durability };
            let entry = write_entry(&file, &[0; 512], &write);
            // SAFETY: an entry is 64 plain bytes without padding (`io_uring_sqe`), and any 64 bytes are an array.
            let bytes: [u8; 64] = unsafe { std::mem::transmute(entry) };
            i32::from_le_bytes(bytes[28..32].try_into().expect("four bytes"))
        });
        assert_eq!(flags, [libc::RWF_DSYNC, 0]);
    }
}
