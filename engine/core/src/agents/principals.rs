//! Principals that stand for an account. All others may do everything.

use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::command::PRINCIPALS_MAX;
use crate::hash::HashKey;
use crate::refusal::Refusal;
use crate::reply::Refused;
use crate::storage::arena::Arena;
use crate::storage::index::Index;
use crate::storage::slab::Slab;
use crate::storage::table::TableCut;

const PRINCIPAL_ROWS: usize = 64;

/// A principal and the account that it stands for.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct PrincipalRow {
    principal: u64,
    account: u64,
}

/// The principals of a ledger that stand for an account.
pub(crate) struct Principals {
    key: HashKey,
    rows: Slab<PrincipalRow, PRINCIPAL_ROWS>,
    index: Index,
}

impl Principals {
    pub(super) fn new(arena: &Arena, name: u32, key: HashKey) -> Principals {
        Principals { key, rows: Slab::new(arena, name), index: Index::new(arena) }
    }

    /// Whether there is none.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.count() == 0
    }

    /// The account that a principal stands for, if it does for one.
    pub(crate) fn account_of(&self, principal: u32) -> Option<u64> {
        self.find(principal).map(|slot| self.rows.row(slot).account)
    }

    /// Whether this principal can be made to stand for an account.
    pub(crate) fn check_room(&self, principal: u32) -> Result<(), Refused> {
        if self.rows.count() >= PRINCIPALS_MAX && self.find(principal).is_none() {
            return Err(Refused::whole(Refusal::CapacityReached, PRINCIPALS_MAX.into()));
        }
        Ok(())
    }

    /// Makes a principal stand for an account, or (0) for all again.
    pub(crate) fn set(&mut self, principal: u32, account: u64) {
        match (self.find(principal), account) {
            (Some(slot), 0) => {
                self.index.remove(self.key.owner(principal.into()), slot);
                self.rows.remove(slot);
            }
            (Some(slot), _) => self.rows.update(slot, |row| row.account = account),
            (None, 0) => {}
            (None, _) => {
                let slot = self.rows.add(PrincipalRow { principal: principal.into(), account });
                self.index.insert(self.key.owner(principal.into()), slot);
            }
        }
    }

    fn find(&self, principal: u32) -> Option<u32> {
        let principal = u64::from(principal);
        self.index.find(self.key.owner(principal), |slot| self.rows.row(slot).principal == principal)
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.bytes() + self.index.bytes()
    }

    pub(super) fn digest(&self) -> u64 {
        self.rows.digest()
    }

    pub(super) fn cut(&mut self) -> PrincipalsCut {
        self.rows.cut()
    }
}

/// The principals at the time of a cut.
pub(super) type PrincipalsCut = TableCut<PrincipalRow, PRINCIPAL_ROWS>;
