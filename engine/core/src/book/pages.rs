//! What pages of reads show of books: their order, the bets of winning cells, and the limits of numbers.

use core::ops::Bound;

use super::{Books, NONE};
use crate::command::LimitScope;
use crate::game::Game;
use crate::query::LimitLine;

impl Books {
    /// Number and slot of the first book above a number.
    pub(crate) fn behind(&self, book: u32) -> Option<(u32, u32)> {
        let mut behind = self.by_number.range((Bound::Excluded(book), Bound::Unbounded));
        behind.next().map(|(&book, &slot)| (book, slot))
    }

    /// Shows up to `most` bets of the winning cells of a draw with a result, cell by cell, those behind the bet whose
    /// slot plus one is `after`; 0: from the first. Ends early once `show` says so. Returns the slot plus one of the last
    /// bet shown, 0 if there is none behind it; `None` if no winning cell has a bet at `after`.
    pub(crate) fn winners(
        &self,
        game: &Game,
        slot: u32,
        after: u32,
        most: usize,
        mut show: impl FnMut(u32) -> bool,
    ) -> Option<u32> {
        let (mut cells, mut last) = (self.winning_cells(game, slot, self.result(slot).numbers()), None);
        if let Some(at) = after.checked_sub(1) {
            if !self.bets.holds(&self.tallies.row(slot).list, slot, at) {
                return None;
            }
            let row = self.bets.row(at);
            let play = game.plays().get(usize::from(row.play))?;
            let cell = self.rows.row(slot).play_cell(game, play, game.spot(play, row.number));
            let place = cells.iter().position(|winning| winning.cell == cell)?;
            cells.drain(..place);
            cells[0].first = row.next;
        }
        let mut looked_at = 0;
        for winning in cells {
            let mut next = winning.first;
            while next != NONE {
                if let Some(last) = last
                    && looked_at == most
                {
                    return Some(last);
                }
                looked_at += 1;
                last = Some(next + 1);
                if !show(next) {
                    looked_at = most;
                }
                next = self.bets.row(next).next;
            }
        }
        Some(0)
    }

    /// Tells the block and the overrides of a number of the game.
    pub(crate) fn limits_of(&self, game: &Game, slot: u32, number: u16, mut tell: impl FnMut(LimitLine)) {
        let book = self.rows.row(slot);
        let mut line = |scope: u8, play: u8, kept: u64| {
            let limit = kept.saturating_sub(1) as i64;
            tell(LimitLine { limit: limit.into(), number: number.into(), play, scope, reserved: 0.into() });
        };
        let cell = self.numbers.row(book.number_cell(number));
        if cell.blocked != 0 {
            line(0, 0, 0);
        }
        if cell.limit != 0 {
            line(LimitScope::PayoutOverride as u8, 0, cell.limit);
        }
        for (place, play) in game.plays().iter().enumerate() {
            let spot = game.spot(play, number);
            // Plays counted together have one override, and so have the numbers of a class: the first tells it.
            if usize::from(play.counts_at) == place && game.met(play, spot).first() == Some(&number) {
                let cell = self.plays.row(book.play_cell(game, play, spot));
                if cell.limit != 0 {
                    line(LimitScope::StakeOverride as u8, play.code, cell.limit);
                }
            }
        }
    }
}
