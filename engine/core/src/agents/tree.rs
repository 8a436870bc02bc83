//! The tree: which account stands under which. Only accounts with a parent, or below which one stands, have a row.
//!
//! A row counts what stands below it by distance, so that the height of what is moved is known without a walk down.

use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::command::AGENT_DEPTH_MAX;
use crate::hash::HashKey;
use crate::refusal::Refusal;
use crate::reply::Refused;
use crate::storage::arena::Arena;
use crate::storage::index::Index;
use crate::storage::slab::Slab;
use crate::storage::table::TableCut;

const TREE_ROWS: usize = 256;

/// How many accounts stand below one, by their distance less one.
type Below = [u32; AGENT_DEPTH_MAX];

/// An account of the tree.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct TreeRow {
    account: u64,
    /// 0: none.
    parent: u64,
    below: Below,
}

/// The tree of a ledger.
pub(crate) struct Tree {
    key: HashKey,
    rows: Slab<TreeRow, TREE_ROWS>,
    index: Index,
    /// Accounts with a parent.
    count: u32,
    most: u32,
}

impl Tree {
    pub(super) fn new(arena: &Arena, name: u32, key: HashKey, most: u32) -> Tree {
        Tree { key, rows: Slab::new(arena, name), index: Index::new(arena), count: 0, most }
    }

    /// The account that `account` stands under; 0: under none.
    pub(crate) fn parent(&self, account: u64) -> u64 {
        self.find(account).map_or(0, |slot| self.rows.row(slot).parent)
    }

    /// First hint for an account whose parent will be asked for soon.
    pub(crate) fn prefetch_index(&self, account: u64) {
        self.index.prefetch(self.key.owner(account));
    }

    /// A second hint, once the first has arrived.
    pub(crate) fn prefetch_row(&self, account: u64) {
        if let Some(slot) = self.index.find(self.key.owner(account), |_| true) {
            self.rows.prefetch(slot);
        }
    }

    /// An account, its parent, the parent of that, and so on to the root.
    pub(crate) fn upwards(&self, account: u64) -> impl Iterator<Item = u64> {
        core::iter::successors(Some(account), |account| Some(self.parent(*account)).filter(|next| *next != 0))
    }

    /// Whether `account` stands under `other`, directly or not.
    pub(crate) fn is_below(&self, account: u64, other: u64) -> bool {
        self.upwards(account).skip(1).any(|above| above == other)
    }

    /// Whether an account may stand under `parent`, as far as the tree goes.
    pub(crate) fn check(&self, account: u64, parent: u64) -> Result<(), Refused> {
        let (mut depth, mut is_cycle) = (0, false);
        for above in self.upwards(parent) {
            depth += 1;
            is_cycle |= above == account;
        }
        if is_cycle || depth + self.height(account) > AGENT_DEPTH_MAX {
            return Err(Refused::whole(Refusal::ParentInvalid, AGENT_DEPTH_MAX as i64));
        }
        Ok(())
    }

    /// Whether there is room for a parent of this account.
    pub(crate) fn check_room(&self, account: u64) -> Result<(), Refused> {
        if self.count >= self.most && self.parent(account) == 0 {
            return Err(Refused::whole(Refusal::CapacityReached, self.most.into()));
        }
        Ok(())
    }

    /// Puts an account under `parent` (0: under none), which was checked.
    pub(crate) fn set(&mut self, account: u64, parent: u64) {
        let old = self.parent(account);
        if old == parent {
            return;
        }
        if old != 0 {
            self.count_below(account, old, |counted, moved| *counted -= moved);
            self.set_parent(account, 0);
            self.count -= 1;
            self.drop_if_alone(old);
        }
        if parent != 0 {
            self.set_parent(account, parent);
            self.find_or_add(parent);
            self.count_below(account, parent, |counted, moved| *counted += moved);
            self.count += 1;
        } else {
            self.drop_if_alone(account);
        }
    }

    /// Accounts on the longest path from this one down, itself included.
    fn height(&self, account: u64) -> usize {
        let below = self.find(account).map_or([0; AGENT_DEPTH_MAX], |slot| self.rows.row(slot).below);
        1 + below.iter().rposition(|count| *count != 0).map_or(0, |place| place + 1)
    }

