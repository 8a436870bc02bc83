//! What books have to tell beside replies: the states they enter, and where limits are reached and lifted.
//!
//! A limit is *reached* where less is left than the least bet takes. One command moves what is left under a limit in one
//! direction only, so it is told at most once, where it happens; what is left is read once the whole command is done.

use super::check::limit_or;
use super::{BookRow, Books, NumberCell};
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
#[inline]
fn payout_left(book: &BookRow, cell: &NumberCell) -> i64 {
    if cell.blocked != 0 {
        return 0;
    }
    limit_or(cell.limit, book.payout_limit).min(book.draw_payout_limit).saturating_sub(cell.payout)
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

    /// Notes where a bet that came (or went: then the stake is negative) has brought the stake limits that it counts
    /// against.
    #[inline]
    pub(super) fn note_stake(&mut self, game: &Game, slot: u32, play: &GamePlay, number: u16, stake: i64) {
        let least = game.row.stake_min;
        let (limit, counted) = self.stake_limit(game, slot, play, number);
        let left = limit - counted;
        let draw_left = self.rows.row(slot).draw_stake_limit - self.tallies.row(slot).escrow;
        if is_passed(left + stake, left, least) {
            self.note_stake_passed(game, slot, play, number, left < least);
        }
        if is_passed(draw_left + stake, draw_left, least) {
            self.note(slot, DRAW_STAKE, 0, 0, draw_left < least);
        }
    }

    /// Notes that the payout left on a number was changed, to that of `cell`, by a bet that pays so much there.
    #[inline]
    pub(super) fn note_pressed(
        news: &mut alloc::vec::Vec<News>,
        (slot, book): (u32, &BookRow),
        (number, cell): (u16, &NumberCell),
        payout: i64,
        least: i64,
    ) {
        let left = payout_left(book, cell);
        if cell.blocked == 0 && is_passed(left.saturating_add(payout), left, least) && book.is_undecided() {
            news.push(News::new(slot, PAYOUT, 0, number, left < least));
        }
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
        let least = game.row.stake_min;
        let (limit, counted) = self.stake_limit(game, slot, play, number);
        let before = limit_or(kept, default) - counted;
        if is_passed(before, limit - counted, least) {
            self.note_stake_passed(game, slot, play, number, limit - counted < least);
        }
    }

    /// Notes where the limits on the payout of any number were moved, from how the book was before.
    pub(super) fn note_payouts(&mut self, game: &Game, slot: u32, before: &BookRow) {
        for number in 0..game.numbers() as u16 {
            let book = self.rows.row(slot);
            let cell = self.numbers.row(book.number_cell(number));
            let (was, left) = (payout_left(before, cell), payout_left(book, cell));
            if is_passed(was, left, game.payout_least()) {
                self.note(slot, PAYOUT, 0, number, left < game.payout_least());
            }
        }
    }

    /// Notes where the limit on the payout of a number was moved or a block set, from how its cell was before.
    pub(super) fn note_payout(&mut self, game: &Game, slot: u32, number: u16, before: &NumberCell) {
        let book = self.rows.row(slot);
        let left = payout_left(book, self.numbers.row(book.number_cell(number)));
        if is_passed(payout_left(book, before), left, game.payout_least()) {
            self.note(slot, PAYOUT, 0, number, left < game.payout_least());
        }
    }

    /// Notes that the stake limit of the whole draw was moved, from what it was before.
    pub(super) fn note_draw_stake(&mut self, game: &Game, slot: u32, before: i64) {
        let (stake, least) = (self.tallies.row(slot).escrow, game.row.stake_min);
        let left = self.rows.row(slot).draw_stake_limit - stake;
        if is_passed(before - stake, left, least) {
            self.note(slot, DRAW_STAKE, 0, 0, left < least);
        }
    }

    /// The stake limit of a play on a number, and the stake that counts against it.
    #[inline]
    fn stake_limit(&self, game: &Game, slot: u32, play: &GamePlay, number: u16) -> (i64, i64) {
        let book = self.rows.row(slot);
        let (counted, kept) = self.counted(game, book, play, game.spot(play, number));
        (limit_or(kept, book.stake_limit[usize::from(play.group)]), counted)
    }

    /// A cell is named by the first of the plays that are counted together, and the least of its numbers.
    #[cold]
    fn note_stake_passed(&mut self, game: &Game, slot: u32, play: &GamePlay, number: u16, is_reached: bool) {
        let least = game.met(play, game.spot(play, number)).first().copied().unwrap_or(number);
        self.note(slot, STAKE, play.counts_at, least, is_reached);
    }

    #[cold]
    fn note(&mut self, slot: u32, sort: Sort, play: u8, number: u16, is_reached: bool) {
        self.news.push(News::new(slot, sort, play, number, is_reached));
    }
}

impl News {
    #[cold]
    fn new(slot: u32, sort: Sort, play: u8, number: u16, is_reached: bool) -> News {
        let kind = if is_reached { sort.reached } else { sort.lifted };
        News { slot, what: What::Limit { kind, play, number } }
    }
}

/// Whether what is left has passed the least bet, in one direction or the other.
#[inline]
fn is_passed(before: i64, after: i64, least: i64) -> bool {
    (before < least) != (after < least)
}
