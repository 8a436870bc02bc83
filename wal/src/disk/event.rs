//! A counter in the kernel that one thread sleeps on and any thread raises.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::Arc;
use std::time::Duration;

use super::Waker;

/// An eventfd.
pub(super) struct Event(Arc<File>);

impl Event {
    pub(super) fn new() -> io::Result<Event> {
        // SAFETY: `eventfd` takes two integers and touches no memory of ours.
        let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the descriptor was just made, is open, and nobody else has it.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        Ok(Event(Arc::new(File::from(fd))))
    }

    pub(super) fn fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    pub(super) fn waker(&self) -> Waker {
        let event = Arc::clone(&self.0);
        Waker::new(move || {
            // It can only fail for a counter that is full, and then the sleeper is being woken anyway.
            let _ = (&*event).write(&1u64.to_ne_bytes());
        })
    }

    /// Sleeps until a wake or the timeout, and forgets the wake.
    pub(super) fn wait(&self, timeout: Option<Duration>) -> io::Result<()> {
        let mut poll = libc::pollfd { fd: self.fd(), events: libc::POLLIN, revents: 0 };
        let timeout = timeout.map(|timeout| libc::timespec {
            tv_sec: timeout.as_secs().min(i64::MAX as u64) as libc::time_t,
            tv_nsec: libc::c_long::from(timeout.subsec_nanos() as i32),
        });
        let timeout = timeout.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        // SAFETY: `poll` is one pollfd and `timeout` null or a timespec; both outlive the call. No signal mask is
        // given.
        let found = unsafe { libc::ppoll(&mut poll, 1, timeout, std::ptr::null()) };
        match found {
            0 => Ok(()),
            1.. => {
                // It fails only when there is no wake to forget.
                let _ = (&*self.0).read(&mut [0; 8]);
                Ok(())
            }
            _ => match io::Error::last_os_error() {
                error if error.kind() == io::ErrorKind::Interrupted => Ok(()),
                error => Err(error),
            },
        }
    }
}
