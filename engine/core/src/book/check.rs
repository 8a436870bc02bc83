//! Whether a book takes a bet, and how much more it would take.

use alloc::vec::Vec;

use super::{BookRow, Books};
use crate::command::{Bet, LENGTH_MAX, NO_LIMIT};
use crate::game::{Game, GamePlay, Prizes, Spot};
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

    /// Adds what a check found wrong, if it did.
    pub(crate) fn note<T>(&mut self, checked: Result<T, Refused>) {
        if let Err(refused) = checked {
            self.add(refused);
        }
    }

    pub(crate) fn none_or_first(self) -> Result<(), Refused> {
        self.first.map_or(Ok(()), Err)
    }
}

/// What is left under the limits that a bet presses on.
#[derive(Clone, Copy)]
struct Left {
    stake: i64,
    draw_stake: i64,
    /// By level: the least over the numbers that it meets there, under their own limits and under the draw's. `NONE`
    /// where it meets none.
    payout: [i64; LENGTH_MAX],
    draw_payout: [i64; LENGTH_MAX],
    is_blocked: bool,
}

impl Left {
    const NONE: i64 = i64::MAX;

    /// The highest stake that passes, a whole number of lines.
    #[inline]
    fn room(&self, prizes: &Prizes, lines: i64) -> i64 {
        if self.is_blocked {
            return 0;
        }
        let mut room = self.stake.min(self.draw_stake);
        for (ratio, level) in prizes.top() {
            let payout = self.payout[level].min(self.draw_payout[level]);
            if payout != Left::NONE {
                room = room.min(ratio.stake_for(payout));
            }
        }
        let room = room.clamp(0, NO_LIMIT);
        if lines > 1 { room - room % lines } else { room }
    }

    /// Takes a stake off, which need not pass; tells the first limit that it passes.
    #[inline]
    fn take(&mut self, prizes: &Prizes, stake: i64) -> Option<Refusal> {
        let (mut is_above, mut is_above_draw) = (false, false);
        for (ratio, level) in prizes.top() {
            if self.payout[level] != Left::NONE {
                let payout = ratio.payout(stake);
                self.payout[level] = self.payout[level].saturating_sub(payout);
                self.draw_payout[level] = self.draw_payout[level].saturating_sub(payout);
                is_above |= self.payout[level] < 0;
                is_above_draw |= self.draw_payout[level] < 0;
            }
        }
        self.stake -= stake;
        self.draw_stake -= stake;
        if self.stake < 0 {
            Some(Refusal::StakeLimitReached)
        } else if is_above {
            Some(Refusal::PayoutLimitReached)
        } else if self.draw_stake < 0 {
            Some(Refusal::DrawStakeLimitReached)
        } else if is_above_draw {
            Some(Refusal::DrawPayoutLimitReached)
        } else {
            None
        }
    }
}

/// What a bet that fits its draw and game is of them.
struct Fit<'a> {
    play: &'a GamePlay,
    prizes: &'a Prizes,
    lines: i64,
}

/// A sum that a bet adds to, and the limit that it is held to.
#[derive(Clone, Copy)]
pub(crate) struct Pressure {
    /// Tells the sums of a partition apart.
    pub name: u64,
    pub now: i64,
    /// What the bet adds.
    pub by: i64,
    pub limit: i64,
}

/// Kinds of sums, in the upper half of their names; the slot of their row is the lower.
mod sum {
    pub const STAKE: u64 = 1 << 32;
    pub const DRAW_STAKE: u64 = 2 << 32;
    pub const PAYOUT: u64 = 3 << 32;
}

