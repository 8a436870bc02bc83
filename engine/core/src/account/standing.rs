//! What operators set of an account: its standing, its credit, its exclusion, its limits, and what it owes.

use super::{Accounts, Cause, EXCLUDED, LIMITED, millis};
use crate::command::{AccountLimit, BALANCE_MAX, LimitOf, LimitWindow, Standing};
use crate::refusal::Refusal;
use crate::reply::Refused;

impl Accounts {
    /// Whether the account may be set to this standing.
    pub(crate) fn check_status(&self, slot: u32, status: Standing) -> Result<(), Refused> {
        let row = self.row(slot);
        row.check_not_closed()?;
        let is_empty = row.available == 0 && row.held == 0 && row.owed == 0 && row.holds == 0;
        if status == Standing::Closed && !is_empty {
            return Err(Refused::whole(Refusal::AccountNotEmpty, row.available));
        }
        Ok(())
    }

    pub(crate) fn set_status(&mut self, slot: u32, status: Standing) {
        self.rows.update(slot, |row| row.status = status as u8);
    }

    /// Whether the account is not closed: then what is set of it may be.
    pub(crate) fn check_not_closed(&self, slot: u32) -> Result<(), Refused> {
        self.row(slot).check_not_closed()
    }

    /// Sets how far below zero the account may go; what is below already stays.
    pub(crate) fn set_credit(&mut self, slot: u32, limit: i64) {
        self.rows.update(slot, |row| row.credit_limit = limit);
    }

    /// Whether the account may be excluded until then.
    pub(crate) fn check_exclude(&self, slot: u32, until: u64, now: u64) -> Result<(), Refused> {
        self.row(slot).check_not_closed()?;
        let in_force = self.excluded_until(slot);
        if now < in_force && until < in_force {
            return Err(Refused::whole(Refusal::ExclusionShorter, millis(in_force)));
        }
        Ok(())
    }

    pub(crate) fn exclude(&mut self, slot: u32, until: u64) {
        self.exclusions.set(slot, until);
        self.rows.update(slot, |row| row.flags |= EXCLUDED);
    }

    /// Until when the account is or was excluded; 0: it never was.
    pub(crate) fn excluded_until(&self, slot: u32) -> u64 {
        if self.row(slot).flags & EXCLUDED == 0 { 0 } else { self.exclusions.until(slot) }
    }

    /// Whether a rolling limit of the account may be set.
    pub(crate) fn check_limit(&self, slot: u32) -> Result<(), Refused> {
        self.row(slot).check_not_closed()?;
        self.rolling.check_set(slot)
    }

    /// Sets a rolling limit whose form was checked.
    pub(crate) fn set_limit(&mut self, slot: u32, set: &AccountLimit, now: u64) {
        let (Some(of), Some(window)) = (LimitOf::from_code(set.of), LimitWindow::from_code(set.window))
        else {
            return;
        };
        self.rolling.set(slot, of, window, set.limit.get(), now);
        self.rows.update(slot, |row| row.flags |= LIMITED);
    }

    /// Whether `amount` can be claimed from the account.
    pub(crate) fn check_claim(&self, slot: u32, amount: i64) -> Result<(), Refused> {
        let row = self.row(slot);
        row.check_not_closed()?;
        let room = (BALANCE_MAX - row.owed).saturating_add(row.available.max(0));
        // A correction, and commission that is taken back, ask no bound.
        if amount > room { Err(Refused::whole(Refusal::BalanceTooLarge, room.max(0))) } else { Ok(()) }
    }

    /// Takes what is available of `amount`, and lets the rest be owed.
    pub(crate) fn claim(&mut self, slot: u32, amount: i64, cause: Cause) {
        self.change(slot, cause, |row| {
            let taken = amount.min(row.available.max(0));
            row.available -= taken;
            row.owed += amount - taken;
        });
    }

    /// Takes a payout back that was none of the account's, as [`Accounts::claim`] does, whatever its standing is.
    pub(crate) fn take_payout(&mut self, slot: u32, amount: i64, cause: Cause, now: u64) {
        self.claim(slot, amount, cause);
        if self.row(slot).flags & LIMITED != 0 {
            self.rolling.returned(slot, -amount, now);
        }
    }

    /// Whether the account owes `amount`.
    pub(crate) fn check_write_off(&self, slot: u32, amount: i64) -> Result<(), Refused> {
        let owed = self.row(slot).owed;
        if amount > owed { Err(Refused::whole(Refusal::OwedLess, owed)) } else { Ok(()) }
    }

    pub(crate) fn write_off(&mut self, slot: u32, amount: i64, cause: Cause) {
        self.change(slot, cause, |row| row.owed -= amount);
    }
}
