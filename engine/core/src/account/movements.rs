//! Movements: what statements show of the changes of accounts' balances.
//!
//! Each is a row in one queue of the partition, the oldest of which leaves when another comes to its bound. The movements
//! of an account are chained, the newest first. A stake has no row: its ticket tells it, and each movement knows how many
//! tickets of its account came before it, so that the two can be merged.

use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes};

use super::AccountRow;
use crate::query::MovementKind;
use crate::storage::arena::Arena;
use crate::storage::table::{Table, TableCut};

const MOVEMENT_ROWS: usize = 256;
const HEAD_ROWS: usize = 256;

/// What a movement is called in statements: its kind, and the ticket, hold or command that it is about.
#[derive(Clone, Copy)]
pub(crate) struct Cause {
    pub kind: MovementKind,
    pub subject: u128,
}

impl Cause {
    pub(crate) fn new(kind: MovementKind, subject: u128) -> Cause {
        Cause { kind, subject }
    }
}

/// One movement: a cache line.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct MovementRow {
    pub subject: u128,
    /// The balance after it.
    pub available: i64,
    /// What it added to the balance, and to what is owed.
    pub amount: i64,
    pub owed: i64,
    pub tick: u64,
    /// The account's movement before it.
    older: u64,
    older_tickets: u32,
    /// A [`MovementKind`].
    pub kind: u8,
    reserved: [u8; 3],
}

const _: () = assert!(size_of::<MovementRow>() == 64);

impl MovementRow {
    /// The account's movement before it.
    pub(crate) fn older(&self) -> At {
        At { number: self.older, tickets: self.older_tickets }
    }
}

/// A movement of an account, which may have left the queue.
#[derive(Clone, Copy)]
pub(crate) struct At {
    /// Its number in the queue, from 1; 0: there is none.
    pub number: u64,
    /// Tickets that the account had placed before it.
    pub tickets: u32,
}

/// The newest movement of the account at the same slot.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(super) struct HeadRow {
    number: u64,
    tickets: u32,
    reserved: u32,
}

/// The movements of a partition.
pub(super) struct Movements {
    /// A movement lies where its number says, less one, by the bound of the queue.
    rows: Table<MovementRow, MOVEMENT_ROWS>,
    heads: Table<HeadRow, HEAD_ROWS>,
    /// Movements there ever were.
    count: u64,
    most: u32,
    /// Number of the tick at hand.
    tick: u64,
}

impl Movements {
    /// No movements. The heads take the name after `name`.
    pub(super) fn new(arena: &Arena, name: u32, most: u32) -> Movements {
        Movements {
            rows: Table::new(arena, name),
            heads: Table::new(arena, name + 1),
            count: 0,
            most,
            tick: 0,
        }
    }

    pub(super) fn begin_tick(&mut self, tick: u64) {
        self.tick = tick;
    }

    /// Makes room for the head of an account that is opened; slots are taken in order.
    pub(super) fn open(&mut self, account: u32) {
        if account.is_multiple_of(HEAD_ROWS as u32) {
            self.heads.add_page();
        }
    }

    /// Adds a movement of the account at slot `account`, from how its row was to how it is.
    pub(super) fn add(&mut self, account: u32, cause: Cause, before: &AccountRow, after: &AccountRow) {
        let number = self.count + 1;
        let older = self.heads.update(account, |head| {
            let head_after = HeadRow { number, tickets: after.tickets, reserved: 0 };
            core::mem::replace(head, head_after)
        });
        let slot = self.slot(number);
        if slot / MOVEMENT_ROWS as u32 == self.rows.pages() {
            self.rows.add_page();
        }
        let row = MovementRow {
            subject: cause.subject,
            available: after.available,
            amount: after.available - before.available,
            owed: after.owed - before.owed,
            tick: self.tick,
            older: older.number,
            older_tickets: older.tickets,
            kind: cause.kind as u8,
            ..MovementRow::new_zeroed()
        };
        self.rows.update(slot, |left| *left = row);
        self.count = number;
    }

    /// The newest movement of the account at slot `account`.
    pub(super) fn newest(&self, account: u32) -> At {
        let head = self.heads.row(account);
        At { number: head.number, tickets: head.tickets }
    }

    /// The row of a movement, unless it has left.
    pub(super) fn row(&self, at: At) -> Option<&MovementRow> {
        let is_there = at.number != 0 && self.count - at.number < u64::from(self.most);
        is_there.then(|| self.rows.row(self.slot(at.number)))
    }

    fn slot(&self, number: u64) -> u32 {
        ((number - 1) % u64::from(self.most)) as u32
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.bytes() + self.heads.bytes()
    }

    pub(super) fn digest(&self) -> u64 {
        self.rows.digest().wrapping_add(self.heads.digest())
    }

    pub(super) fn cut(&mut self) -> MovementsCut {
        MovementsCut { rows: self.rows.cut(), heads: self.heads.cut() }
    }
}

/// The movements of a partition at the time of a cut.
pub(super) struct MovementsCut {
    rows: TableCut<MovementRow, MOVEMENT_ROWS>,
    heads: TableCut<HeadRow, HEAD_ROWS>,
}

impl MovementsCut {
    /// The digest, summed anew.
    pub(super) fn digest(&self) -> u64 {
        self.rows.digest().wrapping_add(self.heads.digest())
    }
}