impl Books {
    /// Tells every sum that bet `place` of a ticket presses on. False if something refuses it that is no sum: then
    /// not all may have been told.
    ///
    /// This is [`Books::check`] said in sums, for those who decide before the bets in front of it are in their cells.
    pub(crate) fn pressures(
        &self,
        game: &Game,
        slot: u32,
        placing: &Placing<'_>,
        place: usize,
        mut tell: impl FnMut(Pressure),
    ) -> bool {
        let Ok(Fit { play, prizes, .. }) = self.fit(game, slot, placing, place) else { return false };
        let (book, bet) = (self.rows.row(slot), &placing.bets[place]);
        let (stake, number) = (bet.stake.get(), bet.number.get());
        let spot = game.spot(play, number);
        let (counted, limit) = self.counted(game, book, play, spot);
        let first = book.first_play_cell + game.cell(&game.plays()[usize::from(play.counts_at)], spot);
        let limit = limit_or(limit, book.stake_limit[usize::from(play.group)]);
        tell(Pressure { name: sum::STAKE | u64::from(first), now: counted, by: stake, limit });
        let escrow = self.tallies.row(slot).escrow;
        let name = sum::DRAW_STAKE | u64::from(slot);
        tell(Pressure { name, now: escrow, by: stake, limit: book.draw_stake_limit });
        for (ratio, level) in prizes.top() {
            let payout = ratio.payout(stake);
            let (before, behind) = game.met_at(play, number, level as u8 + 1);
            for &number in before.iter().chain(behind) {
                let slot = book.number_cell(number);
                let cell = self.numbers.row(slot);
                if cell.blocked != 0 {
                    return false;
                }
                let limit = cell.payout_limit(book);
                let name = sum::PAYOUT | u64::from(slot);
                tell(Pressure { name, now: cell.payout, by: payout, limit });
            }
        }
        true
    }

    /// Whether nothing refuses bet `place` of a ticket but a sum or a block.
    #[inline]
    pub(crate) fn fits(&self, game: &Game, slot: u32, placing: &Placing<'_>, place: usize) -> bool {
        self.fit(game, slot, placing, place).is_ok()
    }

