//! Statements: every change of an account's balances is written down for ever, and what has left memory is told by counting.

use super::money::Account;
use super::reply::narrow;
use super::{Model, Reason};

/// Most lines of a statement.
const LINES: usize = 100;

/// Why a balance changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the rules'")]
pub enum Moved {
    Stake = 1,
    Returned = 2,
    Payout = 3,
    Refund = 4,
    Correction = 5,
    Deposit = 6,
    Withdrawal = 7,
    TransferOut = 8,
    TransferIn = 9,
    HoldPlaced = 10,
    HoldPosted = 11,
    HoldReleased = 12,
    OwedAdded = 13,
    OwedWrittenOff = 14,
    Commission = 15,
}

impl Moved {
    /// All of them.
    pub const ALL: [Moved; 15] = [
        Moved::Stake,
        Moved::Returned,
        Moved::Payout,
        Moved::Refund,
        Moved::Correction,
        Moved::Deposit,
        Moved::Withdrawal,
        Moved::TransferOut,
        Moved::TransferIn,
        Moved::HoldPlaced,
        Moved::HoldPosted,
        Moved::HoldReleased,
        Moved::OwedAdded,
        Moved::OwedWrittenOff,
        Moved::Commission,
    ];
}

/// A line of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementLine {
    /// The ticket, reference, command, hold or book.
    pub subject: u128,
    /// Minor units after it.
    pub available: i64,
    /// By how much what is available changed, minor units.
    pub amount: i64,
    /// By how much what is owed changed, minor units.
    pub owed: i64,
    /// The tick.
    pub tick: u64,
    /// Why.
    pub kind: Moved,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The newest first.
    pub lines: Vec<StatementLine>,
    /// Whether there were older ones.
    pub more: bool,
}

/// A line as it was written down.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written {
    line: StatementLine,
    /// How many rows were written before it in the ledger; `None`: it is a stake, and read from its ticket.
    row: Option<usize>,
}

/// What an account had.
#[derive(Clone, Copy, Debug)]
pub(super) struct Balance {
    available: i128,
    owed: i128,
}

impl Account {
    pub(super) fn balance(&self) -> Balance {
        Balance { available: self.available, owed: self.owed }
    }
}

impl Model {
    /// What an account has.
    pub(super) fn balance(&self, account: u64) -> Balance {
        self.accounts[&account].balance()
    }

    /// Writes a line down: what an account has now, beside what it had.
    pub(super) fn write_down(&mut self, account: u64, kind: Moved, subject: u128, before: Balance) {
        let after = self.balance(account);
        let line = StatementLine {
            subject,
            available: narrow(after.available),
            amount: narrow(after.available - before.available),
            owed: narrow(after.owed - before.owed),
            tick: self.tick,
            kind,
        };
        let row = (kind != Moved::Stake).then_some(self.rows_written);
        self.rows_written += usize::from(row.is_some());
        self.written.entry(account).or_default().push(Written { line, row });
    }

    /// The statement of an account: its lines from the newest back to the first that has left memory.
    pub fn statement(&self, account: u64) -> Result<Statement, Reason> {
        if !self.accounts.contains_key(&account) {
            return Err(Reason::AccountUnknown);
        }
        let all = self.written.get(&account).map_or(&[][..], Vec::as_slice);
        let resident = all.iter().rev().take_while(|written| self.is_resident(account, written));
        let lines: Vec<StatementLine> = resident.take(LINES).map(|written| written.line).collect();
        Ok(Statement { more: lines.len() < all.len(), lines })
    }

    /// Why the line behind the last resident one of a statement is not there: its row has left (true), or its ticket
    /// (false); `None`: there is no such line.
    pub fn statement_lacks(&self, account: u64) -> Option<bool> {
        let all = self.written.get(&account)?;
        all.iter()
            .rev()
            .find(|written| !self.is_resident(account, written))
            .map(|written| written.row.is_some())
    }

    /// Rows are counted per partition; with more than one, which accounts share one is the engine's affair.
    fn is_resident(&self, account: u64, written: &Written) -> bool {
        match written.row {
            Some(row) if self.rules.partitions == 1 => {
                self.rows_written - row <= self.rules.movements_max as usize
            }
            Some(_) => true,
            None => self.tickets.contains_key(&(account, written.line.subject)),
        }
    }
}
