//! What operators send: games, draws, limits, results.

use super::{PHP, Profile, Traffic, USD, tables};
use crate::model::{Ask, Book, Draw, Game, Limit, MS, Model, NO_LIMIT, SECOND, State};

impl Traffic {
    pub(super) fn operator(&mut self, model: &Model) -> Ask {
        let books: Vec<(u32, &Book)> = model.books().collect();
        let in_state = |state| books.iter().filter(|(_, book)| book.state == state).count();
        let few = in_state(State::Open) < 3 && self.random.one_in(2);
        if few && in_state(State::Draft) > 1 {
            return self.of_state(&books, &[State::Draft], |_, book| Ask::OpenDraw { book });
        }
        let fresh: Vec<_> = books.iter().filter(|(_, row)| row.is_fresh()).copied().collect();
        if !fresh.is_empty() && self.random.one_in(4) {
            let (book, row) = self.random.of(&fresh);
            return if self.random.one_in(5) { Ask::Void { book } } else { self.settle(model, book, row) };
        }
        if books.is_empty() || few || self.random.one_in(30) {
            return self.create(model);
        }
        if self.random.one_in(if self.goes_by_days() { 16 } else { 60 }) {
            return self.unknown_draw(model);
        }
        if self.goes_by_days()
            && let Some(ask) = self.end_of_draw(model, &books)
        {
            return ask;
        }
        let alive: Vec<_> = books.iter().filter(|(_, row)| row.state.is_undecided()).copied().collect();
        let among = if alive.is_empty() || self.random.one_in(10) { &books } else { &alive };
        let (book, row) = self.random.of(among);
        match self.random.below(31) {
            27..=30 => self.correct(model, book, row),
            24 => Ask::Suspend { book },
            25 if self.random.one_in(2) => Ask::Void { book },
            // One whose stakes have brought something to those who sell.
            25 if self.random.one_in(2) => {
                self.of_state(&books, &[State::Closed], |_, book| Ask::Void { book })
            }
            25 | 26 => self.of_state(&books, &[State::Suspended], |_, book| Ask::Resume { book }),
            0 => self.game(),
            1..=5 => self.of_state(&books, &[State::Draft], |_, book| Ask::OpenDraw { book }),
            6 if self.random.one_in(2) => Ask::CloseDraw { book },
            6 | 7 => Ask::OpenDraw { book },
            8 | 9 => self.settle(model, book, row),
            10..=12 => {
                let closed: Vec<_> =
                    books.iter().filter(|(_, row)| row.state == State::Closed).copied().collect();
                if closed.is_empty() {
                    return Ask::CloseDraw { book };
                }
                let (book, row) = self.random.of(&closed);
                self.settle(model, book, row)
            }
            13..=23 if self.profile == Profile::Crowded && !self.random.one_in(8) => self.ticket(model),
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

    fn unknown_draw(&mut self, model: &Model) -> Ask {
        let (book, limit) = (self.missing_draw(model), Limit::Payout);
        match self.random.below(9) {
            5 => Ask::Suspend { book },
            6 => Ask::Resume { book },
            7 => Ask::Void { book },
            0 => Ask::OpenDraw { book },
            1 => Ask::CloseDraw { book },
            2 => Ask::Settle { book, seal: [0; 32], numbers: vec![1] },
            4 => Ask::Correct { book, seal: [0; 32], numbers: vec![1] },
            3 => Ask::Block { book, number: 1, blocked: true },
            _ => Ask::SetLimit { book, limit, value: Some(1) },
        }
    }

    /// Numbers that somebody bet on, mostly; so there are winners. A result that waits is confirmed, mostly.
    pub(super) fn settle(&mut self, model: &Model, book: u32, row: &Book) -> Ask {
        let seal = self.seal(model, book);
        if let Some((kept, _)) = &row.kept
            && !self.random.one_in(4)
        {
            return Ask::Settle { book, seal, numbers: kept.clone() };
        }
        Ask::Settle { book, seal, numbers: self.drawn(row) }
    }

    /// The seal of the draw, mostly.
    fn seal(&mut self, model: &Model, book: u32) -> [u8; 32] {
        let mut seal = model.draw(book).map_or([0; 32], |seen| seen.seal);
        match self.random.below(32) {
            0 => seal = [0; 32],
            1 => seal[31] ^= 1,
            2 => seal = model.books().next().map_or(seal, |(other, _)| self.seal(model, other)),
            _ => {}
        }
        seal
    }

    /// Another result of a draw that is settled, mostly: a new one, that before, or the same.
    fn correct(&mut self, model: &Model, book: u32, row: &Book) -> Ask {
        let settled: Vec<_> = model
            .books()
            .filter(|(_, row)| matches!(row.state, State::Settled | State::Correcting))
            .collect();
        let steep: Vec<_> =
            settled.iter().filter(|(_, row)| row.draw.game == tables::STEEP).copied().collect();
        // Where another result may pay more than a draw may.
        let is_steep = self.profile == Profile::High && !steep.is_empty() && !self.random.one_in(8);
        let latest = if is_steep { &steep } else { &settled[settled.len().saturating_sub(6)..] };
        let waiting = settled.iter().filter(|(_, row)| row.proposed.is_some());
        let waiting: Vec<_> = waiting.copied().collect();
        let (book, row) = match self.random.below(12) {
            0 => (book, row),
            1..=4 if !waiting.is_empty() => self.random.of(&waiting),
            _ if latest.is_empty() => (book, row),
            _ => self.random.of(latest),
        };
        let seal = self.seal(model, book);
        let numbers = match (&row.proposed, self.random.below(12)) {
            (Some((proposed, _)), 0..=8) => proposed.clone(),
            (_, 9) if !row.results.is_empty() => row.results.clone(),
            (_, 10 | 11) if !row.before().is_empty() => row.before().to_vec(),
            (_, 4..=8) if is_steep && let Some(dearest) = row.dearest_result() => dearest,
            _ => self.drawn(row),
        };
        Ask::Correct { book, seal, numbers }
    }

    /// Winning numbers.
    fn drawn(&mut self, row: &Book) -> Vec<u16> {
        let count = match self.random.below(20) {
            0 => 1 + self.random.below(32),
            _ => row.game.results.into(),
        };
        // Several winning numbers may be equal, and are so here now and then.
        let staked = row.numbers();
        let is_sharp =
            !staked.is_empty() && self.random.one_in(if self.profile == Profile::High { 2 } else { 4 });
        let one = |traffic: &mut Traffic| {
            if is_sharp { traffic.random.of(&staked) } else { traffic.any_number(row, count) }
        };
        let mut numbers: Vec<u16> = (0..count).map(|_| one(self)).collect();
        if self.random.one_in(4) {
            numbers[0] = numbers[count as usize - 1];
        }
        numbers
    }

    fn create(&mut self, model: &Model) -> Ask {
        let book = self.number_of_draw(model);
        let game = match self.profile {
            Profile::High if self.random.one_in(2) => tables::STEEP,
            _ if self.random.one_in(8) => 1,
            _ => 1 + self.random.below(tables::COUNT),
        };
        let plays = tables::all().nth(game as usize - 1).expect("the game is there").plays;
        let has_plays = |group: usize| plays.iter().any(|play| usize::from(play.group) == group);
        let lives = match self.profile {
            Profile::Crowded => [
                20 * SECOND,
                60 * SECOND,
                60 * SECOND,
                60 * SECOND,
                90 * SECOND,
                90 * SECOND,
                90 * SECOND,
                90 * SECOND,
            ],
            _ => [1, MS, SECOND, 8 * SECOND, 20 * SECOND, 20 * SECOND, 60 * SECOND, 90 * SECOND],
        };
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
            confirmed: self.random.one_in(3),
            payout_limit: self.limit_value(),
            draw_stake_limit: self.draw_limit_value(),
            draw_payout_limit: self.draw_limit_value(),
            stake_limits: std::array::from_fn(|group| if has_plays(group) { self.limit_value() } else { 0 }),
        };
        self.spread_over_days(&mut draw);
        match self.random.below(40) {
            0 => draw.game = 55,
            1 => draw.version = 2,
            2 => draw.closes_at = self.now,
            3 => draw.settles_at = draw.closes_at - 1,
            4 => draw.opens_at = draw.closes_at,
            5 => draw.stake_limits[6] = 1,
            _ => {}
        }
        Ask::CreateDraw { book, draw }
    }

    fn limit_value(&mut self) -> i64 {
        match self.random.below(6) {
            // Long tickets are to have a chance.
            _ if self.profile == Profile::Crowded && !self.random.one_in(12) => NO_LIMIT,
            0 | 1 => NO_LIMIT,
            2 if self.random.one_in(3) => self.random.below(2) as i64,
            3 => 1_000_00 + self.random.below(200_000_00) as i64,
            _ => 20_00 + self.random.below(5_000_00) as i64,
        }
    }

    /// Most draws have none of their own; with them, one in a few is met.
    fn draw_limit_value(&mut self) -> i64 {
        if self.random.one_in(3) { self.limit_value().saturating_mul(3).min(NO_LIMIT) } else { NO_LIMIT }
    }

    /// Mostly somewhere near what is taken already: at it, below it, a little above.
    fn limit(&mut self, model: &Model, book: u32, row: &Book) -> Ask {
        let number = self.any_number(row, 1);
        let codes: Vec<u8> = row.game.plays.iter().map(|play| play.code).collect();
        let play = if self.random.one_in(20) { 77 } else { self.random.of(&codes) };
        let limit = match self.random.below(8) {
            0 => Limit::Stake { play },
            1 => Limit::Payout,
            6 => Limit::DrawStake,
            7 => Limit::DrawPayout,
            2 | 3 => Limit::PayoutOn { number },
            _ => Limit::StakeOn { play, number },
        };
        let taken = model.room(book, play, number).map_or(0, |seen| match limit {
            Limit::Stake { .. } | Limit::StakeOn { .. } => seen.stake,
            Limit::Payout | Limit::PayoutOn { .. } | Limit::DrawPayout => seen.payout,
            Limit::DrawStake => model.draw(book).map_or(0, |seen| seen.stake),
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
        let mut version = 1;
        let game = if self.random.one_in(3) { 1 } else { 60 };
        let at = self.random.below(tables::COUNT) as usize;
        let mut table = tables::all().nth(at).expect("the game is there");
        if self.random.one_in(2) {
            self.break_own_field(&mut version, &mut table);
        } else {
            self.break_a_play(&mut table);
        }
        Ask::DefineGame { game, version, table }
    }

    fn break_own_field(&mut self, version: &mut u16, table: &mut Game) {
        match self.random.below(15) {
            0 => *version = 0,
            1 => table.symbols = self.random.of(&[0, 1, 101, 255]),
            2 => table.length = self.random.of(&[0, 5, 200]),
            3 => table.stake_min = 0,
            4 => table.stake_max = table.stake_min - 1,
            5 => table.stake_max = crate::model::AMOUNT_MAX + 1,
            6 => table.results = self.random.of(&[0, 33, 255]),
            7 => table.tiers[0] = self.random.of(&[0, 2, 9]),
            8 => table.tiers[usize::from(table.results) - 1] = self.random.of(&[0, 8, 9, 255]),
            9 => table.tiers[31] = 1,
            10 => table.rounding = self.random.of(&[0, 4, 255]),
            11 => table.rounding_unit = self.random.of(&[0, -1, 1_000_001]),
            12 => table.tax_ppm = self.random.of(&[1_000_001, u32::MAX]),
            13 => table.tax_over = -1,
            // Another game, and a right one mostly.
            _ => table.results += 1,
        }
    }

    fn break_a_play(&mut self, table: &mut Game) {
        let (length, at) = (table.length, self.random.below(table.plays.len() as u64) as usize);
        let play = &mut table.plays[at];
        let cell = self.random.below(play.cells.len() as u64) as usize;
        match self.random.below(18) {
            0 => play.code = 0,
            1 => play.code = 1,
            2 => play.matching = self.random.of(&[0, 1, 2, 3, 4, 5, 6, 255]),
            3 => play.positions = self.random.of(&[0, 1, (1 << length) - 1, 1 << length, 255]),
            4 => play.group = self.random.of(&[7, 8, 255]),
            5 => play.lines = self.random.of(&[0, 1, 2, 254, 255]),
            6 => play.reserved = 1,
            7 => play.cells.clear(),
            8 => play.cells = vec![play.cells[0]; 41],
            9 => play.cells.reverse(),
            10 => play.cells.push(play.cells[0]),
            11 => play.cells[cell].denominator = 0,
            12 => play.cells[cell].numerator = 0,
            13 => play.cells[cell].numerator = 1_000_000 * u64::from(play.cells[cell].denominator) + 1,
            14 => play.cells[cell].orders = self.random.of(&[0, 1, 2, 5, 24, 25]),
            15 => play.cells[cell].tier = self.random.of(&[0, 1, 2, 8, 255]),
            16 => play.cells[cell].level = self.random.of(&[0, 1, 2, 4, 5]),
            _ => table.plays.reverse(),
        }
    }
}
