//! Games of numbers: a table of plays and prizes as state, and what follows from it for every number.
//!
//! A bet's number meets a winning one at a *level*. The numbers that it meets at a level or a better one lie side by
//! side in the *order* of its play's numbering, so that they are a range there, and the ranges of the levels lie one
//! in the other: the number itself in its class, or in those that end alike.

mod numbering;
mod prize;
mod rows;
#[cfg(test)]
mod tests;

use alloc::vec::Vec;
use core::ops::Range;

pub(crate) use numbering::Spot;
use numbering::{Numbering, Sort};
pub(crate) use prize::Ratio;
pub(crate) use rows::{GameRow, PrizeRow};

use crate::command::{LENGTH_MAX, LINES_BY_ORDERS, Matching, TIERS_MAX};

/// Most numbers in a game, so that a bet's number fits its field and a draw its cells.
pub const GAME_NUMBERS_MAX: u32 = 10_000;
/// Most orders of a number: those of four different symbols.
const ORDERS_MAX: usize = 24;

/// A game ready for bets: its row, and what is looked up for each of them.
pub(crate) struct Game {
    pub row: GameRow,
    plays: Vec<GamePlay>,
    /// By the code that bets use: one above the place of the play, or 0.
    by_code: [u8; 256],
    numberings: Vec<Numbering>,
    numbers: u32,
    /// Cells of all plays together.
    cells: u32,
    /// Further sums of all plays together.
    sums: u32,
    /// No stake wins more than so many times itself as a single prize, but for rounding; at least 1.
    ratio_max: i64,
    /// The least that the least stake wins as a prize of tier 1; at least 1.
    payout_least: i64,
    /// Where so much room is left, no limit is reached.
    room_enough: i64,
}

/// A play ready for bets.
pub(crate) struct GamePlay {
    pub code: u8,
    pub group: u8,
    matching: Matching,
    positions: u8,
    lines: u8,
    /// Its numbering, and the one whose ranges hold the second level of a number or its other orders.
    numbering: u8,
    wide: u8,
    /// Place of the first play that its stakes are counted together with: its own if there is none before it.
    pub counts_at: u8,
    /// The other plays that its stakes are counted together with, a bit each.
    pub shares_with: u16,
    /// Its first cell among those of the game, and its first further sum among those.
    first_cell: u32,
    first_sum: u32,
    /// The tiers and levels that have a further sum in each cell: all with a prize but tier 1 at level 1.
    pub slots: Vec<(u8, u8)>,
    /// By the orders that a number has: one above the place of its prizes, or 0.
    by_orders: [u8; ORDERS_MAX + 1],
    prizes: Vec<Prizes>,
    /// By number.
    facts: Vec<Fact>,
}

/// What is looked up of a number for every bet of a play on it.
#[derive(Clone, Copy)]
struct Fact {
    spot: Spot,
    /// One above the place of its prizes, or 0 if it cannot be played.
    prizes: u8,
    /// Lines that a bet buys; at most [`ORDERS_MAX`] or what the table says.
    lines: u8,
}

const _: () = assert!(size_of::<Fact>() == 8);

/// What a play pays for numbers of so many orders.
pub(crate) struct Prizes {
    ratio: Vec<Ratio>,
    /// By tier and level, both from 0: one above the place in `ratio`, or 0.
    at: [[u8; LENGTH_MAX]; TIERS_MAX],
    /// The highest level with a prize at tier 1, or 0.
    top_levels: u8,
}

impl Prizes {
    const NONE: Prizes = Prizes { ratio: Vec::new(), at: [[0; LENGTH_MAX]; TIERS_MAX], top_levels: 0 };

    /// The prize for a winning number of this tier met at this level, both from 1.
    #[inline]
    pub(crate) fn at(&self, tier: u8, level: u8) -> Option<&Ratio> {
        let place = self.at[usize::from(tier - 1)][usize::from(level - 1)];
        if place == 0 { None } else { Some(&self.ratio[usize::from(place - 1)]) }
    }

    /// The prize of tier 1 at level 1, which limits look at, as they do at those of [`Prizes::lower`].
    #[inline]
    pub(crate) fn first(&self) -> Option<&Ratio> {
        self.at(1, 1)
    }

    /// The prizes of tier 1 at the other levels, each with its level from 0. Few plays have any.
    #[inline]
    pub(crate) fn lower(&self) -> impl Iterator<Item = (&Ratio, usize)> {
        (1..self.top_levels).filter_map(|level| Some((self.at(1, level + 1)?, level.into())))
    }

