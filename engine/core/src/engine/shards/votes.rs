//! Votes on the commands of a run: each owner's checks, against the range in which what they look at may lie.

use super::{Owned, Side, Ticket};
use crate::account::AccountRow;
use crate::book::Placing;
use crate::command::{BALANCE_MAX, Body, LimitOf};

/// Refused, whatever becomes of the commands before it.
pub(super) const NO: u8 = 0;
/// Not to be told yet.
pub(super) const WAIT: u8 = 1;
/// Accepted as far as this owner goes, whatever becomes of the commands before it.
pub(super) const YES: u8 = 2;

/// What is known of a run when its owners vote.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    /// By command: what was decided; [`WAIT`] where nothing is.
    pub fates: &'a [u8],
    /// By command: what its account said at first.
    pub accounts: &'a [u8],
    /// By command: the currency of its account; 0 if there is no such account.
    pub currencies: &'a [u16],
}

impl Side<'_, '_> {
    /// The first vote of the account of a call: it knows the calls before, and no fate.
    pub(super) fn vote_first(&mut self, place: usize) {
        let Owned { index, call, .. } = &self.calls[place];
        if let Some(slot) = call.account {
            let home = &self.partitions[call.home - self.first];
            self.currencies[*index as usize] = home.accounts.row(slot).currency;
        }
        self.vote_on_call(place, WAIT);
    }

    /// The first votes of the books, on the tickets of a run that has been cut.
    pub(super) fn vote_books_first(&mut self, known: Known<'_>) {
        // What accounts have said stands; books may lower it.
        self.sums.clear();
        for place in 0..self.tickets.len() {
            self.vote_on_ticket(place, known);
        }
    }

    /// Votes of all owners on what is not decided.
    pub(super) fn vote_again(&mut self, known: Known<'_>) {
        self.votes.fill(YES);
        self.begin_count();
        for place in 0..self.calls.len() {
            self.vote_on_call(place, known.fates[self.calls[place].index as usize]);
        }
        for place in 0..self.tickets.len() {
            self.vote_on_ticket(place, known);
        }
    }

    /// Forgets what the commands of the run do, for another walk over them.
    pub(super) fn begin_count(&mut self) {
        self.balances.clear();
        self.sums.clear();
    }

    /// Whether the account of a call can take it.
    pub(super) fn weigh_call(&self, place: usize) -> u8 {
        let &Owned { ref call, change, .. } = &self.calls[place];
        let Some(slot) = call.account else { return NO };
        let (accounts, now) = (&self.partitions[call.home - self.first].accounts, self.rules.window.now);
        if self.rules.agents.check_may(&call.command).is_err()
            || !accounts.allows(slot, &call.command.body, now)
        {
            return NO;
        }
        let row = accounts.row(slot);
        let (least, most) = self.balances.of(name_of(call.home, slot)).range(row.available);
        let mut vote = if change < 0 {
            // What credit there is may be used up as well.
            at_most(-change, least.saturating_add(row.credit_limit), most.saturating_add(row.credit_limit))
        } else {
            let room = |available: i64| BALANCE_MAX.saturating_sub(available).saturating_sub(row.held);
            at_most(change, room(most), room(least))
        };
        for &of in limits_on(row, &call.command.body) {
            if let Some(room) = accounts.limit_room(slot, of, now) {
                let (least, most) = self.balances.of(limit_name_of(call.home, slot, of)).range(0);
                let left = |counted: i64| room.saturating_sub(counted);
                vote = vote.min(at_most(change.abs(), left(most), left(least)));
            }
        }
        vote
    }

    /// Counts what a call does to its account.
    pub(super) fn count_call(&mut self, place: usize, is_certain: bool) {
        let &Owned { ref call, change, .. } = &self.calls[place];
        let Some(slot) = call.account else { return };
        self.balances.add(name_of(call.home, slot), change, is_certain);
        let (accounts, now) = (&self.partitions[call.home - self.first].accounts, self.rules.window.now);
        for &of in limits_on(accounts.row(slot), &call.command.body) {
            if accounts.limit_room(slot, of, now).is_some() {
                self.balances.add(limit_name_of(call.home, slot, of), change.abs(), is_certain);
            }
        }
    }

