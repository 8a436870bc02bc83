//! A beat finer than the runtime's timer, which counts in whole milliseconds.
//!
//! An open loop that sends once a millisecond adds up to two of them to every latency. A thread of its own sleeps on
//! the system's clock and wakes the senders; it costs some 2 % of a core at 250 µs, and lives only while it is used.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

/// The beat; senders wait for the next with [`Pulse::beat`].
#[derive(Debug, Clone)]
pub struct Pulse {
    notify: Arc<Notify>,
}

impl Pulse {
    /// Starts beating; stops by itself once every clone is dropped.
    pub fn every(period: Duration) -> Pulse {
        let notify = Arc::new(Notify::new());
        let beating = Arc::downgrade(&notify);
        std::thread::spawn(move || {
            while let Some(notify) = beating.upgrade() {
                notify.notify_waiters();
                drop(notify);
                std::thread::sleep(period);
            }
        });
        Pulse { notify }
    }

    /// Waits for the next beat.
    pub async fn beat(&self) {
        self.notify.notified().await;
    }
}
