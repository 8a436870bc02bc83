//! The client's own record: what it deposited, what it sent, and what it was told.
//!
//! Verification trusts nothing else. A one-bet ticket takes 32 bytes; its id is not stored, for it follows from where
//! and when it was made. A record grows only by what was sent and by the first answer to it.

use protocol::refusal::ACCEPTED;
use protocol::reply::NO_BET;
use thiserror::Error;

use crate::game::{self, NUMBERS};
use crate::id::Ids;
use crate::traffic::Wager;

/// In place of a code: no answer came.
pub const UNANSWERED: u16 = u16::MAX;
/// In place of a room: none was told.
pub const NO_ROOM: i64 = i64::MIN;

/// Everything that one client did on one ledger, over all its runs.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Whose tickets they are.
    pub accounts: Accounts,
    /// The draws that were bet on.
    pub draws: Vec<Draw>,
    /// What each connection of each run sent and heard.
    pub strands: Vec<Strand>,
}

/// Accounts with consecutive ids, and what each was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    /// The id of the account at place 0.
    pub first: u64,
    /// Minor units, by place.
    pub deposits: Vec<i64>,
}

/// A draw as the client set it up and ended it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    /// Its book.
    pub book: u32,
    /// The limits it was given; everything else is unlimited.
    pub limits: Vec<Limit>,
    /// The number drawn, once all its winners were said to be paid.
    pub result: Option<u16>,
}

/// A limit on one number of a draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The play whose stakes are limited (in any order: those of the whole class); `None` limits the payout.
    pub play: Option<u8>,
    /// The number.
    pub number: u16,
    /// Minor units.
    pub limit: i64,
}

/// What one connection sent and heard in one run.
#[derive(Clone, Debug)]
pub struct Strand {
    /// The place of the draw in the record.
    pub draw: usize,
    /// What was sent.
    pub sent: Sent,
    /// What was heard of it.
    pub heard: Heard,
}

/// Tickets in the order in which they were made.
#[derive(Clone, Debug)]
pub struct Sent {
    ids: Ids,
    began_ms: u64,
    bets_per_ticket: usize,
    tickets: Vec<Made>,
    wagers: Vec<Wager>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Made {
    account: u32,
    /// Milliseconds after `began_ms`.
    after_ms: u32,
}

/// Outcomes by place of the ticket, and rooms by place of the bet.
#[derive(Clone, Debug)]
pub struct Heard {
    bets_per_ticket: usize,
    outcomes: Vec<Outcome>,
    rooms: Vec<i64>,
}

/// What became of a ticket: 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    tick_low: u32,
    tick_high: u16,
    /// The code of the reply, or [`UNANSWERED`].
    pub code: u16,
}

/// What a reply told of a ticket.
#[derive(Clone, Copy, Debug)]
pub struct Told<Values> {
    /// Its code.
    pub code: u16,
    /// The bet that a refusal concerns, or [`NO_BET`].
    pub bet: u8,
    /// The tick that decided it.
    pub tick: u64,
    /// Rooms, or what would have been acceptable.
    pub values: Values,
}

/// An answer that cannot be an answer to what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Misheard {
    /// It answers a ticket that was not sent.
    #[error("an answer to ticket {place} of this connection, which has sent {sent}")]
    NotSent {
        /// The place it names.
        place: usize,
        /// Tickets sent.
        sent: usize,
    },
    /// It answers a ticket that has its answer.
    #[error("a second answer to ticket {place} of this connection")]
    Twice {
        /// The place it names.
        place: usize,
    },
    /// It has another number of rooms than the ticket has bets, or names a bet that the ticket has not.
    #[error("an answer to ticket {place} of this connection that does not fit its bets")]
    Unfitting {
        /// The place it names.
        place: usize,
    },
}

