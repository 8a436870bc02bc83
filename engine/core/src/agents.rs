//! Agents: which account stands under which, whom a principal stands for, and what share of the stakes an agent gets.
//!
//! This is state of the whole ledger: every shard reads it while a run is decided, and only commands that run alone
//! change it. As long as no principal stands for an account, nothing of it is looked at.
//!
//! Deliberately absent: money, and what a share comes to.

mod periods;
mod principals;
mod tree;

use alloc::vec;
use alloc::vec::Vec;

use crate::command::{Body, Command, Genesis};
use crate::hash::HashKey;
use crate::refusal::Refusal;
use crate::reply::Refused;
use crate::storage::arena::Arena;

pub(crate) use periods::Periods;
use periods::PeriodsCut;
pub(crate) use principals::Principals;
use principals::PrincipalsCut;
pub(crate) use tree::Tree;
use tree::TreeCut;

/// Names of tables in the digest; partitions begin at 256. Durable.
mod name {
    pub const TREE: u32 = 3;
    pub const PRINCIPALS: u32 = 4;
    pub const PERIODS: u32 = 5;
}

/// Parents whose selling agents are remembered, a power of two.
const SELLERS: usize = 1024;

/// Selling agents by the parent of an account, as long as tree and periods stay as they are: those of few parents, the
/// latest of those that share a place.
pub(crate) struct Sellers {
    known: Vec<(u64, Option<u64>)>,
}

/// The agents of a ledger.
pub(crate) struct Agents {
    pub tree: Tree,
    pub principals: Principals,
    pub periods: Periods,
}

impl Agents {
    pub(crate) fn new(arena: &Arena, genesis: &Genesis) -> Agents {
        let key = HashKey::new(genesis.hash_key.map(|word| word.get()));
        Agents {
            tree: Tree::new(arena, name::TREE, key, genesis.tree_accounts_max.get()),
            principals: Principals::new(arena, name::PRINCIPALS, key),
            periods: Periods::new(arena, name::PERIODS, key, genesis.commission_accounts_max.get()),
        }
    }

    /// Whether the principal of a command may give it.
    #[inline]
    pub(crate) fn check_may(&self, command: &Command<'_>) -> Result<(), Refused> {
        if self.principals.is_empty() { Ok(()) } else { self.check_scope(command) }
    }

    #[cold]
    fn check_scope(&self, command: &Command<'_>) -> Result<(), Refused> {
        let Some(account) = self.principals.account_of(command.header.actor.get()) else { return Ok(()) };
        let owner = command.header.owner.get();
        let may = match command.body {
            Body::TicketPlace(_)
            | Body::TicketCancel(_)
            | Body::Transfer(_)
            | Body::HoldPlace(_)
            | Body::HoldVoid(_) => owner == account || self.tree.is_below(owner, account),
            Body::AccountOpen(open) => {
                let parent = open.parent.get();
                parent == account || self.tree.is_below(parent, account)
            }
            Body::AccountStatus(_) | Body::AccountExclude(_) | Body::AccountLimit(_) => {
                self.tree.is_below(owner, account)
            }
            _ => false,
        };
        if may { Ok(()) } else { Err(Refused::whole(Refusal::NotAuthorised, account as i64)) }
    }

    /// Where selling agents are remembered; nowhere if there is none.
    pub(crate) fn sellers(&self) -> Option<Sellers> {
        (!self.periods.is_empty()).then(|| Sellers { known: vec![(0, None); SELLERS] })
    }

    /// The account that a stake of `account` is sold by: itself or the nearest above it that has ever had a period of
    /// commission. `sellers` remembers it for those that stand beside it.
    pub(crate) fn selling(&self, account: u64, sellers: &mut Sellers) -> Option<u64> {
        if self.periods.has_any(account) {
            return Some(account);
        }
        let parent = Some(self.tree.parent(account)).filter(|parent| *parent != 0)?;
        let known = &mut sellers.known[parent as usize % SELLERS];
        if known.0 != parent {
            *known = (parent, self.tree.upwards(parent).find(|above| self.periods.has_any(*above)));
        }
        known.1
    }

    pub(crate) fn bytes(&self) -> usize {
        self.tree.bytes() + self.principals.bytes() + self.periods.bytes()
    }

    pub(crate) fn digest(&self) -> u64 {
        self.tree.digest().wrapping_add(self.principals.digest()).wrapping_add(self.periods.digest())
    }

    pub(crate) fn cut(&mut self) -> AgentsCut {
        AgentsCut { tree: self.tree.cut(), principals: self.principals.cut(), periods: self.periods.cut() }
    }
}

/// The agents at the time of a cut.
pub(crate) struct AgentsCut {
    tree: TreeCut,
    principals: PrincipalsCut,
    periods: PeriodsCut,
}

impl AgentsCut {
    /// The digest, summed anew.
    pub(crate) fn digest(&self) -> u64 {
        self.tree.digest().wrapping_add(self.principals.digest()).wrapping_add(self.periods.digest())
    }
}
