//! Placing a ticket and taking it back.

use std::collections::BTreeMap;

use super::memory::What;
use super::{Bet, Book, Model, Moved, NO_LIMIT, Reason, Refused, Scope};

/// A ticket that was accepted.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// Its bets, in order.
    pub bets: Vec<Bet>,
    /// The tick that accepted it.
    pub accepted: u64,
    /// Tickets accepted before it, those that have left included.
    pub(super) before: usize,
    /// The last day on which one of its draws is planned to be settled, from the Unix epoch.
    pub(super) day: u64,
    /// Whether it was taken back.
    pub cancelled: bool,
}

impl Model {
    pub(super) fn place(&mut self, id: u128, account: u64, bets: &[Bet]) -> Result<(), Refused> {
        let row = self.accounts.get(&account).ok_or(Reason::AccountUnknown.whole(0))?;
        // Of every bet its first fault, then those of the whole; of these the least reason, then the first bet.
        let mut worst: Option<Refused> = None;
        let named = |book: &u32| bets.iter().any(|bet| bet.book == *book);
        let mut trial: BTreeMap<u32, Book> =
            self.books.iter().filter(|(book, _)| named(book)).map(|(n, book)| (*n, book.clone())).collect();
        for (at, bet) in bets.iter().enumerate() {
            let Some(book) = trial.get_mut(&bet.book) else {
                worst = least(worst, self.no_draw(bet.book).at(at, 0));
                continue;
            };
            if let Err(refused) = book.check_bet(self.time, row.currency, at, bet) {
                worst = least(worst, refused);
            }
            if self.books[&bet.book].escrow > NO_LIMIT.into() {
                worst = least(worst, Reason::CapacityReached.at(at, NO_LIMIT.into()));
            }
            // What comes later in the ticket meets what came before it, whatever became of that; a bet that its
            // game does not know presses on nothing, and its reason comes before every limit anyway.
            if book.check_play(bet.play, bet.number).is_ok() {
                book.take(account, id, at, bet);
            }
        }
        let total: i128 = bets.iter().map(|bet| i128::from(bet.stake)).sum();
        for refused in self.faults_of_account(row, total) {
            worst = least(worst, refused);
        }
        if let Err(refused) = self.check_capacity(self.tickets.len(), self.rules.tickets_max) {
            worst = least(worst, refused);
        }
        if let Some(refused) = worst {
            return Err(refused);
        }
        let day = trial.values().map(|book| book.draw.day()).max().expect("a ticket has a bet");
        trial.values_mut().for_each(|book| book.last_day = book.last_day.max(day));
        self.books.append(&mut trial);
        self.stake(account, id, total);
        let before = self.tickets.len() + self.departed_tickets.len();
        let ticket = Ticket { bets: bets.to_vec(), accepted: self.tick, before, day, cancelled: false };
        self.tickets.insert((account, id), ticket);
        Ok(())
    }

    pub(super) fn cancel(&mut self, id: u128, account: u64, ticket: u128) -> Result<(), Refused> {
        if !self.accounts.contains_key(&account) {
            return Err(Reason::AccountUnknown.whole(0));
        }
        if let Some(found) = self.tickets.get(&(account, ticket)) {
            if found.cancelled {
                return Err(Reason::TicketCancelled.whole(0));
            }
            let bets = found.bets.clone();
            return self.take_back(account, ticket, &bets);
        }
        let scope = Scope::Account(account);
        match self.memory.find(scope, ticket).map(|known| &known.what) {
            Some(What::Mark) => return Err(Reason::TicketCancelled.whole(0)),
            Some(What::Decided(..)) => return Err(Reason::TicketUnknown.whole(0)),
            None => {}
        }
        if ticket == id || self.memory.check(&self.rules, self.time, scope, ticket).is_err() {
            return Err(self.without_ticket(account, ticket));
        }
        self.memory.mark(&self.rules, self.tick, self.time, scope, ticket);
        Ok(())
    }

    /// An operator's cancel: until settlement starts, whatever the draws say of cut-offs and cancelling; it leaves no mark.
    pub(super) fn void_ticket(&mut self, account: u64, ticket: u128) -> Result<(), Refused> {
        if !self.accounts.contains_key(&account) {
            return Err(Reason::AccountUnknown.whole(0));
        }
        let Some(found) = self.tickets.get(&(account, ticket)) else {
            return Err(match self.memory.find(Scope::Account(account), ticket).map(|known| &known.what) {
                Some(What::Mark) => Reason::TicketCancelled.whole(0),
                _ => self.without_ticket(account, ticket),
            });
        };
        if found.cancelled {
            return Err(Reason::TicketCancelled.whole(0));
        }
        let bets = found.bets.clone();
        let mut worst = None;
        for (at, bet) in bets.iter().enumerate() {
            let state = self.books[&bet.book].state;
            if state.is_paying() {
                worst = least(worst, Reason::DrawSettling.at(at, state as i128));
            } else if !state.is_undecided() {
                worst = least(worst, Reason::DrawState.at(at, state as i128));
            }
        }
        worst.map_or(Ok(()), Err)?;
        self.give_back(account, ticket, &bets);
        Ok(())
    }

    fn take_back(&mut self, account: u64, ticket: u128, bets: &[Bet]) -> Result<(), Refused> {
        let mut worst = None;
        for (at, bet) in bets.iter().enumerate() {
            let book = &self.books[&bet.book];
            if book.state.is_paying() {
                worst = least(worst, Reason::DrawSettling.at(at, book.state as i128));
            } else if !book.state.is_before_the_close() || self.time >= book.draw.closes_at {
                worst = least(worst, Reason::DrawClosed.at(at, (book.draw.closes_at / super::MS).into()));
            } else if !book.draw.cancellable {
                worst = least(worst, Reason::CancelNotAllowed.at(at, 0));
            }
        }
        if let Some(refused) = worst {
            return Err(refused);
        }
        self.give_back(account, ticket, bets);
        Ok(())
    }

    fn give_back(&mut self, account: u64, ticket: u128, bets: &[Bet]) {
        for book in self.books.values_mut() {
            let mine =
                book.bets.iter_mut().filter(|taken| (taken.account, taken.ticket) == (account, ticket));
            for taken in mine {
                taken.stands = false;
                book.escrow -= i128::from(taken.bet.stake);
            }
        }
        let amount = bets.iter().map(|bet| i128::from(bet.stake)).sum();
        self.bring_back(account, ticket, amount, Moved::Returned);
        self.tickets.get_mut(&(account, ticket)).expect("the ticket was found").cancelled = true;
    }
}

/// The refusal with the lesser reason, then the lesser bet; the whole ticket comes after its bets.
fn least(worst: Option<Refused>, refused: Refused) -> Option<Refused> {
    let key = |refused: &Refused| (refused.reason, refused.bet.unwrap_or(u8::MAX));
    Some(worst.map_or(refused, |worst| std::cmp::min_by_key(worst, refused, key)))
}