/// A ticket as the record has it.
#[derive(Clone, Copy, Debug)]
pub struct Ticket<'a> {
    /// The place of its draw in the record.
    pub draw: usize,
    /// Its id.
    pub id: u128,
    /// The place of its account in the record.
    pub account: u32,
    /// Its bets.
    pub wagers: &'a [Wager],
    /// What became of it.
    pub outcome: Outcome,
    /// By bet: accepted, the room left; refused, what would have been acceptable for the bet it concerns;
    /// otherwise [`NO_ROOM`].
    pub rooms: &'a [i64],
}

/// Bets by what became of their tickets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Accepted.
    pub accepted: u64,
    /// Refused, or not taken.
    pub refused: u64,
    /// Sent, and no answer came.
    pub unanswered: u64,
}

impl Tally {
    /// All that were sent.
    pub fn sent(&self) -> u64 {
        self.accepted + self.refused + self.unanswered
    }
}

impl Accounts {
    /// The id of the account at this place.
    pub fn id(&self, place: u32) -> u64 {
        self.first + u64::from(place)
    }
}

impl Record {
    /// Every ticket, strand by strand.
    pub fn tickets(&self) -> impl Iterator<Item = Ticket<'_>> {
        self.strands.iter().flat_map(|strand| (0..strand.sent.len()).map(|place| strand.ticket(place)))
    }

    /// By number: how many accepted bets of the draw at this place would be paid if it came.
    pub fn winners(&self, draw: usize) -> Vec<u64> {
        let mut winners = vec![0; NUMBERS];
        let standing = |ticket: &Ticket<'_>| ticket.draw == draw && ticket.outcome.code == ACCEPTED;
        for ticket in self.tickets().filter(standing) {
            for wager in ticket.wagers {
                for number in game::wins_on(wager.play, wager.number) {
                    winners[usize::from(number)] += 1;
                }
            }
        }
        winners
    }

    /// All bets, by what became of them.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for ticket in self.tickets() {
            let bets = ticket.wagers.len() as u64;
            match ticket.outcome.code {
                ACCEPTED => tally.accepted += bets,
                UNANSWERED => tally.unanswered += bets,
                _ => tally.refused += bets,
            }
        }
        tally
    }
}

impl Outcome {
    /// No answer came.
    pub const NONE: Outcome = Outcome { tick_low: 0, tick_high: 0, code: UNANSWERED };

    /// Decided with this code in this tick; of a tick above 2^48, which takes millennia, the lower bits are kept.
    pub fn new(code: u16, tick: u64) -> Outcome {
        Outcome { tick_low: tick as u32, tick_high: (tick >> 32) as u16, code }
    }

    /// The tick that decided it.
    pub fn tick(&self) -> u64 {
        u64::from(self.tick_high) << 32 | u64::from(self.tick_low)
    }
}

impl Strand {
    /// A strand with memory for so many tickets, touched now, so that no page is first met while time is measured.
    pub fn with_room(draw: usize, ids: Ids, began_ms: u64, tickets: usize, bets_per_ticket: usize) -> Strand {
        let mut sent = Sent {
            ids,
            began_ms,
            bets_per_ticket,
            tickets: vec![Made { account: u32::MAX, after_ms: 0 }; tickets],
            wagers: vec![Wager { stake: u32::MAX, ..Wager::default() }; tickets * bets_per_ticket],
        };
        sent.tickets.clear();
        sent.wagers.clear();
        let outcomes = vec![Outcome::NONE; tickets];
        let rooms = vec![NO_ROOM; tickets * bets_per_ticket];
        Strand { draw, sent, heard: Heard { bets_per_ticket, outcomes, rooms } }
    }

    /// The ticket at this place.
    ///
    /// # Panics
    /// If so many were not sent.
    pub fn ticket(&self, place: usize) -> Ticket<'_> {
        let (id, account, wagers) = self.sent.get(place);
        let from = place * self.sent.bets_per_ticket;
        let rooms = &self.heard.rooms[from..from + wagers.len()];
        Ticket { draw: self.draw, id, account, wagers, outcome: self.heard.outcomes[place], rooms }
    }

    /// Gives a ticket another outcome: for answers to a ticket that was sent again, and for lies.
    pub fn retell(&mut self, place: usize, outcome: Outcome) {
        self.heard.outcomes[place] = outcome;
    }
}

