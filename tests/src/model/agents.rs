//! Whose accounts lie below whose, and for which of them a principal stands.

use super::{Act, Ask, Command, Model, Reason, Refused};

/// Most accounts on a path from the root of a tree down.
pub const AGENT_DEPTH_MAX: usize = 8;
/// Most principals that stand for an account.
const SCOPED_MAX: usize = 65_536;

impl Model {
    /// The account and those above it, upwards.
    pub(super) fn path(&self, account: u64) -> Vec<u64> {
        let mut path = vec![account];
        while let Some(above) = self.accounts.get(&path[path.len() - 1]).map(|row| row.parent)
            && above != 0
        {
            path.push(above);
        }
        path
    }

    /// Accounts on the longest path from this one downwards, itself included.
    fn height(&self, account: u64) -> usize {
        let below = self.accounts.iter().filter(|(_, row)| row.parent == account);
        1 + below.map(|(below, _)| self.height(*below)).max().unwrap_or(0)
    }

    /// Whether the account exists and is this one or below it.
    fn is_within(&self, account: u64, top: u64) -> bool {
        self.accounts.contains_key(&account) && self.path(account).contains(&top)
    }

    /// Whether the account can have this one above it, as far as the tree goes.
    pub(super) fn check_place(&self, account: u64, parent: u64) -> Result<(), Refused> {
        if parent == 0 {
            return Ok(());
        }
        if !self.accounts.contains_key(&parent) {
            return Err(Reason::ParentUnknown.whole(0));
        }
        let above = self.path(parent);
        if above.contains(&account) || above.len() + self.height(account) > AGENT_DEPTH_MAX {
            return Err(Reason::ParentInvalid.whole(AGENT_DEPTH_MAX as i128));
        }
        Ok(())
    }

    pub(super) fn check_parent_currency(&self, currency: u16, parent: u64) -> Result<(), Refused> {
        match self.accounts.get(&parent) {
            Some(parent) if parent.currency != currency => {
                Err(Reason::CurrencyMismatch.whole(parent.currency.into()))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn check_tree_capacity(&self, account: u64, parent: u64) -> Result<(), Refused> {
        let has_one = self.accounts.get(&account).is_some_and(|row| row.parent != 0);
        let most = self.rules.tree_accounts_max;
        let have_one = self.accounts.values().filter(|row| row.parent != 0).count();
        if parent != 0 && !has_one && have_one >= most as usize {
            return Err(Reason::CapacityReached.whole(most.into()));
        }
        Ok(())
    }

    pub(super) fn set_parent(&mut self, account: u64, parent: u64) -> Result<(), Refused> {
        let currency = self.row(account)?.currency;
        if parent != 0 && !self.accounts.contains_key(&parent) {
            return Err(Reason::ParentUnknown.whole(0));
        }
        self.account_to_rule(account)?;
        self.check_place(account, parent)?;
        self.check_parent_currency(currency, parent)?;
        self.check_tree_capacity(account, parent)?;
        self.row(account)?.parent = parent;
        Ok(())
    }

    pub(super) fn set_principal(&mut self, actor: u32, principal: u32, account: u64) -> Result<(), Refused> {
        if account == 0 {
            self.principals.remove(&principal);
            return Ok(());
        }
        if principal == actor {
            return Err(Reason::NotAuthorised.whole(0));
        }
        self.row(account)?;
        if !self.principals.contains_key(&principal) && self.principals.len() >= SCOPED_MAX {
            return Err(Reason::CapacityReached.whole(SCOPED_MAX as i128));
        }
        self.principals.insert(principal, account);
        Ok(())
    }

    /// Whether its principal may ask this.
    pub(super) fn check_authorised(&self, command: &Command) -> Result<(), Refused> {
        let Some(own) = self.principals.get(&command.actor).copied() else { return Ok(()) };
        let may = match &command.ask {
            Ask::Place { account, .. }
            | Ask::Cancel { account, .. }
            | Ask::Wallet {
                account,
                act: Act::Transfer { .. } | Act::PlaceHold { .. } | Act::VoidHold { .. },
            } => self.is_within(*account, own),
            Ask::OpenAccount { parent, .. } => self.is_within(*parent, own),
            Ask::Wallet {
                account,
                act: Act::SetStatus { .. } | Act::Exclude { .. } | Act::SetLimit { .. },
            } => *account != own && self.is_within(*account, own),
            _ => false,
        };
        if may { Ok(()) } else { Err(Reason::NotAuthorised.whole(own.into())) }
    }

    /// The account for which a principal stands, if it is for one.
    pub fn stands_for(&self, principal: u32) -> Option<u64> {
        self.principals.get(&principal).copied()
    }
}
