//! Whether a book takes a bet, and how much more it would take.

use alloc::vec::Vec;

use super::{BookRow, Books, PlayCell};
use crate::command::{Bet, Matching, NO_LIMIT};
use crate::game::{Game, PrizeRow};
use crate::query::{DrawState, RoomView};
use crate::refusal::Refusal;
use crate::reply::Refused;

/// A ticket as its books see it.
#[derive(Clone, Copy)]
pub(crate) struct Placing<'a> {
    pub bets: &'a [Bet],
    /// Time of the tick.
    pub now: u64,
    /// Currency of the account; `None` if there is no such account.
    pub currency: Option<u16>,
}

/// The refusal to answer with, of all that owners state: the lowest reason, of these the first bet.
#[derive(Clone, Copy, Default)]
pub(crate) struct Faults {
    first: Option<Refused>,
}

impl Faults {
    pub(crate) fn add(&mut self, refused: Refused) {
        let key = |refused: &Refused| (refused.reason, refused.bet);
        if self.first.is_none_or(|first| key(&refused) < key(&first)) {
            self.first = Some(refused);
        }
    }

    pub(crate) fn none_or_first(self) -> Result<(), Refused> {
        self.first.map_or(Ok(()), Err)
    }
}

/// What is left under the limits that a bet presses on.
struct Left {
    stake: i64,
    /// The least over the numbers that it wins on.
    payout: i64,
    is_blocked: bool,
}

impl Left {
    fn room(&self, prize: &PrizeRow) -> i64 {
        if self.is_blocked { 0 } else { self.stake.min(prize.stake_for(self.payout)).clamp(0, NO_LIMIT) }
    }
}

impl Books {
    /// Checks bet `place` of a ticket against the book at `slot`, after the earlier bets of the ticket. Returns the
    /// room that it would leave.
    #[inline]
    pub(crate) fn check(
        &self,
        game: &Game,
        slot: u32,
        placing: &Placing<'_>,
        place: usize,
    ) -> Result<i64, Refused> {
        let refuse = |reason, acceptable| Err(Refused { reason, bet: place as u8, acceptable });
        let book = self.rows.row(slot);
        let bet = &placing.bets[place];
        if book.state == DrawState::Draft as u8 {
            return refuse(Refusal::DrawNotOpen, millis(book.opens_at));
        }
        if book.state != DrawState::Open as u8 || placing.now >= book.closes_at {
            return refuse(Refusal::DrawClosed, millis(book.closes_at));
        }
        if placing.currency.is_some_and(|currency| currency != book.currency) {
            return refuse(Refusal::CurrencyMismatch, book.currency.into());
        }
        let (stake, number) = (bet.stake.get(), bet.number.get());
        let (play, prize) = match playable(game, bet.play, number) {
            Ok(found) => found,
            Err((reason, acceptable)) => return refuse(reason, acceptable),
        };
        if stake < game.row.stake_min {
            return refuse(Refusal::StakeBelowMinimum, game.row.stake_min);
        }
        if stake > game.row.stake_max {
            return refuse(Refusal::StakeAboveMaximum, game.row.stake_max);
        }
        let mut left = self.left(game, slot, play, number, &placing.bets[..place]);
        if left.is_blocked {
            return refuse(Refusal::NumberBlocked, 0);
        }
        if stake > left.stake {
            return refuse(Refusal::StakeLimitReached, left.room(prize));
        }
        let payout = prize.payout(stake);
        if payout > left.payout {
            return refuse(Refusal::PayoutLimitReached, left.room(prize));
        }
        if self.tallies.row(slot).escrow > NO_LIMIT {
            return refuse(Refusal::CapacityReached, NO_LIMIT);
        }
        left.stake -= stake;
        left.payout -= payout;
        Ok(left.room(prize))
    }

    /// The stake still acceptable for a play on a number that was checked.
    #[inline]
    pub(crate) fn room_of_bet(&self, game: &Game, slot: u32, bet: &Bet) -> i64 {
        match playable(game, bet.play, bet.number.get()) {
            Ok((play, prize)) => self.left(game, slot, play, bet.number.get(), &[]).room(prize),
            Err(_) => 0,
        }
    }

    /// The room for a play on a number, and what has been taken.
    pub(crate) fn room(&self, game: &Game, slot: u32, code: u8, number: u16) -> Result<RoomView, Refused> {
        let (play, prize) = playable(game, code, number).map_err(whole)?;
        let stake = self.plays.row(self.rows.row(slot).play_cell(game, play, number)).stake;
        Ok(RoomView {
            room: self.left(game, slot, play, number, &[]).room(prize).into(),
            stake: stake.into(),
            payout: self.payout_if(game, slot, number).into(),
        })
    }

