//! What a draw may hold: stake on a number, payout on a number, stake and payout of the whole draw; and the room left.

use super::game::{class, lines};
use super::{Bet, Book, Cell, Limit, NO_LIMIT, Play, Reason, Refused};

/// Under what a stake is counted: plays of one group share a count where sort and key are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Counted {
    pub group: u8,
    pub sort: Sort,
    pub key: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    /// The number as it is.
    Itself,
    /// The class of the number.
    Class,
    /// The number at these positions.
    Named(u8),
}

/// A limit as a draw holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Held {
    Stake(u8),
    StakeOn(Counted),
    Payout,
    PayoutOn(u16),
    DrawStake,
    DrawPayout,
}

impl Counted {
    pub fn of(play: &Play, number: u16, class: u16) -> Counted {
        let (sort, key) = match play.matching {
            2 => (Sort::Class, class),
            3 => (Sort::Named(play.positions), number),
            _ => (Sort::Itself, number),
        };
        Counted { group: play.group, sort, key }
    }
}

impl Book {
    fn counted(&self, play: &Play, number: u16) -> Counted {
        Counted::of(play, number, class(&self.game, number))
    }

    /// Stake counted where a play on this number counts.
    pub fn stake_on(&self, play: &Play, number: u16) -> i128 {
        let counted = self.counted(play, number);
        let same = self.standing().filter(|taken| taken.counted == counted);
        same.map(|taken| i128::from(taken.bet.stake)).sum()
    }

    /// What the draw would pay if this number came alone, for the top prize.
    pub fn payout_on(&self, number: u16) -> i128 {
        let presses = self.standing().flat_map(|taken| &taken.presses);
        presses.filter(|(pressed, _)| *pressed == number).map(|(_, prize)| prize).sum()
    }

    /// Stakes of the standing bets.
    pub(super) fn stake(&self) -> i128 {
        self.standing().map(|taken| i128::from(taken.bet.stake)).sum()
    }

    pub(super) fn moved_or(&self, held: Held, created: i64) -> i128 {
        self.limits.get(&held).copied().unwrap_or(created).into()
    }

    fn stake_limit(&self, play: &Play, number: u16) -> i128 {
        self.stake_limit_of(self.counted(play, number))
    }

    pub(super) fn stake_limit_of(&self, counted: Counted) -> i128 {
        let over = self.limits.get(&Held::StakeOn(counted)).copied();
        let created = self.draw.stake_limits[usize::from(counted.group)];
        over.map_or_else(|| self.moved_or(Held::Stake(counted.group), created), i128::from)
    }

    pub(super) fn payout_limit(&self, number: u16) -> i128 {
        let over = self.limits.get(&Held::PayoutOn(number)).copied();
        over.map_or_else(|| self.moved_or(Held::Payout, self.draw.payout_limit), i128::from)
    }

    pub(super) fn draw_stake_limit(&self) -> i128 {
        self.moved_or(Held::DrawStake, self.draw.draw_stake_limit)
    }

    pub(super) fn draw_payout_limit(&self) -> i128 {
        self.moved_or(Held::DrawPayout, self.draw.draw_payout_limit)
    }

    /// The numbers that a bet presses on: with the prize, and what is on the number already.
    fn pressed(&self, play: &Play, number: u16) -> Vec<(u16, Cell, i128)> {
        let presses = self.game.presses_on(play, number);
        let Some(highest) = presses.last().map(|(number, _)| usize::from(*number)) else { return Vec::new() };
        let mut on = vec![0; highest + 1];
        for (number, prize) in self.standing().flat_map(|taken| &taken.presses) {
            if let Some(sum) = on.get_mut(usize::from(*number)) {
                *sum += prize;
            }
        }
        presses.into_iter().map(|(number, cell)| (number, cell, on[usize::from(number)])).collect()
    }

    /// Blocks and limits, in the order of the reasons.
    pub(super) fn check_limits(&self, play: &Play, bet: &Bet) -> Result<(), Refused> {
        let stake = i128::from(bet.stake);
        let pressed = self.pressed(play, bet.number);
        let prize = |cell: &Cell| self.game.prize(cell, stake);
        let passed = if pressed.iter().any(|(number, ..)| self.blocked.contains(number)) {
            return Err(Reason::NumberBlocked.whole(0));
        } else if self.stake_on(play, bet.number) + stake > self.stake_limit(play, bet.number) {
            Reason::StakeLimitReached
        } else if pressed.iter().any(|(number, cell, on)| on + prize(cell) > self.payout_limit(*number)) {
            Reason::PayoutLimitReached
        } else if self.stake() + stake > self.draw_stake_limit() {
            Reason::DrawStakeLimitReached
        } else if pressed.iter().any(|(_, cell, on)| on + prize(cell) > self.draw_payout_limit()) {
            Reason::DrawPayoutLimitReached
        } else {
            return Ok(());
        };
        Err(passed.whole(self.room(play, bet.number)))
    }

    /// The highest stake of whole lines that passes every limit; 0 on a blocked number.
    pub(super) fn room(&self, play: &Play, number: u16) -> i128 {
        let pressed = self.pressed(play, number);
        if pressed.iter().any(|(number, ..)| self.blocked.contains(number)) {
            return 0;
        }
        let stake = self.stake_limit(play, number) - self.stake_on(play, number);
        let stake = stake.min(self.draw_stake_limit() - self.stake());
        // Numbers that the same prize is paid on differ by what is left on them: the least of it counts.
        let mut payouts: Vec<(Cell, i128)> = Vec::new();
        for (number, cell, on) in pressed {
            let left = self.payout_limit(number).min(self.draw_payout_limit()) - on;
            match payouts.iter_mut().find(|(other, _)| *other == cell) {
                Some((_, least)) => *least = left.min(*least),
                None => payouts.push((cell, left)),
            }
        }
        let fits = |tried: i128| {
            tried <= stake && payouts.iter().all(|(cell, left)| self.game.prize(cell, tried) <= *left)
        };
        // Whole lines that fit, and more than could.
        let lines = i128::from(lines(&self.game, play, number));
        let (mut fit, mut more) = (0, i128::from(NO_LIMIT) / lines + 1);
        while more - fit > 1 {
            let between = (fit + more) / 2;
            if fits(between * lines) { fit = between } else { more = between }
        }
        fit * lines
    }

    /// Moves a limit, or takes an override back.
    pub(super) fn set_limit(&mut self, limit: Limit, value: Option<i64>) -> Result<(), Refused> {
        self.check_undecided()?;
        let held = match limit {
            Limit::Stake { play } => match self.game.play(play) {
                Some(play) => Held::Stake(play.group),
                None => return Err(Reason::PlayUnknown.whole(self.game.highest_play().into())),
            },
            Limit::StakeOn { play, number } => {
                let play = self.check_play(play, number)?;
                Held::StakeOn(self.counted(play, number))
            }
            Limit::Payout => Held::Payout,
            Limit::PayoutOn { number } => {
                self.check_number(number)?;
                Held::PayoutOn(number)
            }
            Limit::DrawStake => Held::DrawStake,
            Limit::DrawPayout => Held::DrawPayout,
        };
        match value {
            Some(value) => self.limits.insert(held, value),
            None => self.limits.remove(&held),
        };
        Ok(())
    }

    /// Blocks or unblocks a number.
    pub(super) fn block(&mut self, number: u16, blocked: bool) -> Result<(), Refused> {
        self.check_undecided()?;
        self.check_number(number)?;
        if blocked {
            self.blocked.insert(number)
        } else {
            self.blocked.remove(&number)
        };
        Ok(())
    }
}
