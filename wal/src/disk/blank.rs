//! Segments made ahead of their use, on a thread of their own: preallocated, filled with zeros, synced, named.
//!
//! A write into a file that was only preallocated changes the file system's own records too, and stalls for
//! milliseconds; a write into zeros that were written before does not.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use zerocopy::IntoBytes;

use super::aligned::Pages;
use super::blocking::write_at;
use super::directory::Directory;
use super::{Durability, Preparation, Progress};
use crate::segment::{SEGMENT_HEADER_BYTES, SegmentHeader};

/// Zeros go out in pieces of this size, small enough that a frame does not wait long behind one.
const PIECE_BYTES: usize = 128 << 10;
/// While the log is slow, the disk is left to its frames: a piece goes out this often, 32 MiB a second.
const PAUSE: Duration = Duration::from_millis(4);
/// The part of the next segment that is filled stays ahead of the part of the current one that is used by this much;
/// where it is behind, pieces follow one another with no more than their own time between them.
const LEAD_BYTES: u64 = 8 << 20;
/// How long after a failure the next attempt follows.
const RETRY: Duration = Duration::from_secs(1);

/// The maker of segments.
pub(super) struct Blanks {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    directory: Directory,
    wanted: Mutex<Wanted>,
    changed: Condvar,
    /// [`Progress`] of both as one word each, so that the log's thread can look without waiting.
    next: AtomicI64,
    reserve: AtomicI64,
    is_urgent: AtomicBool,
    is_over: AtomicBool,
    /// Bytes of the current segment that are used.
    used: AtomicU64,
}

#[derive(Default)]
struct Wanted {
    next: Option<SegmentHeader>,
    reserve: Option<u64>,
}

const IDLE: i64 = 0;
const MAKING: i64 = 1;
const READY: i64 = 2;

impl Blanks {
    pub(super) fn new(directory: Directory) -> io::Result<Blanks> {
        let shared = Arc::new(Shared {
            directory,
            wanted: Mutex::default(),
            changed: Condvar::new(),
            next: AtomicI64::new(IDLE),
            reserve: AtomicI64::new(IDLE),
            is_urgent: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
            used: AtomicU64::new(0),
        });
        let maker = Arc::clone(&shared);
        let thread = thread::Builder::new().name("tote-segments".into()).spawn(move || maker.run())?;
        Ok(Blanks { shared, thread: Some(thread) })
    }

    pub(super) fn prepare(&self, header: &SegmentHeader) {
        let mut wanted = self.shared.lock();
        let exists = self.shared.directory.segment(header.sequence.get()).exists();
        wanted.next = (!exists).then_some(*header);
        self.shared.next.store(if exists { READY } else { MAKING }, Ordering::Release);
        self.shared.changed.notify_all();
    }

    pub(super) fn prepare_reserve(&self, bytes: u64) {
        let mut wanted = self.shared.lock();
        let exists = fs::metadata(self.shared.directory.reserve()).is_ok_and(|file| file.len() == bytes);
        wanted.reserve = (!exists).then_some(bytes);
        self.shared.reserve.store(if exists { READY } else { MAKING }, Ordering::Release);
        self.shared.changed.notify_all();
    }

