//! What has become of every id: tickets, and the outcomes remembered of all other commands.
//!
//! An accepted ticket is found by its row for as long as it is resident; it leaves with its generation, the tickets whose
//! last draw is planned to settle on the same day. The outcome of any other command is kept for
//! the id window: accepted ones always that long, refused ones (and marks of cancelled unknown tickets) in a bounded
//! queue; what leaves that early raises the floor of its account, so that a retry is refused rather than run twice.

mod generations;

use alloc::vec::Vec;

use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes};

use crate::command::{Lane, id_time_ms};
use crate::hash::HashKey;
use crate::storage::arena::Arena;
use crate::storage::index::Index;
use crate::storage::lists::{List, Lists, ListsCut};
use generations::{Generation, Graves};
pub(crate) use generations::{HeadRow, Newest};

const TICKET_ROWS: usize = 1024;
const REF_ROWS: usize = 2048;
const HEAD_ROWS: usize = 512;
const REMEMBERED_ROWS: usize = 256;
/// Set in an index slot that names a remembered outcome and no ticket.
const REMEMBERED: u32 = 1 << 31;
/// Set in an index slot that names the head of an account's tickets of a generation.
const HEAD: u32 = 1 << 30;
/// Expired outcomes that leave a queue per tick, so that no tick stalls.
const SWEPT_PER_TICK: usize = 64;

/// One ticket: 48 bytes.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct TicketRow {
    pub id: u128,
    /// Hash of the command, to tell a retry from another use of its id.
    pub content: u64,
    /// Slot of its account, in this partition.
    pub account: u32,
    /// Slot of the account's ticket of the same generation before it, or `NONE`.
    pub older: u32,
    /// Of one bet: its slot in the partition `bet_partition`. Of several: the first of its [`BetRef`]s.
    pub bet: u32,
    tick_low: u32,
    tick_high: u16,
    ordinal_low: u16,
    pub bets: u8,
    pub cancelled: u8,
    pub bet_partition: u8,
    ordinal_high: u8,
}

const _: () = assert!(size_of::<TicketRow>() == 48);

/// What a ticket keeps of how many came before it. A statement takes a ticket for the next one by it: a gap shows unless
/// a multiple of 16,777,216 tickets of one account have left in a row, between two that are resident.
pub(crate) const ORDINAL_BITS: u32 = 24;

/// Where a bet of a ticket of several lies.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct BetRef {
    pub bet: u32,
    pub partition: u32,
}

/// The outcome of a command that is no accepted ticket: a cache line.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct Remembered {
    pub id: u128,
    pub content: u64,
    pub scope: u64,
    /// Tick time at which it was remembered, ns.
    pub time: u64,
    pub tick: u64,
    pub acceptable: i64,
    pub code: u16,
    pub bet: u8,
    pub lane: u8,
    /// 1: a mark of a cancelled ticket that had not come; it refuses any content.
    pub is_mark: u8,
    reserved: [u8; 3],
}

const _: () = assert!(size_of::<Remembered>() == 64);

/// Whom an id belongs to: an account, or the principal of an operator's command.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scope {
    pub lane: Lane,
    pub owner: u64,
}

/// What an id was used for.
pub(crate) enum Known {
    Ticket(u32),
    Remembered(u32),
}

/// The ids that a full queue of refusals would lose to more of them.
#[derive(Clone, Copy, Default)]
pub(crate) struct Horizon {
    /// How many were looked at, the last of them, and the latest time of any, in ms.
    lost: u64,
    last: Option<u32>,
    latest_ms: u64,
}

/// The ids of one partition.
pub(crate) struct Ids {
    index: Index,
    tickets: Lists<TicketRow, TICKET_ROWS>,
    refs: Lists<BetRef, REF_ROWS>,
    heads: Lists<HeadRow, HEAD_ROWS>,
    remembered: Lists<Remembered, REMEMBERED_ROWS>,
    /// The resident ones, in the order in which they came, and the place of the one that was last added to.
    generations: Vec<Generation>,
    current: usize,
    graves: Graves,
    root: Root,
}

/// The heads of a partition's lists.
#[derive(Clone, Copy)]
struct Root {
    accepted: List,
    refused: List,
    ticket_count: u64,
    accepted_count: u64,
    refused_count: u64,
}

impl TicketRow {
    pub(crate) fn new(id: u128, content: u64, account: u32, tick: u64, bets: u8) -> TicketRow {
        TicketRow {
            id,
            content,
            account,
            tick_low: tick as u32,
            tick_high: (tick >> 32) as u16,
            bets,
            ..TicketRow::new_zeroed()
        }
    }

    pub(crate) fn tick(&self) -> u64 {
        u64::from(self.tick_high) << 32 | u64::from(self.tick_low)
    }

