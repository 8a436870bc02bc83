//! Agents: accounts opened under others and moved, whom principals stand for, and periods of commission.
//!
//! All of these run alone: they change what every shard reads.

use super::{Begun, Call};
use crate::book::Faults;
use crate::command::{AccountOpen, Body, CommissionSet};
use crate::refusal::Refusal;
use crate::reply::Refused;

impl Begun {
    /// Carries out a command about agents, or one whose owner is an account and that is about its money.
    pub(super) fn execute_about_accounts(&mut self, call: &Call<'_>) -> Result<(), Refused> {
        let owner = call.command.header.owner.get();
        match call.command.body {
            Body::AccountOpen(open) => self.open_account(call, open),
            Body::PrincipalSet(set) => {
                let actor = call.command.header.actor.get();
                self.set_principal(actor, owner as u32, set.account.get())
            }
            Body::AccountParent(set) => self.set_parent(owner, set.parent.get()),
            Body::CommissionSet(set) => self.set_commission(owner, set),
            _ => self.move_money(call),
        }
    }

    fn open_account(&mut self, call: &Call<'_>, open: &AccountOpen) -> Result<(), Refused> {
        let (owner, currency, parent) = (call.scope.owner, open.currency.get(), open.parent.get());
        let mut faults = Faults::default();
        faults.note(self.partitions[call.home].accounts.check_open(self.key, owner));
        self.check_parent(owner, parent, Some(currency), &mut faults);
        faults.none_or_first()?;
        let home = &mut self.partitions[call.home];
        let account = home.accounts.open(self.key, owner, currency);
        home.inherit_floor(account);
        self.agents.tree.set(owner, parent);
        Ok(())
    }

    fn set_parent(&mut self, owner: u64, parent: u64) -> Result<(), Refused> {
        let mut faults = Faults::default();
        let at = self.find_account(owner);
        match at {
            None => faults.add(Refused::whole(Refusal::AccountUnknown, 0)),
            Some(at) => faults.note(self.partitions[at.home].accounts.check_not_closed(at.slot)),
        }
        let currency = at.map(|at| self.partitions[at.home].accounts.row(at.slot).currency);
        self.check_parent(owner, parent, currency, &mut faults);
        faults.none_or_first()?;
        self.agents.tree.set(owner, parent);
        Ok(())
    }

    /// Notes why an account, of this currency if it is known, may not stand under `parent`, if it may not.
    fn check_parent(&self, owner: u64, parent: u64, currency: Option<u16>, faults: &mut Faults) {
        if parent == 0 {
            return;
        }
        faults.note(self.agents.tree.check(owner, parent));
        faults.note(self.agents.tree.check_room(owner));
        match self.find_account(parent) {
            None => faults.add(Refused::whole(Refusal::ParentUnknown, 0)),
            Some(at) => {
                let right = self.partitions[at.home].accounts.row(at.slot).currency;
                if currency.is_some_and(|currency| currency != right) {
                    faults.add(Refused::whole(Refusal::CurrencyMismatch, right.into()));
                }
            }
        }
    }

    fn set_principal(&mut self, actor: u32, principal: u32, account: u64) -> Result<(), Refused> {
        if account != 0 {
            if principal == actor {
                // It could not take this back, and there may be no other who could.
                return Err(Refused::whole(Refusal::NotAuthorised, 0));
            }
            self.find_account(account).ok_or(Refused::whole(Refusal::AccountUnknown, 0))?;
            self.agents.principals.check_room(principal)?;
        }
        self.agents.principals.set(principal, account);
        Ok(())
    }

    fn set_commission(&mut self, owner: u64, set: &CommissionSet) -> Result<(), Refused> {
        let at = self.find_account(owner).ok_or(Refused::whole(Refusal::AccountUnknown, 0))?;
        self.partitions[at.home].accounts.check_not_closed(at.slot)?;
        self.agents.periods.check_room(owner, self.window.now)?;
        self.agents.periods.add(owner, set, self.window.now);
        Ok(())
    }
}
