//! Numbers, classes and prizes, by walking the digits.

use std::collections::BTreeSet;

use super::{AMOUNT_MAX, Cell, Game, PRIZE_RATIO_MAX, Play, Reason, Refused};

/// The digits of a number, first digit first.
pub fn digits(game: &Game, number: u16) -> Vec<u8> {
    let mut rest = number;
    let mut digits = Vec::new();
    for _ in 0..game.length {
        digits.push((rest % u16::from(game.symbols)) as u8);
        rest /= u16::from(game.symbols);
    }
    digits.reverse();
    digits
}

/// The highest number of a game.
pub fn highest(game: &Game) -> u16 {
    (u64::from(game.symbols).pow(game.length.into()) - 1) as u16
}

/// Distinct orders of a number's digits: the factorial of the length, less what equal digits make alike.
pub fn orders(game: &Game, number: u16) -> u32 {
    let digits = digits(game, number);
    let factorial = |n: usize| (1..=n as u32).product::<u32>();
    let mut orders = factorial(digits.len());
    for symbol in 0..game.symbols {
        orders /= factorial(digits.iter().filter(|digit| **digit == symbol).count());
    }
    orders
}

/// Whether one number is a permutation of the other.
pub fn is_in_class(game: &Game, one: u16, other: u16) -> bool {
    class(game, one) == class(game, other)
}

/// The least permutation of a number stands for all of them.
pub(super) fn class(game: &Game, number: u16) -> u16 {
    let mut digits = digits(game, number);
    digits.sort_unstable();
    game.number(&digits)
}

/// Calls with every order of the digits from this place on; equal digits make equal calls.
fn permute(digits: &mut [u8], from: usize, each: &mut dyn FnMut(&[u8])) {
    if from == digits.len() {
        return each(digits);
    }
    for other in from..digits.len() {
        digits.swap(from, other);
        permute(digits, from + 1, each);
        digits.swap(from, other);
    }
}

impl Play {
    /// Whether a bet on any order of the digits is meant.
    pub fn any_order(&self) -> bool {
        self.matching == 2
    }
}

impl Game {
    /// The number that these digits make.
    fn number(&self, digits: &[u8]) -> u16 {
        digits.iter().fold(0, |number, digit| number * u16::from(self.symbols) + u16::from(*digit))
    }

    /// The play of this code, and its place in the table.
    pub(super) fn play(&self, code: u8) -> Option<(usize, &Play)> {
        self.plays.iter().enumerate().find(|(_, play)| play.code == code)
    }

    /// The highest play code.
    pub(super) fn highest_play(&self) -> u8 {
        self.plays.iter().map(|play| play.code).max().unwrap_or(0)
    }

    /// The prize of a play on a number; `None` where it cannot be played.
    pub(super) fn prize(&self, play: &Play, number: u16) -> Option<Cell> {
        let orders = if play.any_order() { orders(self, number) } else { 1 };
        play.cells[..usize::from(play.used)].iter().find(|cell| cell.orders == orders).copied()
    }

    /// Every number on which a play on `number` wins, from the lowest.
    pub(super) fn wins_on(&self, play: &Play, number: u16) -> Vec<u16> {
        if !play.any_order() {
            return vec![number];
        }
        let mut numbers = BTreeSet::new();
        permute(&mut digits(self, number), 0, &mut |digits| {
            numbers.insert(self.number(digits));
        });
        numbers.into_iter().collect()
    }

    /// Whether the table keeps to its bounds.
    pub(super) fn check(&self, version: u16) -> Result<(), Refused> {
        let invalid = |place: usize| Reason::GameInvalid.whole(place as i128);
        let numbers = u64::from(self.symbols).checked_pow(self.length.into()).unwrap_or(u64::MAX);
        let header = version >= 1
            && (2..=10).contains(&self.symbols)
            && (1..=4).contains(&self.length)
            && numbers <= 10_000
            && 1 <= self.stake_min
            && self.stake_min <= self.stake_max
            && self.stake_max <= AMOUNT_MAX;
        if !header {
            return Err(invalid(0));
        }
        let mut last = 0;
        for (place, play) in self.plays.iter().enumerate() {
            if play.code <= last || !play.is_right() {
                return Err(invalid(place));
            }
            last = play.code;
        }
        Ok(())
    }
}

impl Play {
    fn is_right(&self) -> bool {
        if !(1..=2).contains(&self.matching) || !(1..=6).contains(&self.used) || self.reserved != 0 {
            return false;
        }
        let (used, unused) = self.cells.split_at(self.used.into());
        let bounded = used.iter().all(|cell| {
            cell.orders >= 1
                && cell.denominator >= 1
                && cell.numerator >= 1
                && u128::from(cell.numerator) <= u128::from(PRIZE_RATIO_MAX) * u128::from(cell.denominator)
        });
        let ascending = used.windows(2).all(|pair| pair[0].orders < pair[1].orders);
        let shape = self.any_order() || (used.len() == 1 && used[0].orders == 1);
        bounded && ascending && shape && unused.iter().all(|cell| *cell == Cell::default())
    }
}

impl Cell {
    /// The payout of a stake: floored to the minor unit.
    pub(super) fn payout(&self, stake: i128) -> i128 {
        stake * i128::from(self.numerator) / i128::from(self.denominator)
    }

    /// The largest stake whose payout is at most this; 0 when nothing is left.
    pub(super) fn stake_for(&self, payout: i128) -> i128 {
        if payout < 0 {
            return 0;
        }
        ((payout + 1) * i128::from(self.denominator) - 1) / i128::from(self.numerator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_orders_of_a_number() {
        let game = Game::pcso_3d();
        assert_eq!([777, 112, 12, 123].map(|number| orders(&game, number)), [1, 3, 6, 6]);
        assert_eq!(game.wins_on(&game.plays[1], 10), [1, 10, 100]);
    }

    #[test]
    fn a_stake_for_a_payout_is_the_largest_that_fits() {
        for (numerator, denominator) in [(450, 1), (1, 3), (7, 3), (335, 2)] {
            let cell = Cell { orders: 1, numerator, denominator };
            for payout in 0..2_000 {
                let stake = cell.stake_for(payout);
                assert!(cell.payout(stake) <= payout && cell.payout(stake + 1) > payout);
            }
        }
        assert_eq!(Cell { orders: 1, numerator: 1, denominator: 1 }.stake_for(-1), 0);
    }
}