    /// What any sum of a book can take at least; nothing at all where a number is blocked, or where stakes of several plays
    /// are counted together.
    pub(crate) fn least_room(&self, game: &Game, slot: u32) -> i64 {
        let book = self.rows.row(slot);
        let mut least = book.draw_stake_limit.saturating_sub(self.tallies.row(slot).escrow);
        for play in game.plays() {
            if play.shares_with != 0 {
                return i64::MIN;
            }
            let limit = book.stake_limit[usize::from(play.group)];
            for cell in game.cells_of(play) {
                let cell = self.plays.row(book.first_play_cell + cell);
                least = least.min(limit_or(cell.limit, limit).saturating_sub(cell.stake));
            }
        }
        for cell in book.first_number_cell..book.first_number_cell + game.numbers() {
            let cell = self.numbers.row(cell);
            if cell.blocked != 0 {
                return i64::MIN;
            }
            least = least.min(cell.payout_left(book));
        }
        least
    }

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
        let fit = match self.fit(game, slot, placing, place) {
            Ok(fit) => fit,
            Err((reason, acceptable)) => return refuse(reason, acceptable),
        };
        let Fit { play, prizes, lines } = fit;
        let bet = &placing.bets[place];
        let (stake, number) = (bet.stake.get(), bet.number.get());
        if place == 0
            && let Some(room) = self.room_behind(game, slot, &fit, number, stake)
        {
            return Ok(room);
        }
        let mut left = self.left(game, slot, play, prizes, number, &placing.bets[..place]);
        if left.is_blocked {
            return refuse(Refusal::NumberBlocked, 0);
        }
        let before = left;
        if let Some(reason) = left.take(prizes, stake) {
            return refuse(reason, before.room(prizes, lines));
        }
        Ok(left.room(prizes, lines))
    }

    /// The room that the first bet of a ticket would leave; `None` if a limit or a block refuses it, for reasons that
    /// [`Books::left`] can tell. The same sums in one pass: this is what most bets run through.
    #[inline]
    fn room_behind(&self, game: &Game, slot: u32, fit: &Fit<'_>, number: u16, stake: i64) -> Option<i64> {
        let Fit { play, prizes, lines } = *fit;
        let book = self.rows.row(slot);
        let spot = game.spot(play, number);
        let (counted, limit) = self.counted(game, book, play, spot);
        let limit = limit_or(limit, book.stake_limit[usize::from(play.group)]);
        let draw_room = book.draw_stake_limit - self.staked(slot);
        let mut room = (limit - counted).min(draw_room) - stake;
        if room < 0 {
            return None;
        }
        if let Some(ratio) = prizes.first() {
            let left = self.least_left(book, game.met(play, spot))?;
            room = room.min(ratio.room_behind(left, stake)?);
        }
        for (ratio, level) in prizes.lower() {
            let (before, behind) = game.met_at(play, number, level as u8 + 1);
            let left = self.least_left(book, before)?.min(self.least_left(book, behind)?);
            room = room.min(ratio.room_behind(left, stake)?);
        }
        let room = room.min(NO_LIMIT);
        Some(if lines > 1 { room - room % lines } else { room })
    }

    /// The least payout that is left on these numbers; `None` if one of them is blocked.
    #[inline]
    fn least_left(&self, book: &BookRow, numbers: &[u16]) -> Option<i64> {
        let mut least = i64::MAX;
        for &number in numbers {
            let cell = self.numbers.row(book.number_cell(number));
            if cell.blocked != 0 {
                return None;
            }
            least = least.min(cell.payout_left(book));
        }
        Some(least)
    }

    /// Checks what does not depend on other bets.
    #[inline]
    fn fit<'a>(
        &self,
        game: &'a Game,
        slot: u32,
        placing: &Placing<'_>,
        place: usize,
    ) -> Result<Fit<'a>, (Refusal, i64)> {
        check_draw(self.rows.row(slot), placing)?;
        let bet = &placing.bets[place];
        let (stake, number) = (bet.stake.get(), bet.number.get());
        let (play, prizes) = playable(game, bet.play, number)?;
        let lines = game.lines(play, number);
        if lines > 1 && stake % lines != 0 {
            return Err((Refusal::StakeNotWhole, (stake - stake % lines).max(lines)));
        }
        if stake < game.row.stake_min * lines {
            return Err((Refusal::StakeBelowMinimum, game.row.stake_min * lines));
        }
        if stake > game.row.stake_max * lines {
            return Err((Refusal::StakeAboveMaximum, game.row.stake_max * lines));
        }
        Ok(Fit { play, prizes, lines })
    }

    /// The stake still acceptable for a play on a number that was checked.
    #[inline]
    pub(crate) fn room_of_bet(&self, game: &Game, slot: u32, bet: &Bet) -> i64 {
        let number = bet.number.get();
        let Ok((play, prizes)) = playable(game, bet.play, number) else { return 0 };
        let fit = Fit { play, prizes, lines: game.lines(play, number) };
        // What no stake at all would leave.
        self.room_behind(game, slot, &fit, number, 0).unwrap_or(0)
    }

    /// The room for a play on a number, and what has been taken.
    pub(crate) fn room(&self, game: &Game, slot: u32, code: u8, number: u16) -> Result<RoomView, Refused> {
        let (play, prizes) = playable(game, code, number).map_err(whole)?;
        let book = self.rows.row(slot);
        let fit = Fit { play, prizes, lines: game.lines(play, number) };
        let room = self.room_behind(game, slot, &fit, number, 0).unwrap_or(0);
        Ok(RoomView {
            room: room.into(),
            stake: self.counted(game, book, play, game.spot(play, number)).0.into(),
            payout: self.numbers.row(book.number_cell(number)).payout.into(),
        })
    }

    /// Stakes of the bets that stand: the escrow, until a result makes it what winners are owed.
    #[inline]
    pub(crate) fn staked(&self, slot: u32) -> i64 {
        if self.rows.row(slot).has_result() {
            self.payouts.row(slot).stake
        } else {
            self.tallies.row(slot).escrow
        }
    }

    /// The stake that counts against a play on a number, and the override of its limit as it is kept.
    #[inline]
    pub(super) fn counted(&self, game: &Game, book: &BookRow, play: &GamePlay, spot: &Spot) -> (i64, u64) {
        let cell = self.plays.row(book.play_cell(game, play, spot));
        if play.shares_with == 0 {
            return (cell.stake, cell.limit);
        }
        let (mut stake, mut limit) = (cell.stake, cell.limit);
        for (place, other) in game.plays().iter().enumerate() {
            if play.shares_with >> place & 1 == 1 {
                // Plays that are counted together have the same keys.
                let cell = self.plays.row(book.first_play_cell + game.cell(other, spot));
                stake += cell.stake;
                if place == usize::from(play.counts_at) {
                    limit = cell.limit;
                }
            }
        }
        (stake, limit)
    }

    #[inline]
    fn left(
        &self,
        game: &Game,
        slot: u32,
        play: &GamePlay,
        prizes: &Prizes,
        number: u16,
        earlier: &[Bet],
    ) -> Left {
        let book = self.rows.row(slot);
        let spot = game.spot(play, number);
        let (counted, limit) = self.counted(game, book, play, spot);
        let mut left = Left {
            stake: limit_or(limit, book.stake_limit[usize::from(play.group)]) - counted,
            draw_stake: book.draw_stake_limit - self.staked(slot),
            payout: [Left::NONE; LENGTH_MAX],
            draw_payout: [Left::NONE; LENGTH_MAX],
            is_blocked: false,
        };
        let earlier = taken_by(game, book, earlier);
        for taken in &earlier {
            left.draw_stake -= taken.stake;
            if taken.counts_with(game, play, spot) {
                left.stake -= taken.stake;
            }
        }
        for (_, level) in prizes.top() {
            let (before, behind) = game.met_at(play, number, level as u8 + 1);
            for &number in before.iter().chain(behind) {
                let cell = self.numbers.row(book.number_cell(number));
                let limit = limit_or(cell.limit, book.payout_limit);
                let payout = earlier
                    .iter()
                    .fold(cell.payout, |payout, taken| payout.saturating_add(taken.payout_if(game, number)));
                left.payout[level] = left.payout[level].min(limit.saturating_sub(payout));
                left.draw_payout[level] =
                    left.draw_payout[level].min(book.draw_payout_limit.saturating_sub(payout));
                left.is_blocked |= cell.blocked != 0;
            }
        }
        left
    }
}