    /// Tells how much of the current segment is used, which is what filling the next keeps pace with.
    pub(super) fn used(&self, bytes: u64) {
        self.shared.used.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn preparation(&self) -> Preparation {
        Preparation { next: progress(&self.shared.next), reserve: progress(&self.shared.reserve) }
    }

    pub(super) fn wait_next(&self) {
        self.shared.is_urgent.store(true, Ordering::Relaxed);
        let mut wanted = self.shared.lock();
        self.shared.changed.notify_all();
        while progress(&self.shared.next) == Progress::Making {
            wanted = self.shared.changed.wait(wanted).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        self.shared.is_urgent.store(false, Ordering::Relaxed);
    }

    pub(super) fn spend_reserve(&self, header: &SegmentHeader) -> io::Result<()> {
        // The lock keeps the maker from giving the same name to a segment of its own.
        let mut wanted = self.shared.lock();
        let directory = &self.shared.directory;
        let file = directory.open_to_write(&directory.reserve())?;
        write_header(&file, header)?;
        directory.rename(&directory.reserve(), &directory.segment(header.sequence.get()))?;
        wanted.next = None;
        self.shared.next.store(IDLE, Ordering::Release);
        self.shared.reserve.store(IDLE, Ordering::Release);
        Ok(())
    }
}

impl Drop for Blanks {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        drop(self.shared.lock());
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // A panic there was reported when it happened.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn run(&self) {
        let mut wanted = self.lock();
        while !self.is_over.load(Ordering::Relaxed) {
            // The next comes first, for the log will stand still for want of it. If there is no room for it, the
            // reserve is tried: it may be smaller.
            let is_failing = !self.is_urgent.load(Ordering::Relaxed)
                && matches!(progress(&self.next), Progress::Failed(_));
            let (state, bytes) = match (wanted.next, wanted.reserve) {
                (Some(header), reserve) if !is_failing || reserve.is_none() => {
                    (&self.next, header.segment_bytes.get())
                }
                (_, Some(bytes)) => (&self.reserve, bytes),
                _ => {
                    wanted = self.changed.wait(wanted).unwrap_or_else(|poisoned| poisoned.into_inner());
                    continue;
                }
            };
            drop(wanted);
            let made = self.make(bytes);
            wanted = self.lock();
            let named = made.and_then(|file| self.name(file, bytes, &mut wanted));
            if let Err(error) = named {
                // Room is what is short: leave none of it behind. That may fail too, and is tried again.
                let _ = fs::remove_file(self.directory.blank());
                state.store(-i64::from(error.raw_os_error().unwrap_or(libc::EIO)), Ordering::Release);
                self.changed.notify_all();
                wanted = self.pause(wanted);
            }
        }
    }

    /// A file of zeros, without a name of its own yet.
    fn make(&self, bytes: u64) -> io::Result<File> {
        let path = self.directory.blank();
        File::create(&path)?;
        let file = self.directory.open_to_write(&path)?;
        preallocate(&file, bytes)?;
        let zeros = Pages::new(PIECE_BYTES);
        let mut offset = 0;
        while offset < bytes {
            if self.is_over.load(Ordering::Relaxed) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let begun = Instant::now();
            let piece = (bytes - offset).min(PIECE_BYTES as u64) as usize;
            offset += write_all(&file, &zeros[..piece], offset, Durability::AtSync)? as u64;
            if !self.is_urgent.load(Ordering::Relaxed) {
                // A quarter more than the log's own pace, so that the segment is ready before it is needed.
                let used = self.used.load(Ordering::Relaxed);
                let is_ahead = offset > used + used / 4 + LEAD_BYTES;
                thread::sleep(if is_ahead { PAUSE } else { begun.elapsed().min(PAUSE) });
            }
        }
        file.sync_all()?;
        Ok(file)
    }

    /// Makes of the blank file what is wanted by now, of this size; what is not wanted any more is left to the next.
    fn name(&self, file: File, bytes: u64, wanted: &mut Wanted) -> io::Result<()> {
        let (blank, directory) = (self.directory.blank(), &self.directory);
        if let Some(header) = wanted.next.filter(|header| header.segment_bytes.get() == bytes) {
            write_header(&file, &header)?;
            directory.rename(&blank, &directory.segment(header.sequence.get()))?;
            wanted.next = None;
            self.next.store(READY, Ordering::Release);
        } else if wanted.reserve == Some(bytes) {
            directory.rename(&blank, &directory.reserve())?;
            wanted.reserve = None;
            self.reserve.store(READY, Ordering::Release);
        }
        self.changed.notify_all();
        Ok(())
    }

    fn pause<'a>(&self, wanted: MutexGuard<'a, Wanted>) -> MutexGuard<'a, Wanted> {
        if self.is_over.load(Ordering::Relaxed) {
            return wanted;
        }
        self.changed.wait_timeout(wanted, RETRY).unwrap_or_else(|poisoned| poisoned.into_inner()).0
    }

    fn lock(&self) -> MutexGuard<'_, Wanted> {
        self.wanted.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

fn progress(state: &AtomicI64) -> Progress {
    match state.load(Ordering::Acquire) {
        IDLE => Progress::Idle,
        MAKING => Progress::Making,
        READY => Progress::Ready,
        errno => Progress::Failed(-errno as i32),
    }
}

fn write_header(file: &File, header: &SegmentHeader) -> io::Result<()> {
    let mut block = Pages::new(SEGMENT_HEADER_BYTES);
    block[..size_of::<SegmentHeader>()].copy_from_slice(header.as_bytes());
    write_all(file, &block, 0, Durability::OnCompletion)?;
    Ok(())
}

fn write_all(file: &File, bytes: &[u8], offset: u64, durability: Durability) -> io::Result<usize> {
    match write_at(file, bytes, offset, durability) {
        Ok(written) if written == bytes.len() => Ok(written),
        // Direct IO writes less than a piece only when the disk is full.
        Ok(_) => Err(io::Error::from_raw_os_error(libc::ENOSPC)),
        Err(errno) => Err(io::Error::from_raw_os_error(errno)),
    }
}

/// Takes the room at once, so that a full disk is known before it is filled, and the file lies in one piece.
fn preallocate(file: &File, bytes: u64) -> io::Result<()> {
    // SAFETY: `fallocate` takes an open descriptor and integers, and touches no memory of ours.
    let result = unsafe { libc::fallocate(file.as_raw_fd(), 0, 0, bytes as libc::off_t) };
    if result == 0 {
        return Ok(());
    }
    match io::Error::last_os_error() {
        // Not every file system can; the zeros take the room then.
        error if matches!(error.raw_os_error(), Some(libc::EOPNOTSUPP | libc::ENOSYS)) => Ok(()),
        error => Err(error),
    }
}
