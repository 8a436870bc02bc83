//! References: names of movements outside the ledger, by which each is there once.
//!
//! A reference is kept until 90 days after its date, none is forgotten earlier, and one dated before that is not taken:
//! so a reference that is not found has never been used.

use alloc::collections::BTreeSet;

use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes};

use super::SWEPT_PER_TICK;
use crate::command::{Kind, Movement, REFERENCE_AHEAD_MS, REFERENCE_KEPT_MS};
use crate::hash::HashKey;
use crate::refusal::Refusal;
use crate::reply::Refused;
use crate::storage::arena::Arena;
use crate::storage::index::Index;
use crate::storage::slab::Slab;
use crate::storage::table::TableCut;

const REFERENCE_ROWS: usize = 256;

/// A movement's reference.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(super) struct ReferenceRow {
    reference: u128,
    amount: i64,
    dated_ms: u64,
    /// Slot of its account.
    account: u32,
    kind: u8,
    reserved: [u8; 11],
}

const _: () = assert!(size_of::<ReferenceRow>() == 48);

/// Whether a movement is still to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Movable {
    /// It is new.
    New,
    /// It was made under this reference: accepted, and nothing moves.
    Made,
}

/// The references of a partition.
pub(super) struct References {
    key: HashKey,
    rows: Slab<ReferenceRow, REFERENCE_ROWS>,
    index: Index,
    /// Date and slot of every reference.
    dates: BTreeSet<(u64, u32)>,
    most: u32,
}

impl References {
    pub(super) fn new(arena: &Arena, name: u32, key: HashKey, most: u32) -> References {
        References {
            key,
            rows: Slab::new(arena, name),
            index: Index::new(arena),
            dates: BTreeSet::new(),
            most,
        }
    }

    /// Whether a movement of the account at slot `account` is new. One whose reference is kept is not looked at further.
    pub(super) fn check(
        &self,
        account: u32,
        kind: Kind,
        movement: &Movement,
        now: u64,
    ) -> Result<Movable, Refused> {
        let (reference, dated) = (movement.reference.get(), movement.dated_ms.get());
        if reference == 0 {
            return Ok(Movable::New);
        }
        let floor = floor_ms(now);
        let known = self.index.find(self.hash(account, reference), |slot| {
            let row = self.rows.row(slot);
            row.reference == reference && row.account == account && row.dated_ms >= floor
        });
        let refuse = |reason, acceptable| Err(Refused::whole(reason, acceptable));
        if let Some(slot) = known {
            let row = self.rows.row(slot);
            let is_same = (row.kind, row.amount) == (kind as u8, movement.amount.get());
            return if is_same { Ok(Movable::Made) } else { refuse(Refusal::ReferenceReused, 0) };
        }
        let highest = now / 1_000_000 + REFERENCE_AHEAD_MS;
        if dated < floor {
            return refuse(Refusal::ReferenceExpired, floor as i64);
        }
        if dated > highest {
            return refuse(Refusal::ReferenceAhead, highest as i64);
        }
        if self.rows.count() >= self.most {
            return refuse(Refusal::ReferencesFull, self.most.into());
        }
        Ok(Movable::New)
    }

    /// Whether another can be kept behind so many more.
    pub(super) fn has_room(&self, behind: u64) -> bool {
        u64::from(self.rows.count()) + behind < self.most.into()
    }

    /// Keeps the reference of a movement that was made, if it has one.
    pub(super) fn add(&mut self, account: u32, kind: Kind, movement: &Movement) {
        let (reference, dated_ms) = (movement.reference.get(), movement.dated_ms.get());
        if reference == 0 {
            return;
        }
        let slot = self.rows.add(ReferenceRow {
            reference,
            amount: movement.amount.get(),
            dated_ms,
            account,
            kind: kind as u8,
            ..ReferenceRow::new_zeroed()
        });
        self.index.insert(self.hash(account, reference), slot);
        self.dates.insert((dated_ms, slot));
    }

    /// Forgets references whose time is over, a bounded number of them.
    pub(super) fn sweep(&mut self, now: u64) {
        let floor = floor_ms(now);
        for _ in 0..SWEPT_PER_TICK {
            let Some(&(dated, slot)) = self.dates.first() else { break };
            if dated >= floor {
                break;
            }
            self.dates.pop_first();
            let row = self.rows.remove(slot);
            self.index.remove(self.hash(row.account, row.reference), slot);
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.bytes() + self.index.bytes()
    }

    pub(super) fn digest(&self) -> u64 {
        self.rows.digest()
    }

    pub(super) fn cut(&mut self) -> ReferencesCut {
        self.rows.cut()
    }

    fn hash(&self, account: u32, reference: u128) -> u32 {
        self.key.id(account.into(), reference)
    }
}

/// The first date that a reference may have, and the first that is kept.
fn floor_ms(now: u64) -> u64 {
    // A part of a millisecond past the 90 days is past them, too.
    now.div_ceil(1_000_000).saturating_sub(REFERENCE_KEPT_MS)
}

/// The references of a partition at the time of a cut.
pub(super) type ReferencesCut = TableCut<ReferenceRow, REFERENCE_ROWS>;
