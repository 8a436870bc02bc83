//! A result that takes another's place: what it pays more, and what it takes back.

use super::life::{Payment, Won};
use super::{Book, Model, NO_LIMIT, Reason, Refused, State};

impl Model {
    pub(super) fn correct(
        &mut self,
        actor: u32,
        number: u32,
        seal: [u8; 32],
        drawn: &[u16],
    ) -> Result<(), Refused> {
        let time = self.time;
        let is_past = self.is_held_back(number);
        let book = self.book(number)?;
        if is_past {
            return Err(Reason::Archived.whole(0));
        }
        let currency = book.draw.currency;
        let surplus = book.correct(actor, seal, drawn, time)?;
        *self.house.entry(currency).or_default() += surplus;
        Ok(())
    }

    /// Whether somebody owes whose bet in this draw a correction has touched.
    pub fn owes_after_a_correction(&self, book: &Book) -> bool {
        let mut touched = book.bets.iter().filter(|taken| book.corrections > 0 && taken.paid);
        touched.any(|taken| self.accounts[&taken.account].owed > 0)
    }
}

impl Book {
    /// Takes another result, or keeps it until another principal gives the same; what the house gets (or gives, below
    /// zero).
    fn correct(&mut self, actor: u32, seal: [u8; 32], numbers: &[u16], time: u64) -> Result<i128, Refused> {
        self.check_not_paying()?;
        self.check_state(&[State::Settled])?;
        self.check_seal(seal)?;
        let is_second = self.proposed.as_ref().is_some_and(|(_, first)| *first != actor);
        if is_second && self.proposed.as_ref().is_some_and(|(proposed, _)| proposed != numbers) {
            return Err(Reason::ResultDiffers.whole(0));
        }
        if self.results == numbers {
            return Err(Reason::ResultSame.whole(0));
        }
        self.check_result(numbers)?;
        if self.draw.confirmed && !is_second {
            self.proposed = Some((numbers.to_vec(), actor));
            return Ok(0);
        }
        if self.corrections == u8::MAX {
            return Err(Reason::CapacityReached.whole(u8::MAX.into()));
        }
        let won = |taken| self.won_by(numbers, taken).map_or(0, |won| won.prize);
        let owed: i128 = self.standing().map(won).sum();
        if owed > NO_LIMIT.into() {
            return Err(Reason::CapacityReached.whole(NO_LIMIT.into()));
        }
        self.results_before = std::mem::replace(&mut self.results, numbers.to_vec());
        self.proposed = None;
        self.corrections += 1;
        self.escrow = owed - self.paid();
        self.state = State::Correcting;
        (self.decided_at, self.ended_at, self.looked_at) = (time, 0, 0);
        self.bets.iter_mut().for_each(|taken| taken.paid = false);
        self.end_if_corrected(time);
        Ok(self.paid() - owed)
    }

    /// What its bets have been paid so far, tax included.
    pub(super) fn paid(&self) -> i128 {
        self.bets.iter().map(|taken| taken.got.prize).sum()
    }

    /// Places of the bets that either result meets, standing or not, in order.
    fn touched(&self) -> Vec<usize> {
        let is_met = |at: &usize| {
            let taken = &self.bets[*at];
            self.won(taken).is_some() || self.won_by(&self.results_before, taken).is_some()
        };
        (0..self.bets.len()).filter(is_met).collect()
    }

    fn end_if_corrected(&mut self, time: u64) {
        if self.looked_at == self.touched().len() {
            self.state = State::Settled;
            self.end_if_settled(time);
        }
    }

    /// Pays what the bets that are next have more, and takes what they have less, looking at so many.
    pub(super) fn correct_bets(&mut self, most: u32, time: u64) -> Vec<Payment> {
        let turn: Vec<usize> = self.touched().into_iter().skip(self.looked_at).take(most as usize).collect();
        let mut payments = Vec::new();
        for at in turn {
            self.looked_at += 1;
            if !self.bets[at].stands {
                continue;
            }
            let new = self.won(&self.bets[at]).unwrap_or_default();
            let old = std::mem::replace(&mut self.bets[at].got, new);
            self.bets[at].paid = true;
            let gross = new.prize - old.prize;
            let tax = self.game.tax(new.prize) - self.game.tax(old.prize);
            let kept = |won: Won| won.floored - won.prize;
            self.escrow -= gross;
            let rounding = kept(new) - kept(old);
            payments.push(Payment { amount: gross - tax, tax, rounding, ..Payment::of(&self.bets[at]) });
        }
        self.end_if_corrected(time);
        payments
    }
}