    /// The prizes of tier 1, which limits look at, each with its level from 0.
    #[inline]
    pub(crate) fn top(&self) -> impl Iterator<Item = (&Ratio, usize)> {
        (0..self.top_levels).filter_map(|level| Some((self.at(1, level + 1)?, level.into())))
    }
}

impl Game {
    pub(crate) fn new(row: GameRow, prizes: &[PrizeRow]) -> Game {
        let numbers = u32::from(row.symbols).pow(row.length.into());
        let mut game = Game {
            row,
            plays: Vec::new(),
            by_code: [0; 256],
            numberings: Vec::new(),
            numbers,
            cells: 0,
            sums: 0,
            ratio_max: 1,
            payout_least: 1,
            room_enough: 1,
        };
        let mut rest = prizes;
        for place in 0..usize::from(row.plays) {
            let (own, others) = rest.split_at(usize::from(row.play[place].prizes));
            rest = others;
            game.add_play(place, own);
        }
        let top = prizes.iter().filter(|prize| prize.tier == 1).map(|prize| Ratio::new(&row, prize));
        game.payout_least = top.clone().map(|ratio| ratio.payout(row.stake_min)).min().unwrap_or(1).max(1);
        // The least stake that wins no less than that, whatever the prize.
        let enough = top.map(|ratio| ratio.stake_for(game.payout_least - 1).saturating_add(1)).max();
        game.room_enough = enough.unwrap_or(1).max(row.stake_min);
        game
    }

    fn add_play(&mut self, place: usize, prizes: &[PrizeRow]) {
        let row = self.row.play[place];
        let matching = Matching::from_code(row.matching).expect("a checked table has known matchings");
        let (numbering, wide) = self.numberings_of(matching, row.positions);
        let mut play = GamePlay {
            code: row.code,
            group: row.group,
            matching,
            positions: row.positions,
            lines: row.lines.max(1),
            numbering,
            wide,
            counts_at: place as u8,
            shares_with: 0,
            first_cell: self.cells,
            first_sum: self.sums,
            slots: Vec::new(),
            by_orders: [0; ORDERS_MAX + 1],
            prizes: Vec::new(),
            facts: Vec::new(),
        };
        for prize in prizes {
            play.add_prize(&self.row, prize);
            let ratio = prize.numerator.div_ceil(prize.denominator.max(1).into());
            self.ratio_max = self.ratio_max.max(ratio.try_into().unwrap_or(i64::MAX));
        }
        play.facts = (0..self.numbers as u16).map(|number| self.fact(&play, number)).collect();
        self.by_code[usize::from(play.code)] = place as u8 + 1;
        for (at, other) in self.plays.iter_mut().enumerate() {
            if other.group == play.group && other.sort() == play.sort() {
                play.counts_at = play.counts_at.min(at as u8);
                play.shares_with |= 1 << at;
                other.shares_with |= 1 << place;
            }
        }
        let keys = self.numberings[usize::from(numbering)].keys;
        self.cells += keys;
        self.sums += keys * play.slots.len() as u32;
        self.plays.push(play);
    }

    fn fact(&self, play: &GamePlay, number: u16) -> Fact {
        let spot = self.numberings[usize::from(play.numbering)].spots[usize::from(number)];
        let orders = self.numberings[usize::from(play.wide)].spots[usize::from(number)].len;
        let of_prizes = match play.matching {
            Matching::AnyOrder | Matching::ExactOrAny => usize::from(orders),
            _ => 1,
        };
        let lines = if play.lines == LINES_BY_ORDERS { orders as u8 } else { play.lines };
        Fact { spot, prizes: play.by_orders[of_prizes], lines }
    }

    /// Places of the numberings that a play needs: its own, and that of the classes.
    fn numberings_of(&mut self, matching: Matching, positions: u8) -> (u8, u8) {
        let own = match matching {
            Matching::Exact => Sort::Identity,
            Matching::AnyOrder => Sort::Classes,
            Matching::Positional => Sort::Positions(positions),
            Matching::ExactOrAny => Sort::Members,
            Matching::Trailing => Sort::Endings,
        };
        (self.numbering(own), self.numbering(Sort::Classes))
    }