impl Sent {
    /// How many tickets were made.
    pub fn len(&self) -> usize {
        self.tickets.len()
    }

    /// Whether none was made.
    pub fn is_empty(&self) -> bool {
        self.tickets.is_empty()
    }

    /// Adds a ticket of `account`, made in this millisecond since the Unix epoch, with the bets that `wager` gives;
    /// the last ticket of a run may have fewer than the others. Returns its id and its bets.
    #[inline]
    pub fn push(
        &mut self,
        unix_ms: u64,
        account: u32,
        bets: usize,
        mut wager: impl FnMut() -> Wager,
    ) -> (u128, &[Wager]) {
        let place = self.tickets.len();
        let from = self.wagers.len();
        debug_assert_eq!(from, place * self.bets_per_ticket, "only the last ticket may be short");
        let after_ms = u32::try_from(unix_ms.saturating_sub(self.began_ms)).unwrap_or(u32::MAX);
        self.tickets.push(Made { account, after_ms });
        for _ in 0..bets {
            self.wagers.push(wager());
        }
        (self.ids.id(self.began_ms + u64::from(after_ms), place as u64), &self.wagers[from..])
    }

    /// Id, account and bets of the ticket at this place.
    fn get(&self, place: usize) -> (u128, u32, &[Wager]) {
        let Made { account, after_ms } = self.tickets[place];
        let from = place * self.bets_per_ticket;
        let to = (from + self.bets_per_ticket).min(self.wagers.len());
        (self.ids.id(self.began_ms + u64::from(after_ms), place as u64), account, &self.wagers[from..to])
    }

    /// Changes where the ticket at this place was made, and with it its id: for lies.
    pub(crate) fn rename(&mut self, place: usize) {
        self.tickets[place].after_ms = self.tickets[place].after_ms.wrapping_add(1);
    }

    /// Changes the stake of the first bet of the ticket at this place: for lies.
    pub(crate) fn restake(&mut self, place: usize, stake: u32) {
        self.wagers[place * self.bets_per_ticket].stake = stake;
    }
}

