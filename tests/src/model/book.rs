//! A draw: its bets, its limits, its result.

use std::collections::{BTreeMap, BTreeSet};

use super::game::{class, highest};
use super::{Bet, Draw, Game, Limit, NO_LIMIT, Play, Reason, Refused};

/// How far a draw has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the rules'")]
pub enum State {
    Draft = 1,
    Open = 2,
    Closed = 3,
    Settling = 4,
    Settled = 5,
}

/// A draw.
#[derive(Clone, Debug)]
pub struct Book {
    /// As it was created; `closes_at` is when it closed, once it has.
    pub draw: Draw,
    /// Its game's table.
    pub game: Game,
    /// How far it has come.
    pub state: State,
    /// The number drawn.
    pub result: Option<u16>,
    /// Every bet ever accepted, in that order.
    pub(super) bets: Vec<Taken>,
    /// What stands for its bets, minor units.
    pub(super) escrow: i128,
    /// Limits that were moved after the creation.
    pub(super) limits: BTreeMap<Limit, i64>,
    /// Blocked numbers.
    pub(super) blocked: BTreeSet<u16>,
    /// Bets that the result meets and that were paid, or passed over as taken back.
    looked_at: usize,
}

/// A bet that was accepted.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub account: u64,
    pub ticket: u128,
    pub bet: Bet,
    pub class: u16,
    pub payout: i128,
    pub stands: bool,
    pub paid: bool,
}

impl Book {
    pub(super) fn new(draw: Draw, game: Game) -> Book {
        Book {
            draw,
            game,
            state: State::Draft,
            result: None,
            bets: Vec::new(),
            escrow: 0,
            limits: BTreeMap::new(),
            blocked: BTreeSet::new(),
            looked_at: 0,
        }
    }

    /// Bets that have not been taken back.
    pub(super) fn standing(&self) -> impl Iterator<Item = &Taken> {
        self.bets.iter().filter(|taken| taken.stands)
    }

    /// Whether this bet, standing or not, wins when that number comes.
    pub(super) fn wins(&self, taken: &Taken, drawn: u16) -> bool {
        let any_order = self.game.play(taken.bet.play).is_some_and(|(_, play)| play.any_order());
        if any_order { taken.class == class(&self.game, drawn) } else { taken.bet.number == drawn }
    }

    /// Stake on a play's number, or on its class.
    pub fn stake_on(&self, play: &Play, number: u16) -> i128 {
        let class = class(&self.game, number);
        self.standing()
            .filter(|taken| taken.bet.play == play.code)
            .filter(|taken| if play.any_order() { taken.class == class } else { taken.bet.number == number })
            .map(|taken| i128::from(taken.bet.stake))
            .sum()
    }

    /// What the draw would pay if this number came.
    pub fn payout_on(&self, number: u16) -> i128 {
        let class = class(&self.game, number);
        let any_order = |code| self.game.play(code).is_some_and(|(_, play)| play.any_order());
        self.standing()
            .filter(|taken| taken.bet.number == number || (taken.class == class && any_order(taken.bet.play)))
            .map(|taken| taken.payout)
            .sum()
    }

    fn stake_limit(&self, place: usize, play: &Play, number: u16) -> i128 {
        let number = if play.any_order() { class(&self.game, number) } else { number };
        let over = self.limits.get(&Limit::StakeOn { play: play.code, number });
        let moved = self.limits.get(&Limit::Stake { play: play.code });
        i128::from(*over.or(moved).unwrap_or(&self.draw.stake_limits[place]))
    }

    fn payout_limit(&self, number: u16) -> i128 {
        let over = self.limits.get(&Limit::PayoutOn { number });
        let moved = self.limits.get(&Limit::Payout);
        i128::from(*over.or(moved).unwrap_or(&self.draw.payout_limit))
    }

    /// The stake still acceptable for a play on a number that it can be made on.
    pub(super) fn room(&self, code: u8, number: u16) -> i128 {
        let (place, play) = self.game.play(code).expect("the play was checked");
        let prize = self.game.prize(play, number).expect("the play can be made on the number");
        let mut room = self.stake_limit(place, play, number) - self.stake_on(play, number);
        for number in self.game.wins_on(play, number) {
            let left = self.payout_limit(number) - self.payout_on(number);
            room = room.min(prize.stake_for(left));
            if self.blocked.contains(&number) {
                room = 0;
            }
        }
        room.clamp(0, NO_LIMIT.into())
    }

    /// Checks a bet against this draw as it is; `at` is its place in the ticket.
    pub(super) fn check_bet(&self, time: u64, currency: u16, at: usize, bet: &Bet) -> Result<(), Refused> {
        if self.state == State::Draft {
            return Err(Reason::DrawNotOpen.at(at, (self.draw.opens_at / super::MS).into()));
        }
        if self.state >= State::Closed || time >= self.draw.closes_at {
            return Err(Reason::DrawClosed.at(at, (self.draw.closes_at / super::MS).into()));
        }
        if self.draw.currency != currency {
            return Err(Reason::CurrencyMismatch.at(at, self.draw.currency.into()));
        }
        let (place, play, prize) = self
            .check_play(bet.play, bet.number)
            .map_err(|refused| Refused { bet: Some(at as u8), ..refused })?;
        if bet.stake < self.game.stake_min {
            return Err(Reason::StakeBelowMinimum.at(at, self.game.stake_min.into()));
        }
        if bet.stake > self.game.stake_max {
            return Err(Reason::StakeAboveMaximum.at(at, self.game.stake_max.into()));
        }
        let numbers = self.game.wins_on(play, bet.number);
        if numbers.iter().any(|number| self.blocked.contains(number)) {
            return Err(Reason::NumberBlocked.at(at, 0));
        }
        let stake = i128::from(bet.stake);
        if self.stake_on(play, bet.number) + stake > self.stake_limit(place, play, bet.number) {
            return Err(Reason::StakeLimitReached.at(at, self.room(bet.play, bet.number)));
        }
        let payout = prize.payout(stake);
        if numbers.iter().any(|number| self.payout_on(*number) + payout > self.payout_limit(*number)) {
            return Err(Reason::PayoutLimitReached.at(at, self.room(bet.play, bet.number)));
        }
        Ok(())
    }