    /// Keeps the lower bits of how many tickets the account had placed before it.
    #[inline]
    pub(crate) fn set_ordinal(&mut self, tickets: u32) {
        (self.ordinal_low, self.ordinal_high) = (tickets as u16, (tickets >> 16) as u8);
    }

    /// Whether the account may have placed so many tickets before it.
    pub(crate) fn is_behind(&self, tickets: u32) -> bool {
        (self.ordinal() ^ tickets) << (u32::BITS - ORDINAL_BITS) == 0
    }

    fn ordinal(&self) -> u32 {
        u32::from(self.ordinal_high) << 16 | u32::from(self.ordinal_low)
    }
}

impl Scope {
    /// Principals and accounts are numbered apart; the hash keeps them so.
    fn hashed(self) -> u64 {
        match self.lane {
            Lane::Bets => self.owner,
            Lane::Operators => !self.owner,
        }
    }

    #[inline]
    pub(crate) fn hash(self, key: HashKey, id: u128) -> u32 {
        key.id(self.hashed(), id)
    }
}

impl Remembered {
    pub(crate) fn new(scope: Scope, id: u128, content: u64) -> Remembered {
        Remembered { id, content, scope: scope.owner, lane: scope.lane as u8, ..Remembered::new_zeroed() }
    }

    /// Whose id it is.
    pub(crate) fn owner(&self) -> Scope {
        let lane = if self.lane == Lane::Bets as u8 { Lane::Bets } else { Lane::Operators };
        Scope { lane, owner: self.scope }
    }
}

impl Ids {
    pub(crate) fn new(arena: &Arena, name: u32) -> Ids {
        let root = Root {
            accepted: List::EMPTY,
            refused: List::EMPTY,
            ticket_count: 0,
            accepted_count: 0,
            refused_count: 0,
        };
        Ids {
            index: Index::new(arena),
            tickets: Lists::new(arena, name),
            refs: Lists::new(arena, name + 2),
            remembered: Lists::new(arena, name + 4),
            heads: Lists::new(arena, name + 6),
            generations: Vec::new(),
            current: 0,
            graves: Graves::default(),
            root,
        }
    }

    #[inline]
    pub(crate) fn prefetch(&self, hash: u32) {
        self.index.prefetch(hash);
    }

    /// What `id` was used for in `scope`, whose account lies at `account`. Outcomes remembered up to `since` are
    /// forgotten, whether or not they have been swept.
    #[inline]
    pub(crate) fn find(
        &self,
        hash: u32,
        scope: Scope,
        account: Option<u32>,
        id: u128,
        since: u64,
    ) -> Option<Known> {
        let found = self.index.find(hash, |slot| {
            if slot & (REMEMBERED | HEAD) == 0 {
                let row = self.tickets.row(slot);
                return row.id == id
                    && scope.lane == Lane::Bets
                    && Some(row.account) == account
                    && !self.tickets.is_buried(slot);
            }
            if slot & REMEMBERED == 0 {
                return false;
            }
            let row = self.remembered.row(slot & !REMEMBERED);
            row.id == id && row.owner() == scope && row.time > since
        })?;
        Some(if found & REMEMBERED == 0 {
            Known::Ticket(found)
        } else {
            Known::Remembered(found & !REMEMBERED)
        })
    }

    /// Hints that a ticket will be needed soon.
    #[inline]
    pub(crate) fn prefetch_ticket(&self, slot: u32) {
        self.tickets.prefetch(slot);
    }

    #[inline]
    pub(crate) fn ticket(&self, slot: u32) -> &TicketRow {
        self.tickets.row(slot)
    }

    /// The ticket at a slot if its bet `place` lies at `bet`: it may have left before its draws, and another be there.
    pub(crate) fn ticket_of_bet(&self, slot: u32, place: u8, bet: (usize, u32)) -> Option<&TicketRow> {
        let row = self.tickets.row(slot);
        let is_it = !self.tickets.is_buried(slot) && place < row.bets && self.bet(row, place) == bet;
        is_it.then_some(row)
    }

    pub(crate) fn remembered(&self, slot: u32) -> &Remembered {
        self.remembered.row(slot)
    }

    /// Where bet `place` of a ticket lies: partition and slot.
    pub(crate) fn bet(&self, ticket: &TicketRow, place: u8) -> (usize, u32) {
        if ticket.bets == 1 {
            return (ticket.bet_partition.into(), ticket.bet);
        }
        let at = self.refs.row(ticket.bet + u32::from(place));
        (at.partition as usize, at.bet)
    }

    pub(crate) fn cancel(&mut self, ticket: u32) {
        self.tickets.update(ticket, |row| row.cancelled = 1);
    }

