//! Games of numbers: a table of plays and prizes as state, and what follows from it for every number.

use alloc::vec;
use alloc::vec::Vec;

use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes};

use crate::command::{
    AMOUNT_MAX, GAME_PLAYS_MAX, GameDefine, Matching, PLAY_PRIZES_MAX, PRIZE_RATIO_MAX, Play,
};

/// Most numbers in a game, so that a bet's number fits its field and a draw its cells.
pub const GAME_NUMBERS_MAX: u32 = 10_000;

/// One version of a game as it lies in a page.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct GameRow {
    pub game: u64,
    pub stake_min: i64,
    pub stake_max: i64,
    pub version: u16,
    pub symbols: u8,
    pub length: u8,
    pub plays: u32,
    pub play: [PlayRow; GAME_PLAYS_MAX],
}

#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct PlayRow {
    pub code: u32,
    pub matching: u32,
    pub prize: [PrizeRow; PLAY_PRIZES_MAX],
}

#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct PrizeRow {
    pub numerator: u64,
    pub denominator: u32,
    pub orders: u32,
}

/// A game ready for bets: its row, and the classes of its numbers.
pub(crate) struct Game {
    pub row: GameRow,
    /// By number: its class, named by the least of its orders.
    class: Vec<u16>,
    /// By class: where its orders begin in `orders`, and how many there are.
    span: Vec<(u16, u16)>,
    /// Numbers class by class.
    orders: Vec<u16>,
    /// Numbers in order, for plays that win on one.
    exact: Vec<u16>,
}

impl GameRow {
    /// Checks a table. The error is the place of the first wrong play, or 0 for the game's own fields.
    pub(crate) fn checked(game: u64, define: &GameDefine, plays: &[Play]) -> Result<GameRow, i64> {
        let (symbols, length) = (u32::from(define.symbols), u32::from(define.length));
        let (stake_min, stake_max) = (define.stake_min.get(), define.stake_max.get());
        let is_sound = define.version.get() > 0
            && (2..=10).contains(&symbols)
            && (1..=4).contains(&length)
            && symbols.pow(length) <= GAME_NUMBERS_MAX
            && 0 < stake_min
            && stake_min <= stake_max
            && stake_max <= AMOUNT_MAX;
        if !is_sound {
            return Err(0);
        }
        let mut row = GameRow {
            game,
            stake_min,
            stake_max,
            version: define.version.get(),
            symbols: define.symbols,
            length: define.length,
            plays: plays.len() as u32,
            ..GameRow::new_zeroed()
        };
        let mut last_code = 0;
        for (place, play) in plays.iter().enumerate() {
            if play.code <= last_code {
                return Err(place as i64);
            }
            last_code = play.code;
            row.play[place] = PlayRow::checked(play).ok_or(place as i64)?;
        }
        Ok(row)
    }
}

impl PlayRow {
    fn checked(play: &Play) -> Option<PlayRow> {
        let matching = Matching::from_code(play.matching)?;
        let used = usize::from(play.prizes);
        if play.reserved != [0; 5] || used == 0 || used > PLAY_PRIZES_MAX {
            return None;
        }
        let mut row = PlayRow { code: play.code.into(), matching: matching as u32, ..PlayRow::new_zeroed() };
        let mut last_orders = 0;
        for (place, prize) in play.prize.iter().enumerate() {
            let (numerator, denominator) = (prize.numerator.get(), prize.denominator.get());
            let orders = prize.orders.get();
            if place >= used {
                if (numerator, denominator, orders) != (0, 0, 0) {
                    return None;
                }
                continue;
            }
            let highest = u64::from(denominator) * PRIZE_RATIO_MAX;
            if denominator == 0 || numerator == 0 || numerator > highest || orders <= last_orders {
                return None;
            }
            last_orders = orders;
            row.prize[place] = PrizeRow { numerator, denominator, orders };
        }
        let is_sound = matching == Matching::AnyOrder || (used == 1 && row.prize[0].orders == 1);
        is_sound.then_some(row)
    }
}

impl PrizeRow {
    /// What a stake wins: floored to the minor unit.
    #[inline]
    pub(crate) fn payout(&self, stake: i64) -> i64 {
        if let Some(product) = (stake as u64).checked_mul(self.numerator) {
            return (product / u64::from(self.denominator)) as i64;
        }
        (stake as u128 * u128::from(self.numerator) / u128::from(self.denominator)) as i64
    }

    /// The highest stake that wins at most `payout`; 0 for a negative one.
    pub(crate) fn stake_for(&self, payout: i64) -> i64 {
        // floor(s * n / d) <= p exactly when s * n < (p + 1) * d.
        let Ok(payout) = u128::try_from(payout) else { return 0 };
        let below = (payout + 1) * u128::from(self.denominator) - 1;
        if let Ok(below) = u64::try_from(below) {
            return i64::try_from(below / self.numerator).unwrap_or(i64::MAX);
        }
        i64::try_from(below / u128::from(self.numerator)).unwrap_or(i64::MAX)
    }
}

