//! How much a connection may have unanswered. What is left is what is read: a connection without credit waits in its
//! own QUIC windows, takes no more than its share of the node's queues, and holds up nobody else.

use std::sync::Arc;

use tokio::sync::{AcquireError, Semaphore};

/// The credit of one connection, shared by its streams.
#[derive(Clone)]
pub struct Credit {
    commands: Arc<Semaphore>,
    frames: Arc<Semaphore>,
}

/// The connection is gone, and nothing returns its credit any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

impl Credit {
    /// All of it.
    pub fn new(commands: u32, frames: u32) -> Credit {
        let semaphore = |permits: u32| Arc::new(Semaphore::new(permits as usize));
        Credit { commands: semaphore(commands), frames: semaphore(frames) }
    }

    /// Takes one frame of so many commands, and waits until that much is there. Streams are served in turn.
    ///
    /// # Errors
    /// [`Gone`] once the credit is closed.
    pub async fn take(&self, commands: u16) -> Result<(), Gone> {
        self.frames.acquire().await?.forget();
        self.commands.acquire_many(commands.into()).await?.forget();
        Ok(())
    }

    /// Gives back what was answered.
    pub fn give(&self, commands: usize, frames: usize) {
        self.commands.add_permits(commands);
        self.frames.add_permits(frames);
    }

    /// Ends all waiting: nothing will be answered any more.
    pub fn close(&self) {
        self.commands.close();
        self.frames.close();
    }
}

impl From<AcquireError> for Gone {
    fn from(_: AcquireError) -> Gone {
        Gone
    }
}
