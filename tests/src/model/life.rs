//! A draw's life: opening and suspending; its result and its payouts; calling it off and the refunds.

use super::book::Taken;
use super::{Book, NO_LIMIT, Reason, Refused, State};

/// What a bet has won.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Won {
    /// All its prizes, each rounded.
    pub prize: i128,
    /// All its prizes, each floored to the minor unit.
    pub floored: i128,
}

/// Money that leaves a draw for an account.
pub(super) struct Payment {
    pub account: u64,
    pub ticket: u128,
    /// The bet's play and number.
    pub of: (u8, u16),
    /// What the account gets; what is taken from it, below zero.
    pub amount: i128,
    /// What is withheld of it.
    pub tax: i128,
    /// What rounding has kept back; below zero where it has added.
    pub rounding: i128,
}

impl Payment {
    pub(super) fn of(taken: &Taken) -> Payment {
        let of = (taken.bet.play, taken.bet.number);
        Payment { account: taken.account, ticket: taken.ticket, of, amount: 0, tax: 0, rounding: 0 }
    }
}

impl Book {
    pub(super) fn open(&mut self) -> Result<(), Refused> {
        self.check_state(&[State::Draft])?;
        self.state = State::Open;
        Ok(())
    }

    pub(super) fn suspend(&mut self) -> Result<(), Refused> {
        self.check_state(&[State::Open])?;
        self.state = State::Suspended;
        Ok(())
    }

    pub(super) fn resume(&mut self, time: u64) -> Result<(), Refused> {
        self.check_state(&[State::Suspended])?;
        if time >= self.draw.closes_at {
            return Err(Reason::DrawClosed.whole((self.draw.closes_at / super::MS).into()));
        }
        self.state = State::Open;
        Ok(())
    }

    /// Calls the draw off: what was posted is taken back, and then what stands is refunded, from the next tick on.
    pub(super) fn void(&mut self, time: u64) -> Result<(), Refused> {
        self.check_not_paying()?;
        self.check_undecided()?;
        self.state = State::Voiding;
        self.decided_at = time;
        self.draw.closes_at = self.draw.closes_at.min(time);
        self.end_if_void(time);
        Ok(())
    }

    pub(super) fn check_not_paying(&self) -> Result<(), Refused> {
        if self.state.is_paying() { Err(Reason::DrawSettling.whole(self.state as i128)) } else { Ok(()) }
    }

    /// Void, once nothing is left to take back or to refund.
    pub(super) fn end_if_void(&mut self, time: u64) {
        if self.state == State::Voiding
            && self.standing().next().is_none()
            && !self.commission.has_to_reverse()
        {
            self.state = State::Void;
            self.ended_at = time;
        }
    }

    /// Ended, once it is settled and all commission is posted.
    pub(super) fn end_if_settled(&mut self, time: u64) {
        if self.state == State::Settled && self.ended_at == 0 && !self.commission.has_to_post() {
            self.ended_at = time;
        }
    }

    /// Takes the result, or keeps it until another principal gives the same; what the house gets (or gives, below zero).
    pub(super) fn settle(
        &mut self,
        actor: u32,
        seal: [u8; 32],
        numbers: &[u16],
        time: u64,
    ) -> Result<i128, Refused> {
        self.check_state(&[State::Closed])?;
        self.check_seal(seal)?;
        let is_second = self.kept.as_ref().is_some_and(|(_, first)| *first != actor);
        if is_second && self.kept.as_ref().is_some_and(|(kept, _)| kept != numbers) {
            return Err(Reason::ResultDiffers.whole(0));
        }
        self.check_result(numbers)?;
        if self.draw.confirmed && !is_second {
            self.kept = Some((numbers.to_vec(), actor));
            return Ok(0);
        }
        let before = std::mem::replace(&mut self.results, numbers.to_vec());
        let owed: i128 = self.winners().map(|(_, won)| won.prize).sum();
        if owed > NO_LIMIT.into() {
            self.results = before;
            return Err(Reason::CapacityReached.whole(NO_LIMIT.into()));
        }
        self.state = if self.winners().next().is_some() { State::Settling } else { State::Settled };
        let surplus = self.escrow - owed;
        self.escrow = owed;
        self.decided_at = time;
        self.end_if_settled(time);
        Ok(surplus)
    }

    /// Whether these are as many numbers as the game draws, and numbers of the game.
    pub(super) fn check_result(&self, numbers: &[u16]) -> Result<(), Refused> {
        if numbers.len() != usize::from(self.game.results) {
            return Err(Reason::ResultCount.whole(self.game.results.into()));
        }
        numbers.iter().try_for_each(|number| self.check_number(*number))
    }

    /// What the result pays a bet, standing or not; `None` if no winning number meets it.
    pub(super) fn won(&self, taken: &Taken) -> Option<Won> {
        self.won_by(&self.results, taken)
    }

    /// What some result would pay a bet.
    pub(super) fn won_by(&self, results: &[u16], taken: &Taken) -> Option<Won> {
        let play = self.game.play(taken.bet.play).expect("an accepted bet names a play");
        let stake = taken.bet.stake.into();
        let drawn = results.iter().zip(self.game.tiers);
        let cells = drawn.filter_map(|(drawn, tier)| self.game.met(play, taken.bet.number, *drawn, tier));
        let mut won: Option<Won> = None;
        for cell in cells {
            let won = won.get_or_insert_default();
            won.prize += self.game.prize(cell, stake);
            won.floored += cell.floored(stake);
        }
        won
    }

    /// Standing bets that the result meets, in order.
    pub(super) fn winners(&self) -> impl Iterator<Item = (&Taken, Won)> {
        self.standing().filter_map(|taken| Some((taken, self.won(taken)?)))
    }

    /// Pays or refunds what is next, looking at so many bets.
    pub(super) fn pay(&mut self, most: u32, time: u64) -> Vec<Payment> {
        match self.state {
            State::Settling => self.pay_winners(most, time),
            State::Voiding => self.refund(most, time),
            State::Correcting => self.correct_bets(most, time),
            _ => Vec::new(),
        }
    }

    fn pay_winners(&mut self, most: u32, time: u64) -> Vec<Payment> {
        let met = (0..self.bets.len()).filter_map(|at| Some((at, self.won(&self.bets[at])?)));
        let turn: Vec<(usize, Won)> = met.skip(self.looked_at).take(most as usize).collect();
        let mut payments = Vec::new();
        for (at, won) in turn {
            self.looked_at += 1;
            let taken = &mut self.bets[at];
            if taken.stands {
                (taken.paid, taken.got) = (true, won);
                self.escrow -= won.prize;
                let tax = self.game.tax(won.prize);
                let rounding = won.floored - won.prize;
                payments.push(Payment { amount: won.prize - tax, tax, rounding, ..Payment::of(taken) });
            }
        }
        if self.winners().all(|(taken, _)| taken.paid) {
            self.state = State::Settled;
            self.end_if_settled(time);
        }
        payments
    }

    fn refund(&mut self, most: u32, time: u64) -> Vec<Payment> {
        let mut payments = Vec::new();
        for taken in self.bets.iter_mut().skip(self.looked_at).take(most as usize) {
            self.looked_at += 1;
            if taken.stands {
                taken.refunded = true;
                taken.stands = false;
                let amount = i128::from(taken.bet.stake);
                self.escrow -= amount;
                payments.push(Payment { amount, ..Payment::of(taken) });
            }
        }
        self.end_if_void(time);
        payments
    }
}