    /// Remembers the outcome of an accepted command that is no ticket.
    pub(crate) fn remember_accepted(&mut self, hash: u32, row: Remembered) {
        let slot = self.remembered.push(&mut self.root.accepted, 1, row);
        self.index.insert(hash, slot | REMEMBERED);
        self.root.accepted_count += 1;
    }

    /// Remembers a refusal or a mark, of which there are at most `most`; returns the one that had to leave for it.
    pub(crate) fn remember_refused(
        &mut self,
        key: HashKey,
        hash: u32,
        row: Remembered,
        most: u64,
    ) -> Option<Remembered> {
        let left = (self.root.refused_count >= most).then(|| self.forget(key, Queue::Refused));
        let slot = self.remembered.push(&mut self.root.refused, 2, row);
        self.index.insert(hash, slot | REMEMBERED);
        self.root.refused_count += 1;
        left
    }

    /// The latest time, in ms, of the ids that would be lost to so many refusals more, of which `most` are kept. The
    /// horizon is that of fewer refusals in the same state.
    pub(crate) fn latest_lost(&self, horizon: &mut Horizon, refusals: u64, most: u64) -> u64 {
        while self.root.refused_count + refusals > most + horizon.lost {
            let next = match horizon.last {
                None => self.remembered.front(&self.root.refused),
                Some(slot) => self.remembered.after(&self.root.refused, slot),
            };
            // Behind the last, what is refused from now on is lost itself.
            let Some(slot) = next else { return u64::MAX };
            horizon.latest_ms = horizon.latest_ms.max(id_time_ms(self.remembered.row(slot).id));
            (horizon.lost, horizon.last) = (horizon.lost + 1, next);
        }
        horizon.latest_ms
    }

    /// Forgets outcomes remembered up to `since`, a bounded number of them.
    pub(crate) fn sweep(&mut self, key: HashKey, since: u64) {
        for queue in [Queue::Accepted, Queue::Refused] {
            for _ in 0..SWEPT_PER_TICK {
                let front = self.remembered.front(self.list(queue));
                if front.is_none_or(|slot| self.remembered.row(slot).time > since) {
                    break;
                }
                self.forget(key, queue);
            }
        }
    }

    pub(crate) fn ticket_count(&self) -> u64 {
        self.root.ticket_count
    }

    pub(crate) fn remembered_count(&self) -> u64 {
        self.root.accepted_count + self.root.refused_count
    }

    pub(crate) fn bytes(&self) -> usize {
        self.index.bytes()
            + self.tickets.bytes()
            + self.refs.bytes()
            + self.heads.bytes()
            + self.remembered.bytes()
    }

    pub(crate) fn digest(&self) -> u64 {
        [self.tickets.digest(), self.refs.digest(), self.heads.digest(), self.remembered.digest()]
            .iter()
            .fold(0, |sum, digest| sum.wrapping_add(*digest))
    }

    pub(crate) fn cut(&mut self) -> IdsCut {
        IdsCut {
            tickets: self.tickets.cut(),
            refs: self.refs.cut(),
            heads: self.heads.cut(),
            remembered: self.remembered.cut(),
        }
    }

    fn list(&self, queue: Queue) -> &List {
        match queue {
            Queue::Accepted => &self.root.accepted,
            Queue::Refused => &self.root.refused,
        }
    }

    fn forget(&mut self, key: HashKey, queue: Queue) -> Remembered {
        let (list, count) = match queue {
            Queue::Accepted => (&mut self.root.accepted, &mut self.root.accepted_count),
            Queue::Refused => (&mut self.root.refused, &mut self.root.refused_count),
        };
        let slot = self.remembered.front(list).expect("a queue that is counted is not empty");
        let row = self.remembered.pop_front(list);
        *count -= 1;
        self.index.remove(row.owner().hash(key, row.id), slot | REMEMBERED);
        row
    }
}

#[derive(Clone, Copy)]
enum Queue {
    Accepted,
    Refused,
}

/// The ids of a partition at the time of a cut.
pub(crate) struct IdsCut {
    tickets: ListsCut<TicketRow, TICKET_ROWS>,
    refs: ListsCut<BetRef, REF_ROWS>,
    heads: ListsCut<HeadRow, HEAD_ROWS>,
    remembered: ListsCut<Remembered, REMEMBERED_ROWS>,
}

impl IdsCut {
    /// The digest, summed anew.
    pub(crate) fn digest(&self) -> u64 {
        [self.tickets.digest(), self.refs.digest(), self.heads.digest(), self.remembered.digest()]
            .iter()
            .fold(0, |sum, digest| sum.wrapping_add(*digest))
    }
}