    /// Whether the game has the play and it can be made on the number; the place, the play and the prize.
    pub(super) fn check_play(&self, code: u8, number: u16) -> Result<(usize, &Play, super::Cell), Refused> {
        let Some((place, play)) = self.game.play(code) else {
            return Err(Reason::PlayUnknown.whole(self.game.highest_play().into()));
        };
        self.check_number(number)?;
        let prize = self.game.prize(play, number).ok_or(Reason::PlayNotAllowed.whole(0))?;
        Ok((place, play, prize))
    }

    /// Whether the number belongs to the game.
    pub(super) fn check_number(&self, number: u16) -> Result<(), Refused> {
        let highest = highest(&self.game);
        if number > highest { Err(Reason::NumberOutside.whole(highest.into())) } else { Ok(()) }
    }

    /// Adds a bet to the book, if only to see what the next one of its ticket meets.
    pub(super) fn take(&mut self, account: u64, ticket: u128, bet: &Bet) {
        let (_, play) = self.game.play(bet.play).expect("the play was checked");
        let prize = self.game.prize(play, bet.number).expect("the play can be made on the number");
        self.bets.push(Taken {
            account,
            ticket,
            bet: *bet,
            class: class(&self.game, bet.number),
            payout: prize.payout(bet.stake.into()),
            stands: true,
            paid: false,
        });
        self.escrow += i128::from(bet.stake);
    }

    /// Moves a limit, or takes an override back.
    pub(super) fn set_limit(&mut self, limit: Limit, value: Option<i64>) -> Result<(), Refused> {
        self.check_not_settling()?;
        let limit = match limit {
            Limit::Stake { play } => {
                if self.game.play(play).is_none() {
                    return Err(Reason::PlayUnknown.whole(self.game.highest_play().into()));
                }
                limit
            }
            Limit::StakeOn { play, number } => {
                let any_order = self.check_play(play, number)?.1.any_order();
                let number = if any_order { class(&self.game, number) } else { number };
                Limit::StakeOn { play, number }
            }
            Limit::Payout => limit,
            Limit::PayoutOn { number } => {
                self.check_number(number)?;
                limit
            }
        };
        match value {
            Some(value) => self.limits.insert(limit, value),
            None => self.limits.remove(&limit),
        };
        Ok(())
    }

    /// Blocks or unblocks a number.
    pub(super) fn block(&mut self, number: u16, blocked: bool) -> Result<(), Refused> {
        self.check_not_settling()?;
        self.check_number(number)?;
        if blocked {
            self.blocked.insert(number)
        } else {
            self.blocked.remove(&number)
        };
        Ok(())
    }

    /// The draw's state as a refusal, unless it is among these.
    pub(super) fn check_state(&self, right: &[State]) -> Result<(), Refused> {
        if right.contains(&self.state) { Ok(()) } else { Err(Reason::DrawState.whole(self.state as i128)) }
    }

    fn check_not_settling(&self) -> Result<(), Refused> {
        self.check_state(&[State::Draft, State::Open, State::Closed])
    }

    /// Opens and closes what is due at this time.
    pub(super) fn come_due(&mut self, time: u64) {
        if self.state == State::Draft && self.draw.opens_at != 0 && self.draw.opens_at <= time {
            self.state = State::Open;
        }
        if self.state < State::Closed && self.draw.closes_at <= time {
            self.state = State::Closed;
        }
    }

    /// Takes the result; what the house gets (or gives, below zero).
    pub(super) fn settle(&mut self, number: u16) -> i128 {
        self.result = Some(number);
        let owed: i128 = self.winners().map(|taken| taken.payout).sum();
        self.state = if self.winners().next().is_some() { State::Settling } else { State::Settled };
        let surplus = self.escrow - owed;
        self.escrow = owed;
        surplus
    }

    /// Standing bets that the result meets, in order.
    pub(super) fn winners(&self) -> impl Iterator<Item = &Taken> {
        self.standing().filter(|taken| self.result.is_some_and(|drawn| self.wins(taken, drawn)))
    }

    /// Pays the next winners, looking at so many bets that the result meets; who gets what.
    pub(super) fn pay(&mut self, most: u32) -> Vec<(u64, i128)> {
        let Some(drawn) = self.result.filter(|_| self.state == State::Settling) else { return Vec::new() };
        let met: Vec<usize> = (0..self.bets.len()).filter(|at| self.wins(&self.bets[*at], drawn)).collect();
        let mut paid = Vec::new();
        for &at in met.iter().skip(self.looked_at).take(most as usize) {
            self.looked_at += 1;
            let taken = &mut self.bets[at];
            if taken.stands {
                taken.paid = true;
                self.escrow -= taken.payout;
                paid.push((taken.account, taken.payout));
            }
        }
        if self.winners().all(|taken| taken.paid) {
            self.state = State::Settled;
        }
        paid
    }
}