/// Whether a draw takes bets now, of this account.
#[inline]
fn check_draw(book: &BookRow, placing: &Placing<'_>) -> Result<(), (Refusal, i64)> {
    if book.state == DrawState::Draft as u8 {
        return Err((Refusal::DrawNotOpen, millis(book.opens_at)));
    }
    if book.state != DrawState::Open as u8 || placing.now >= book.closes_at {
        if book.state == DrawState::Suspended as u8 {
            return Err((Refusal::DrawSuspended, 0));
        }
        return Err((Refusal::DrawClosed, millis(book.closes_at)));
    }
    if placing.currency.is_some_and(|currency| currency != book.currency) {
        return Err((Refusal::CurrencyMismatch, book.currency.into()));
    }
    Ok(())
}

/// What an earlier bet of the same ticket takes, before it is in the cells.
struct Taken<'a> {
    play: &'a GamePlay,
    prizes: &'a Prizes,
    number: u16,
    stake: i64,
}

impl Taken<'_> {
    /// Whether it is counted together with a play at this spot.
    fn counts_with(&self, game: &Game, play: &GamePlay, spot: &Spot) -> bool {
        self.play.counts_at == play.counts_at && game.spot(self.play, self.number).key == spot.key
    }

    fn payout_if(&self, game: &Game, drawn: u16) -> i64 {
        let level = game.level(self.play, self.number, drawn);
        level.and_then(|level| self.prizes.at(1, level)).map_or(0, |ratio| ratio.payout(self.stake))
    }
}

/// What bets take of a book; those of other books, and those that cannot be played, take nothing.
#[inline]
fn taken_by<'a>(game: &'a Game, book: &BookRow, bets: &[Bet]) -> Vec<Taken<'a>> {
    let in_book = bets.iter().filter(|bet| bet.book.get() == book.id);
    let taken = in_book.filter_map(|bet| {
        let (number, stake) = (bet.number.get(), bet.stake.get());
        let (play, prizes) = playable(game, bet.play, number).ok()?;
        Some(Taken { play, prizes, number, stake })
    });
    taken.collect()
}

/// The play and its prizes on a number, if it can be made.
#[inline]
pub(super) fn playable(game: &Game, code: u8, number: u16) -> Result<(&GamePlay, &Prizes), (Refusal, i64)> {
    let play = game.place(code).ok_or((Refusal::PlayUnknown, game.highest_code()))?;
    let play = &game.plays()[play];
    inside(game, number)?;
    let prizes = game.prizes(play, number).ok_or((Refusal::PlayNotAllowed, 0))?;
    let named = game.named(play, number);
    if named != number {
        return Err((Refusal::PlayNotAllowed, named.into()));
    }
    Ok((play, prizes))
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
pub(super) fn limit_or(kept: u64, default: i64) -> i64 {
    if kept == 0 { default } else { (kept - 1) as i64 }
}

/// A refusal of the whole command.
pub(super) fn whole((reason, acceptable): (Refusal, i64)) -> Refused {
    Refused::whole(reason, acceptable)
}

pub(super) fn millis(ns: u64) -> i64 {
    (ns / 1_000_000) as i64
}
