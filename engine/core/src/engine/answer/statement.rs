//! Statements: an account's movements and its tickets' stakes, merged, the newest first.

use alloc::vec::Vec;

use super::put;
use crate::account::MovementRow;
use crate::engine::Begun;
use crate::hash::account_partition;
use crate::query::{MovementKind, PAGE_ROWS_MAX, Query, StatementLine};
use crate::refusal::Refusal;

impl Begun {
    /// Appends the newest lines of an account's statement, up to the first that has left memory. Returns their count,
    /// and something if there were older ones.
    pub(super) fn statement(&self, query: &Query, out: &mut Vec<u8>) -> Result<(usize, Option<u128>), u16> {
        let account = query.owner.get();
        let home = account_partition(account, self.partitions.len());
        let (accounts, ids) = (&self.partitions[home].accounts, &self.partitions[home].ids);
        let slot = accounts.find(self.key, account).ok_or(Refusal::AccountUnknown as u16)?;
        let row = accounts.row(slot);
        // Tickets that came before the line at hand, and the balance after it.
        let (mut tickets, mut available) = (row.tickets, row.available);
        let mut heads = ids.heads_of(self.key, slot, row.newest());
        let mut at = accounts.newest_movement(slot);
        for count in 0..=PAGE_ROWS_MAX {
            let is_movement = at.number != 0 && at.tickets == tickets;
            if !is_movement && tickets == 0 {
                return Ok((count, None));
            }
            if count == PAGE_ROWS_MAX {
                break;
            }
            let line = if is_movement {
                let Some(movement) = accounts.movement(at) else { return Ok((count, Some(0))) };
                at = movement.older();
                line_of(movement)
            } else {
                tickets -= 1;
                // Where tickets have left, the next that is there came earlier.
                let is_next = |ticket: &u32| ids.ticket(*ticket).is_behind(tickets);
                let Some(ticket) = ids.pop_newest(&mut heads).filter(is_next) else {
                    return Ok((count, Some(0)));
                };
                self.stake_line(home, ticket, available)
            };
            available -= line.amount.get();
            put(out, &line);
        }
        Ok((PAGE_ROWS_MAX, Some(0)))
    }

    /// The stake of a ticket, which left so much.
    fn stake_line(&self, home: usize, ticket: u32, available: i64) -> StatementLine {
        let ids = &self.partitions[home].ids;
        let row = ids.ticket(ticket);
        let stake = |place| {
            let (partition, bet) = ids.bet(row, place);
            self.partitions[partition].books.bet(bet).stake
        };
        StatementLine {
            subject: row.id.into(),
            available: available.into(),
            amount: (-(0..row.bets).map(stake).sum::<i64>()).into(),
            owed: 0.into(),
            tick: row.tick().into(),
            kind: MovementKind::Stake as u8,
            reserved: [0; 7],
        }
    }
}

fn line_of(row: &MovementRow) -> StatementLine {
    StatementLine {
        subject: row.subject.into(),
        available: row.available.into(),
        amount: row.amount.into(),
        owed: row.owed.into(),
        tick: row.tick.into(),
        kind: row.kind,
        reserved: [0; 7],
    }
}