    /// Changes what `parent` and all above it count, by an account and all below it.
    fn count_below(&mut self, account: u64, parent: u64, change: impl Fn(&mut u32, u32)) {
        let of = self.find(account).map_or([0; AGENT_DEPTH_MAX], |slot| self.rows.row(slot).below);
        let mut above = parent;
        for distance in 0..AGENT_DEPTH_MAX {
            let Some(slot) = self.find(above) else { return };
            above = self.rows.update(slot, |row| {
                let moved = core::iter::once(1).chain(of);
                for (counted, moved) in row.below[distance..].iter_mut().zip(moved) {
                    change(counted, moved);
                }
                row.parent
            });
        }
    }

    fn set_parent(&mut self, account: u64, parent: u64) {
        let slot = self.find_or_add(account);
        self.rows.update(slot, |row| row.parent = parent);
    }

    fn find_or_add(&mut self, account: u64) -> u32 {
        self.find(account).unwrap_or_else(|| {
            let slot = self.rows.add(TreeRow { account, parent: 0, below: [0; AGENT_DEPTH_MAX] });
            self.index.insert(self.key.owner(account), slot);
            slot
        })
    }

    /// Forgets an account that stands under none and that none stands under.
    fn drop_if_alone(&mut self, account: u64) {
        let Some(slot) = self.find(account) else { return };
        let row = self.rows.row(slot);
        if row.parent == 0 && row.below == [0; AGENT_DEPTH_MAX] {
            self.index.remove(self.key.owner(account), slot);
            self.rows.remove(slot);
        }
    }

    fn find(&self, account: u64) -> Option<u32> {
        self.index.find(self.key.owner(account), |slot| self.rows.row(slot).account == account)
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.bytes() + self.index.bytes()
    }

    pub(super) fn digest(&self) -> u64 {
        self.rows.digest()
    }

    pub(super) fn cut(&mut self) -> TreeCut {
        self.rows.cut()
    }
}

/// The tree at the time of a cut.
pub(super) type TreeCut = TableCut<TreeRow, TREE_ROWS>;

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;
    use alloc::vec::Vec;

    use super::*;

    fn tree(most: u32) -> Tree {
        Tree::new(&Arena::new(0), 3, HashKey::new([1, 2]), most)
    }

    #[test]
    fn a_path_has_at_most_eight_accounts_whatever_is_moved() {
        let mut tree = tree(100);
        for account in 2..=8 {
            assert!(tree.check(account, account - 1).is_ok());
            tree.set(account, account - 1);
        }
        assert!(tree.check(9, 8).is_err() && tree.check(9, 7).is_ok());
        assert!(tree.check(1, 8).is_err(), "a cycle");
        assert!(tree.check(5, 5).is_err(), "itself");
        assert!(tree.check(1, 20).is_err(), "nothing goes over eight");
        tree.set(5, 20);
        assert!(tree.check(20, 4).is_err() && tree.check(20, 3).is_ok());
        assert!(tree.is_below(8, 20) && !tree.is_below(8, 4) && !tree.is_below(20, 20));
        assert!(tree.upwards(7).eq([7, 6, 5, 20]));
    }

    #[test]
    fn what_is_counted_is_what_stands_there() {
        let mut tree = tree(100);
        let mut parents = BTreeMap::new();
        let mut random = 7u64;
        for _ in 0..20_000 {
            random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let (account, parent) = (random >> 33 & 31, random >> 40 & 31);
            let path = |from: u64| {
                core::iter::successors(Some(from), |at| parents.get(at).copied()).collect::<Vec<u64>>()
            };
            let deepest = (1..=31).map(path).filter(|path| path.contains(&account));
            let height = deepest.filter_map(|path| path.iter().position(|at| *at == account)).max();
            let above = path(parent);
            let is_right = !above.contains(&account) && above.len() + height.unwrap_or(0) < AGENT_DEPTH_MAX;
            if account == 0 {
                continue;
            }
            if parent == 0 {
                tree.set(account, 0);
                parents.remove(&account);
            } else {
                assert_eq!(tree.check(account, parent).is_ok(), is_right, "{account} under {parent}");
                if is_right {
                    tree.set(account, parent);
                    parents.insert(account, parent);
                }
            }
            assert_eq!(tree.count as usize, parents.len());
        }
        (1..=31).for_each(|account| tree.set(account, 0));
        assert_eq!((tree.rows.count(), tree.digest()), (0, 0));
    }

    #[test]
    fn those_with_a_parent_are_counted() {
        let mut tree = tree(2);
        tree.set(2, 1);
        tree.set(3, 1);
        assert_eq!(tree.check_room(4), Err(Refused::whole(Refusal::CapacityReached, 2)));
        assert!(tree.check_room(3).is_ok());
        tree.set(3, 0);
        assert!(tree.check_room(4).is_ok());
    }
}
