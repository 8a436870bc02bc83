//! Holds: money set aside, taken out whole or in part, or let go.

use super::events::EventKind;
use super::money::Account;
use super::reply::narrow;
use super::{Model, Moved, Reason, Refused};

/// A hold, and what became of it.
#[derive(Clone, Debug)]
pub(super) struct Hold {
    id: u128,
    amount: i128,
    expires_at: u64,
    /// When it ended, and how.
    end: Option<(u64, End)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Posted(i128),
    Voided,
    Expired,
}

/// What can be read of a hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldSeen {
    /// Minor units set aside, the first time.
    pub amount: i64,
    /// Minor units taken out.
    pub posted: i64,
    /// When it is let go by itself.
    pub expires_at: u64,
    /// What became of it.
    pub state: HoldState,
}

/// What became of a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the rules'")]
pub enum HoldState {
    Held = 1,
    Posted = 2,
    Voided = 3,
    Expired = 4,
}

impl Account {
    fn standing(&self) -> impl Iterator<Item = &Hold> {
        self.holds.iter().filter(|hold| hold.end.is_none())
    }

    /// What is set aside.
    pub(super) fn held(&self) -> i128 {
        self.standing().map(|hold| hold.amount).sum()
    }

    /// Holds that stand.
    pub(super) fn holds_standing(&self) -> u32 {
        self.standing().count() as u32
    }

    /// When the next hold expires.
    pub(super) fn next_expiry(&self) -> Option<u64> {
        self.standing().map(|hold| hold.expires_at).min()
    }

    /// The holds that have expired and are still to be let go: when they did, and their ids.
    pub(super) fn expired(&self, now: u64) -> impl Iterator<Item = (u64, u128)> {
        let expired = self.standing().filter(move |hold| hold.expires_at <= now);
        expired.map(|hold| (hold.expires_at, hold.id))
    }

    /// Forgets what ended a window ago.
    pub(super) fn forget_holds(&mut self, now: u64, window: u64) {
        self.holds.retain(|hold| hold.end.is_none_or(|(ended, _)| now < ended + window));
    }

    fn standing_hold(&mut self, id: u128, now: u64) -> Result<&mut Hold, Refused> {
        let hold = self.holds.iter_mut().find(|hold| hold.id == id).ok_or(Reason::HoldUnknown.whole(0))?;
        match hold.end {
            None => Ok(hold),
            Some((_, End::Posted(_) | End::Voided)) => Err(Reason::HoldFinished.whole(0)),
            Some((_, End::Expired)) => Err(Reason::HoldExpired.whole((now / super::MS).into())),
        }
    }
}

impl Model {
    pub(super) fn place_hold(
        &mut self,
        id: u128,
        account: u64,
        amount: i128,
        expires_at: u64,
    ) -> Result<(), Refused> {
        let time = self.time;
        let row = self.account_to_debit(account)?;
        if expires_at <= time {
            return Err(Reason::HoldExpired.whole((time / super::MS).into()));
        }
        row.check_debit(amount)?;
        let holds = self.accounts.values().map(|account| account.holds.len()).sum();
        self.check_capacity(holds, self.rules.holds_max)?;
        let row = self.row(account)?;
        let before = row.balance();
        row.available -= amount;
        row.holds.push(Hold { id, amount, expires_at, end: None });
        self.write_down(account, Moved::HoldPlaced, id, before);
        Ok(())
    }

    pub(super) fn post_hold(&mut self, account: u64, id: u128, amount: i128) -> Result<(), Refused> {
        let time = self.time;
        let row = self.row(account)?;
        let before = row.balance();
        let hold = row.standing_hold(id, time)?;
        if amount > hold.amount {
            return Err(Reason::HoldExceeded.whole(hold.amount));
        }
        let posted = if amount == 0 { hold.amount } else { amount };
        hold.end = Some((time, End::Posted(posted)));
        row.available += hold.amount - posted;
        let currency = row.currency;
        *self.cash_out.entry(currency).or_default() += posted;
        self.write_down(account, Moved::HoldPosted, id, before);
        Ok(())
    }

    pub(super) fn void_hold(&mut self, account: u64, id: u128) -> Result<(), Refused> {
        let time = self.time;
        let row = self.row(account)?;
        let before = row.balance();
        let hold = row.standing_hold(id, time)?;
        hold.end = Some((time, End::Voided));
        row.available += hold.amount;
        self.write_down(account, Moved::HoldReleased, id, before);
        Ok(())
    }

    /// Lets go of a hold that has expired.
    pub(super) fn expire_hold(&mut self, account: u64, id: u128) {
        let before = self.balance(account);
        let row = self.accounts.get_mut(&account).expect("a hold has an account");
        let hold = row.holds.iter_mut().find(|hold| hold.id == id).expect("the hold is there");
        hold.end = Some((hold.expires_at, End::Expired));
        let amount = hold.amount;
        row.available += amount;
        self.write_down(account, Moved::HoldReleased, id, before);
        self.tell_of(EventKind::HoldExpired, account, id, amount);
    }

    /// A hold.
    pub fn hold(&self, account: u64, id: u128) -> Result<HoldSeen, Reason> {
        let row = self.accounts.get(&account).ok_or(Reason::AccountUnknown)?;
        let hold = row.holds.iter().find(|hold| hold.id == id).ok_or(Reason::HoldUnknown)?;
        let (state, posted) = match hold.end {
            None => (HoldState::Held, 0),
            Some((_, End::Posted(posted))) => (HoldState::Posted, posted),
            Some((_, End::Voided)) => (HoldState::Voided, 0),
            Some((_, End::Expired)) => (HoldState::Expired, 0),
        };
        let (amount, posted) = (narrow(hold.amount), narrow(posted));
        Ok(HoldSeen { amount, posted, expires_at: hold.expires_at, state })
    }

    /// Every hold that is known, by account and id.
    pub fn holds(&self) -> impl Iterator<Item = (u64, u128)> {
        self.accounts.iter().flat_map(|(account, row)| row.holds.iter().map(|hold| (*account, hold.id)))
    }
}
