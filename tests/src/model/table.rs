//! Whether a game's table keeps to its bounds.

use super::{AMOUNT_MAX, Cell, Game, PRIZE_RATIO_MAX, Play, RESULTS_MAX, Reason, Refused};

const GROUPS_MAX: u8 = 8;
const PRIZES_MAX: usize = 40;
const TIERS_MAX: u8 = 8;

impl Game {
    /// The place of the first wrong play, or 0 for the game's own fields.
    pub(super) fn check(&self, version: u16) -> Result<(), Refused> {
        let invalid = |place: usize| Reason::GameInvalid.whole(place as i128);
        if version == 0 || !self.own_fields_are_right() {
            return Err(invalid(0));
        }
        let mut last = 0;
        for (place, play) in self.plays.iter().enumerate() {
            if play.code <= last || !play.is_right(self) {
                return Err(invalid(place));
            }
            last = play.code;
        }
        Ok(())
    }

    fn own_fields_are_right(&self) -> bool {
        let numbers = u64::from(self.symbols).checked_pow(self.length.into()).unwrap_or(u64::MAX);
        (2..=100).contains(&self.symbols)
            && (1..=4).contains(&self.length)
            && numbers <= 10_000
            && self.tiers_are_right()
            && (1..=3).contains(&self.rounding)
            && (1..=1_000_000).contains(&self.rounding_unit)
            && self.tax_ppm <= 1_000_000
            && 1 <= self.stake_min
            && self.stake_min <= self.stake_max
            && self.stake_max <= AMOUNT_MAX
    }

    /// The top prize first, none left out, nothing past the last.
    fn tiers_are_right(&self) -> bool {
        if !(1..=RESULTS_MAX).contains(&self.results.into()) {
            return false;
        }
        let (used, unused) = self.tiers.split_at(self.results.into());
        let lowest = self.lowest_tier();
        used[0] == 1
            && lowest <= TIERS_MAX
            && (1..=lowest).all(|tier| used.contains(&tier))
            && !used.contains(&0)
            && unused.iter().all(|tier| *tier == 0)
    }

    /// The number of the last tier.
    fn lowest_tier(&self) -> u8 {
        self.tiers.iter().copied().max().unwrap_or(0)
    }
}

impl Play {
    fn is_right(&self, game: &Game) -> bool {
        let all = (1u8 << game.length) - 1;
        let positions = match self.matching {
            3 => 0 < self.positions && self.positions < all,
            _ => self.positions == 0,
        };
        let levels = match self.matching {
            4 => 2,
            5 => game.length,
            _ => 1,
        };
        let key = |cell: &Cell| (cell.orders, cell.tier, cell.level);
        (1..=5).contains(&self.matching)
            && positions
            && self.group < GROUPS_MAX
            && self.reserved == 0
            && (1..=PRIZES_MAX).contains(&self.cells.len())
            && self.cells.windows(2).all(|pair| key(&pair[0]) < key(&pair[1]))
            && self.cells.iter().all(|cell| {
                cell.is_bounded()
                    && (self.is_by_orders() || cell.orders == 1)
                    && (1..=game.lowest_tier()).contains(&cell.tier)
                    && (1..=levels).contains(&cell.level)
            })
    }
}

impl Cell {
    fn is_bounded(&self) -> bool {
        self.orders >= 1
            && self.denominator >= 1
            && self.numerator >= 1
            && u128::from(self.numerator) <= u128::from(PRIZE_RATIO_MAX) * u128::from(self.denominator)
    }
}