    /// Place of a numbering, made if no play before needed it.
    fn numbering(&mut self, sort: Sort) -> u8 {
        let found = self.numberings.iter().position(|known| known.sort == sort);
        found.unwrap_or_else(|| {
            self.numberings.push(Numbering::new(&self.row, sort));
            self.numberings.len() - 1
        }) as u8
    }

    /// At most what a bet of this stake adds to any sum that a limit looks at: the stake, or what it wins rounded up.
    #[inline]
    pub(crate) fn heaviest(&self, stake: i64) -> i64 {
        stake.saturating_mul(self.ratio_max).saturating_add(self.row.rounding_unit)
    }

    /// Less payout than this left on a number, and the least bet may not pass.
    #[inline]
    pub(crate) fn payout_least(&self) -> i64 {
        self.payout_least
    }

    /// The room of a bet, once it is placed, at which no limit that it pressed on is reached.
    #[inline]
    pub(crate) fn room_enough(&self) -> i64 {
        self.room_enough
    }

    /// Numbers the game has; they go from 0 to one below.
    #[inline]
    pub(crate) fn numbers(&self) -> u32 {
        self.numbers
    }

    /// Cells that a draw needs for its plays.
    pub(crate) fn cells(&self) -> u32 {
        self.cells
    }

    /// Further sums that a draw needs for its plays.
    pub(crate) fn sums(&self) -> u32 {
        self.sums
    }

    /// The plays of the table.
    #[inline]
    pub(crate) fn plays(&self) -> &[GamePlay] {
        &self.plays
    }

    /// The place of a play in the table, by the code that bets use.
    #[inline]
    pub(crate) fn place(&self, code: u8) -> Option<usize> {
        usize::from(self.by_code[usize::from(code)]).checked_sub(1)
    }

    /// The highest play code.
    pub(crate) fn highest_code(&self) -> i64 {
        self.plays.last().map_or(0, |play| play.code.into())
    }

