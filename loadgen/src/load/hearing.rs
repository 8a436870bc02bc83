//! Hearing what became of the tickets, and how long it took.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use client::{Incoming, Receiver};
use protocol::pieces;
use protocol::reply::Reply;
use tokio::time::timeout;

use super::Clock;
use crate::flight::{Flight, Frame};
use crate::latency::Latency;
use crate::progress::Progress;
use crate::record::{Heard, Told};
use crate::schedule::Schedule;
use crate::trouble::Trouble;

pub(super) struct Hearing {
    pub receiver: Receiver,
    pub bets_per_ticket: usize,
    /// `None`: latency counts from when the batch was begun.
    pub schedule: Option<Schedule>,
    pub clock: Clock,
    pub patience: Duration,
    pub latency: Latency,
    /// Since the start of the run.
    pub last_answer: Option<Duration>,
    pub flight: Rc<RefCell<Flight>>,
    pub progress: Progress,
}

impl Hearing {
    /// Hears until everything was sent and answered.
    ///
    /// # Errors
    /// If the connection is lost, or answers are owed and none comes for longer than patience allows.
    pub async fn hear_all(&mut self, heard: &mut Heard) -> Result<(), Trouble> {
        while !self.flight.borrow().is_over() {
            let owed = self.flight.borrow().owed();
            match timeout(self.patience, self.receiver.next()).await {
                Ok(incoming) => self.hear(incoming?, heard)?,
                Err(_) if owed > 0 => return Err(Trouble::Silent(self.patience, owed)),
                Err(_) => {}
            }
        }
        Ok(())
    }

    fn hear(&mut self, incoming: Incoming, heard: &mut Heard) -> Result<(), Trouble> {
        let (correlation, first, count, bytes) = match incoming {
            Incoming::Replies { correlation, first, count, bytes } => (correlation, first, count, bytes),
            Incoming::Rejected { code, right, text, .. } => {
                return Err(Trouble::Rejected { code, right, text });
            }
            _ => return Err(Trouble::Unexpected("something else than replies")),
        };
        let now_ns = self.clock.elapsed_ns();
        let frame = self.flight.borrow_mut().landed(correlation, first, count)?;
        let from = frame.first + usize::from(first);
        self.note(from, frame, &bytes, count.into(), heard)?;
        self.time(from, frame, count.into(), now_ns);
        self.last_answer = Some(Duration::from_nanos(now_ns));
        Ok(())
    }

    /// Notes the replies to the tickets from `from` on.
    fn note(
        &self,
        from: usize,
        frame: Frame,
        bytes: &[u8],
        count: usize,
        heard: &mut Heard,
    ) -> Result<(), Trouble> {
        let sent = frame.first + frame.count;
        let (mut place, mut accepted) = (from, 0);
        for reply in pieces::replies(bytes) {
            let reply = reply.ok_or(Trouble::Unexpected("a reply cut short"))?;
            accepted += usize::from(reply.is_accepted());
            heard.hear(place, sent, told(&reply))?;
            place += 1;
        }
        if place != from + count {
            return Err(Trouble::Unexpected("another number of replies than it counts"));
        }
        self.progress.answered(accepted * self.bets_per_ticket, (count - accepted) * self.bets_per_ticket);
        Ok(())
    }

    /// Notes how long the tickets from `from` on took.
    fn time(&mut self, from: usize, frame: Frame, count: usize, now_ns: u64) {
        let Some(schedule) = &self.schedule else {
            self.latency.record(now_ns.saturating_sub(frame.began_ns), count as u64);
            return;
        };
        for place in from..from + count {
            self.latency.record(now_ns.saturating_sub(schedule.intended_ns(place as u64)), 1);
        }
    }
}

fn told(reply: &Reply<'_>) -> Told<impl ExactSizeIterator<Item = i64>> {
    Told {
        code: reply.header.code.get(),
        bet: reply.header.bet,
        tick: reply.header.tick.get(),
        values: reply.values.iter().map(|value| value.get()),
    }
}
