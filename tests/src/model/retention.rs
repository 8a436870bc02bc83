//! What is decided and past leaves memory, a day at a time; what has left is answered `Archived`.

use std::collections::BTreeSet;

use super::book::Taken;
use super::events::EventKind;
use super::memory::id_time;
use super::{Book, DAY, Draw, Model, Reason, Refused, Scope};

/// The last day that draws are told apart by.
const LAST_DAY: u64 = 65_535;

impl Draw {
    /// The day on which settlement is planned, from the Unix epoch.
    pub(super) fn day(&self) -> u64 {
        (self.settles_at / DAY).min(LAST_DAY)
    }
}

impl Book {
    fn is_past(&self, retention: u64, now: u64) -> bool {
        self.ended_at != 0 && self.ended_at.saturating_add(retention) <= now
    }

    /// The day on which it ended, from the Unix epoch; `None`: it has not.
    pub fn day_of_end(&self) -> Option<u64> {
        (self.ended_at != 0).then_some(self.ended_at / DAY)
    }

    /// The days on whose leaving it waits: from its own to the last one of a ticket that names it.
    pub fn span(&self) -> std::ops::RangeInclusive<u64> {
        self.draw.day()..=self.last_day
    }
}

impl Model {
    /// How long what has ended stays: an id must not be new again while what it named could still be asked for.
    fn retention(&self) -> u64 {
        self.rules.retention.max(self.rules.id_window.saturating_add(self.rules.id_ahead))
    }

    /// Whether all of a day's tickets leave, or have left.
    fn has_left(&self, day: u64) -> bool {
        let mut draws = self.books.values().filter(|book| book.span().contains(&day));
        (day + 1) * DAY <= self.time && draws.all(|book| book.is_past(self.retention(), self.time))
    }

    /// Lets go of every ticket whose day leaves, and of every draw all of whose days have left.
    pub(super) fn depart(&mut self) {
        let all_left = |book: &Book| book.span().all(|day| self.has_left(day));
        let draws: Vec<u32> =
            self.books.iter().filter(|(_, book)| all_left(book)).map(|(number, _)| *number).collect();
        let gone = self.tickets.iter().filter(|(_, ticket)| self.has_left(ticket.day));
        let gone: Vec<(u64, u128)> = gone.map(|(key, _)| *key).collect();
        for (account, id) in gone {
            self.tickets.remove(&(account, id));
            self.memory.depart(Scope::Account(account), id);
            self.archived_ms = self.archived_ms.max(id_time(id));
            self.departed_tickets.push((account, id));
        }
        for number in draws {
            self.books.remove(&number);
            self.departed_draws.insert(number);
            self.tell_of_draw(EventKind::Archived, number, 0, 0);
        }
    }

    /// What is said of a draw that is not there.
    pub(super) fn no_draw(&self, book: u32) -> Reason {
        if self.departed_draws.contains(&book) { Reason::Archived } else { Reason::DrawUnknown }
    }

    /// What is said of a ticket that is not there.
    pub(super) fn no_ticket(&self, account: u64, id: u128) -> Reason {
        let is_known = self.memory.find(Scope::Account(account), id).is_some();
        let is_old = id_time(id) <= self.archived_ms;
        if is_old && !is_known { Reason::Archived } else { Reason::TicketUnknown }
    }

    /// The same, as a refusal.
    pub(super) fn without_ticket(&self, account: u64, id: u128) -> Refused {
        self.no_ticket(account, id).whole(0)
    }

    /// Whether a draw has outlived some of its tickets.
    pub fn outlives_tickets(&self, book: u32) -> bool {
        let is_gone = |taken: &Taken| !self.tickets.contains_key(&(taken.account, taken.ticket));
        self.books.get(&book).is_some_and(|book| book.bets.iter().any(is_gone))
    }

    /// Whether a draw is past and waits for others.
    pub fn is_held_back(&self, book: u32) -> bool {
        self.books.get(&book).is_some_and(|book| book.is_past(self.retention(), self.time))
    }

    /// On how many days' leaving an account's tickets wait.
    pub fn days_of_account(&self, account: u64) -> usize {
        let mine = self.tickets.iter().filter(|((owner, _), _)| *owner == account);
        mine.map(|(_, ticket)| ticket.day).collect::<BTreeSet<_>>().len()
    }

    /// When something may leave, as far as it is known by now: ends of days, and when what has ended is past.
    pub fn times_of_leaving(&self) -> Vec<u64> {
        let of_draw = |book: &Book| {
            let past = (book.ended_at != 0).then(|| book.ended_at.saturating_add(self.retention()));
            past.into_iter().chain([*book.span().start(), *book.span().end()].map(|day| (day + 1) * DAY))
        };
        self.books.values().flat_map(of_draw).collect()
    }

    /// Draws that have left.
    pub fn departed_draws(&self) -> impl Iterator<Item = u32> {
        self.departed_draws.iter().copied()
    }

    /// Tickets that have left, the latest last.
    pub fn departed_tickets(&self) -> &[(u64, u128)] {
        &self.departed_tickets
    }
}
