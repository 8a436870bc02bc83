//! What operators send: games, draws, limits, results.

use super::{PHP, Profile, Traffic, USD};
use crate::model::{Ask, Book, Draw, Game, Limit, MS, Model, NO_LIMIT, SECOND, State};

impl Traffic {
    pub(super) fn operator(&mut self, model: &Model) -> Ask {
        let books: Vec<(u32, &Book)> = model.books().collect();
        let in_state = |state| books.iter().filter(|(_, book)| book.state == state).count();
        let few = in_state(State::Open) < 3 && self.random.one_in(2);
        if few && in_state(State::Draft) > 1 {
            return self.of_state(&books, &[State::Draft], |_, book| Ask::OpenDraw { book });
        }
        if books.is_empty() || few || self.random.one_in(30) {
            return self.create(model);
        }
        if self.random.one_in(60) {
            return self.unknown_draw();
        }
        let alive: Vec<_> = books.iter().filter(|(_, row)| row.state < State::Settling).copied().collect();
        let among = if alive.is_empty() || self.random.one_in(10) { &books } else { &alive };
        let (book, row) = self.random.of(among);
        match self.random.below(24) {
            0 => self.game(),
            1..=5 => self.of_state(&books, &[State::Draft], |_, book| Ask::OpenDraw { book }),
            6 if self.random.one_in(2) => Ask::CloseDraw { book },
            6 | 7 => Ask::OpenDraw { book },
            8 | 9 => self.settle(book, row),
            10..=12 => {
                let closed: Vec<_> =
                    books.iter().filter(|(_, row)| row.state == State::Closed).copied().collect();
                if closed.is_empty() {
                    return Ask::CloseDraw { book };
                }
                let (book, row) = self.random.of(&closed);
                self.settle(book, row)
            }
            13..=16 => {
                let number = self.any_number(row, 1);
                Ask::Block { book, number, blocked: self.random.one_in(3) }
            }
            _ => self.limit(model, book, row),
        }
    }

    fn of_state(
        &mut self,
        books: &[(u32, &Book)],
        states: &[State],
        ask: impl Fn(&mut Traffic, u32) -> Ask,
    ) -> Ask {
        let right: Vec<u32> =
            books.iter().filter(|(_, row)| states.contains(&row.state)).map(|(book, _)| *book).collect();
        let book = if right.is_empty() { books[0].0 } else { self.random.of(&right) };
        ask(self, book)
    }

    fn unknown_draw(&mut self) -> Ask {
        let limit = Limit::Payout;
        match self.random.below(5) {
            0 => Ask::OpenDraw { book: 77 },
            1 => Ask::CloseDraw { book: 77 },
            2 => Ask::Settle { book: 77, number: 1 },
            3 => Ask::Block { book: 77, number: 1, blocked: true },
            _ => Ask::SetLimit { book: 77, limit, value: Some(1) },
        }
    }

    /// A number that somebody bet on, mostly; so there are winners.
    fn settle(&mut self, book: u32, row: &Book) -> Ask {
        Ask::Settle { book, number: self.any_number(row, 1) }
    }

