//! Numbers, what meets them and what that pays, by walking the digits.

use super::{Cell, Game, Play};

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
pub fn orders(game: &Game, number: u16) -> u16 {
    let mut digits = digits(game, number);
    digits.sort_unstable();
    let factorial = |n: usize| (1..=n as u16).product::<u16>();
    let alike: u16 = digits.chunk_by(|one, other| one == other).map(|alike| factorial(alike.len())).product();
    factorial(digits.len()) / alike
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

/// How many lines a bet of this play on this number buys.
pub fn lines(game: &Game, play: &Play, number: u16) -> i64 {
    match play.lines {
        0 => 1,
        255 => orders(game, number).into(),
        lines => lines.into(),
    }
}

/// How well a bet of this play on `number` agrees with a winning number: its best level, or `None`.
pub fn level(game: &Game, play: &Play, number: u16, drawn: u16) -> Option<u8> {
    let (mine, other) = (digits(game, number), digits(game, drawn));
    match play.matching {
        1 => (mine == other).then_some(1),
        2 => is_in_class(game, number, drawn).then_some(1),
        3 => {
            let mut places = (0..mine.len()).filter(|place| play.names(*place));
            places.all(|place| mine[place] == other[place]).then_some(1)
        }
        4 if mine == other => Some(1),
        4 => is_in_class(game, number, drawn).then_some(2),
        _ => (1..=game.length).find(|level| {
            let skipped = usize::from(*level) - 1;
            mine[skipped..] == other[skipped..]
        }),
    }
}

impl Play {
    /// Whether a position is a named one.
    pub(super) fn names(&self, place: usize) -> bool {
        self.positions >> place & 1 == 1
    }

    /// Whether its prizes depend on how many orders the number has.
    pub(super) fn is_by_orders(&self) -> bool {
        self.matching == 2 || self.matching == 4
    }

    /// The prize for a number of so many orders that a winning number of this tier meets at this level.
    pub(super) fn cell(&self, orders: u16, tier: u8, level: u8) -> Option<&Cell> {
        self.cells.iter().find(|cell| (cell.orders, cell.tier, cell.level) == (orders, tier, level))
    }
}

impl Game {
    /// The number that these digits make.
    pub(super) fn number(&self, digits: &[u8]) -> u16 {
        digits.iter().fold(0, |number, digit| number * u16::from(self.symbols) + u16::from(*digit))
    }

    /// The play of this code.
    pub(super) fn play(&self, code: u8) -> Option<&Play> {
        self.plays.iter().find(|play| play.code == code)
    }

    /// The highest play code.
    pub(super) fn highest_play(&self) -> u8 {
        self.plays.iter().map(|play| play.code).max().unwrap_or(0)
    }

    /// The orders by which a play finds the prizes of a number.
    pub(super) fn orders_for(&self, play: &Play, number: u16) -> u16 {
        if play.is_by_orders() { orders(self, number) } else { 1 }
    }

    /// The number with the positions that the play does not name made 0; of other plays, the number.
    pub fn named_only(&self, play: &Play, number: u16) -> u16 {
        if play.matching != 3 {
            return number;
        }
        let mut digits = digits(self, number);
        for (place, digit) in digits.iter_mut().enumerate() {
            if !play.names(place) {
                *digit = 0;
            }
        }
        self.number(&digits)
    }

    /// What a winning number of this tier pays a bet: the prize cell it meets, if any.
    pub(super) fn met<'a>(&self, play: &'a Play, number: u16, drawn: u16, tier: u8) -> Option<&'a Cell> {
        play.cell(self.orders_for(play, number), tier, level(self, play, number, drawn)?)
    }

    /// Every number that would meet a bet for a top prize, from the lowest, with the prize.
    pub(super) fn presses_on(&self, play: &Play, number: u16) -> Vec<(u16, Cell)> {
        let candidates = self.candidates(play, number).into_iter();
        candidates.filter_map(|drawn| Some((drawn, *self.met(play, number, drawn, 1)?))).collect()
    }

    /// Every number that meets a bet at some level, from the lowest, without looking at all numbers that there are.
    fn candidates(&self, play: &Play, number: u16) -> Vec<u16> {
        let mine = digits(self, number);
        let mut numbers = Vec::new();
        match play.matching {
            1 => numbers.push(number),
            2 | 4 => permute(&mut mine.clone(), 0, &mut |digits| numbers.push(self.number(digits))),
            _ => {
                // Trailing plays go as far as they have a top prize.
                let tops = play.cells.iter().filter(|cell| cell.tier == 1).map(|cell| cell.level);
                let free = usize::from(tops.max().unwrap_or(1)) - 1;
                let is_free =
                    |place: usize| if play.matching == 3 { !play.names(place) } else { place < free };
                numbers.push(0);
                for (place, digit) in mine.iter().enumerate() {
                    let symbols = if is_free(place) { 0..self.symbols } else { *digit..digit + 1 };
                    let longer = |number: &u16| {
                        let before = number * u16::from(self.symbols);
                        symbols.clone().map(move |symbol| before + u16::from(symbol))
                    };
                    numbers = numbers.iter().flat_map(longer).collect();
                }
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// A prize on a stake: rounded as the game rounds.
    pub(super) fn prize(&self, cell: &Cell, stake: i128) -> i128 {
        // In units of rounding, as a fraction: the exact prize over (denominator * unit).
        let exact = stake * i128::from(cell.numerator);
        let unit = i128::from(self.rounding_unit);
        let over = i128::from(cell.denominator) * unit;
        let units = match self.rounding {
            1 => exact / over,
            2 => (exact + over - 1) / over,
            _ => (2 * exact + over) / (2 * over),
        };
        units * unit
    }

    /// The tax on a bet's whole prize.
    pub(super) fn tax(&self, prize: i128) -> i128 {
        if prize > self.tax_over.into() { prize * i128::from(self.tax_ppm) / 1_000_000 } else { 0 }
    }
}

impl Cell {
    /// The exact prize on a stake, floored to the minor unit.
    pub(super) fn floored(&self, stake: i128) -> i128 {
        stake * i128::from(self.numerator) / i128::from(self.denominator)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_orders_of_a_number() {
        let game = Game::pcso_3d();
        assert_eq!([777, 112, 12, 123].map(|number| orders(&game, number)), [1, 3, 6, 6]);
        let class: Vec<u16> =
            game.presses_on(&game.plays[1], 10).into_iter().map(|(number, _)| number).collect();
        assert_eq!(class, [1, 10, 100]);
    }

    #[test]
    fn the_levels_of_a_trailing_play() {
        let mut game = Game::pcso_3d();
        game.plays[0].matching = 5;
        let levels = [123, 923, 993, 999].map(|drawn| level(&game, &game.plays[0], 123, drawn));
        assert_eq!(levels, [Some(1), Some(2), Some(3), None]);
    }

    #[test]
    fn a_bet_presses_on_the_numbers_that_meet_it_and_no_others() {
        let mut game = Game::new(4, 4, (1, 1), Vec::new());
        let cell = |orders, level| Cell { orders, tier: 1, level, numerator: 1, denominator: 1 };
        for matching in 1..=5 {
            let orders = if matching == 2 || matching == 4 { vec![1, 4, 6, 12, 24] } else { vec![1] };
            let levels = [1, 1, 1, 2, 3][usize::from(matching) - 1];
            let cells = orders.iter().flat_map(|orders| (1..=levels).map(|level| cell(*orders, level)));
            let mut play = Play::of(1, matching, cells.collect());
            play.positions = if matching == 3 { 0b0110 } else { 0 };
            game.plays = vec![play];
            let play = &game.plays[0];
            for number in (0..=highest(&game)).filter(|number| game.named_only(play, *number) == *number) {
                let found: Vec<u16> =
                    game.presses_on(play, number).into_iter().map(|(drawn, _)| drawn).collect();
                let walked: Vec<u16> = (0..=highest(&game))
                    .filter(|drawn| level(&game, play, number, *drawn).is_some_and(|level| level <= levels))
                    .collect();
                assert_eq!(found, walked, "matching {matching} on {number}");
            }
        }
    }

    #[test]
    fn a_prize_is_rounded_by_its_mode_to_its_unit() {
        let cell = Cell { orders: 1, tier: 1, level: 1, numerator: 703, denominator: 2 };
        let mut game = Game { rounding_unit: 100, ..Game::pcso_3d() };
        let mut rounded = |rounding| {
            game.rounding = rounding;
            [100, 101, 102].map(|stake| game.prize(&cell, stake))
        };
        // 351.50, 355.015, 358.53.
        assert_eq!(rounded(1), [351_00, 355_00, 358_00]);
        assert_eq!(rounded(2), [352_00, 356_00, 359_00]);
        assert_eq!(rounded(3), [352_00, 355_00, 359_00]);
    }
}
