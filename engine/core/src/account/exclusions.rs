//! Exclusions: until when an account is kept from tickets and deposits. Only accounts that ever were have a row.

use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::hash::HashKey;
use crate::storage::arena::Arena;
use crate::storage::index::Index;
use crate::storage::table::{Table, TableCut};

const EXCLUSION_ROWS: usize = 256;

/// An account's exclusion.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(super) struct ExclusionRow {
    until: u64,
    /// Slot of the account.
    account: u32,
    reserved: u32,
}

/// The exclusions of a partition: at most one for each of its accounts.
pub(super) struct Exclusions {
    key: HashKey,
    rows: Table<ExclusionRow, EXCLUSION_ROWS>,
    index: Index,
    count: u32,
}

impl Exclusions {
    pub(super) fn new(arena: &Arena, name: u32, key: HashKey) -> Exclusions {
        Exclusions { key, rows: Table::new(arena, name), index: Index::new(arena), count: 0 }
    }

    /// Until when the account at slot `account` is or was excluded; 0: it never was.
    pub(super) fn until(&self, account: u32) -> u64 {
        self.find(account).map_or(0, |at| self.rows.row(at).until)
    }

    pub(super) fn set(&mut self, account: u32, until: u64) {
        if let Some(at) = self.find(account) {
            self.rows.update(at, |row| row.until = until);
            return;
        }
        if self.count.is_multiple_of(EXCLUSION_ROWS as u32) {
            self.rows.add_page();
        }
        self.rows.fill(self.count, ExclusionRow { until, account, reserved: 0 });
        self.index.insert(self.key.owner(account.into()), self.count);
        self.count += 1;
    }

    fn find(&self, account: u32) -> Option<u32> {
        self.index.find(self.key.owner(account.into()), |at| self.rows.row(at).account == account)
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.bytes() + self.index.bytes()
    }

    pub(super) fn digest(&self) -> u64 {
        self.rows.digest()
    }

    pub(super) fn cut(&mut self) -> TableCut<ExclusionRow, EXCLUSION_ROWS> {
        self.rows.cut()
    }
}

/// The exclusions of a partition at the time of a cut.
pub(super) type ExclusionsCut = TableCut<ExclusionRow, EXCLUSION_ROWS>;
