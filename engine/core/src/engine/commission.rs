//! Commission of a draw, carried between its book and the accounts of agents, as due work.
//!
//! What an agent has sold pays the agent and each account above it, each by its own rate at the draw's close, in the tree
//! and by the periods as they are when it is posted.

use alloc::vec::Vec;

use super::Begun;
use super::money::At;
use crate::account::Cause;
use crate::agents::Sellers;
use crate::command::PPM;
use crate::commission::Line;
use crate::event::Event;
use crate::query::MovementKind;

impl Begun {
    /// Adds stakes, each with the account that bet, to what the agents that sold them have sold in a draw.
    pub(super) fn accrue(
        &mut self,
        home: usize,
        slot: u32,
        sold: impl Iterator<Item = (u64, i64)> + Clone,
        sellers: &mut Sellers,
    ) {
        // Each step for all of them before the next, so that what it needs has arrived.
        sold.clone().for_each(|(account, _)| self.agents.tree.prefetch_index(account));
        sold.clone().for_each(|(account, _)| self.agents.tree.prefetch_row(account));
        for (account, stake) in sold {
            if let Some(agent) = self.agents.selling(account, sellers) {
                self.partitions[home].books.commissions.accrue(slot, agent, stake);
            }
        }
    }

    /// Posts what as many selling agents as a tick may have sold in a sealed draw. A share beyond what may be promised
    /// is not posted: no line is made, and what is told of it is that nothing came.
    pub(super) fn post_commission(&mut self, home: usize, slot: u32) {
        self.partitions[home].books.commissions.take_first();
        let book = *self.partitions[home].books.row(slot);
        let mut path: Vec<u64> = Vec::new();
        let room = self.partitions[home].promisable(book.currency, self.promised_max());
        let mut posted = 0;
        for _ in 0..self.genesis.payouts_per_tick.get() {
            let Some(accrual) = self.partitions[home].books.commissions.next_accrual(slot) else { break };
            path.clear();
            path.extend(self.agents.tree.upwards(accrual.agent));
            for &account in &path {
                let ppm = self.agents.periods.rate(account, book.closes_at);
                let amount = share(accrual.stake, ppm);
                if amount == 0 {
                    continue;
                }
                let at = self.find_account(account).expect("an account of the tree is open");
                if amount > room - posted {
                    self.tell_commission(book.id, at, 0);
                    continue;
                }
                let cause = Cause::new(MovementKind::Commission, book.id.into());
                self.partitions[at.home].accounts.credit(at.slot, amount, cause);
                self.tell_commission(book.id, at, amount);
                posted += amount;
                let (agent, stake) = (accrual.agent, accrual.stake);
                let line = Line { agent, account, stake, amount, ppm, reversed: 0 };
                self.partitions[home].books.commissions.add_line(slot, line);
            }
        }
        let partition = &mut self.partitions[home];
        partition.books.commissions.go_on(slot, book.id);
        partition.books.end_if_posted(slot, self.window.now);
        if posted != 0 {
            partition.post(book.currency, |part| {
                part.commission -= i128::from(posted);
                part.promised += posted;
            });
        }
    }

    /// Takes back as many lines of a void draw's commission as a tick may.
    pub(super) fn reverse_commission(&mut self, home: usize, slot: u32) {
        let book = *self.partitions[home].books.row(slot);
        let mut reversed = 0i128;
        for _ in 0..self.genesis.payouts_per_tick.get() {
            let Some(line) = self.partitions[home].books.commissions.reverse_next(slot) else { break };
            let at = self.find_account(line.account).expect("what was paid is open");
            let cause = Cause::new(MovementKind::Commission, book.id.into());
            self.partitions[at.home].accounts.claim(at.slot, line.amount, cause);
            self.tell_commission(book.id, at, -line.amount);
            reversed += i128::from(line.amount);
        }
        let partition = &mut self.partitions[home];
        partition.books.end_if_void(slot, self.window.now);
        partition.post(book.currency, |part| part.commission += reversed);
    }

    fn tell_commission(&mut self, book: u32, at: At, amount: i64) {
        let balance = self.partitions[at.home].accounts.balance(at.slot, amount);
        self.events.push(Event::commission(book, balance));
    }
}

/// A share of a stake, rounded down to the minor unit.
fn share(stake: i64, ppm: u32) -> i64 {
    (i128::from(stake) * i128::from(ppm) / i128::from(PPM)) as i64
}
