//! What a stake wins, rounded, and the highest stake that wins no more than so much.

use super::{GameRow, PrizeRow};
use crate::command::{PPM, Rounding};

/// A prize cell with the rounding of its game.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ratio {
    numerator: u64,
    denominator: u64,
    /// The denominator times the unit: below 2^52.
    divisor: u64,
    unit: i64,
    rounding: Rounding,
}

impl Ratio {
    pub(super) fn new(game: &GameRow, prize: &PrizeRow) -> Ratio {
        let denominator = u64::from(prize.denominator);
        Ratio {
            numerator: prize.numerator,
            denominator,
            divisor: denominator * game.rounding_unit as u64,
            unit: game.rounding_unit,
            rounding: Rounding::from_code(game.rounding).unwrap_or(Rounding::Down),
        }
    }

    /// What a stake wins: rounded to a multiple of the unit.
    #[inline]
    pub(crate) fn payout(&self, stake: i64) -> i64 {
        let product = (stake as u64).checked_mul(self.numerator);
        match product {
            // A whole ratio in minor units is the usual one, and needs no division.
            Some(product) if self.divisor == 1 => product as i64,
            Some(product) if self.rounding == Rounding::Down => (product / self.divisor) as i64 * self.unit,
            _ => self.rounded(stake),
        }
    }

    /// What rounding takes from the prize of a stake: the exact one, floored to the minor unit, less the rounded.
    pub(crate) fn residue(&self, stake: i64) -> i64 {
        if self.divisor == 1 {
            return 0;
        }
        let exact = self.product(stake) / u128::from(self.denominator);
        exact as i64 - self.payout(stake)
    }

    /// The highest stake that wins at most `payout`; 0 for a negative one.
    #[inline]
    pub(crate) fn stake_for(&self, payout: i64) -> i64 {
        if self.divisor == 1 && payout >= 0 {
            return (payout as u64 / self.numerator) as i64;
        }
        self.stake_for_rounded(payout)
    }

    /// The highest stake that still fits `left` behind this one; `None` if this one does not.
    #[inline]
    pub(crate) fn room_behind(&self, left: i64, stake: i64) -> Option<i64> {
        let left = left.saturating_sub(self.payout(stake));
        if left < 0 { None } else { Some(self.stake_for(left)) }
    }

    fn product(&self, stake: i64) -> u128 {
        stake as u128 * u128::from(self.numerator)
    }

    fn rounded(&self, stake: i64) -> i64 {
        let (product, divisor) = (self.product(stake), u128::from(self.divisor));
        let units = match self.rounding {
            Rounding::Down => product / divisor,
            Rounding::Up => product.div_ceil(divisor),
            Rounding::HalfUp => (2 * product + divisor) / (2 * divisor),
        };
        units as i64 * self.unit
    }

    fn stake_for_rounded(&self, payout: i64) -> i64 {
        let (Ok(payout), divisor) = (u128::try_from(payout), u128::from(self.divisor)) else { return 0 };
        // With at most k units, the product p = stake * numerator must satisfy, in whole numbers: rounded down
        // p < (k + 1) * divisor; up p <= k * divisor; half up 2 * p < (2 * k + 1) * divisor.
        let units = payout / self.unit as u128;
        let product = match self.rounding {
            Rounding::Down => (units + 1) * divisor - 1,
            Rounding::Up => units * divisor,
            Rounding::HalfUp => ((2 * units + 1) * divisor - 1) / 2,
        };
        i64::try_from(product / u128::from(self.numerator)).unwrap_or(i64::MAX)
    }
}

const _: () = assert!(PPM as u64 * (u32::MAX as u64) < 1 << 52, "a divisor leaves room for sums of products");

#[cfg(test)]
mod tests {
    use zerocopy::FromZeros;

    use super::*;

    #[test]
    fn the_stake_for_a_payout_is_the_highest_that_fits() {
        for (numerator, denominator) in [(450, 1), (75, 1), (1, 3), (7, 2), (335, 2), (3, 7)] {
            for (rounding, rounding_unit) in
                [1, 2, 3].into_iter().flat_map(|mode| [1, 5, 100].map(|unit| (mode, unit)))
            {
                let game = GameRow { rounding, rounding_unit, ..GameRow::new_zeroed() };
                let prize = PrizeRow { numerator, denominator, ..PrizeRow::new_zeroed() };
                let ratio = Ratio::new(&game, &prize);
                for payout in 0..2_000 {
                    let stake = ratio.stake_for(payout);
                    assert!(ratio.payout(stake) <= payout && ratio.payout(stake + 1) > payout);
                }
                assert_eq!(ratio.stake_for(-1), 0);
            }
        }
    }

    #[test]
    fn prizes_are_rounded_and_the_rest_is_told() {
        let of = |rounding, rounding_unit, numerator, denominator| {
            let game = GameRow { rounding, rounding_unit, ..GameRow::new_zeroed() };
            Ratio::new(&game, &PrizeRow { numerator, denominator, ..PrizeRow::new_zeroed() })
        };
        let seen = |ratio: Ratio, stake| (ratio.payout(stake), ratio.residue(stake));
        assert_eq!(seen(of(1, 1, 2_000, 3), 1_00), (66_666, 0));
        assert_eq!(seen(of(1, 100, 2_000, 3), 1_00), (66_600, 66));
        assert_eq!(seen(of(2, 100, 2_000, 3), 1_00), (66_700, -34));
        assert_eq!(seen(of(3, 100, 2_000, 3), 1_00), (66_700, -34));
        assert_eq!(seen(of(3, 100, 13, 2), 1_00), (700, -50));
        assert_eq!(seen(of(3, 100, 649, 100), 1_00), (600, 49));
        let most = of(1, 1, 1_000_000, 1);
        assert_eq!(most.payout(1_000_000_000_000), 1_000_000_000_000_000_000);
        let most = of(2, 1_000_000, 1_000_000 * u64::from(u32::MAX), u32::MAX);
        assert_eq!(most.payout(1_000_000_000_000), 1_000_000_000_000_000_000);
    }
}