    /// Where a play finds a number.
    #[inline]
    pub(crate) fn spot<'a>(&self, play: &'a GamePlay, number: u16) -> &'a Spot {
        &play.facts[usize::from(number)].spot
    }

    /// The cell of a play that its bets at this spot are counted in, among the cells of a draw.
    #[inline]
    pub(crate) fn cell(&self, play: &GamePlay, spot: &Spot) -> u32 {
        play.first_cell + u32::from(spot.key)
    }

    /// All cells of a play, among the cells of a draw.
    pub(crate) fn cells_of(&self, play: &GamePlay) -> Range<u32> {
        play.first_cell..play.first_cell + self.numberings[usize::from(play.numbering)].keys
    }

    /// The first of the further sums at this spot, among those of a draw.
    #[inline]
    pub(crate) fn first_sum(&self, play: &GamePlay, spot: &Spot) -> u32 {
        play.first_sum + u32::from(spot.key) * play.slots.len() as u32
    }

    /// Lines that a bet on this number buys.
    #[inline]
    pub(crate) fn lines(&self, play: &GamePlay, number: u16) -> i64 {
        play.facts[usize::from(number)].lines.into()
    }

    /// The prizes of a play on this number; `None` if its orders have none at all.
    #[inline]
    pub(crate) fn prizes<'a>(&self, play: &'a GamePlay, number: u16) -> Option<&'a Prizes> {
        let place = play.facts[usize::from(number)].prizes;
        if place == 0 { None } else { Some(&play.prizes[usize::from(place - 1)]) }
    }

    /// The number that shows symbol 0 where a play names no position: the one to bet on.
    #[inline]
    pub(crate) fn named(&self, play: &GamePlay, number: u16) -> u16 {
        if play.matching != Matching::Positional {
            return number;
        }
        let numbering = &self.numberings[usize::from(play.numbering)];
        numbering.order[usize::from(numbering.spots[usize::from(number)].start)]
    }

    /// The numbers that a bet at this spot meets at level 1.
    #[inline]
    pub(crate) fn met(&self, play: &GamePlay, spot: &Spot) -> &[u16] {
        let start = usize::from(spot.start);
        &self.numberings[usize::from(play.numbering)].order[start..start + usize::from(spot.len)]
    }

    /// The numbers that a bet on this number meets at a level and at no better one, in two runs.
    pub(crate) fn met_at(&self, play: &GamePlay, number: u16, level: u8) -> (&[u16], &[u16]) {
        let order = &self.numberings[usize::from(play.numbering)].order;
        let (start, end) = self.range(play, number, level);
        if level == 1 {
            return (&order[start..end], &[]);
        }
        let (inner_start, inner_end) = self.range(play, number, level - 1);
        (&order[start..inner_start], &order[inner_end..end])
    }

    /// Where in the order of its numbering the numbers lie that a bet on this number meets at a level or a better one.
    #[inline]
    fn range(&self, play: &GamePlay, number: u16, level: u8) -> (usize, usize) {
        let spot = self.spot(play, number);
        let (start, len) = (usize::from(spot.start), usize::from(spot.len));
        if level == 1 {
            return (start, start + len);
        }
        if play.matching == Matching::Trailing {
            let size = usize::from(self.row.symbols).pow(u32::from(level) - 1);
            let start = start / size * size;
            return (start, start + size);
        }
        let class = &self.numberings[usize::from(play.wide)].spots[usize::from(number)];
        (usize::from(class.start), usize::from(class.start) + usize::from(class.len))
    }

    /// The level at which a bet on `number` meets a winning number, if it does.
    pub(crate) fn level(&self, play: &GamePlay, number: u16, drawn: u16) -> Option<u8> {
        let levels = match play.matching {
            Matching::Exact | Matching::AnyOrder | Matching::Positional => {
                return (self.spot(play, number).key == self.spot(play, drawn).key).then_some(1);
            }
            Matching::ExactOrAny => 2,
            Matching::Trailing => self.row.length,
        };
        (1..=levels).find(|&level| self.range(play, number, level) == self.range(play, drawn, level))
    }

    /// What a bet wins in all under these winning numbers, before tax, and what rounding has taken from it. The
    /// caller has made sure that the sum is no more than a book can owe.
    pub(crate) fn winnings(
        &self,
        place: usize,
        number: u16,
        stake: i64,
        drawn: &[u16],
    ) -> Option<(i64, i64)> {
        let play = &self.plays[place];
        let prizes = self.prizes(play, number)?;
        let mut won: Option<(i64, i64)> = None;
        for (&drawn, &tier) in drawn.iter().zip(self.row.tiers_of_results()) {
            let level = self.level(play, number, drawn);
            if let Some(ratio) = level.and_then(|level| prizes.at(tier, level)) {
                let (prize, residue) = won.unwrap_or((0, 0));
                won = Some((
                    prize.saturating_add(ratio.payout(stake)),
                    residue.saturating_add(ratio.residue(stake)),
                ));
            }
        }
        won
    }

    /// The cells of a play whose bets meet a winning number at a level, by a number that is counted in each.
    pub(crate) fn meeting(&self, play: &GamePlay, drawn: u16, level: u8) -> impl Iterator<Item = u16> + '_ {
        let (left, right) = match play.matching {
            // The numbers met share one cell, that of any of them.
            Matching::AnyOrder | Matching::Positional => {
                let (all, _) = self.met_at(play, drawn, 1);
                (&all[..1], &all[..0])
            }
            _ => self.met_at(play, drawn, level),
        };
        left.iter().chain(right).copied()
    }
}

impl GamePlay {
    /// The levels at which winning numbers of a tier are paid.
    pub(crate) fn levels_at(&self, tier: u8) -> impl Iterator<Item = u8> {
        let first = self.prizes.iter().any(|prizes| prizes.at(1, 1).is_some()).then_some((1, 1));
        let slots = first.into_iter().chain(self.slots.iter().copied());
        slots.filter(move |slot| slot.0 == tier).map(|slot| slot.1)
    }

    /// What its stakes are counted under, apart from group and number.
    fn sort(&self) -> (bool, u8) {
        (self.matching == Matching::AnyOrder, self.positions)
    }

    fn add_prize(&mut self, game: &GameRow, prize: &PrizeRow) {
        let Some(place) = self.by_orders.get_mut(usize::from(prize.orders)) else {
            // No number has so many orders, so no bet can look for this prize.
            return;
        };
        if *place == 0 {
            self.prizes.push(Prizes::NONE);
            *place = self.prizes.len() as u8;
        }
        let prizes = &mut self.prizes[usize::from(*place - 1)];
        prizes.ratio.push(Ratio::new(game, prize));
        prizes.at[usize::from(prize.tier - 1)][usize::from(prize.level - 1)] = prizes.ratio.len() as u8;
        if prize.tier == 1 {
            prizes.top_levels = prizes.top_levels.max(prize.level);
        }
        let slot = (prize.tier, prize.level);
        if slot != (1, 1) && !self.slots.contains(&slot) {
            self.slots.push(slot);
        }
    }
}
