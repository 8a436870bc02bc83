//! How a draw ends: its result, and what it pays; or none, and what it gives back.

use alloc::vec::Vec;

use super::check::{inside, whole};
use super::{BetRow, BookRow, Books, Cursor, PayoutRow, ResultRow};
use crate::command::NO_LIMIT;
use crate::game::{Game, GamePlay};
use crate::query::DrawState;
use crate::refusal::Refusal;
use crate::reply::Refused;
use crate::storage::lists::NONE;
use zerocopy::little_endian::U16;

/// What one bet brings its ticket.
#[derive(Clone, Copy)]
pub(crate) struct Payout {
    pub ticket_partition: u8,
    pub ticket: u32,
    /// What the account gets.
    pub amount: i64,
    /// What is kept as tax, and what rounding took.
    pub tax: i64,
    pub residue: i64,
    /// The bet's number, and the place of its play in the game's table.
    pub number: u16,
    pub play: u8,
}

impl Payout {
    /// Nothing yet for a bet.
    pub(super) fn of(row: &BetRow) -> Payout {
        let BetRow { ticket_partition, ticket, number, play, .. } = *row;
        Payout { ticket_partition, ticket, amount: 0, tax: 0, residue: 0, number, play }
    }
}

/// A result as an operator gives it.
pub(crate) struct Given<'a> {
    pub seal: &'a [u8; 32],
    pub numbers: &'a [U16],
    /// The principal who gives it.
    pub actor: u32,
    /// What it may promise at most.
    pub room: i64,
}

/// What a result did.
pub(crate) enum Outcome {
    /// It is kept until another principal gives the same.
    Kept,
    /// It holds, and promises what is owed; the house gains so much of the escrow, or adds as much as it is negative.
    Holds { gain: i64, owed: i64 },
}

/// A cell whose bets some winning number pays.
pub(super) struct Winning {
    pub cell: u32,
    pub bets: u64,
    pub first: u32,
}

impl Books {
    /// Takes a result. Once it holds, escrow becomes what winners are owed.
    pub(crate) fn settle(
        &mut self,
        game: &Game,
        slot: u32,
        given: &Given<'_>,
        now: u64,
    ) -> Result<Outcome, Refused> {
        self.expect_state(slot, |state| state == DrawState::Closed as u8)?;
        self.check_seal(slot, given.seal)?;
        let result = ResultRow::new(given);
        let (book, kept) = (self.rows.row(slot), self.results.row(slot));
        book.check_agrees(kept, &result)?;
        result.check_numbers(game)?;
        if book.needs_another(kept, &result) {
            self.results.update(slot, |kept| *kept = result);
            return Ok(Outcome::Kept);
        }
        let owed = self.owed_within_bounds(game, slot, &result, given.room)?;
        self.results.update(slot, |kept| *kept = result);
        Ok(Outcome::Holds { gain: self.decide(game, slot, owed, now), owed })
    }

    /// Enters the result that is kept. Returns what the house gains.
    fn decide(&mut self, game: &Game, slot: u32, owed: i64, now: u64) -> i64 {
        let result = *self.results.row(slot);
        let winning = self.winning_cells(game, slot, result.numbers());
        let winners = winning.iter().map(|winning| winning.bets).sum();
        let (first_cursor, cursors) = if winners == 0 { (0, 0) } else { self.add_cursors(&winning) };
        let stake = self.tallies.update(slot, |tally| core::mem::replace(&mut tally.escrow, owed));
        self.open_bets -= self.tallies.row(slot).bets;
        let payout = PayoutRow {
            stake,
            paid: 0,
            winners,
            winners_paid: 0,
            first_cursor,
            cursors,
            refund: NONE,
            cursors_taken: cursors,
        };
        self.payouts.update(slot, |row| *row = payout);
        if winners == 0 {
            self.end(slot, DrawState::Settled, now);
        } else {
            self.advance(slot, DrawState::Settling);
            self.due.insert((now, self.rows.row(slot).id));
        }
        stake - owed
    }

    /// What a result pays over all bets that stand, if a draw may owe as much, and promise it.
    pub(super) fn owed_within_bounds(
        &self,
        game: &Game,
        slot: u32,
        result: &ResultRow,
        room: i64,
    ) -> Result<i64, Refused> {
        let most = room.min(NO_LIMIT);
        let owed = i64::try_from(self.owed(game, slot, result.numbers())).ok().filter(|owed| *owed <= most);
        owed.ok_or(Refused::whole(Refusal::CapacityReached, most))
    }