impl Heard {
    /// Notes the answer to the ticket at this place, where `sent` tickets were sent so far.
    ///
    /// # Errors
    /// [`Misheard`], and the ticket stays unanswered.
    #[inline]
    pub fn hear<Values: ExactSizeIterator<Item = i64>>(
        &mut self,
        place: usize,
        sent: usize,
        mut told: Told<Values>,
    ) -> Result<(), Misheard> {
        if place >= sent.min(self.outcomes.len()) {
            return Err(Misheard::NotSent { place, sent });
        }
        if self.outcomes[place].code != UNANSWERED {
            return Err(Misheard::Twice { place });
        }
        let from = place * self.bets_per_ticket;
        let rooms = &mut self.rooms[from..from + self.bets_per_ticket];
        if told.code == ACCEPTED {
            let count = told.values.len();
            if !(1..=rooms.len()).contains(&count) {
                return Err(Misheard::Unfitting { place });
            }
            rooms.iter_mut().zip(told.values).for_each(|(room, value)| *room = value);
        } else if told.bet != NO_BET
            && let Some(acceptable) = told.values.next()
        {
            *rooms.get_mut(usize::from(told.bet)).ok_or(Misheard::Unfitting { place })? = acceptable;
        }
        self.outcomes[place] = Outcome::new(told.code, told.tick);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use protocol::refusal::Refusal;

    use super::*;
    use crate::game::{RAMBOLITO, STRAIGHT};

    fn strand(bets_per_ticket: usize, tickets: &[usize]) -> Strand {
        let mut strand = Strand::with_room(0, Ids::new(1), 1_000, tickets.len(), bets_per_ticket);
        for (place, &bets) in tickets.iter().enumerate() {
            let wager = Wager { stake: 100, number: place as u16, play: STRAIGHT };
            strand.sent.push(1_000 + place as u64, place as u32, bets, || wager);
        }
        strand
    }

    fn accepted(tick: u64, rooms: &[i64]) -> Told<impl ExactSizeIterator<Item = i64>> {
        Told { code: ACCEPTED, bet: NO_BET, tick, values: rooms.iter().copied() }
    }

    fn told(strand: &Strand) -> Vec<(u64, u16, usize, Vec<i64>)> {
        (0..strand.sent.len())
            .map(|place| strand.ticket(place))
            .map(|ticket| {
                let outcome = ticket.outcome;
                (outcome.tick(), outcome.code, ticket.wagers.len(), ticket.rooms.to_vec())
            })
            .collect()
    }

    #[test]
    fn answers_find_their_tickets_in_any_order() {
        let mut strand = strand(2, &[2, 2, 1]);
        let refused =
            Told { code: Refusal::StakeLimitReached as u16, bet: 1, tick: 6, values: [30].into_iter() };
        assert_eq!(strand.heard.hear(2, 3, accepted(9 << 32 | 5, &[70])), Ok(()));
        assert_eq!(strand.heard.hear(0, 3, refused), Ok(()));
        assert_eq!(
            told(&strand),
            [
                (6, 2500, 2, vec![NO_ROOM, 30]),
                (0, UNANSWERED, 2, vec![NO_ROOM; 2]),
                (9 << 32 | 5, 0, 1, vec![70])
            ]
        );
        let record = Record { strands: vec![strand], ..Record::default() };
        assert_eq!(record.tally(), Tally { accepted: 1, refused: 2, unanswered: 2 });
    }

    #[test]
    fn winners_are_counted_over_accepted_bets_alone() {
        let mut strand = Strand::with_room(0, Ids::new(1), 0, 3, 1);
        for (number, play) in [(5, STRAIGHT), (500, RAMBOLITO), (5, STRAIGHT)] {
            strand.sent.push(0, 0, 1, || Wager { stake: 100, number, play });
        }
        strand.retell(0, Outcome::new(ACCEPTED, 1));
        strand.retell(1, Outcome::new(ACCEPTED, 1));
        let record = Record { strands: vec![strand], ..Record::default() };
        let winners: Vec<(usize, u64)> =
            record.winners(0).into_iter().enumerate().filter(|(_, count)| *count > 0).collect();
        assert_eq!(winners, [(5, 2), (50, 1), (500, 1)]);
        assert_eq!(record.winners(1).iter().sum::<u64>(), 0);
    }

    #[test]
    fn what_cannot_be_an_answer_is_not_noted() {
        let mut strand = strand(1, &[1, 1]);
        let heard: [(usize, &[i64]); 4] = [(0, &[70, 71]), (0, &[70]), (0, &[70]), (2, &[70])];
        let heard = heard.map(|(place, rooms)| strand.heard.hear(place, 2, accepted(5, rooms)));
        assert_eq!(
            heard,
            [
                Err(Misheard::Unfitting { place: 0 }),
                Ok(()),
                Err(Misheard::Twice { place: 0 }),
                Err(Misheard::NotSent { place: 2, sent: 2 })
            ]
        );
        assert_eq!(told(&strand), [(5, 0, 1, vec![70]), (0, UNANSWERED, 1, vec![NO_ROOM])]);
    }

    #[test]
    fn a_ticket_is_made_again_as_it_was_sent() {
        let mut strand = Strand::with_room(0, Ids::new(4), 50, 3, 1);
        let ids: Vec<u128> = (0..3u32)
            .map(|account| strand.sent.push(50 + u64::from(account), account, 1, Wager::default).0)
            .collect();
        let again: Vec<(u128, u32)> =
            (0..3).map(|place| strand.ticket(place)).map(|ticket| (ticket.id, ticket.account)).collect();
        assert_eq!(again, [(ids[0], 0), (ids[1], 1), (ids[2], 2)]);
    }
}
