//! Generations of tickets: those that leave memory together.
//!
//! A ticket belongs to the day on which the last of its draws is planned to settle. The pages of a generation hold no
//! other's rows, so that it leaves at once, whatever is in it: its lists are buried, and nothing in them is found from
//! then on. What the index still knows of them is swept a segment a tick; behind the sweep the pages are cleared, a few a
//! tick, and taken again by later generations.
//!
//! The tickets of an account are chained within a generation. The account's row has the head of the chain that was last
//! added to, and heads of its other chains lie in rows of their generation, found by the index.

use alloc::vec::Vec;

use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::{BetRef, HEAD, Ids, ORDINAL_BITS, REMEMBERED, TicketRow};
use crate::command::id_time_ms;
use crate::hash::HashKey;
use crate::storage::lists::{List, NONE};

/// Pages cleared of each kind of row per tick, so that no tick stalls.
const CLEARED_PER_TICK: usize = 2;

/// The newest ticket of an account in a generation in which it does not place tickets at present.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct HeadRow {
    /// Slot of the account plus one.
    account: u32,
    newest: u32,
}

/// The generation that an account placed a ticket of last, and the slot of that ticket, or `NONE`.
#[derive(Clone, Copy)]
pub(crate) struct Newest {
    pub generation: u16,
    pub ticket: u32,
}

/// A generation whose tickets are resident.
pub(super) struct Generation {
    /// Days since the Unix epoch.
    day: u16,
    tickets: List,
    refs: List,
    heads: List,
    count: u64,
    /// The latest time of their ids, ms.
    latest_ms: u64,
}

/// Pages of tickets and heads that were buried.
#[derive(Default)]
struct Buried {
    tickets: Vec<u32>,
    heads: Vec<u32>,
}

/// What was buried and what the index may still name.
#[derive(Default)]
pub(super) struct Graves {
    /// What the sweep that is under way is for, and the segment that it comes to next.
    swept: Buried,
    segment: u32,
    /// What was buried since it began.
    waiting: Buried,
}

impl Buried {
    fn is_empty(&self) -> bool {
        self.tickets.is_empty() && self.heads.is_empty()
    }
}

impl Ids {
    /// The slot that the next ticket of a generation will lie at.
    #[inline]
    pub(crate) fn next_ticket(&mut self, day: u16) -> u32 {
        let at = self.generation_at(day);
        let list = &mut self.generations[at].tickets;
        self.tickets.reserve(list, day.into(), 1);
        self.tickets.next(list)
    }

    /// Adds an accepted ticket of a generation; see [`Ids::bind_bets`]. Returns its slot.
    #[inline]
    pub(crate) fn push_ticket(&mut self, hash: u32, day: u16, row: TicketRow) -> u32 {
        let at = self.generation_at(day);
        let generation = &mut self.generations[at];
        generation.count += 1;
        generation.latest_ms = generation.latest_ms.max(id_time_ms(row.id));
        let slot = self.tickets.push(&mut generation.tickets, day.into(), row);
        self.index.insert(hash, slot);
        self.root.ticket_count += 1;
        slot
    }

    /// Adds an accepted ticket whose bets lie at `bets` (partition and slot).
    #[inline]
    pub(crate) fn add_ticket(&mut self, hash: u32, day: u16, mut row: TicketRow, bets: &[(usize, u32)]) {
        self.bind(&mut row, day, bets);
        self.push_ticket(hash, day, row);
    }

    /// Tells a ticket where its bets lie.
    #[inline]
    pub(crate) fn bind_bets(&mut self, ticket: u32, bets: &[(usize, u32)]) {
        let (mut row, day) = (*self.tickets.row(ticket), self.tickets.owner(ticket) as u16);
        self.bind(&mut row, day, bets);
        self.tickets.update(ticket, |kept| *kept = row);
    }

    #[inline]
    fn bind(&mut self, row: &mut TicketRow, day: u16, bets: &[(usize, u32)]) {
        if let [(partition, bet)] = *bets {
            (row.bet_partition, row.bet) = (partition as u8, bet);
            return;
        }
        let at = self.generation_at(day);
        let list = &mut self.generations[at].refs;
        self.refs.reserve(list, day.into(), bets.len() as u32);
        row.bet = self.refs.next(list);
        for &(partition, bet) in bets {
            self.refs.push(list, day.into(), BetRef { bet, partition: partition as u32 });
        }
    }

    /// What comes before a ticket of an account in its generation, or `NONE`, where `before` was the account's newest. The
    /// head of another generation is kept in a row of that.
    #[inline]
    pub(crate) fn chain(&mut self, key: HashKey, account: u32, day: u16, before: Newest) -> u32 {
        if before.ticket == NONE || before.generation == day {
            return before.ticket;
        }
        self.change_chain(key, account, day, before)
    }

    #[cold]
    fn change_chain(&mut self, key: HashKey, account: u32, day: u16, before: Newest) -> u32 {
        if let Some(at) = self.find_generation(before.generation) {
            let (newest, hash) = (before.ticket, head_hash(key, account, before.generation));
            match self.find_head(hash, account, before.generation) {
                Some(head) => self.heads.update(head, |row| row.newest = newest),
                None => {
                    let row = HeadRow { account: account + 1, newest };
                    let list = &mut self.generations[at].heads;
                    let head = self.heads.push(list, before.generation.into(), row);
                    self.index.insert(hash, head | HEAD);
                }
            }
        }
        let head = self.find_head(head_hash(key, account, day), account, day);
        head.map_or(NONE, |head| self.heads.row(head).newest)
    }

