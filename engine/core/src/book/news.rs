//! What books have to tell beside replies: the states they enter, and where limits are reached and lifted.
//!
//! A limit is *reached* where less is left than the least bet takes, and *lifted* where that is no longer so, before and
//! after the whole command. Bets need not look for it: the room that a ticket leaves is known when it is placed, and
//! where that is enough no limit can have been reached. What is told of a limit is what is left once all is done.

use alloc::collections::BTreeMap;

use super::check::limit_or;
use super::{BookRow, Books, NumberCell};
use crate::command::Bet;
use crate::event::{Event, EventKind};
use crate::game::{Game, GamePlay};
use crate::query::DrawState;

/// Something to tell of the book at a slot.
#[derive(Clone, Copy)]
pub(super) struct News {
    slot: u32,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Entered(DrawState),
    Sealed,
    /// The place of the play in the table is 0 where there is none, and so is the number.
    Limit {
        kind: EventKind,
        play: u8,
        number: u16,
    },
}

/// A sort of limits: what is told where one is reached, and where it is lifted.
#[derive(Clone, Copy)]
struct Sort {
    reached: EventKind,
    lifted: EventKind,
}

const STAKE: Sort = Sort { reached: EventKind::StakeReached, lifted: EventKind::StakeLifted };
const PAYOUT: Sort = Sort { reached: EventKind::PayoutReached, lifted: EventKind::PayoutLifted };
const DRAW_STAKE: Sort = Sort { reached: EventKind::DrawStakeReached, lifted: EventKind::DrawStakeLifted };

/// The payout that is left on a number; 0 if it is blocked.
fn payout_left(book: &BookRow, cell: &NumberCell) -> i64 {
    if cell.blocked != 0 { 0 } else { cell.payout_left(book) }
}

impl Books {
    #[inline]
    pub(crate) fn has_news(&self) -> bool {
        !self.news.is_empty()
    }

    /// Tells what there is to tell, and forgets it.
    pub(crate) fn tell(&mut self, games: &[Game], mut tell: impl FnMut(Event)) {
        let mut news = core::mem::take(&mut self.news);
        for news in news.drain(..) {
            tell(self.event(games, news));
        }
        self.news = news;
    }

    fn event(&self, games: &[Game], News { slot, what }: News) -> Event {
        let book = self.row(slot);
        let (kind, play, number) = match what {
            What::Entered(state) => return Event::draw_state(book.id, state as u8),
            What::Sealed => {
                let seal = self.seal(slot);
                return Event::sealed(book.id, seal.bets, seal.stake);
            }
            What::Limit { kind, play, number } => (kind, play, number),
        };
        let game = &games[book.game as usize];
        match kind {
            EventKind::StakeReached | EventKind::StakeLifted => {
                let play = &game.plays()[usize::from(play)];
                let (limit, counted) = self.stake_limit(game, slot, play, number);
                Event::limit(kind, book.id, play.code, number, limit - counted)
            }
            EventKind::PayoutReached | EventKind::PayoutLifted => {
                let left = payout_left(book, self.numbers.row(book.number_cell(number)));
                Event::limit(kind, book.id, 0, number, left)
            }
            _ => Event::limit(kind, book.id, 0, 0, book.draw_stake_limit - self.tallies.row(slot).escrow),
        }
    }

    pub(super) fn note_sealed(&mut self, slot: u32) {
        self.news.push(News { slot, what: What::Sealed });
    }

    pub(super) fn note_state(&mut self, slot: u32, state: DrawState) {
        self.news.push(News { slot, what: What::Entered(state) });
    }

    /// Notes where the bets of a ticket that was placed here have brought the limits of the book at `slot`. There is
    /// nothing to note where each of them has left [`Game::room_enough`].
    #[cold]
    pub(crate) fn note_ticket(&mut self, game: &Game, slot: u32, bets: &[Bet]) {
        let book = self.row(slot).id;
        let placed = bets
            .iter()
            .filter(|bet| bet.book.get() == book)
            .filter_map(|bet| Some((game.place(bet.play)? as u8, bet.number.get(), bet.stake.get())));
        self.note_moved(game, slot, placed);
    }