    /// What these winning numbers pay over all bets that stand.
    fn owed(&self, game: &Game, slot: u32, numbers: &[u16]) -> i128 {
        let book = self.rows.row(slot);
        let mut owed = 0i128;
        for (&number, &tier) in numbers.iter().zip(game.row.tiers_of_results()) {
            for play in game.plays() {
                for level in play.levels_at(tier) {
                    for met in game.meeting(play, number, level) {
                        owed += self.owed_by(game, book, play, met, (tier, level));
                    }
                }
            }
        }
        owed
    }

    /// What the bets of a play on a number win from a winning number of a tier that they meet at a level.
    fn owed_by(&self, game: &Game, book: &BookRow, play: &GamePlay, number: u16, at: (u8, u8)) -> i128 {
        let spot = game.spot(play, number);
        if at == (1, 1) {
            return self.plays.row(book.play_cell(game, play, spot)).payout.into();
        }
        let place = play.slots.iter().position(|slot| *slot == at);
        place.map_or(0, |place| {
            self.sums.row(book.first_sum + game.first_sum(play, spot) + place as u32).payout
        })
    }

    /// The cells that these winning numbers pay, each once: those with bets, also if none of them stands any more, for
    /// each bet has its turn.
    pub(super) fn winning_cells(&self, game: &Game, slot: u32, numbers: &[u16]) -> Vec<Winning> {
        let book = self.rows.row(slot);
        let mut winning = Vec::new();
        for (&number, &tier) in numbers.iter().zip(game.row.tiers_of_results()) {
            for play in game.plays() {
                for level in play.levels_at(tier) {
                    for met in game.meeting(play, number, level) {
                        let pays =
                            game.prizes(play, met).is_some_and(|prizes| prizes.at(tier, level).is_some());
                        let at = book.play_cell(game, play, game.spot(play, met));
                        let cell = self.plays.row(at);
                        if pays && cell.first > 0 {
                            winning.push(Winning { cell: at, bets: cell.bets, first: cell.first - 1 });
                        }
                    }
                }
            }
        }
        winning.sort_unstable_by_key(|winning| winning.cell);
        winning.dedup_by_key(|winning| winning.cell);
        winning
    }

    /// Makes the cursors of winning cells, a heap as they stand. Returns the slot of the first and their count.
    pub(super) fn add_cursors(&mut self, winning: &[Winning]) -> (u32, u32) {
        let first = self.cursors.take(winning.len() as u32);
        let cursor = |winning: &Winning| self.cursor(winning.first);
        let mut cursors: Vec<Cursor> = winning.iter().map(cursor).collect();
        // Ascending cursors are a heap.
        cursors.sort_unstable_by_key(|cursor| cursor.order);
        for (place, cursor) in cursors.iter().enumerate() {
            self.cursors.fill(first + place as u32, *cursor);
        }
        (first, cursors.len() as u32)
    }

    fn cursor(&self, bet: u32) -> Cursor {
        Cursor { order: self.bets.order(bet), bet, reserved: 0 }
    }

    /// Pays up to `most` bets of a settling draw, in the order of the bets; a cancelled one counts as one visited.
    pub(crate) fn pay(&mut self, game: &Game, slot: u32, most: u32, now: u64, mut pay: impl FnMut(Payout)) {
        let result = *self.results.row(slot);
        let mut payout = *self.payouts.row(slot);
        let paid_before = payout.paid;
        for _ in 0..most {
            let Some(bet) = self.next_winner(&mut payout) else { break };
            let row = *self.bets.row(bet);
            if row.state != BetRow::STANDING {
                continue;
            }
            let won = game.winnings(row.play.into(), row.number, row.stake, result.numbers());
            let (prize, residue) = won.expect("a bet in a winning cell wins");
            self.bets.update(bet, |row| row.state = BetRow::PAID);
            payout.paid += prize;
            payout.winners_paid += 1;
            let tax = game.row.tax(prize);
            pay(Payout { amount: prize - tax, tax, residue, ..Payout::of(&row) });
        }
        self.tallies.update(slot, |tally| tally.escrow -= payout.paid - paid_before);
        self.payouts.update(slot, |row| *row = payout);
        if payout.winners_paid == payout.winners {
            self.end(slot, DrawState::Settled, now);
        }
    }

    /// The next bet of the winning cells, in the order of the bets; moves the cursor that it stood at.
    pub(super) fn next_winner(&mut self, payout: &mut PayoutRow) -> Option<u32> {
        let first = payout.first_cursor;
        if payout.cursors == 0 {
            return None;
        }
        let bet = self.cursors.row(first).bet;
        let next = self.bets.row(bet).next;
        let moved = if next != NONE {
            self.cursor(next)
        } else {
            // The last cursor takes the place of the one that has come to its end.
            payout.cursors -= 1;
            let last = first + payout.cursors;
            self.cursors.update(last, |row| core::mem::replace(row, Cursor::NONE))
        };
        if payout.cursors > 0 {
            self.sink(first, payout.cursors, moved);
        }
        Some(bet)
    }