    fn create(&mut self, model: &Model) -> Ask {
        let next = model.books().map(|(book, _)| book).max().unwrap_or(0) + 1;
        let book = if self.random.one_in(12) { 1 + self.random.below(next.into()) as u32 } else { next };
        let game = match self.profile {
            Profile::High => self.random.of(&[4, 4, 4, 1, 2]),
            _ => self.random.of(&[1, 1, 1, 2, 3, 3, 4]),
        };
        // More winners of the highest prize than this and a balance would outgrow 64 bits.
        let game = if game == 4 && self.steep_draws == 3 { 1 } else { game };
        self.steep_draws += u32::from(game == 4);
        let plays = if game == 1 || game == 4 { 2 } else { 3 };
        let lives = [1, MS, SECOND, 8 * SECOND, 20 * SECOND, 20 * SECOND, 60 * SECOND, 90 * SECOND];
        let closes_at = self.now + self.random.of(&lives);
        let opens_at = match self.random.below(6) {
            0 | 1 => 0,
            2 => self.now - 1,
            3 => self.now,
            4 => self.now + MS.min((closes_at - self.now) / 2),
            _ => self.now + (closes_at - self.now) / 4,
        };
        let mut draw = Draw {
            game,
            version: 1,
            opens_at,
            closes_at,
            settles_at: closes_at + self.random.below(2) * SECOND,
            currency: if self.random.one_in(8) { USD } else { PHP },
            cancellable: !self.random.one_in(4),
            payout_limit: self.limit_value(),
            stake_limits: std::array::from_fn(|place| if place < plays { self.limit_value() } else { 0 }),
        };
        match self.random.below(40) {
            0 => draw.game = 55,
            1 => draw.version = 2,
            2 => draw.closes_at = self.now,
            3 => draw.settles_at = draw.closes_at - 1,
            4 => draw.opens_at = draw.closes_at,
            5 => draw.stake_limits[7] = 1,
            _ => {}
        }
        Ask::CreateDraw { book, draw }
    }

    fn limit_value(&mut self) -> i64 {
        match self.random.below(6) {
            0 | 1 => NO_LIMIT,
            2 if self.random.one_in(3) => self.random.below(2) as i64,
            3 => 1_000_00 + self.random.below(200_000_00) as i64,
            _ => 20_00 + self.random.below(5_000_00) as i64,
        }
    }

    /// Mostly somewhere near what is taken already: at it, below it, a little above.
    fn limit(&mut self, model: &Model, book: u32, row: &Book) -> Ask {
        let number = self.any_number(row, 1);
        let codes: Vec<u8> = row.game.plays.iter().map(|play| play.code).collect();
        let play = if self.random.one_in(20) { 77 } else { self.random.of(&codes) };
        let limit = match self.random.below(6) {
            0 => Limit::Stake { play },
            1 => Limit::Payout,
            2 | 3 => Limit::PayoutOn { number },
            _ => Limit::StakeOn { play, number },
        };
        let taken = model.room(book, play, number).map_or(0, |seen| match limit {
            Limit::Stake { .. } | Limit::StakeOn { .. } => seen.stake,
            Limit::Payout | Limit::PayoutOn { .. } => seen.payout,
        });
        let value = match self.random.below(8) {
            0 => taken,
            1 => taken.saturating_sub(1).max(0),
            2 | 3 => taken + self.random.below(100_00) as i64,
            _ => self.limit_value(),
        };
        let is_override = matches!(limit, Limit::StakeOn { .. } | Limit::PayoutOn { .. });
        let value = (!is_override || self.random.below(4) > 0).then_some(value.min(NO_LIMIT));
        Ask::SetLimit { book, limit, value }
    }

    /// A game that is there, or one that is wrong somewhere.
    fn game(&mut self) -> Ask {
        let mut table = Game::pcso_3d();
        let mut version = 1;
        let game = if self.random.one_in(3) { 1 } else { 60 };
        match self.random.below(16) {
            0 => version = 0,
            1 => table.symbols = self.random.of(&[0, 1, 11]),
            2 => table.length = self.random.of(&[0, 5, 200]),
            3 => table.stake_min = 0,
            4 => table.stake_max = table.stake_min - 1,
            5 => table.stake_max = crate::model::AMOUNT_MAX + 1,
            6 => table.plays[0].code = 0,
            7 => table.plays[1].code = 1,
            8 => table.plays[1].matching = 3,
            9 => table.plays[0].used = 2,
            10 => table.plays[1].used = 7,
            11 => table.plays[1].cells.swap(0, 1),
            12 => table.plays[1].cells[1].denominator = 0,
            13 => table.plays[0].cells[0].numerator = 1_000_001,
            14 => table.plays[1].cells[5].orders = 1,
            _ => table.plays[1].reserved = 1,
        }
        Ask::DefineGame { game, version, table }
    }
}
