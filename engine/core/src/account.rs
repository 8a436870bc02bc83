//! Accounts: balances and their checks. Touches only the rows of one partition's accounts.

use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes};

use crate::command::BALANCE_MAX;
use crate::hash::HashKey;
use crate::refusal::Refusal;
use crate::reply::Refused;
use crate::storage::arena::Arena;
use crate::storage::index::Index;
use crate::storage::lists::NONE;
use crate::storage::table::{Table, TableCut};

const PAGE_ROWS: usize = 64;

/// One account: a cache line.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct AccountRow {
    pub id: u64,
    pub available: i64,
    pub held: i64,
    pub owed: i64,
    pub credit_limit: i64,
    /// Ids up to this time, in ms, can no longer be told from repetitions.
    pub floor_ms: u64,
    /// Slot of the newest ticket, or `NONE`.
    pub newest: u32,
    pub tickets: u32,
    pub currency: u16,
    pub status: u8,
    reserved: [u8; 5],
}

const _: () = assert!(size_of::<AccountRow>() == 64);

const ACTIVE: u8 = 1;

/// The accounts of one partition.
pub(crate) struct Accounts {
    rows: Table<AccountRow, PAGE_ROWS>,
    index: Index,
    count: u32,
    most: u32,
}

impl Accounts {
    pub(crate) fn new(arena: &Arena, name: u32, most: u32) -> Accounts {
        Accounts { rows: Table::new(arena, name), index: Index::new(arena), count: 0, most }
    }

    /// The slot of an account.
    #[inline]
    pub(crate) fn find(&self, key: HashKey, account: u64) -> Option<u32> {
        self.find_hashed(key.owner(account), account)
    }

    /// The slot of an account whose hash is known.
    #[inline]
    pub(crate) fn find_hashed(&self, hash: u32, account: u64) -> Option<u32> {
        self.index.find(hash, |slot| self.rows.row(slot).id == account)
    }

    #[inline]
    pub(crate) fn row(&self, slot: u32) -> &AccountRow {
        self.rows.row(slot)
    }

    /// First hint for an account that will be needed soon.
    #[inline]
    pub(crate) fn prefetch_index(&self, hash: u32) {
        self.index.prefetch(hash);
    }

    /// Second hint, once the first has arrived: follows the index to the row.
    #[inline]
    pub(crate) fn prefetch_row(&self, hash: u32) {
        self.index.find(hash, |slot| {
            self.rows.prefetch(slot);
            true
        });
    }

    pub(crate) fn open(&mut self, key: HashKey, account: u64, currency: u16) -> Result<u32, Refused> {
        if self.find(key, account).is_some() {
            return Err(Refused::whole(Refusal::AccountExists, 0));
        }
        if self.count >= self.most {
            return Err(Refused::whole(Refusal::CapacityReached, self.most.into()));
        }
        let slot = self.count;
        if slot.is_multiple_of(PAGE_ROWS as u32) {
            self.rows.add_page();
        }
        let row =
            AccountRow { id: account, newest: NONE, currency, status: ACTIVE, ..AccountRow::new_zeroed() };
        self.rows.fill(slot, row);
        self.index.insert(key.owner(account), slot);
        self.count += 1;
        Ok(slot)
    }

    pub(crate) fn check_deposit(&self, slot: u32, amount: i64) -> Result<(), Refused> {
        let room = (BALANCE_MAX - self.row(slot).available).max(0);
        if amount > room { Err(Refused::whole(Refusal::BalanceTooLarge, room)) } else { Ok(()) }
    }

    /// Whether `amount` can leave the available balance.
    #[inline]
    pub(crate) fn check_debit(&self, slot: u32, amount: i64) -> Result<(), Refused> {
        let row = self.row(slot);
        let covered = row.available + row.credit_limit;
        if amount > covered { Err(Refused::whole(Refusal::FundsShort, covered)) } else { Ok(()) }
    }

    pub(crate) fn credit(&mut self, slot: u32, amount: i64) {
        self.rows.update(slot, |row| row.available += amount);
    }

    pub(crate) fn debit(&mut self, slot: u32, amount: i64) {
        self.rows.update(slot, |row| row.available -= amount);
    }

    /// Takes the stake of a ticket that lies at `ticket`, and returns the ticket that was the newest before.
    #[inline]
    pub(crate) fn stake(&mut self, slot: u32, amount: i64, ticket: u32) -> u32 {
        self.rows.update(slot, |row| {
            row.available -= amount;
            row.tickets += 1;
            core::mem::replace(&mut row.newest, ticket)
        })
    }

    pub(crate) fn raise_floor(&mut self, slot: u32, floor_ms: u64) {
        self.rows.update(slot, |row| row.floor_ms = row.floor_ms.max(floor_ms));
    }

    pub(crate) fn count(&self) -> u64 {
        self.count.into()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.rows.bytes() + self.index.bytes()
    }

    pub(crate) fn digest(&self) -> u64 {
        self.rows.digest()
    }

    pub(crate) fn cut(&mut self) -> TableCut<AccountRow, PAGE_ROWS> {
        self.rows.cut()
    }
}

/// The accounts of a partition at the time of a cut.
pub(crate) type AccountsCut = TableCut<AccountRow, PAGE_ROWS>;
