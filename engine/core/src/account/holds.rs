//! Holds: money of an account that is earmarked until it is posted, voided or released at its time.
//!
//! A hold counts as expired at its time, whether or not its release has had its turn. Its row is kept for the id window
//! from when it finished, so that who comes late hears what became of it.

use alloc::collections::BTreeSet;

use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes};

use super::SWEPT_PER_TICK;
use crate::hash::HashKey;
use crate::query::HoldState;
use crate::refusal::Refusal;
use crate::reply::Refused;
use crate::storage::arena::Arena;
use crate::storage::index::Index;
use crate::storage::slab::Slab;

pub(crate) const HOLD_ROWS: usize = 256;
/// Most holds released per partition and tick, so that no tick stalls.
const RELEASED_PER_TICK: u32 = 4096;

/// One hold: a cache line.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct HoldRow {
    pub id: u128,
    pub amount: i64,
    pub posted: i64,
    pub expires_at: u64,
    /// From then on it is unknown, swept or not.
    gone_at: u64,
    /// Slot of its account.
    pub account: u32,
    /// A [`HoldState`]; what is past its time and still to be released stands as held.
    pub state: u8,
    reserved: [u8; 11],
}

const _: () = assert!(size_of::<HoldRow>() == 64);

impl HoldRow {
    /// Whether its money is still in the account's held balance.
    pub(crate) fn is_held(&self) -> bool {
        self.state == HoldState::Held as u8
    }

    /// What it counts as at a time: its time ends it, whether or not its release has had its turn.
    pub(crate) fn state_at(&self, now: u64) -> u8 {
        if self.is_held() && now >= self.expires_at { HoldState::Expired as u8 } else { self.state }
    }
}

/// The holds of a partition.
pub(crate) struct Holds {
    key: HashKey,
    rows: Slab<HoldRow, HOLD_ROWS>,
    index: Index,
    /// Deadline, account, id and slot of every hold that is held.
    due: BTreeSet<(u64, u64, u128, u32)>,
    /// Until when the rows of finished holds are kept, and their slots.
    kept: BTreeSet<(u64, u32)>,
    /// Releases left in this tick.
    releases: u32,
    most: u32,
    window: u64,
}

impl Holds {
    pub(super) fn new(arena: &Arena, name: u32, key: HashKey, most: u32, window: u64) -> Holds {
        Holds {
            key,
            rows: Slab::new(arena, name),
            index: Index::new(arena),
            due: BTreeSet::new(),
            kept: BTreeSet::new(),
            releases: 0,
            most,
            window,
        }
    }

    /// The slot of a hold that is kept.
    pub(super) fn find(&self, account: u32, id: u128, now: u64) -> Option<u32> {
        self.index.find(self.hash(account, id), |slot| {
            let row = self.rows.row(slot);
            row.id == id && row.account == account && now < row.gone_at
        })
    }

    pub(super) fn row(&self, slot: u32) -> &HoldRow {
        self.rows.row(slot)
    }

    pub(super) fn check_room(&self) -> Result<(), Refused> {
        let is_full = self.rows.count() >= self.most;
        if is_full { Err(Refused::whole(Refusal::CapacityReached, self.most.into())) } else { Ok(()) }
    }

    /// The slot of a hold of which `amount` (0: all of it) can be posted; one that can be voided, too.
    pub(super) fn check_finish(&self, account: u32, id: u128, amount: i64, now: u64) -> Result<u32, Refused> {
        let refuse = |reason, acceptable| Err(Refused::whole(reason, acceptable));
        let Some(slot) = self.find(account, id, now) else { return refuse(Refusal::HoldUnknown, 0) };
        let row = self.rows.row(slot);
        let state = row.state_at(now);
        if state == HoldState::Posted as u8 || state == HoldState::Voided as u8 {
            return refuse(Refusal::HoldFinished, 0);
        }
        if state == HoldState::Expired as u8 {
            return refuse(Refusal::HoldExpired, super::millis(now));
        }
        if amount > row.amount { refuse(Refusal::HoldExceeded, row.amount) } else { Ok(slot) }
    }

    /// Adds a hold of the account at slot `account`, whose number is `owner`.
    pub(super) fn add(&mut self, account: u32, owner: u64, id: u128, amount: i64, expires_at: u64) {
        let row = HoldRow {
            id,
            amount,
            expires_at,
            gone_at: expires_at.saturating_add(self.window),
            account,
            state: HoldState::Held as u8,
            ..HoldRow::new_zeroed()
        };
        let slot = self.rows.add(row);
        self.index.insert(self.hash(account, id), slot);
        self.due.insert((expires_at, owner, id, slot));
    }

    /// Ends a hold of the account whose number is `owner`, by command.
    pub(super) fn finish(&mut self, slot: u32, owner: u64, state: HoldState, posted: i64, now: u64) {
        let window = self.window;
        let (id, expires_at, gone_at) = self.rows.update(slot, |row| {
            (row.state, row.posted, row.gone_at) = (state as u8, posted, now.saturating_add(window));
            (row.id, row.expires_at, row.gone_at)
        });
        self.due.remove(&(expires_at, owner, id, slot));
        self.kept.insert((gone_at, slot));
    }

    /// Deadline and account of the hold that is due first.
    pub(super) fn due(&self) -> Option<(u64, u64)> {
        self.due.first().map(|&(deadline, owner, ..)| (deadline, owner))
    }

    /// As [`Holds::due`], as long as the tick may release more.
    pub(super) fn due_in_tick(&self) -> Option<(u64, u64)> {
        if self.releases == 0 { None } else { self.due() }
    }

    /// Ends the hold that is due first; returns its slot.
    pub(super) fn expire_first(&mut self) -> Option<u32> {
        let (.., slot) = self.due.pop_first()?;
        self.releases = self.releases.saturating_sub(1);
        self.rows.update(slot, |row| row.state = HoldState::Expired as u8);
        self.kept.insert((self.rows.row(slot).gone_at, slot));
        Some(slot)
    }

    /// Begins a tick's releases anew.
    pub(super) fn begin_tick(&mut self) {
        self.releases = RELEASED_PER_TICK;
    }

    /// Forgets rows of finished holds that are gone by `now`, a bounded number of them.
    pub(super) fn sweep(&mut self, now: u64) {
        for _ in 0..SWEPT_PER_TICK {
            let Some(&(gone_at, slot)) = self.kept.first() else { break };
            if gone_at > now {
                break;
            }
            self.kept.pop_first();
            let row = self.rows.remove(slot);
            self.index.remove(self.hash(row.account, row.id), slot);
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.bytes() + self.index.bytes()
    }

    pub(super) fn digest(&self) -> u64 {
        self.rows.digest()
    }

    pub(super) fn cut(&mut self) -> HoldsCut {
        self.rows.cut()
    }

    fn hash(&self, account: u32, id: u128) -> u32 {
        self.key.id(account.into(), id)
    }
}

/// The holds of a partition at the time of a cut.
pub(crate) type HoldsCut = crate::storage::table::TableCut<HoldRow, HOLD_ROWS>;
