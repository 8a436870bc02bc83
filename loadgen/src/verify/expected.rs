//! What must stand in the ledger if the client's record is right, computed from the record alone.

use protocol::refusal::ACCEPTED;

use crate::game::{self, NUMBERS, PLAYS};
use crate::record::{Draw, Record, Ticket};

/// What each account and each draw should show.
#[derive(Debug)]
pub struct Expected {
    /// Available balance by place of the account: deposits − accepted stakes + payouts, minor units.
    pub available: Vec<i64>,
    /// By place of the draw.
    pub draws: Vec<ExpectedDraw>,
}

/// What one draw should show; money in minor units.
#[derive(Debug)]
pub struct ExpectedDraw {
    /// Stake taken, by place of the play and by number (in any order: by class).
    stake: [Vec<i64>; PLAYS.len()],
    /// The least room that an acceptance told, likewise; `i64::MAX` where none did.
    room_told: [Vec<i64>; PLAYS.len()],
    /// What the draw would pay, by the number that could come.
    pub payout: Vec<i64>,
    /// Stakes of all accepted bets.
    pub staked: i64,
    /// Accepted bets.
    pub bets: u64,
    /// Of these, paid by the result.
    pub winners: u64,
    /// Paid to them.
    pub paid: i64,
}

impl Expected {
    /// Sums the record up.
    pub fn from_record(record: &Record) -> Expected {
        let draws = record.draws.iter().map(|_| ExpectedDraw::nothing()).collect();
        let mut expected = Expected { available: record.accounts.deposits.clone(), draws };
        for ticket in record.tickets().filter(|ticket| ticket.outcome.code == ACCEPTED) {
            expected.count(&ticket, &record.draws[ticket.draw]);
        }
        expected
    }

    fn count(&mut self, ticket: &Ticket<'_>, draw: &Draw) {
        let sums = &mut self.draws[ticket.draw];
        let available = &mut self.available[ticket.account as usize];
        for (wager, &room) in ticket.wagers.iter().zip(ticket.rooms) {
            let stake = i64::from(wager.stake);
            let pays = game::payout(wager.play, wager.number, stake);
            let (play, cell) = cell(wager.play, wager.number);
            sums.stake[play][cell] += stake;
            if room >= 0 {
                sums.room_told[play][cell] = sums.room_told[play][cell].min(room);
            }
            for number in game::wins_on(wager.play, wager.number) {
                sums.payout[usize::from(number)] += pays;
            }
            sums.staked += stake;
            sums.bets += 1;
            *available -= stake;
            if draw.result.is_some_and(|result| wins(wager.play, wager.number, result)) {
                sums.winners += 1;
                sums.paid += pays;
                *available += pays;
            }
        }
    }
}

impl ExpectedDraw {
    fn nothing() -> ExpectedDraw {
        ExpectedDraw {
            stake: [vec![0; NUMBERS], vec![0; NUMBERS]],
            room_told: [vec![i64::MAX; NUMBERS], vec![i64::MAX; NUMBERS]],
            payout: vec![0; NUMBERS],
            staked: 0,
            bets: 0,
            winners: 0,
            paid: 0,
        }
    }

    /// Stake taken on the number, or on its class.
    pub fn stake(&self, play: u8, number: u16) -> i64 {
        let (play, cell) = cell(play, number);
        self.stake[play][cell]
    }

    /// The least room that an acceptance on the number, or on its class, told.
    pub fn room_told(&self, play: u8, number: u16) -> i64 {
        let (play, cell) = cell(play, number);
        self.room_told[play][cell]
    }
}

/// Whether the result pays a bet.
pub fn wins(play: u8, number: u16, result: u16) -> bool {
    game::limited_as(play, number) == game::limited_as(play, result)
}

/// Where the stakes of a play on a number are summed: place of the play, number or class.
fn cell(play: u8, number: u16) -> (usize, usize) {
    (usize::from(play == game::RAMBOLITO), usize::from(game::limited_as(play, number)))
}
