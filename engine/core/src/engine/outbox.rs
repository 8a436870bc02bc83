//! What a tick gives back: its replies and events, and a mark of how far it has come.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering};

use super::Begun;
use crate::event::push_events;

/// What a tick gives back. Kept and cleared by the caller, so that its memory is reused.
#[derive(Debug, Default)]
pub struct Outbox {
    /// One reply per command, in order; see [`crate::reply`].
    pub replies: Vec<u8>,
    /// Replies in it.
    pub count: usize,
    /// Of these, accepted.
    pub accepted: usize,
    /// What the tick has changed that no reply tells; see [`crate::event`].
    pub events: Vec<u8>,
    /// Replies in it before the tick at hand.
    pub(super) before: usize,
    /// Says where the tick is that fills this outbox.
    pub mark: Mark,
}

impl Outbox {
    /// Forgets what it holds.
    pub fn clear(&mut self) {
        self.replies.clear();
        self.events.clear();
        (self.count, self.accepted, self.before) = (0, 0, 0);
    }

    /// Begins a tick.
    pub(super) fn begin_tick(&mut self, tick: u64) {
        self.before = self.count;
        self.mark.enter(tick);
    }

    /// Place in its tick of the command that is answered next.
    pub(super) fn next_command(&self) -> u32 {
        (self.count - self.before) as u32
    }

    /// Counts the command that is about to run. Returns its place in its tick.
    #[inline]
    pub(super) fn begin_command(&mut self) -> u32 {
        let command = self.next_command();
        self.count += 1;
        self.mark.0.place.store((u64::from(command) + 1) << 1, Ordering::Relaxed);
        command
    }

    /// Says that commands are about to be decided together.
    pub(super) fn begin_run(&self) {
        self.mark.0.place.store((u64::from(self.next_command()) + 1) << 1 | 1, Ordering::Relaxed);
    }
}

impl Begun {
    /// Takes over what the books of a partition have to tell.
    #[inline]
    pub(super) fn hear(&mut self, home: usize) {
        let books = &mut self.partitions[home].books;
        if books.has_news() {
            books.tell(&self.games, |event| self.events.push(event));
        }
    }

    /// Takes over what all books have to tell.
    pub(super) fn hear_all(&mut self) {
        for home in 0..self.partitions.len() {
            self.hear(home);
        }
    }

    /// Gives out what was told of a command, or of the due work.
    #[inline]
    pub(super) fn give_events(&mut self, out: &mut Outbox, command: u32) {
        if !self.events.is_empty() {
            push_events(&mut out.events, &mut self.events, command);
        }
    }
}

/// Where a ledger is in its tick, readable from any thread. Clones share it. It is no part of the state, and nothing is
/// decided by it: whoever reports a panic in the middle of a tick reads it.
#[derive(Clone, Debug, Default)]
pub struct Mark(Arc<Marked>);

#[derive(Debug, Default)]
struct Marked {
    /// 0: none is being applied.
    tick: AtomicU64,
    /// 0: in its due work. Else one above the command's place, above a bit that says that others are run with it.
    place: AtomicU64,
}

/// A place in a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the due work before the first command.
    DueWork,
    /// In this command, counted from 0.
    Command(u32),
    /// In one of the commands from this on, which several shards run together.
    From(u32),
}

impl Mark {
    /// The tick that is being applied, and where in it; `None` between ticks.
    pub fn read(&self) -> Option<(u64, Place)> {
        let tick = self.0.tick.load(Ordering::Relaxed);
        let place = self.0.place.load(Ordering::Relaxed);
        let index = || (place >> 1).saturating_sub(1) as u32;
        let place = match place {
            0 => Place::DueWork,
            _ if place & 1 == 0 => Place::Command(index()),
            _ => Place::From(index()),
        };
        (tick != 0).then_some((tick, place))
    }

    pub(super) fn enter(&self, tick: u64) {
        self.0.place.store(0, Ordering::Relaxed);
        self.0.tick.store(tick, Ordering::Relaxed);
    }

    pub(super) fn leave(&self) {
        self.0.tick.store(0, Ordering::Relaxed);
    }
}
