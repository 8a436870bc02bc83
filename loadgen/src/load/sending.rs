//! Making tickets and sending them: what the schedule owes as one frame, or as much as credit admits.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use client::Sender;
use protocol::command::{Bet, Commands, Lane, TICKET_BETS_MAX};
use tokio::task::yield_now;

use super::Clock;
use crate::flight::{Flight, Frame};
use crate::progress::Progress;
use crate::pulse::Pulse;
use crate::record::Sent;
use crate::schedule::Schedule;
use crate::traffic::Traffic;
use crate::trouble::Trouble;

pub(super) struct Sending {
    pub sender: Sender,
    /// Most tickets in a frame.
    pub batch: usize,
    pub bets_per_ticket: usize,
    pub bets_left: u64,
    pub book: u32,
    /// The id of the account at place 0.
    pub accounts_from: u64,
    /// `None`: as fast as credit admits.
    pub pace: Option<(Schedule, Pulse)>,
    pub traffic: Traffic,
    pub clock: Clock,
    /// Since the start of the run.
    pub first_send: Option<Duration>,
    pub flight: Rc<RefCell<Flight>>,
    pub progress: Progress,
}

impl Sending {
    /// Sends all tickets and notes each before it leaves: one that may have arrived is never missing in the record.
    pub async fn send_all(&mut self, sent: &mut Sent) -> Result<(), Trouble> {
        let mut commands = Commands::with_capacity(self.batch * 64 * self.bets_per_ticket);
        while self.bets_left > 0 {
            let tickets = self.next_batch(sent.len()).await;
            let began_ns = self.clock.elapsed_ns();
            let first = sent.len();
            let bets = self.make(tickets, began_ns, sent, &mut commands);
            self.first_send.get_or_insert(Duration::from_nanos(began_ns));
            self.progress.sent(bets);
            let correlation = self.sender.send(Lane::Bets, &commands).await?;
            let count = commands.count();
            self.flight.borrow_mut().took_off(Frame { correlation, first, count, began_ns });
            if self.bets_left > 0 {
                // The connection's own task has to run for the frame to leave.
                yield_now().await;
            }
        }
        self.flight.borrow_mut().complete();
        Ok(())
    }

    /// Waits until tickets are due, and says how many. What is due goes out once a beat, as one frame, and at once
    /// only where that would not fit one: a frame for every few tickets would cost both ends more than the tickets.
    async fn next_batch(&self, made: usize) -> usize {
        let left = self.bets_left.div_ceil(self.bets_per_ticket as u64) as usize;
        let Some((schedule, pulse)) = &self.pace else {
            return self.batch.min(left);
        };
        let owed = || (schedule.due(self.clock.elapsed_ns()) as usize).saturating_sub(made);
        if owed() < self.batch {
            pulse.beat().await;
        }
        while owed() == 0 {
            pulse.beat().await;
        }
        owed().min(self.batch).min(left)
    }

    /// Makes so many tickets: their ids, bets and bytes. Returns how many bets they have.
    fn make(&mut self, tickets: usize, now_ns: u64, sent: &mut Sent, commands: &mut Commands) -> usize {
        let unix_ms = self.clock.unix_ms(now_ns);
        let bets_before = self.bets_left;
        let mut bets = [Bet::new(self.book, 0, 0, 0); TICKET_BETS_MAX];
        commands.clear();
        for _ in 0..tickets {
            let count = self.bets_per_ticket.min(self.bets_left as usize);
            let account = self.traffic.account();
            let (id, wagers) = sent.push(unix_ms, account, count, || self.traffic.wager());
            for (bet, wager) in bets.iter_mut().zip(wagers) {
                *bet = Bet::new(self.book, wager.play, wager.number, wager.stake.into());
            }
            commands.ticket_place(id, self.accounts_from + u64::from(account), &bets[..count]);
            self.bets_left -= count as u64;
        }
        (bets_before - self.bets_left) as usize
    }
}