    /// Whether the books of a ticket can take their bets, counting these as certain; undone by [`Side::recount`].
    pub(super) fn weigh_ticket(&mut self, place: usize, currency: u16, is_decided: bool) -> u8 {
        let Ticket { bets, own, .. } = &self.tickets[place];
        let currency = (currency != 0).then_some(currency);
        let placing = Placing { bets, now: self.rules.window.now, currency };
        let mut vote = YES;
        self.pressed.clear();
        for located in &self.bets[own.start as usize..own.end as usize] {
            let Some(slot) = located.slot else { return NO };
            let books = &self.partitions[usize::from(located.home)].books;
            let game = &self.rules.games[books.row(slot).game as usize];
            let (sums, pressed, heaviest) = (&mut self.sums, &mut self.pressed, self.heaviest);
            let quiet = self.quiet.room(located.home, slot, || books.least_room(game, slot));
            if self.heaviest <= quiet {
                if !books.fits(game, slot, &placing, located.place.into()) {
                    return NO;
                }
                continue;
            }
            let home = u64::from(located.home) << 40;
            let fits = books.pressures(game, slot, &placing, located.place.into(), |pressure| {
                // A sum that all bets of the run together cannot bring to its limit decides nothing, and is not counted.
                if heaviest <= pressure.limit.saturating_sub(pressure.now) {
                    return;
                }
                let name = home | pressure.name;
                if !is_decided {
                    let (least, most) = sums.of(name).range(pressure.now);
                    let left = |sum: i64| pressure.limit.saturating_sub(sum);
                    vote = vote.min(at_most(pressure.by, left(most), left(least)));
                }
                // What will be refused here is not counted: only then may a sum pass its limit by far.
                if vote != NO {
                    sums.add(name, pressure.by, true);
                    pressed.push((name, pressure.by));
                }
            });
            if !fits || vote == NO {
                return NO;
            }
        }
        vote
    }

    /// Takes back what the last [`Side::weigh_ticket`] counted as certain, and counts it as what may come, or not at all.
    pub(super) fn recount(&mut self, may_come: bool) {
        for &(name, by) in &self.pressed {
            self.sums.add(name, -by, true);
            if may_come {
                self.sums.add(name, by, false);
            }
        }
    }

    fn vote_on_call(&mut self, place: usize, fate: u8) {
        let Owned { index, call, .. } = &self.calls[place];
        let (index, is_ticket) = (*index as usize, matches!(call.command.body, Body::TicketPlace(_)));
        let vote = if fate == WAIT { self.weigh_call(place) } else { fate };
        self.votes[index] = vote;
        if vote != NO {
            // A deposit or a withdrawal has no other owner to wait for.
            self.count_call(place, fate == YES || (vote == YES && !is_ticket));
        }
    }

    fn vote_on_ticket(&mut self, place: usize, known: Known<'_>) {
        let Ticket { index, bets, own, .. } = &self.tickets[place];
        let (index, is_sole) = (*index as usize, own.len() == bets.len());
        let fate = known.fates[index];
        if fate == NO {
            return;
        }
        let vote = self.weigh_ticket(place, known.currencies[index], fate == YES);
        let is_certain = fate == YES || (vote == YES && is_sole && known.accounts[index] == YES);
        if !is_certain {
            self.recount(vote != NO);
        }
        self.votes[index] = self.votes[index].min(vote);
    }
}

/// Whether `by` is at most a bound that lies between `least` and `most`.
fn at_most(by: i64, least: i64, most: i64) -> u8 {
    if by <= least {
        YES
    } else if by > most {
        NO
    } else {
        WAIT
    }
}

/// The name of an account's balance among all of a shard.
fn name_of(home: usize, slot: u32) -> u64 {
    (home as u64) << 32 | u64::from(slot)
}

/// The name of what counts against an account's rolling limits of a kind.
fn limit_name_of(home: usize, slot: u32, of: LimitOf) -> u64 {
    (of as u64) << 40 | name_of(home, slot)
}

/// The kinds of rolling limits that a command of a run counts against.
fn limits_on(account: &AccountRow, body: &Body<'_>) -> &'static [LimitOf] {
    match body {
        _ if account.is_plain() => &[],
        Body::TicketPlace(_) => &[LimitOf::Stakes, LimitOf::NetLoss],
        Body::Deposit(_) => &[LimitOf::Deposits],
        _ => &[],
    }
}

/// What a command of a run adds to its account's balance.
pub(super) fn change_of(body: &Body<'_>) -> i64 {
    match body {
        Body::TicketPlace(bets) => -bets.iter().map(|bet| bet.stake.get()).sum::<i64>(),
        Body::Withdraw(movement) => -movement.amount.get(),
        Body::Deposit(movement) => movement.amount.get(),
        _ => 0,
    }
}
