//! What is done by itself at the start of a tick, because its time has come.

use alloc::vec::Vec;

use super::Begun;
use crate::account::Cause;
use crate::book::Payout;
use crate::event::{Event, EventKind};
use crate::ids::TicketRow;
use crate::partition::Partition;
use crate::query::{DrawState, MovementKind};

/// What is due of a draw; at one deadline its commission comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Task {
    /// To be posted.
    Commission,
    /// To be opened, closed, sealed, paid or given back.
    Draw,
}

impl Begun {
    /// Everything due by the tick's time, in the order of (deadline, owner), at one deadline accounts before books. A
    /// draw seals, pays, or gives back, once per tick.
    pub(super) fn do_due_work(&mut self) {
        let (key, window) = (self.key, self.window);
        for partition in &mut self.partitions {
            partition.ids.sweep(key, window.since);
            partition.accounts.begin_tick(window.tick, window.now);
        }
        let mut unfinished = Vec::new();
        while let Some((deadline, book, task, home)) = self.first_due() {
            if deadline > window.now {
                break;
            }
            self.release_holds(deadline);
            let slot = self.partitions[home].books.find(book).expect("what is due is there");
            if task == Task::Commission {
                self.post_commission(home, slot);
            } else if let Some(deadline) = self.work_on(home, slot, deadline) {
                unfinished.push((home, deadline, book));
            }
        }
        self.release_holds(window.now);
        for partition in &mut self.partitions {
            partition.accounts.end_due_work(window.now);
            partition.books.commissions.end_turn();
        }
        for (home, deadline, book) in unfinished {
            self.partitions[home].books.put_back(deadline, book);
        }
        self.hear_all();
        self.retire();
    }

    fn first_due(&self) -> Option<(u64, u32, Task, usize)> {
        let due = |(home, partition): (usize, &Partition)| {
            let books = &partition.books;
            let of = |due: Option<(u64, u32)>, task| due.map(|(deadline, book)| (deadline, book, task, home));
            let commission = of(books.commissions.due(), Task::Commission);
            commission.into_iter().chain(of(books.due(), Task::Draw)).min()
        };
        self.partitions.iter().enumerate().filter_map(due).min()
    }

    /// Does what is due of a draw. Returns the deadline of what is left for other ticks.
    fn work_on(&mut self, home: usize, slot: u32, deadline: u64) -> Option<u64> {
        let books = &mut self.partitions[home].books;
        let state = books.row(slot).state;
        if state == DrawState::Closed as u8 {
            books.set_aside(slot, deadline);
            self.seal_some(home, slot);
            return self.partitions[home].books.is_sealing(slot);
        }
        let in_steps = [DrawState::Settling as u8, DrawState::Voiding as u8, DrawState::Correcting as u8];
        if in_steps.contains(&state) {
            books.set_aside(slot, deadline);
            self.pay(home, slot);
            return (self.partitions[home].books.row(slot).state == state).then_some(deadline);
        }
        let game = &self.games[books.row(slot).game as usize];
        books.turn(game, slot, self.window.now);
        self.seal_some(home, slot);
        self.partitions[home].books.is_sealing(slot)
    }

    /// Pays winners of a draw, or what a correction changes for them, or gives stakes of a void one back: as many bets as a
    /// tick may.
    fn pay(&mut self, home: usize, slot: u32) {
        if self.partitions[home].books.commissions.is_reversing(slot) {
            return self.reverse_commission(home, slot);
        }
        let row = *self.partitions[home].books.row(slot);
        let game = &self.games[row.game as usize];
        let mut payouts: Vec<Payout> = Vec::new();
        let (most, now) = (self.genesis.payouts_per_tick.get(), self.window.now);
        let books = &mut self.partitions[home].books;
        let (kind, told) = if row.state == DrawState::Correcting as u8 {
            books.pay_differences(game, slot, most, now, |payout| payouts.push(payout));
            (MovementKind::Correction, EventKind::Corrected)
        } else if row.has_result() {
            books.pay(game, slot, most, now, |payout| payouts.push(payout));
            (MovementKind::Payout, EventKind::Paid)
        } else {
            books.refund(&self.games, slot, most, now, |payout| payouts.push(payout));
            (MovementKind::Refund, EventKind::Refunded)
        };
        let (mut tax, mut residue) = (0i128, 0i128);
        for payout in payouts {
            tax += i128::from(payout.tax);
            residue += i128::from(payout.residue);
            if payout.amount == 0 && kind == MovementKind::Correction {
                // It changes nothing for the account, which hears of it by no line and no event.
                continue;
            }
            let owner = &mut self.partitions[usize::from(payout.ticket_partition)];
            let TicketRow { id, account, .. } = *owner.ids.ticket(payout.ticket);
            let cause = Cause::new(kind, id);
            if payout.amount < 0 {
                owner.accounts.take_payout(account, -payout.amount, cause, now);
            } else {
                owner.accounts.give_back(account, payout.amount, cause, now);
            }
            let play = game.plays()[usize::from(payout.play)].code;
            let balance = owner.accounts.balance(account, payout.amount);
            self.events.push(Event::bet(told, id, play, payout.number, balance));
        }
        if tax != 0 || residue != 0 {
            self.partitions[home].post(row.currency, |part| {
                part.tax += tax;
                part.rounding += residue;
                part.house -= residue;
            });
        }
    }
}
