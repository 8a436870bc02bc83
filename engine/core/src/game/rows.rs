//! A game's table byte for byte as it lies in pages, and what makes one sound.

use alloc::vec::Vec;

use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes};

use super::GAME_NUMBERS_MAX;
use crate::command::{
    AMOUNT_MAX, GAME_GROUPS_MAX, GAME_PLAYS_MAX, GameDefine, LENGTH_MAX, Matching, PLAY_PRIZES_MAX, PPM,
    PRIZE_RATIO_MAX, Play, Plays, Prize, RESULTS_MAX, ROUNDING_UNIT_MAX, Rounding, TIERS_MAX,
};

/// One version of a game; its prizes lie in a table of their own, play by play.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct GameRow {
    pub game: u64,
    /// Of one line.
    pub stake_min: i64,
    pub stake_max: i64,
    pub rounding_unit: i64,
    pub tax_over: i64,
    pub tax_ppm: u32,
    /// Slot of the first prize of its first play.
    pub first_prize: u32,
    pub version: u16,
    pub symbols: u8,
    pub length: u8,
    pub results: u8,
    pub rounding: u8,
    pub plays: u8,
    pub reserved: u8,
    pub tier: [u8; RESULTS_MAX],
    pub play: [PlayRow; GAME_PLAYS_MAX],
}

#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct PlayRow {
    pub code: u8,
    pub matching: u8,
    pub positions: u8,
    pub group: u8,
    pub lines: u8,
    pub prizes: u8,
    reserved: [u8; 2],
}

#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct PrizeRow {
    pub numerator: u64,
    pub denominator: u32,
    pub orders: u16,
    pub tier: u8,
    pub level: u8,
}

impl GameRow {
    /// Checks a table; its prizes will lie from slot `first_prize` on. The error is the place of the first wrong play,
    /// or 0 for the game's own fields.
    pub(crate) fn checked(
        game: u64,
        define: &GameDefine,
        plays: Plays<'_>,
        first_prize: u32,
    ) -> Result<(GameRow, Vec<PrizeRow>), i64> {
        let mut row = GameRow::head(game, define).ok_or(0)?;
        row.first_prize = first_prize;
        let mut prizes = Vec::new();
        let mut last_code = 0;
        for (place, (play, cells)) in plays.enumerate() {
            if play.code <= last_code || place >= GAME_PLAYS_MAX {
                return Err(place as i64);
            }
            last_code = play.code;
            row.play[place] = row.checked_play(play, cells, &mut prizes).ok_or(place as i64)?;
            row.plays += 1;
        }
        Ok((row, prizes))
    }

    /// The fields of the game itself, if they are sound.
    fn head(game: u64, define: &GameDefine) -> Option<GameRow> {
        let (symbols, length) = (u32::from(define.symbols), u32::from(define.length));
        let (stake_min, stake_max) = (define.stake_min.get(), define.stake_max.get());
        let is_sound = define.version.get() > 0
            && (2..=100).contains(&symbols)
            && (1..=LENGTH_MAX as u32).contains(&length)
            && symbols.pow(length) <= GAME_NUMBERS_MAX
            && 0 < stake_min
            && stake_min <= stake_max
            && stake_max <= AMOUNT_MAX
            && Rounding::from_code(define.rounding).is_some()
            && (1..=ROUNDING_UNIT_MAX).contains(&define.rounding_unit.get())
            && define.tax_ppm.get() <= PPM
            && are_tiers_sound(&define.tier, define.results.into());
        is_sound.then(|| GameRow {
            game,
            stake_min,
            stake_max,
            rounding_unit: define.rounding_unit.get(),
            tax_over: define.tax_over.get(),
            tax_ppm: define.tax_ppm.get(),
            version: define.version.get(),
            symbols: define.symbols,
            length: define.length,
            results: define.results,
            rounding: define.rounding,
            tier: define.tier,
            ..GameRow::new_zeroed()
        })
    }

    fn checked_play(&self, play: &Play, cells: &[Prize], prizes: &mut Vec<PrizeRow>) -> Option<PlayRow> {
        let matching = Matching::from_code(play.matching)?;
        let all = (1u8 << self.length) - 1;
        let are_positions_sound = match matching {
            Matching::Positional => play.positions != 0 && play.positions < all,
            _ => play.positions == 0,
        };
        let is_sound = play.reserved == [0; 2]
            && are_positions_sound
            && usize::from(play.group) < GAME_GROUPS_MAX
            && (1..=PLAY_PRIZES_MAX).contains(&cells.len());
        if !is_sound {
            return None;
        }
        let mut last = (0, 0, 0);
        for cell in cells {
            let at = (cell.orders.get(), cell.tier, cell.level);
            if at <= last {
                return None;
            }
            last = at;
            prizes.push(self.checked_prize(matching, cell)?);
        }
        Some(PlayRow {
            code: play.code,
            matching: play.matching,
            positions: play.positions,
            group: play.group,
            lines: play.lines,
            prizes: play.prizes,
            reserved: [0; 2],
        })
    }

    fn checked_prize(&self, matching: Matching, prize: &Prize) -> Option<PrizeRow> {
        let (numerator, denominator) = (prize.numerator.get(), prize.denominator.get());
        let counts_orders = matches!(matching, Matching::AnyOrder | Matching::ExactOrAny);
        let levels = match matching {
            Matching::Exact | Matching::AnyOrder | Matching::Positional => 1,
            Matching::ExactOrAny => 2,
            Matching::Trailing => self.length,
        };
        let is_sound = (1..=self.tiers()).contains(&prize.tier)
            && (1..=levels).contains(&prize.level)
            && prize.orders.get() > 0
            && (counts_orders || prize.orders.get() == 1)
            && denominator > 0
            && numerator > 0
            && numerator <= u64::from(denominator) * PRIZE_RATIO_MAX;
        let (orders, tier, level) = (prize.orders.get(), prize.tier, prize.level);
        is_sound.then_some(PrizeRow { numerator, denominator, orders, tier, level })
    }

    /// Tiers in use.
    fn tiers(&self) -> u8 {
        self.tier.iter().copied().max().unwrap_or(0)
    }

    /// Tiers of the winning numbers, in their order.
    pub(crate) fn tiers_of_results(&self) -> &[u8] {
        &self.tier[..usize::from(self.results)]
    }

    /// The tax on what a bet wins in all, floored to the minor unit.
    #[inline]
    pub(crate) fn tax(&self, prize: i64) -> i64 {
        if self.tax_ppm == 0 || prize <= self.tax_over {
            return 0;
        }
        (i128::from(prize) * i128::from(self.tax_ppm) / i128::from(PPM)) as i64
    }
}

/// Whether there are `results` tiers, the first of them 1, all up to the highest in use, and zeros behind them.
fn are_tiers_sound(tier: &[u8; RESULTS_MAX], results: usize) -> bool {
    if !(1..=RESULTS_MAX).contains(&results) {
        return false;
    }
    let (used, rest) = tier.split_at(results);
    let highest = used.iter().copied().max().unwrap_or(0);
    usize::from(highest) <= TIERS_MAX
        && used[0] == 1
        && (1..=highest).all(|tier| used.contains(&tier))
        && !used.contains(&0)
        && rest.iter().all(|tier| *tier == 0)
}
