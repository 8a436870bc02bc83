//! A result that was wrong: another takes its place, and each bet that either of them pays is visited once more.
//!
//! Nothing is undone. A visit pays the difference between what the bet wins now and what it won before, or takes it
//! back. A bet that neither result pays is never touched, for its state follows from the result.

use super::settle::{Given, Outcome, Payout};
use super::{BetRow, Books, ResultRow};
use crate::game::Game;
use crate::query::DrawState;
use crate::refusal::Refusal;
use crate::reply::Refused;
use zerocopy::{FromBytes, Immutable, IntoBytes};

/// What the corrections of a draw go by.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct CorrectionRow {
    /// The result that held before the one that holds.
    before: ResultRow,
    /// The one that the first of two principals gave of a draw that is settled.
    proposed: ResultRow,
}

impl Books {
    /// Takes another result of a settled draw. Once it holds, escrow becomes what winners are owed beyond what was paid,
    /// which may be negative.
    pub(crate) fn correct(
        &mut self,
        game: &Game,
        slot: u32,
        given: &Given<'_>,
        now: u64,
    ) -> Result<Outcome, Refused> {
        let book = self.rows.row(slot);
        if self.is_past(book, now) {
            // Some of its tickets may have left already, and all of them may by the next tick.
            return Err(Refused::whole(Refusal::Archived, 0));
        }
        book.check_not_busy().map_err(super::check::whole)?;
        self.expect_state(slot, |state| state == DrawState::Settled as u8)?;
        self.check_seal(slot, given.seal)?;
        let result = ResultRow::new(given);
        let kept = &self.corrections.row(slot).proposed;
        book.check_agrees(kept, &result)?;
        if self.results.row(slot).numbers() == result.numbers() {
            return Err(Refused::whole(Refusal::ResultSame, 0));
        }
        result.check_numbers(game)?;
        if book.needs_another(kept, &result) {
            self.corrections.update(slot, |row| row.proposed = result);
            return Ok(Outcome::Kept);
        }
        if book.corrections == u8::MAX {
            return Err(Refused::whole(Refusal::CapacityReached, u8::MAX.into()));
        }
        // What it pays more than the one before is at most what it pays.
        let owed = self.owed_within_bounds(game, slot, &result, given.room)?;
        Ok(Outcome::Holds { gain: self.replace(game, slot, result, owed, now), owed })
    }

    /// Puts a result in the place of the one that holds. Returns what the house gains.
    fn replace(&mut self, game: &Game, slot: u32, result: ResultRow, owed: i64, now: u64) -> i64 {
        let before = self.results.update(slot, |held| core::mem::replace(held, result));
        let row = CorrectionRow { before, proposed: ResultRow::NONE };
        self.corrections.update(slot, |kept| *kept = row);
        let mut cells = self.winning_cells(game, slot, result.numbers());
        let winners = cells.iter().map(|winning| winning.bets).sum();
        cells.extend(self.winning_cells(game, slot, before.numbers()));
        cells.sort_unstable_by_key(|winning| winning.cell);
        cells.dedup_by_key(|winning| winning.cell);
        let (first_cursor, cursors) = if cells.is_empty() { (0, 0) } else { self.add_cursors(&cells) };
        let paid = self.payouts.update(slot, |payout| {
            (payout.winners, payout.winners_paid) = (winners, 0);
            (payout.first_cursor, payout.cursors, payout.cursors_taken) = (first_cursor, cursors, cursors);
            payout.paid
        });
        self.tallies.update(slot, |tally| tally.escrow = owed - paid);
        self.rows.update(slot, |book| {
            book.corrections += 1;
            book.ended_at = 0;
        });
        if cursors == 0 {
            self.end_if_posted(slot, now);
        } else {
            self.advance(slot, DrawState::Correcting);
            self.due.insert((now, self.rows.row(slot).id));
        }
        paid - owed
    }

    /// Visits up to `most` bets that the result or the one before pays, in the order of the bets; one that was taken back
    /// counts as one visited. What a bet brings may be negative.
    pub(crate) fn pay_differences(
        &mut self,
        game: &Game,
        slot: u32,
        most: u32,
        now: u64,
        mut pay: impl FnMut(Payout),
    ) {
        let (result, before) = (*self.results.row(slot), self.corrections.row(slot).before);
        let round = self.rows.row(slot).corrections;
        let mut payout = *self.payouts.row(slot);
        let paid_before = payout.paid;
        for _ in 0..most {
            let Some(bet) = self.next_winner(&mut payout) else { break };
            let row = *self.bets.row(bet);
            if row.is_taken_back() {
                continue;
            }
            let wins = |of: &ResultRow| game.winnings(row.play.into(), row.number, row.stake, of.numbers());
            let won = wins(&result);
            let (prize, residue) = won.unwrap_or_default();
            let (prize_before, residue_before) = wins(&before).unwrap_or_default();
            self.bets.update(bet, |row| {
                row.state = if won.is_some() { BetRow::PAID } else { BetRow::STANDING };
                row.paid_in = round;
            });
            payout.winners_paid += u64::from(won.is_some());
            payout.paid += prize - prize_before;
            let tax = game.row.tax(prize) - game.row.tax(prize_before);
            pay(Payout {
                amount: prize - prize_before - tax,
                tax,
                residue: residue - residue_before,
                ..Payout::of(&row)
            });
        }
        self.tallies.update(slot, |tally| tally.escrow -= payout.paid - paid_before);
        self.payouts.update(slot, |row| *row = payout);
        if payout.cursors == 0 {
            self.end(slot, DrawState::Settled, now);
        }
    }
}
