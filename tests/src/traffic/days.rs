//! Streams that go through days: what they do otherwise than those that stay within minutes.

use super::{Profile, Traffic};
use crate::model::{Ask, Book, DAY, Draw, HOUR, MS, Model, SECOND, State};

impl Traffic {
    /// Whether its ticks are hours apart.
    pub(super) fn goes_by_days(&self) -> bool {
        matches!(self.profile, Profile::Days | Profile::FullDays)
    }

    /// Often a little later, so that commands meet; else hours; often exactly when something opens, closes, expires or
    /// may leave, or just before.
    pub(super) fn time_of_days(&mut self, model: &Model) -> u64 {
        let last = model.time();
        let near = |at: u64| if at < last + DAY { at } else { last + 1 };
        let due = model.next_due().unwrap_or(0);
        match self.random.below(40) {
            0..=3 => near(due),
            4..=5 => near(due.saturating_sub(1)),
            6..=21 => last + 1 + self.random.below(5 * MS),
            22..=27 => last + self.random.below(90 * SECOND),
            28..=33 => last + self.random.below(3 * HOUR),
            34..=37 => {
                let soon = last + 1..last + 20 * DAY;
                let leaving = model.times_of_leaving().into_iter().filter(|at| soon.contains(at));
                let leaving: Vec<u64> = leaving.collect();
                match leaving.iter().min() {
                    None => last + HOUR,
                    Some(_) if self.random.one_in(3) => self.random.of(&leaving),
                    Some(first) => first - self.random.below(2),
                }
            }
            38 => (last / DAY + 1) * DAY - self.random.below(2),
            _ => last + self.random.below(20 * HOUR),
        }
    }

    /// When a new draw closes, and when it is planned to be settled: on the same day, or days later.
    pub(super) fn days_of_draw(&mut self) -> (u64, u64) {
        let lives = [MS, 20 * SECOND, 600 * SECOND, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 30 * HOUR];
        let closes_at = self.now + self.random.of(&lives);
        // One that is never opened is a draft for ever, and holds back nothing but its own far day.
        let closes_at = if self.random.one_in(25) { closes_at + 400 * DAY } else { closes_at };
        let later = [0, 0, SECOND, HOUR, 6 * HOUR, DAY, 2 * DAY, 60 * HOUR];
        (closes_at, closes_at + self.random.of(&later))
    }

    /// A draw that is to end soon, so that days go on leaving: most are given a result, some are called off.
    pub(super) fn end_of_draw(&mut self, model: &Model, books: &[(u32, &Book)]) -> Option<Ask> {
        let closed = books.iter().filter(|(_, row)| row.state == State::Closed);
        let closed: Vec<(u32, &Book)> = closed.copied().collect();
        if closed.is_empty() || self.random.one_in(2) {
            return None;
        }
        let (book, row) = if self.random.one_in(3) { self.random.of(&closed) } else { closed[0] };
        Some(if self.random.one_in(6) { Ask::Void { book } } else { self.settle(model, book, row) })
    }

    /// A draw that is not there: one that has left, or one that never was.
    pub(super) fn missing_draw(&mut self, model: &Model) -> u32 {
        let departed: Vec<u32> = model.departed_draws().collect();
        if departed.is_empty() || self.random.one_in(2) { 7_777 } else { self.random.of(&departed) }
    }

    /// A ticket that has left, if any has; mostly one of the last.
    pub(super) fn departed_ticket(&mut self, model: &Model) -> Option<(u64, u128)> {
        let departed = model.departed_tickets();
        let back = if self.random.one_in(2) { departed.len() } else { 10 };
        let at = departed.len().checked_sub(1 + self.random.below(back.max(1) as u64) as usize)?;
        Some(departed[at])
    }

    /// The number of a new draw: the next one; or any that was given, also to one that has left.
    pub(super) fn number_of_draw(&mut self, model: &Model) -> u32 {
        let given = model.books().map(|(book, _)| book).chain(model.departed_draws());
        let next = given.max().unwrap_or(0) + 1;
        if self.random.one_in(12) { 1 + self.random.below(next.into()) as u32 } else { next }
    }

    /// The draw's days, if the stream goes by days.
    pub(super) fn spread_over_days(&mut self, draw: &mut Draw) {
        if self.goes_by_days() {
            (draw.closes_at, draw.settles_at) = self.days_of_draw();
            if draw.opens_at != 0 {
                draw.opens_at = self.now + (draw.closes_at - self.now) / self.random.of(&[8, 64]);
            }
        }
    }
}