    /// Puts a cursor in at the top of a heap of `count`, and lets it sink to where it belongs.
    fn sink(&mut self, first: u32, count: u32, cursor: Cursor) {
        let mut at = 0;
        loop {
            let order = |place: u32| self.cursors.row(first + place).order;
            let below = (2 * at + 1..count.min(2 * at + 3)).min_by_key(|&place| order(place));
            let Some(below) = below.filter(|&place| order(place) < cursor.order) else { break };
            let risen = *self.cursors.row(first + below);
            self.cursors.update(first + at, |row| *row = risen);
            at = below;
        }
        self.cursors.update(first + at, |row| *row = cursor);
    }

    /// Ends a draw without a result: what was staked will be given back.
    pub(crate) fn void(&mut self, slot: u32, now: u64) -> Result<(), Refused> {
        self.rows.row(slot).check_not_busy().map_err(whole)?;
        self.expect_undecided(slot)?;
        let tally = *self.tallies.row(slot);
        self.stop_sealing(slot);
        let reverses = self.commissions.end(slot, self.rows.row(slot).id);
        let ends = tally.bets == 0 && !reverses;
        if ends {
            self.end(slot, DrawState::Void, now);
        } else {
            self.advance(slot, DrawState::Voiding);
        }
        self.rows.update(slot, |book| book.closes_at = book.closes_at.min(now));
        if ends {
            return Ok(());
        }
        let first = self.bets.front(&tally.list).unwrap_or(NONE);
        self.payouts.update(slot, |payout| payout.refund = first);
        self.due.insert((now, self.rows.row(slot).id));
        Ok(())
    }

    /// Gives back the stakes of up to `most` bets of a draw without a result, in the order of the bets; one that does not
    /// stand counts as one visited.
    pub(crate) fn refund(
        &mut self,
        games: &[Game],
        slot: u32,
        most: u32,
        now: u64,
        mut pay: impl FnMut(Payout),
    ) {
        let list = self.tallies.row(slot).list;
        let mut next = self.payouts.row(slot).refund;
        for _ in 0..most {
            if next == NONE {
                break;
            }
            let row = *self.bets.row(next);
            if row.state == BetRow::STANDING {
                let amount = self.take_back(games, next, BetRow::REFUNDED);
                pay(Payout { amount, ..Payout::of(&row) });
            }
            next = self.bets.after(&list, next).unwrap_or(NONE);
        }
        self.payouts.update(slot, |payout| payout.refund = next);
        self.end_if_void(slot, now);
    }

    /// Ends a draw that gives back, once there is nothing left to give or to take back.
    pub(crate) fn end_if_void(&mut self, slot: u32, now: u64) {
        if self.tallies.row(slot).bets == 0 && !self.commissions.is_reversing(slot) {
            self.end(slot, DrawState::Void, now);
        }
    }
}

impl ResultRow {
    pub(super) fn new(given: &Given<'_>) -> ResultRow {
        let (count, actor) = (given.numbers.len() as u32, given.actor);
        let mut result = ResultRow { count, actor, ..ResultRow::NONE };
        for (kept, number) in result.number.iter_mut().zip(given.numbers) {
            *kept = number.get();
        }
        result
    }

    /// Whether a game can have it as a result.
    pub(super) fn check_numbers(&self, game: &Game) -> Result<(), Refused> {
        let right = i64::from(game.row.results);
        if i64::from(self.count) != right {
            return Err(Refused::whole(Refusal::ResultCount, right));
        }
        for &number in self.numbers() {
            inside(game, number).map_err(whole)?;
        }
        Ok(())
    }
}

impl BookRow {
    /// Whether a result agrees with the one that another principal has given, where two have to.
    pub(super) fn check_agrees(&self, kept: &ResultRow, given: &ResultRow) -> Result<(), Refused> {
        let is_of_another = self.confirmed != 0 && kept.count > 0 && kept.actor != given.actor;
        if is_of_another && kept.numbers() != given.numbers() {
            return Err(Refused::whole(Refusal::ResultDiffers, 0));
        }
        Ok(())
    }

    /// Whether a result that agrees with the one kept still waits for another principal.
    pub(super) fn needs_another(&self, kept: &ResultRow, given: &ResultRow) -> bool {
        self.confirmed != 0 && (kept.count == 0 || kept.actor == given.actor)
    }
}

impl Cursor {
    const NONE: Cursor = Cursor { order: 0, bet: 0, reserved: 0 };
}
