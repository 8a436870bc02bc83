//! The words for statements, and for what a tick told.
//!
//! ```text
//! statement A1                           the newest line first: what it was, of what, the change, and what there was then
//!   -> stake #t -10.00 = 90.00; deposit ref 7 100.00 = 100.00
//! told                                   what the last tick told: `due` by its due work, else by the command of this place
//!   -> due D1 closed; due paid A1 #t 1/123 450.00 = 549.00; 0 D1 1/123 reached 0.00
//! ```
//!
//! An id without a name of the scenario's is not shown. A statement that ends because older lines have left, or there are
//! more than a page shows, ends in `more`.

use engine::query::{PageView, Query};

use super::{Scenario, say};
use crate::bridge::{self, body};
use crate::games::whole;
use crate::model::{Event, EventKind, Moved, State, StatementLine};

impl Scenario {
    /// A read of a statement: the engine's answer in words, on which the model agrees.
    pub(super) fn read_statement(&mut self, account: &str) -> String {
        let account: u64 = whole(&account[1..]);
        let pair = self.pair();
        let answer = pair.read(&Query::statement(account));
        let seen = body::<PageView>(&answer, pair.model.tick())
            .map(|(page, rest)| bridge::statement(crate::pair::rows(&answer, rest), page.more == 1));
        assert_eq!(seen, pair.model.statement(account), "statement of {account}");
        let seen = match seen {
            Ok(seen) => seen,
            Err(reason) => return say::reason(reason),
        };
        let lines = seen.lines.iter().map(|line| self.line_of_statement(line));
        let lines: Vec<String> = lines.chain(seen.more.then(|| "more".to_owned())).collect();
        if lines.is_empty() { "nothing".to_owned() } else { lines.join("; ") }
    }

    fn line_of_statement(&self, line: &StatementLine) -> String {
        let kind = match line.kind {
            Moved::Stake => "stake",
            Moved::Returned => "returned",
            Moved::Payout => "payout",
            Moved::Refund => "refund",
            Moved::Correction => "correction",
            Moved::Deposit => "deposit",
            Moved::Withdrawal => "withdrawal",
            Moved::TransferOut => "out",
            Moved::TransferIn => "in",
            Moved::HoldPlaced => "hold",
            Moved::HoldPosted => "posted",
            Moved::HoldReleased => "released",
            Moved::OwedAdded => "claim",
            Moved::OwedWrittenOff => "forgiven",
            Moved::Commission => "commission",
        };
        let is_movement = matches!(line.kind, Moved::Deposit | Moved::Withdrawal);
        let subject = match line.subject {
            // No id is as small as the references of scenarios, nor as a book.
            small if small >> 64 == 0 && is_movement => format!(" ref {small}"),
            small if small >> 64 == 0 => format!(" D{small}"),
            id => self.name_of(id),
        };
        let owed = if line.owed == 0 { String::new() } else { format!(" owed {}", say::money(line.owed)) };
        format!("{kind}{subject} {}{owed} = {}", say::money(line.amount), say::money(line.available))
    }

    fn name_of(&self, id: u128) -> String {
        let name = self.ids.iter().find(|(name, known)| **known == id && name.starts_with('#'));
        name.map_or(String::new(), |(name, _)| format!(" {name}"))
    }

    /// What the last tick told.
    pub(super) fn told(&mut self) -> String {
        let events = self.pair().model.events().to_vec();
        let said: Vec<String> = events.iter().map(|event| self.event(event)).collect();
        if said.is_empty() { "nothing".to_owned() } else { said.join("; ") }
    }

    fn event(&self, event: &Event) -> String {
        let by = event.command.map_or("due".to_owned(), |command| command.to_string());
        let (value, owner) = (say::money(event.value), event.owner);
        let on = format!("{}/{}", event.play, event.number);
        let id = self.name_of(event.id);
        let now = format!("{value} = {}", say::money(event.extra));
        let said = match event.kind {
            EventKind::DrawState => {
                let state = State::ALL.into_iter().find(|state| *state as i64 == event.value);
                format!("D{owner} {}", say::state(state.expect("a known state")))
            }
            EventKind::Sealed => format!("D{owner} sealed {} of {}", event.value, say::money(event.extra)),
            EventKind::StakeReached => format!("D{owner} {on} reached {value}"),
            EventKind::StakeLifted => format!("D{owner} {on} lifted {value}"),
            EventKind::PayoutReached => format!("D{owner} payout {} reached {value}", event.number),
            EventKind::PayoutLifted => format!("D{owner} payout {} lifted {value}", event.number),
            EventKind::DrawStakeReached => format!("D{owner} reached {value}"),
            EventKind::DrawStakeLifted => format!("D{owner} lifted {value}"),
            EventKind::Paid => format!("paid A{owner}{id} {on} {now}"),
            EventKind::Refunded => format!("refunded A{owner}{id} {on} {now}"),
            EventKind::Corrected => format!("corrected A{owner}{id} {on} {now}"),
            EventKind::HoldExpired => format!("expired A{owner}{id} {now}"),
            EventKind::Commission => format!("commission A{owner} D{} {now}", event.id),
            EventKind::Received => format!("received A{owner}{id} {now}"),
            EventKind::Archived => format!("D{owner} archived"),
        };
        format!("{by} {said}")
    }
}
