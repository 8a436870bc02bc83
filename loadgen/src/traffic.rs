//! What players bet: which numbers, which play, what stake, whose account.
//!
//! Weights of a number, relative to a plain one, from what lotteries publish:
//! - a triple ×8: 777 took 0.69 % of all money in Maryland's Pick 3, seven times its even share, and ten times in 1995
//!   (mdlottery.com, baltimoresun.com); in South Carolina 15,103 straight plays won on 777 in one draw;
//! - a double ×1.5 (assumed, between the two);
//! - ×2 if it reads as a date, month and day (MDD) or day and month (DDM): numbers up to 31 are chosen too often
//!   (Wang et al. 2016, Judgment and Decision Making 11(3)).
//!
//! Only 8 % of Pick 3 plays are quick picks (lotterypost.com/news/202121), so even choice is not mixed in. Stakes run
//! from 1 to 500 pesos, most often 10, and a quarter of the bets are rambolito; no data are published on these
//! two, they are assumptions.
//!
//! Deliberately absent: the dip after a number was drawn (one run has no history), the event number of the day,
//! and the rush before the cut-off; accounts bet evenly.

use crate::chance::{Stream, Weighted, below};
use crate::game::{self, NUMBERS, PESO, RAMBOLITO, STRAIGHT};

/// A bet as the record keeps it: 8 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wager {
    /// Minor units.
    pub stake: u32,
    /// The number.
    pub number: u16,
    /// [`STRAIGHT`] or [`RAMBOLITO`].
    pub play: u8,
}

const _: () = assert!(size_of::<Wager>() == 8);

/// Pesos and how often, in a hundred, they are staked.
const STAKES: [(u32, f64); 9] =
    [(1, 8.0), (2, 6.0), (5, 14.0), (10, 40.0), (20, 14.0), (50, 10.0), (100, 5.0), (200, 2.0), (500, 1.0)];

/// How often players choose a number, relative to a plain one.
pub fn weight(number: u16) -> f64 {
    let repeats = match game::orders(number) {
        1 => 8.0,
        3 => 1.5,
        _ => 1.0,
    };
    if is_date(number) { repeats * 2.0 } else { repeats }
}

/// The mean stake, minor units.
pub fn stake_mean() -> f64 {
    let (sum, weights) = STAKES
        .iter()
        .fold((0.0, 0.0), |(sum, all), &(pesos, weight)| (sum + f64::from(pesos) * weight, all + weight));
    sum / weights * PESO as f64
}

/// The share of all bets of a play that goes to this number, or in any order to its class.
pub fn share(play: u8, number: u16) -> f64 {
    let weigh = |numbers: &mut dyn Iterator<Item = u16>| -> f64 {
        numbers.filter(|&each| game::is_playable(play, each)).map(weight).sum()
    };
    weigh(&mut game::wins_on(play, number)) / weigh(&mut (0..NUMBERS as u16))
}

fn is_date(number: u16) -> bool {
    const DAYS: [u16; 9] = [31, 29, 31, 30, 31, 30, 31, 31, 30];
    let holds = |month: u16, day: u16| {
        month >= 1 && day >= 1 && DAYS.get(usize::from(month) - 1).is_some_and(|&days| day <= days)
    };
    holds(number / 100, number % 100) || holds(number % 10, number / 10)
}

/// Bets without end, from a seed.
#[derive(Clone, Debug)]
pub struct Traffic {
    stream: Stream,
    straight: Weighted<u16>,
    rambolito: Weighted<u16>,
    stakes: Weighted<u32>,
    accounts: u32,
    /// A word whose lower half lies below this is a rambolito.
    rambolito_below: u64,
}

impl Traffic {
    /// Bets of accounts 0 to `accounts - 1`, `rambolito_share` (0 to 1) of them in any order.
    pub fn new(seed: u64, accounts: u32, rambolito_share: f64) -> Traffic {
        let numbers = |play| {
            let weights: Vec<(u16, f64)> = (0..NUMBERS as u16)
                .filter(|&number| game::is_playable(play, number))
                .map(|number| (number, weight(number)))
                .collect();
            Weighted::new(&weights)
        };
        let stakes = STAKES.map(|(pesos, weight)| (pesos * PESO as u32, weight));
        Traffic {
            stream: Stream::new(seed),
            straight: numbers(STRAIGHT),
            rambolito: numbers(RAMBOLITO),
            stakes: Weighted::new(&stakes),
            accounts,
            rambolito_below: (rambolito_share.clamp(0.0, 1.0) * 4_294_967_296.0) as u64,
        }
    }

    /// Who bets next, counted from 0.
    #[inline]
    pub fn account(&mut self) -> u32 {
        below(self.stream.word(), self.accounts)
    }

    /// The next bet.
    #[inline]
    pub fn wager(&mut self) -> Wager {
        let word = self.stream.word();
        let stake = self.stakes.pick(self.stream.word());
        // The lower half of a word decides inside the table, so the play takes one of its own.
        if self.stream.word() & 0xffff_ffff < self.rambolito_below {
            Wager { stake, number: self.rambolito.pick(word), play: RAMBOLITO }
        } else {
            Wager { stake, number: self.straight.pick(word), play: STRAIGHT }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_those_of_the_sources() {
        let told =
            [(456, 1.0), (777, 8.0), (111, 16.0), (484, 1.5), (911, 3.0), (945, 1.0), (229, 3.0), (290, 1.0)];
        assert_eq!(told.map(|(number, _)| (number, weight(number))), told);
        assert_eq!(weight(230), 1.0, "neither 30 February nor month 0");
        assert_eq!(weight(319), 2.0, "19 March");
        assert_eq!(weight(301), 2.0, "1 March and 30 January");
    }

    #[test]
    fn numbers_plays_and_stakes_come_as_often_as_told() {
        let mut traffic = Traffic::new(1, 10, 0.25);
        let bets: Vec<Wager> = (0..400_000).map(|_| traffic.wager()).collect();
        let rambolitos = bets.iter().filter(|bet| bet.play == RAMBOLITO).count();
        assert!(rambolitos.abs_diff(100_000) < 1_500);
        assert!(bets.iter().all(|bet| game::is_playable(bet.play, bet.number)));
        let sevens = bets.iter().filter(|bet| bet.play == STRAIGHT && bet.number == 777).count() as f64;
        let expected = share(STRAIGHT, 777) * 300_000.0;
        assert!((sevens - expected).abs() < 4.0 * expected.sqrt(), "{sevens} instead of about {expected}");
        let staked = bets.iter().map(|bet| f64::from(bet.stake)).sum::<f64>() / 400_000.0;
        assert!((staked / stake_mean() - 1.0).abs() < 0.02);
        let mut accounts = [0usize; 10];
        (0..10_000).for_each(|_| accounts[traffic.account() as usize] += 1);
        assert!(accounts.iter().all(|count| count.abs_diff(1000) < 150));
    }

    #[test]
    fn shares_of_a_play_add_up() {
        let straight: f64 = (0..1000).map(|number| share(STRAIGHT, number)).sum();
        assert!((straight - 1.0).abs() < 1e-9);
        let classes =
            (0..1000u16).filter(|&number| game::class(number) == number && game::orders(number) > 1);
        let rambolito: f64 = classes.map(|class| share(RAMBOLITO, class)).sum();
        assert!((rambolito - 1.0).abs() < 1e-9);
    }
}
