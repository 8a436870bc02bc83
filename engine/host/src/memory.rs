//! Has the system back the ledger's arena ahead of its use, so that the shard does not wait for first touches.
//!
//! A thread of its own asks for what comes next, a little at a time, and stays a fixed distance ahead of what is in
//! use. Asking changes no byte, so it needs no agreement with the shard that fills the pages meanwhile.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use engine::Arena;

/// How far ahead of its use memory is backed: what a third of a second of a million bets fills.
const AHEAD_BYTES: usize = 32 << 20;
/// Asked for at a time: one huge page, so that the system's lock is never held for long.
const STEP_BYTES: usize = 2 << 20;
/// Between two looks while the ledger grows, and while it does not.
const BUSY: Duration = Duration::from_millis(1);
const IDLE: Duration = Duration::from_millis(20);

/// The thread that backs an arena; ends when dropped.
pub(crate) struct Backing {
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Backing {
    /// Starts to back `arena`.
    pub(crate) fn start(arena: Arena) -> io::Result<Backing> {
        let is_over = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&is_over);
        let builder = std::thread::Builder::new().name("memory".to_owned());
        let thread = builder.spawn(move || back(&arena, &ends))?;
        Ok(Backing { is_over, thread: Some(thread) })
    }
}

impl Drop for Backing {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported by its own thread, and has cost speed only.
            let _ = thread.join();
        }
    }
}

/// Has the system back the whole of an arena now, with huge pages where it has them: for whoever measures what comes
/// after. Gives false where the kernel cannot (before 5.14); first touches are then paid where they happen.
pub fn back_whole(arena: &Arena) -> bool {
    let (base, bytes) = arena.range();
    advise(base, bytes, libc::MADV_HUGEPAGE);
    advise(base, bytes, libc::MADV_POPULATE_WRITE)
}

fn back(arena: &Arena, is_over: &AtomicBool) {
    let (base, bytes) = arena.range();
    // Advice: where the system has no huge pages, small ones serve.
    advise(base, bytes, libc::MADV_HUGEPAGE);
    let mut backed = 0;
    while !is_over.load(Ordering::Relaxed) && backed < bytes {
        if backed >= arena.used() + AHEAD_BYTES {
            let before = arena.used();
            std::thread::sleep(BUSY);
            if arena.used() == before {
                std::thread::sleep(IDLE);
            }
            continue;
        }
        // A kernel that cannot do this (before 5.14) leaves first touches to the shard.
        if !advise(base + backed, STEP_BYTES, libc::MADV_POPULATE_WRITE) {
            return;
        }
        backed += STEP_BYTES;
    }
}

fn advise(address: usize, bytes: usize, advice: libc::c_int) -> bool {
    // SAFETY: the range lies within the arena, which this thread keeps alive; neither advice changes its contents.
    bytes == 0 || unsafe { libc::madvise(address as *mut libc::c_void, bytes, advice) == 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backing_changes_nothing_and_ends() {
        let arena = Arena::new(STEP_BYTES);
        let backing = Backing::start(arena.clone()).expect("a thread starts");
        drop(backing);
        assert_eq!(arena.used(), 0);
    }
}