impl Game {
    pub(crate) fn new(row: GameRow) -> Game {
        let numbers = u32::from(row.symbols).pow(row.length.into());
        let class: Vec<u16> = (0..numbers).map(|number| least_order(number, &row)).collect();
        let mut span = vec![(0, 0); numbers as usize];
        let mut orders: Vec<u16> = (0..numbers as u16).collect();
        orders.sort_by_key(|&number| (class[usize::from(number)], number));
        for (place, &number) in orders.iter().enumerate() {
            let (start, count) = &mut span[usize::from(class[usize::from(number)])];
            if *count == 0 {
                *start = place as u16;
            }
            *count += 1;
        }
        Game { row, class, span, orders, exact: (0..numbers as u16).collect() }
    }

    /// Numbers the game has; they go from 0 to one below.
    pub(crate) fn numbers(&self) -> u32 {
        self.class.len() as u32
    }

    /// The plays of the table.
    pub(crate) fn plays(&self) -> &[PlayRow] {
        &self.row.play[..self.row.plays as usize]
    }

    /// The place of a play in the table, by the code that bets use.
    #[inline]
    pub(crate) fn place(&self, code: u8) -> Option<usize> {
        self.plays().iter().position(|play| play.code == u32::from(code))
    }

    /// The highest play code.
    pub(crate) fn highest_code(&self) -> i64 {
        self.plays().last().map_or(0, |play| play.code.into())
    }

    fn is_any_order(&self, place: usize) -> bool {
        self.row.play[place].matching == Matching::AnyOrder as u32
    }

    /// What a play's stakes on a number are counted under: the number, or its class.
    #[inline]
    pub(crate) fn key(&self, place: usize, number: u16) -> u16 {
        if self.is_any_order(place) { self.class[usize::from(number)] } else { number }
    }

    /// The numbers that a play on this number wins on.
    #[inline]
    pub(crate) fn wins_on(&self, place: usize, number: u16) -> &[u16] {
        if !self.is_any_order(place) {
            return &self.exact[usize::from(number)..=usize::from(number)];
        }
        let (start, count) = self.span[usize::from(self.class[usize::from(number)])];
        &self.orders[usize::from(start)..usize::from(start) + usize::from(count)]
    }

    /// The prize of a play on this number; `None` if it cannot be played on it.
    #[inline]
    pub(crate) fn prize(&self, place: usize, number: u16) -> Option<&PrizeRow> {
        let orders = if self.is_any_order(place) {
            u32::from(self.span[usize::from(self.class[usize::from(number)])].1)
        } else {
            1
        };
        self.row.play[place].prize.iter().find(|prize| prize.orders == orders)
    }
}

/// The least number with the same symbols.
fn least_order(number: u32, row: &GameRow) -> u16 {
    let base = u32::from(row.symbols);
    let mut counts = [0u8; 10];
    let mut rest = number;
    for _ in 0..row.length {
        counts[(rest % base) as usize] += 1;
        rest /= base;
    }
    let mut least = 0;
    for symbol in 0..base {
        for _ in 0..counts[symbol as usize] {
            least = least * base + symbol;
        }
    }
    least as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pcso_3d() -> Game {
        let define = GameDefine {
            version: 1.into(),
            symbols: 10,
            length: 3,
            reserved: 0.into(),
            stake_min: 1_00.into(),
            stake_max: 500_00.into(),
        };
        let plays = [
            Play::new(1, Matching::Exact, &[(1, 450, 1)]),
            Play::new(2, Matching::AnyOrder, &[(3, 150, 1), (6, 75, 1)]),
        ];
        let Ok(row) = GameRow::checked(1, &define, &plays) else { panic!("the table is sound") };
        Game::new(row)
    }

    #[test]
    fn classes_hold_the_orders_of_a_number() {
        let game = pcso_3d();
        assert_eq!(game.wins_on(1, 321), [123, 132, 213, 231, 312, 321]);
        assert_eq!(game.wins_on(1, 121), [112, 121, 211]);
        assert_eq!(game.wins_on(1, 7), [7, 70, 700]);
        assert_eq!(game.wins_on(0, 321), [321]);
        assert_eq!((game.key(1, 321), game.key(0, 321)), (123, 321));
        assert!(game.prize(1, 777).is_none());
        assert_eq!(game.prize(1, 112).map(|prize| prize.payout(10_00)), Some(1_500_00));
    }

    #[test]
    fn the_stake_for_a_payout_is_the_highest_that_fits() {
        for (numerator, denominator) in [(450, 1), (75, 1), (1, 3), (7, 2), (335, 2), (3, 7)] {
            let prize = PrizeRow { numerator, denominator, orders: 1 };
            for payout in 0..2_000 {
                let stake = prize.stake_for(payout);
                assert!(prize.payout(stake) <= payout && prize.payout(stake + 1) > payout);
            }
            assert_eq!(prize.stake_for(-1), 0);
        }
    }
}