    /// Notes where bets (the place of the play, the number, and the stake, negative of one that went) have brought the
    /// limits of the book at `slot`.
    #[cold]
    pub(super) fn note_moved(&mut self, game: &Game, slot: u32, moved: impl Iterator<Item = (u8, u16, i64)>) {
        let (mut payouts, mut stakes, mut total) = (BTreeMap::new(), BTreeMap::new(), 0);
        for (place, number, stake) in moved {
            let play = &game.plays()[usize::from(place)];
            for (ratio, level) in game.prizes(play, number).iter().flat_map(|prizes| prizes.top()) {
                let (before, behind) = game.met_at(play, number, level as u8 + 1);
                for &met in before.iter().chain(behind) {
                    *payouts.entry(met).or_insert(0i64) += stake.signum() * ratio.payout(stake.abs());
                }
            }
            *stakes.entry((play.counts_at, least_of(game, play, number))).or_insert(0i64) += stake;
            total += stake;
        }
        for (number, payout) in payouts {
            let book = self.rows.row(slot);
            let cell = self.numbers.row(book.number_cell(number));
            let left = payout_left(book, cell);
            let before = if cell.blocked != 0 { left } else { left.saturating_add(payout) };
            self.note(slot, PAYOUT, (0, number), (before, left), game.payout_least());
        }
        for ((place, number), stake) in stakes {
            let play = &game.plays()[usize::from(place)];
            let (limit, counted) = self.stake_limit(game, slot, play, number);
            let left = limit - counted;
            self.note(slot, STAKE, (place, number), (left + stake, left), game.row.stake_min);
        }
        let left = self.rows.row(slot).draw_stake_limit - self.tallies.row(slot).escrow;
        self.note(slot, DRAW_STAKE, (0, 0), (left + total, left), game.row.stake_min);
    }

    /// Notes where the default of a group's stake limits was moved, from what it was before.
    pub(super) fn note_stake_default(&mut self, game: &Game, slot: u32, group: u8, before: i64) {
        for (place, play) in game.plays().iter().enumerate() {
            if play.group != group || usize::from(play.counts_at) != place {
                continue;
            }
            for number in 0..game.numbers() as u16 {
                let spot = game.spot(play, number);
                let cell = self.plays.row(self.rows.row(slot).play_cell(game, play, spot));
                // An override stays, and of a class the least number tells it.
                if cell.limit == 0 && game.met(play, spot).first() == Some(&number) {
                    self.note_stake_limit(game, slot, play, number, 0, before);
                }
            }
        }
    }

    /// Notes where a stake limit was moved, from an override as it is kept and a default before.
    pub(super) fn note_stake_limit(
        &mut self,
        game: &Game,
        slot: u32,
        play: &GamePlay,
        number: u16,
        kept: u64,
        default: i64,
    ) {
        let (limit, counted) = self.stake_limit(game, slot, play, number);
        let (before, left) = (limit_or(kept, default) - counted, limit - counted);
        let least = least_of(game, play, number);
        self.note(slot, STAKE, (play.counts_at, least), (before, left), game.row.stake_min);
    }

    /// Notes where the limits on the payout of any number were moved, from how the book was before.
    pub(super) fn note_payouts(&mut self, game: &Game, slot: u32, before: &BookRow) {
        for number in 0..game.numbers() as u16 {
            let book = self.rows.row(slot);
            let cell = self.numbers.row(book.number_cell(number));
            let left = (payout_left(before, cell), payout_left(book, cell));
            self.note(slot, PAYOUT, (0, number), left, game.payout_least());
        }
    }

    /// Notes where the limit on the payout of a number was moved or a block set, from how its cell was before.
    pub(super) fn note_payout(&mut self, game: &Game, slot: u32, number: u16, before: &NumberCell) {
        let book = self.rows.row(slot);
        let cell = self.numbers.row(book.number_cell(number));
        let left = (payout_left(book, before), payout_left(book, cell));
        self.note(slot, PAYOUT, (0, number), left, game.payout_least());
    }

    /// Notes that the stake limit of the whole draw was moved, from what it was before.
    pub(super) fn note_draw_stake(&mut self, game: &Game, slot: u32, before: i64) {
        let stake = self.tallies.row(slot).escrow;
        let left = (before - stake, self.rows.row(slot).draw_stake_limit - stake);
        self.note(slot, DRAW_STAKE, (0, 0), left, game.row.stake_min);
    }

    /// The stake limit of a play on a number, and the stake that counts against it.
    fn stake_limit(&self, game: &Game, slot: u32, play: &GamePlay, number: u16) -> (i64, i64) {
        let book = self.rows.row(slot);
        let (counted, kept) = self.counted(game, book, play, game.spot(play, number));
        (limit_or(kept, book.stake_limit[usize::from(play.group)]), counted)
    }

    /// Notes a limit under which so much was left before and is after, if it has passed the least bet on the way.
    fn note(
        &mut self,
        slot: u32,
        sort: Sort,
        (play, number): (u8, u16),
        (before, after): (i64, i64),
        least: i64,
    ) {
        if (before < least) != (after < least) {
            let kind = if after < least { sort.reached } else { sort.lifted };
            self.news.push(News { slot, what: What::Limit { kind, play, number } });
        }
    }
}

/// The least of the numbers that a play counts as one.
fn least_of(game: &Game, play: &GamePlay, number: u16) -> u16 {
    game.met(play, game.spot(play, number)).first().copied().unwrap_or(number)
}
