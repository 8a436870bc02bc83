//! The numbers of a game in the orders that its plays need, so that the numbers a bet wins on lie side by side.

use alloc::vec::Vec;

use super::GameRow;
use crate::command::LENGTH_MAX;

/// Which numbers lie side by side.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// The numbers as they are.
    Identity,
    /// Those with the same symbols, counted together.
    Classes,
    /// Those with the same symbols, each counted by itself.
    Members,
    /// Those whose named positions agree, counted together.
    Positions(u8),
    /// Those that end alike, each counted by itself.
    Endings,
}

/// Where a number lies in a numbering.
#[derive(Clone, Copy, Default)]
pub(crate) struct Spot {
    /// What stakes on it are counted under; keys have no gaps.
    pub key: u16,
    /// Where its run begins in the order, and how long it is.
    pub start: u16,
    pub len: u16,
}

/// One order of the numbers.
pub(super) struct Numbering {
    pub sort: Sort,
    /// By number.
    pub spots: Vec<Spot>,
    pub order: Vec<u16>,
    /// How many keys there are.
    pub keys: u32,
}

impl Numbering {
    pub(super) fn new(row: &GameRow, sort: Sort) -> Numbering {
        match sort {
            Sort::Identity => Numbering::by(row, sort, |number| number),
            Sort::Classes => Numbering::by(row, sort, |number| least_order(number, row)),
            Sort::Members => Numbering::by(row, sort, |number| least_order(number, row)).apart(),
            Sort::Positions(named) => Numbering::by(row, sort, |number| masked(number, row, named)),
            Sort::Endings => Numbering::by(row, sort, |number| reversed(number, row)).apart(),
        }
    }

    /// Numbers whose `mark` is equal form a run; runs ascend by mark, and numbers within one.
    fn by(row: &GameRow, sort: Sort, mark: impl Fn(u16) -> u16) -> Numbering {
        let numbers = u32::from(row.symbols).pow(row.length.into()) as u16;
        let marks: Vec<u16> = (0..numbers).map(mark).collect();
        let mark = |number: u16| marks[usize::from(number)];
        let mut order: Vec<u16> = (0..numbers).collect();
        order.sort_unstable_by_key(|&number| (mark(number), number));
        let mut spots = alloc::vec![Spot::default(); usize::from(numbers)];
        let (mut start, mut key) = (0, 0);
        for run in order.chunk_by(|left, right| mark(*left) == mark(*right)) {
            let len = run.len() as u16;
            for &number in run {
                spots[usize::from(number)] = Spot { key, start, len };
            }
            start += len;
            key += 1;
        }
        Numbering { sort, spots, order, keys: key.into() }
    }

    /// The same order with each number counted by itself.
    fn apart(mut self) -> Numbering {
        for (place, &number) in self.order.iter().enumerate() {
            self.spots[usize::from(number)] = Spot { key: number, start: place as u16, len: 1 };
        }
        Numbering { keys: self.order.len() as u32, ..self }
    }
}

/// The symbols of a number, the last first; those past its length are 0.
fn symbols(number: u16, row: &GameRow) -> [u16; LENGTH_MAX] {
    let base = u16::from(row.symbols);
    let mut rest = number;
    let mut symbols = [0; LENGTH_MAX];
    for symbol in &mut symbols[..usize::from(row.length)] {
        *symbol = rest % base;
        rest /= base;
    }
    symbols
}

/// The number with these symbols, the first one first.
fn read(symbols: impl Iterator<Item = u16>, row: &GameRow) -> u16 {
    symbols.fold(0, |number, symbol| number * u16::from(row.symbols) + symbol)
}

/// The least number with the same symbols.
fn least_order(number: u16, row: &GameRow) -> u16 {
    let mut symbols = symbols(number, row);
    let used = &mut symbols[..usize::from(row.length)];
    used.sort_unstable();
    read(used.iter().copied(), row)
}

/// The number with its symbols the other way round.
fn reversed(number: u16, row: &GameRow) -> u16 {
    read(symbols(number, row)[..usize::from(row.length)].iter().copied(), row)
}

/// The number with symbol 0 at the positions that are not named.
fn masked(number: u16, row: &GameRow, named: u8) -> u16 {
    let length = usize::from(row.length);
    let symbols = symbols(number, row);
    let kept = (0..length).map(
        |position| {
            if named >> position & 1 == 1 { symbols[length - 1 - position] } else { 0 }
        },
    );
    read(kept, row)
}