    /// What the draw would pay if `number` came, over all plays.
    pub(super) fn payout_if(&self, game: &Game, slot: u32, number: u16) -> i64 {
        self.winning_cells(game, slot, number).map(|cell| cell.payout).sum()
    }

    /// What the plays of one matching would pay if `number` came.
    #[inline]
    fn payouts_of(&self, game: &Game, book: &BookRow, number: u16, matching: Matching) -> i64 {
        let mut sum = 0;
        for (place, play) in game.plays().iter().enumerate() {
            if play.matching == matching as u32 {
                sum += self.plays.row(book.play_cell(game, place, number)).payout;
            }
        }
        sum
    }

    /// The cells whose bets win if `number` comes, by the place of their play.
    pub(super) fn winning_cells(
        &self,
        game: &Game,
        slot: u32,
        number: u16,
    ) -> impl Iterator<Item = &PlayCell> {
        let book = self.rows.row(slot);
        (0..game.plays().len()).map(move |play| self.plays.row(book.play_cell(game, play, number)))
    }

    #[inline]
    fn left(&self, game: &Game, slot: u32, play: usize, number: u16, earlier: &[Bet]) -> Left {
        let book = self.rows.row(slot);
        let cell = self.plays.row(book.play_cell(game, play, number));
        let earlier = taken_by(game, book, earlier);
        let is_same = |taken: &&Taken| taken.play == play && taken.wins_on(game, number);
        let staked: i64 = earlier.iter().filter(is_same).map(|taken| taken.stake).sum();
        let mut left = Left {
            stake: limit_or(cell.limit, book.stake_limit[play]) - cell.stake - staked,
            payout: i64::MAX,
            is_blocked: false,
        };
        // Plays in any order owe the same on each of these numbers: they are the orders of one class, or one number.
        let class: i64 = self.payouts_of(game, book, number, Matching::AnyOrder);
        for &number in game.wins_on(play, number) {
            let cell = self.numbers.row(book.number_cell(number));
            let limit = limit_or(cell.limit, book.payout_limit);
            let payout = class + self.payouts_of(game, book, number, Matching::Exact);
            let wins = earlier.iter().filter(|taken| taken.wins_on(game, number));
            let taken = wins.fold(0i64, |sum, taken| sum.saturating_add(taken.payout));
            left.payout = left.payout.min((limit - payout).saturating_sub(taken));
            left.is_blocked |= cell.blocked != 0;
        }
        left
    }
}

/// What an earlier bet of the same ticket takes, before it is in the cells.
struct Taken {
    play: usize,
    number: u16,
    stake: i64,
    payout: i64,
}

impl Taken {
    fn wins_on(&self, game: &Game, number: u16) -> bool {
        game.key(self.play, self.number) == game.key(self.play, number)
    }
}

/// What bets take of a book; those of other books, and those that cannot be played, take nothing.
#[inline]
fn taken_by(game: &Game, book: &BookRow, bets: &[Bet]) -> Vec<Taken> {
    let in_book = bets.iter().filter(|bet| bet.book.get() == book.id);
    let taken = in_book.filter_map(|bet| {
        let (number, stake) = (bet.number.get(), bet.stake.get());
        let (play, prize) = playable(game, bet.play, number).ok()?;
        Some(Taken { play, number, stake, payout: prize.payout(stake) })
    });
    taken.collect()
}

/// The place and prize of a play on a number, if it can be made.
#[inline]
pub(super) fn playable(game: &Game, code: u8, number: u16) -> Result<(usize, &PrizeRow), (Refusal, i64)> {
    let play = game.place(code).ok_or((Refusal::PlayUnknown, game.highest_code()))?;
    inside(game, number)?;
    let prize = game.prize(play, number).ok_or((Refusal::PlayNotAllowed, 0))?;
    Ok((play, prize))
}

/// Whether the game has this number.
#[inline]
pub(super) fn inside(game: &Game, number: u16) -> Result<(), (Refusal, i64)> {
    if u32::from(number) < game.numbers() {
        return Ok(());
    }
    Err((Refusal::NumberOutside, i64::from(game.numbers()) - 1))
}

/// An override (kept plus one), or the default.
#[inline]
fn limit_or(kept: u64, default: i64) -> i64 {
    if kept == 0 { default } else { (kept - 1) as i64 }
}

/// A refusal of the whole command.
pub(super) fn whole((reason, acceptable): (Refusal, i64)) -> Refused {
    Refused::whole(reason, acceptable)
}

pub(super) fn millis(ns: u64) -> i64 {
    (ns / 1_000_000) as i64
}
