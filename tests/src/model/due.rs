//! What a tick does before its commands: everything due, in the order of (deadline, owner), at one deadline accounts
//! before draws. A draw that is being sealed, posted or paid has its turn once a tick.

use std::collections::BTreeSet;

use super::events::EventKind;
use super::money::Account;
use super::{Book, Model, Moved, State};

/// What is to be done with a draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Work {
    /// Open it, or close it.
    Turn,
    /// Seal its bets.
    Seal,
    /// Post what its stakes bring.
    Post,
    /// Pay its bets, give them back, or correct them.
    Pay,
}

impl Model {
    pub(super) fn do_due_work(&mut self) {
        let now = self.time;
        let mut done = BTreeSet::new();
        while let Some((deadline, number, work)) = self.first_due(&done) {
            self.expire_holds(deadline);
            let states = self.states();
            if work != Work::Turn {
                done.insert((number, work));
            }
            match work {
                Work::Turn => {
                    let book = self.books.get_mut(&number).expect("what is due is there");
                    if book.state == State::Draft && book.draw.opens_at != 0 {
                        book.state = State::Open;
                    } else {
                        book.shut(now);
                        self.seal_some(number);
                        done.extend([(number, Work::Seal), (number, Work::Post)]);
                    }
                }
                Work::Seal => {
                    self.seal_some(number);
                    done.insert((number, Work::Post));
                }
                Work::Post => self.post(number),
                Work::Pay => self.pay(number),
            }
            self.tell_of_states(&states);
        }
        self.expire_holds(now);
        for account in self.accounts.values_mut() {
            account.forget_holds(now, self.rules.id_window);
        }
    }

    fn first_due(&self, done: &BTreeSet<(u32, Work)>) -> Option<(u64, u32, Work)> {
        let all = self.books.values().flat_map(|book| book.works().map(|(at, work)| (at, book.number, work)));
        let open = all.filter(|(at, number, work)| *at <= self.time && !done.contains(&(*number, *work)));
        open.min()
    }

    /// Lets go of holds, in the order of (deadline, account).
    fn expire_holds(&mut self, until: u64) {
        let of = |(account, row): (&u64, &Account)| {
            let account = *account;
            row.expired(until).map(move |(deadline, hold)| (deadline, account, hold)).collect::<Vec<_>>()
        };
        let mut expired: Vec<(u64, u64, u128)> = self.accounts.iter().flat_map(of).collect();
        expired.sort_unstable();
        for (_, account, hold) in expired {
            self.expire_hold(account, hold);
        }
    }

    /// Pays, gives back or corrects the bets of a draw that are next.
    fn pay(&mut self, number: u32) {
        let (most, time) = (self.rules.payouts_per_tick, self.time);
        let book = self.books.get_mut(&number).expect("what is due is there");
        if book.state == State::Voiding && book.commission.has_to_reverse() {
            return self.reverse(number);
        }
        let currency = book.draw.currency;
        let (moved, told) = match book.state {
            State::Voiding => (Moved::Refund, EventKind::Refunded),
            State::Correcting => (Moved::Correction, EventKind::Corrected),
            _ => (Moved::Payout, EventKind::Paid),
        };
        for payment in book.pay(most, time) {
            if payment.amount != 0 || moved != Moved::Correction {
                self.bring_back(payment.account, payment.ticket, payment.amount, moved);
                self.tell_of_bet(told, payment.account, payment.ticket, payment.of, payment.amount);
            }
            *self.tax.entry(currency).or_default() += payment.tax;
            *self.rounding.entry(currency).or_default() += payment.rounding;
            *self.house.entry(currency).or_default() -= payment.rounding;
        }
    }
}

impl Book {
    /// What is to be done, and since when.
    fn works(&self) -> impl Iterator<Item = (u64, Work)> {
        let turn = match self.state {
            State::Draft if self.draw.opens_at != 0 => Some(self.draw.opens_at),
            State::Draft | State::Open | State::Suspended => Some(self.draw.closes_at),
            _ => None,
        };
        let closed_in = self.seal.as_ref().map(|seal| seal.closed_in);
        let seal = closed_in.filter(|_| self.is_being_sealed());
        let post = closed_in.filter(|_| self.is_posting());
        let pay = self.state.is_paying().then_some(self.decided_at);
        [(turn, Work::Turn), (seal, Work::Seal), (post, Work::Post), (pay, Work::Pay)]
            .into_iter()
            .filter_map(|(at, work)| Some((at?, work)))
    }

    /// Whether bets are left to seal; a draw that is called off is sealed no further.
    pub fn is_being_sealed(&self) -> bool {
        self.state == State::Closed && self.seal.as_ref().is_some_and(|seal| !seal.is_done())
    }

    /// Whether there is something to do in the next tick.
    pub(super) fn has_work_left(&self) -> bool {
        self.is_being_sealed() || self.is_posting() || self.state.is_paying()
    }
}