    /// The newest tickets of an account in each generation, where `newest` is that of the account's row.
    pub(crate) fn heads_of(&self, key: HashKey, account: u32, newest: Newest) -> Vec<u32> {
        let head = |generation: &Generation| {
            if generation.day == newest.generation {
                return Some(newest.ticket).filter(|ticket| *ticket != NONE);
            }
            let hash = head_hash(key, account, generation.day);
            self.find_head(hash, account, generation.day).map(|head| self.heads.row(head).newest)
        };
        self.generations.iter().filter_map(head).collect()
    }

    /// Takes the newest of an account's tickets off the heads of its chains.
    pub(crate) fn pop_newest(&self, heads: &mut Vec<u32>) -> Option<u32> {
        let is_newer = |one: &TicketRow, other: &TicketRow| {
            let ahead = one.ordinal().wrapping_sub(other.ordinal()) << (u32::BITS - ORDINAL_BITS);
            let by_ordinal = (ahead as i32) > 0;
            (one.tick(), by_ordinal) > (other.tick(), false)
        };
        let mut best = 0;
        for place in 1..heads.len() {
            if is_newer(self.tickets.row(heads[place]), self.tickets.row(heads[best])) {
                best = place;
            }
        }
        let newest = *heads.get(best)?;
        match self.tickets.row(newest).older {
            NONE => _ = heads.swap_remove(best),
            older => heads[best] = older,
        }
        Some(newest)
    }

    /// Takes a ticket of the account, and all newer ones, off the heads of its chains: those of its own generation at once.
    pub(crate) fn pop_to(&self, heads: &mut Vec<u32>, ticket: u32) {
        let day = self.tickets.owner(ticket);
        if let Some(head) = heads.iter_mut().find(|head| self.tickets.owner(**head) == day) {
            *head = ticket;
        }
        while self.pop_newest(heads).is_some_and(|newest| newest != ticket) {}
    }

    /// The generations that are resident.
    pub(crate) fn days(&self) -> impl Iterator<Item = u16> {
        self.generations.iter().map(|generation| generation.day)
    }

    /// Lets a generation leave. Returns the latest time of its ids, ms; `None` if it has no tickets here.
    pub(crate) fn retire(&mut self, day: u16) -> Option<u64> {
        let at = self.find_generation(day)?;
        let gone = self.generations.remove(at);
        self.current = 0;
        self.root.ticket_count -= gone.count;
        let refs = self.refs.bury(gone.refs);
        self.refs.leave(refs);
        self.graves.waiting.tickets.append(&mut self.tickets.bury(gone.tickets));
        self.graves.waiting.heads.append(&mut self.heads.bury(gone.heads));
        Some(gone.latest_ms)
    }

    /// Goes on with what was buried, a bounded part of it.
    pub(crate) fn clear(&mut self) {
        if self.graves.swept.is_empty() && !self.graves.waiting.is_empty() {
            self.graves.swept = core::mem::take(&mut self.graves.waiting);
            self.graves.segment = 0;
        }
        if !self.graves.swept.is_empty() {
            let (tickets, heads) = (&self.tickets, &self.heads);
            self.index.sweep(self.graves.segment, |slot| match slot {
                slot if slot & REMEMBERED != 0 => true,
                slot if slot & HEAD != 0 => !heads.is_buried(slot & !HEAD),
                slot => !tickets.is_buried(slot),
            });
            self.graves.segment += 1;
            if self.graves.segment == self.index.segments() {
                let swept = core::mem::take(&mut self.graves.swept);
                self.tickets.leave(swept.tickets);
                self.heads.leave(swept.heads);
            }
        }
        for _ in 0..CLEARED_PER_TICK {
            self.tickets.clear_page();
            self.refs.clear_page();
            self.heads.clear_page();
        }
    }

    #[inline]
    fn find_generation(&self, day: u16) -> Option<usize> {
        self.generations.iter().position(|generation| generation.day == day)
    }

    /// The place of a generation, which is made if there is none.
    #[inline]
    fn generation_at(&mut self, day: u16) -> usize {
        if self.generations.get(self.current).is_none_or(|generation| generation.day != day) {
            self.current = self.find_generation(day).unwrap_or_else(|| {
                let (tickets, refs, heads) = (List::EMPTY, List::EMPTY, List::EMPTY);
                self.generations.push(Generation { day, tickets, refs, heads, count: 0, latest_ms: 0 });
                self.generations.len() - 1
            });
        }
        self.current
    }

    fn find_head(&self, hash: u32, account: u32, day: u16) -> Option<u32> {
        let is_it = |slot: u32| {
            slot & REMEMBERED == 0
                && slot & HEAD != 0
                && self.heads.row(slot & !HEAD).account == account + 1
                && self.heads.owner(slot & !HEAD) == u32::from(day)
        };
        self.index.find(hash, is_it).map(|slot| slot & !HEAD)
    }
}

/// The hash of an account's head in a generation; apart from those of ids by the bits that no UUIDv7 has.
fn head_hash(key: HashKey, account: u32, day: u16) -> u32 {
    key.id(account.into(), day.into())
}
